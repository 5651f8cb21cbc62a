"""Whatever somebody wrote on a card, in an answer or in a document: the terminal gets nothing that steers it."""

import pytest
from msgspec import structs
from rich.cells import cell_len

from station.kiosk.harmless import STEERS
from station.kiosk.state import Draft, State, Step
from tests.station.kiosk.people import PERSON
from tests.station.kiosk.visitor import at, kiosk
from tests.station.kiosk.ways import LIBRARY
from wire import content as c
from wire.asking import Case, CaseStep

HOSTILE = "甲\x1b[2J\x9b31m\u202e\t乙[b]丙"
SHOWN = "甲[2J31m乙[b]丙"
WRITTEN = LIBRARY._replace(
    notices=c.Notices([c.Notice("one", c.Text(HOSTILE), c.LongText(HOSTILE))]),
    roster=c.Roster([c.Person(name=HOSTILE, role="mediator")]),
)
NAMED = Draft(visit=1, person=structs.replace(PERSON, name=HOSTILE), consents=frozenset({"identity"}))
ANSWER = Case("12-000001-4", "legal_advice", 0, [CaseStep(0, "answered", HOSTILE)])


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(at(Step.IDENTITY, draft=NAMED), id="the name of a card"),
        pytest.param(at(Step.CONFIRM, draft=NAMED._replace(answers=(("words", HOSTILE),))), id="on paper"),
        pytest.param(at(Step.CASE, draft=NAMED._replace(opened=ANSWER)), id="the county's answer"),
        pytest.param(at(Step.WAIT, library=WRITTEN), id="a notice on the first screen"),
        pytest.param(at(Step.NOTICES, library=WRITTEN), id="a list"),
        pytest.param(at(Step.PEOPLE, library=WRITTEN), id="a name of the roster"),
    ],
)
async def test_nothing_that_steers_a_terminal_is_written_to_it(state: State) -> None:
    async with kiosk() as visitor:
        await visitor.shows(state)
        visitor.sees(SHOWN)
        assert STEERS.findall(visitor.reads().replace("\n", "")) == []


def test_what_is_left_out_was_no_cell_wide() -> None:
    assert {cell_len(chr(code)) for code in range(0x110000) if STEERS.match(chr(code))} == {0}
