"""A walk from its first screen to its end: on the screen by the pilot, and every other way by the events alone."""

import pytest

from station.kiosk import app as app_module
from station.kiosk.advance import advance
from station.kiosk.events import Event, StoreTold
from station.kiosk.state import NO_DRAFT, State, Step
from station.kiosk.widgets import choice as choice_module
from tests.station.kiosk.visitor import LANGUAGES, kiosk
from tests.station.kiosk.walker import Walker
from tests.station.kiosk.walks import Walk

BY_FINGER = 20
"""Touches of the longest walk that is walked by finger, in Chinese; the others go by keys, which is faster."""
Trail = list[tuple[State, Event, State]]


def _trail(monkeypatch: pytest.MonkeyPatch) -> Trail:
    """Write down everything that happens in the app."""
    written: Trail = []

    def written_down(state: State, event: Event) -> State:
        after = advance(state, event)
        written.append((state, event, after))
        return after

    monkeypatch.setattr(app_module, "advance", written_down)
    monkeypatch.setattr(choice_module, "TAP_GUARD_S", 0)  # a finger that has seen what it touches
    return written


async def walked_by_pilot(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Walk in Chinese online and in English offline on the screen, and every other way by the events alone."""
    trail = _trail(monkeypatch)
    async with kiosk(state=walk.start) as visitor:
        for language, online in zip(LANGUAGES, (walk.lines[0], walk.lines[-1]), strict=True):
            start = walk.start._replace(hub_online=online, language=language, home_language=language)
            await visitor.shows(start)
            trail.clear()
            walker = Walker(visitor, trail, by_keys=language == "en" or len(walk.way) > BY_FINGER)
            for to in walk.way:
                await walker.go(to)
            assert (visitor.step, visitor.app.state.draft) == (Step.WAIT, NO_DRAFT)
            otherwise(walk, trail, start)


def otherwise(walk: Walk, trail: Trail, start: State) -> None:
    """Fail unless the same touches lead along the same steps in the other language, and with the line otherwise."""
    for language in LANGUAGES:
        for online in walk.lines:
            state = start._replace(hub_online=online, language=language, home_language=language)
            for _, event, after in trail:
                told = event._replace(hub_online=online) if isinstance(event, StoreTold) else event
                state = advance(state, told)
                assert (state.step, state.over, state.draft) == (after.step, after.over, after.draft)
