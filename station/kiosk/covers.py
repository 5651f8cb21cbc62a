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
    return state._replace(call_seq=None, withdrawn=False)


def withdraw(state: State, _: Event) -> State:
    """Say that nobody needs help."""
    return state._replace(withdrawn=True)


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
    (None, E.CALL_STAFF): Lay(Over.STAFF_CALLED),
    (None, E.EMERGENCY): Lay(Over.EMERGENCY_ASKED),
    (None, E.TIME_UP): Lay(Over.LEAVING),
    (Over.LEAVING, E.TIME_UP): Lay(None, home=True),
    (Over.EMERGENCY_ASKED, E.EMERGENCY): Lay(Over.EMERGENCY, call_for_help),
    (Over.EMERGENCY_ASKED, E.BACK): Lay(None),
    (Over.EMERGENCY_ASKED, E.TIME_UP): Lay(None),
    (Over.EMERGENCY, E.WITHDRAW): Lay(Over.EMERGENCY, withdraw),
    (Over.EMERGENCY, E.BACK): Lay(None),
    (Over.EMERGENCY, E.TIME_UP): Lay(None),
    (Over.STAFF_CALLED, E.BACK): Lay(None),
    (Over.STAFF_CALLED, E.TIME_UP): Lay(None),
}
"""What holds on every step (None: nothing covers it yet). Any touch takes LEAVING away, and does nothing more."""
