"""The text of every screen, one sheet a language and size."""

from datetime import UTC, datetime
from pathlib import Path

from tests.station.kiosk.moments import moments
from tests.station.kiosk.visitor import PANEL, TALL, kiosk

FOLDER = Path(__file__).parent
SHEETS = [(PANEL, "zh"), (PANEL, "en"), (TALL, "zh")]
RULE = "\n=== "
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


async def texts(size: tuple[int, int], language: str) -> dict[str, str]:
    """Return what every moment's screen reads, by its name."""
    found = {}
    async with kiosk(size, language) as visitor:  # type: ignore[arg-type]
        visitor.app._time_up_at = 0.0  # the countdown stands at nothing left
        visitor.app.now = lambda: NOW  # type: ignore[method-assign]
        for name, state in moments():
            await visitor.shows(state._replace(language=language, home_language=language))
            found[name] = "\n".join(line.rstrip() for line in visitor.reads().splitlines()).rstrip()
    return found


def rendered(sheet: dict[str, str]) -> str:
    """Return the sheet as the text of its file."""
    return "".join(f"{RULE}{name}\n{text}\n" for name, text in sheet.items())


def parsed(text: str) -> dict[str, str]:
    """Return the sheet that was written."""
    parts = (part.partition("\n") for part in text.split(RULE)[1:])
    return {name: body.rstrip("\n") for name, _, body in parts}
