"""Each template of the demo's county, filled in to the end, then printed and taken along as codes."""

from pathlib import Path

import pytest

from station.kiosk.advance import advance
from station.kiosk.content import Library, words
from station.kiosk.events import Choose, DevicesTold, Event, Option, Pick, Sign, Signal
from station.kiosk.forms import Kind
from station.kiosk.state import State, Step, field_now
from tests.station.kiosk.people import PERSON
from tests.station.kiosk.visitor import PANEL, fits, kiosk
from tests.station.kiosk.ways import READY, walk
from wire import content as c

FILE = Path(__file__).parents[3] / "demo" / "library" / "templates.json"
TEMPLATES = c.read_content("templates", FILE.read_text("utf-8"))
assert isinstance(TEMPLATES, c.Templates)
ENTRIES: dict[Kind, str] = {"phone": "00000000", "amount": "800", "day": "20261101", "id_number": PERSON.id_number}
TO_TEMPLATES = (Signal.WITHOUT_CARD, Signal.OTHER_SERVICES, Choose("document"))
READY_TO_PRINT = READY._replace(library=Library(templates=TEMPLATES), devices=DevicesTold(printer=True))


def filled_in(state: State) -> State:
    """Answer every question of the template, with all that may be left out."""
    while state.step is Step.QUESTION:
        field, asked = field_now(state), len(state.draft.answers)
        assert field is not None
        answer: Event = Option(field.options[0][0]) if field.options else Sign(ENTRIES.get(field.kind, "测试甲"))
        state = advance(state, answer)
        state = advance(state, Signal.NEXT) if state.draft.entry else state
        assert state.step is not Step.QUESTION or len(state.draft.answers) == asked + 1, field
    return state


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_each_template_is_filled_in_printed_and_taken_along(language: str) -> None:
    assert isinstance(TEMPLATES, c.Templates)
    start = READY_TO_PRINT._replace(language=language, home_language=language)  # type: ignore[arg-type]
    async with kiosk(state=start, language=language) as visitor:  # type: ignore[arg-type]
        for place, template in enumerate(TEMPLATES.templates):
            await visitor.shows(walk(*TO_TEMPLATES, start=start))
            questions = walk(*TO_TEMPLATES, Pick(place), start=start)
            await visitor.shows(questions)
            visitor.sees(words(template.blanks[0].label, visitor.app.state.language))
            fits(visitor, PANEL)
            await visitor.shows(filled_in(questions))
            assert visitor.step is Step.FILLED
            visitor.sees(visitor.say("filled.title"), template.text.partition("{")[0].split()[0])
            fits(visitor, PANEL)
            await visitor.press("1")
            visitor.sees(visitor.say("printed.waiting"))
            sheet, _ = visitor.handed.sheets[place]
            assert sheet.title == template.title.zh
            assert "测试甲" in "".join(sheet.lines)
            assert "______" not in "".join(sheet.lines), "nothing that was answered is left out"
            await visitor.press("2")
            assert visitor.step is Step.FILLED_QR
            visitor.sees(visitor.say("code.filled"))
            fits(visitor, PANEL)
            await visitor.press("escape")
            assert visitor.step is Step.FILLED
