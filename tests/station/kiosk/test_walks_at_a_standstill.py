"""One step of every screen: who stops is warned and loses nothing; nor does who changes language or size."""

import pytest

from station.kiosk.events import Signal
from station.kiosk.screens.catalogue import SCREENS
from station.kiosk.state import NO_DRAFT, Over, State, Step
from tests.station.kiosk.moments import moments
from tests.station.kiosk.people import PERSON
from tests.station.kiosk.visitor import PANEL, fits, kiosk
from tests.station.kiosk.walker import ALONE

MOMENTS = {SCREENS[state.step]: (name, state) for name, state in moments() if state.over is None}
"""A moment of every screen: the last that moments.py has."""
STANDING = [
    pytest.param(state, id=name)
    for name, state in MOMENTS.values()
    if state.step not in ALONE | {Step.WAIT, Step.CLOSED}
]


def test_every_screen_has_its_moment() -> None:
    assert set(SCREENS.values()) - set(MOMENTS) <= {SCREENS[step] for step in ALONE}


@pytest.mark.parametrize("state", STANDING)
async def test_who_stops_is_warned_finds_everything_again_and_is_forgotten_in_the_end(
    state: State,
) -> None:
    async with kiosk(state=state._replace(today=None)) as visitor:
        here, shown = visitor.app.state, visitor.reads()
        await visitor.happens(Signal.TIME_UP)
        assert visitor.app.state.over is Over.LEAVING
        visitor.sees(visitor.say("leaving.title"), visitor.say("leaving.stay"))
        visitor.sees(visitor.say("leaving.count", seconds="").strip())
        assert PERSON.name not in visitor.reads()
        fits(visitor, PANEL)
        await visitor.press("1")
        assert (visitor.app.state, visitor.reads()) == (here, shown), "a touch only stays"
        await visitor.press("f4", "f2")
        assert visitor.app.state == here._replace(language="en", large=True)
        await visitor.press("f4", "f2")
        assert (visitor.app.state, visitor.reads()) == (here, shown)
        await visitor.happens(Signal.TIME_UP)
        await visitor.happens(Signal.TIME_UP)
        assert (visitor.step, visitor.app.state.draft) == (Step.WAIT, NO_DRAFT)
        assert PERSON.name not in visitor.reads()
