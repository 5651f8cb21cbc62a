"""What holds on every step (pure): something is laid over it, and it stays as it is below."""

from collections.abc import Callable
from typing import Final, NamedTuple

from station.kiosk.events import Event, Signal
from station.kiosk.rules import keep
from station.kiosk.state import Over, State


def other_language(state: State, _: Event) -> State:
    """Speak the other language."""
    return state._replace(language="en" if state.language == "zh" else "zh")


def other_size(state: State, _: Event) -> State:
    """Show 大字版, or the usual size."""
    return state._replace(large=not state.large)


def voice_on_or_off(state: State, _: Event) -> State:
    """Read screens aloud, or not."""
    return state._replace(voice=not state.voice)


def call_for_help(state: State, _: Event) -> State:
    """Call the county for help."""
    if state.over is Over.EMERGENCY and not (state.withdrawn or state.call_seq == 0):
        return state  # one call, however often it is touched
    calls = state.calls + 1
    return state._replace(calls=calls, call=calls, call_seq=None, withdrawn=False)


def withdraw(state: State, _: Event) -> State:
    """Say that nobody needs help."""
    calls = state.calls + 1
    return state._replace(calls=calls, call=calls, call_seq=None, withdrawn=True)


def call_staff(state: State, _: Event) -> State:
    """Call staff; a second call of the same visit is the first one."""
    if state.staff_call:
        return state
    calls = state.calls + 1
    return state._replace(calls=calls, staff_call=calls, staff_seq=None)


def staff_told(state: State, _: Event) -> State:
    """Forget a call that belongs to no visit: the next person's is another."""
    return state if state.draft.visit else state._replace(staff_call=0, staff_seq=None)


class Lay(NamedTuple):
    """What is laid over the step, None for nothing; `home` leaves it for the first screen."""

    over: Over | None
    do: Callable[[State, Event], State] = keep
    home: bool = False


E = Signal
COVERS: Final[dict[tuple[Over | None, Signal], Lay]] = {
    (None, E.LANGUAGE): Lay(None, other_language),
    (None, E.LARGE): Lay(None, other_size),
    (None, E.VOICE): Lay(None, voice_on_or_off),
    (None, E.CALL_STAFF): Lay(Over.STAFF_CALLED, call_staff),
    (None, E.EMERGENCY): Lay(Over.EMERGENCY_ASKED),
    (None, E.TIME_UP): Lay(Over.LEAVING),
    (Over.LEAVING, E.TIME_UP): Lay(None, home=True),
    (Over.LEAVING, E.EMERGENCY): Lay(Over.EMERGENCY_ASKED),
    (Over.EMERGENCY_ASKED, E.EMERGENCY): Lay(Over.EMERGENCY, call_for_help),
    (Over.EMERGENCY_ASKED, E.BACK): Lay(None),
    (Over.EMERGENCY_ASKED, E.TIME_UP): Lay(None),
    (Over.EMERGENCY, E.EMERGENCY): Lay(Over.EMERGENCY, call_for_help),
    (Over.EMERGENCY, E.WITHDRAW): Lay(Over.EMERGENCY, withdraw),
    (Over.EMERGENCY, E.BACK): Lay(None),
    (Over.EMERGENCY, E.TIME_UP): Lay(None),
    (Over.STAFF_CALLED, E.EMERGENCY): Lay(Over.EMERGENCY_ASKED, staff_told),
    (Over.STAFF_CALLED, E.BACK): Lay(None, staff_told),
    (Over.STAFF_CALLED, E.TIME_UP): Lay(None, staff_told),
}
"""What holds on every step (None: nothing covers it yet). Any other touch takes LEAVING away, and does no more."""
