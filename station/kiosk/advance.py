"""One event taken: the surroundings first, then what covers the step, then the step itself (pure)."""

from typing import get_args

from station.kiosk.covers import COVERS
from station.kiosk.events import Choose, Event, Signal, Touch
from station.kiosk.flow import HOME, ROUTES, Go
from station.kiosk.notice import notice
from station.kiosk.state import Over, State

UNTOUCHED = {Signal.TIME_UP, Signal.VIDEO_ENDED}
"""Signals that nobody's finger gave."""


def advance(state: State, event: Event) -> State:
    """Return the next state; `state` itself when nothing changes."""
    state = notice(state, event)
    trigger = event if isinstance(event, Signal) else type(event)
    own = ROUTES.get((state.step, event if isinstance(event, Choose) else trigger))
    if event is Signal.TIME_UP and state.over is None and own is not None:
        return _follow(own, state, event)
    laid = COVERS.get((state.over, event)) if isinstance(event, Signal) else None
    if laid is not None:
        state = laid.do(state, event)
        return _follow(HOME, state, event) if laid.home else state._replace(over=laid.over)
    if state.over is not None and is_touch(event):
        return state._replace(over=None) if state.over is Over.LEAVING else state
    return state if own is None else _follow(own, state, event)


def _follow(ways: tuple[Go, ...], state: State, event: Event) -> State:
    for way in ways:
        if way.when(state, event):
            changed = way.do(state, event)
            return changed if way.to is None else changed._replace(step=way.to)
    return state


def is_touch(event: Event) -> bool:
    """Say whether a finger or a key did it."""
    return isinstance(event, get_args(Touch)) and event not in UNTOUCHED
