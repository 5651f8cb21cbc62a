"""Every screen's text, as it is in `snapshots/`: a change of one is seen, and meant.

`.venv/bin/python -m tests.station.kiosk.snapshots` writes them anew; read what changed before you commit it.
"""

import pytest

from station.kiosk.state import Over, Step
from tests.station.kiosk.moments import moments, steps_shown
from tests.station.kiosk.snapshots.sheets import FOLDER, SHEETS, parsed, texts


def test_every_step_and_cover_has_its_moment() -> None:
    waiting = {Step.GUARDIAN_NUMBER, Step.GUARDIAN_NAME, Step.SAVING_GRADE, Step.CHECKING_PIN}
    assert set(Step) - steps_shown() <= waiting, "these look as another step does"
    assert {state.over for _, state in moments()} >= set(Over)


@pytest.mark.parametrize(("size", "language"), SHEETS)
async def test_every_screen_reads_as_it_did(size: tuple[int, int], language: str) -> None:
    file = FOLDER / f"{language}-{size[0]}x{size[1]}.txt"
    kept = parsed(file.read_text("utf-8"))
    shown = await texts(size, language)
    assert list(shown) == list(kept)
    for name, text in shown.items():
        assert text == kept[name], f"{name} at {size} in {language}; if it is meant, write the snapshots anew"
