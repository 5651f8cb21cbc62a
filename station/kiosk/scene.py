"""What a screen gets to show, and how it tells what the villager did."""

from datetime import datetime
from typing import NamedTuple

from textual.message import Message

from station.kiosk.entry.pinyin import Pinyin
from station.kiosk.events import Event, Signal
from station.kiosk.state import State
from station.kiosk.texts import Texts


class Scene(NamedTuple):
    """One moment of the kiosk."""

    state: State
    say: Texts
    village: str
    station: str
    """The station's id, for the codes a villager takes along."""
    now: datetime | None
    """China's time, or None while it is not trusted."""
    help: str
    """The header's second line in the demo; empty otherwise."""
    has_reader: bool
    leaving_in_s: int
    """Seconds of the leaving warning that are left."""
    pinyin: Pinyin


class Happened(Message):
    """Something for the flow, posted to the app: bubbling would end at a screen that pressed its own choice."""

    def __init__(self, event: Event) -> None:
        """Carry `event`."""
        super().__init__()
        self.event = event

    def __repr__(self) -> str:
        return f"Happened({type(self.event).__name__})"


class TimeUp(Happened):
    """The time of one screen is up; one that was posted before a touch restarted the time is of no account."""

    def __init__(self, timer: int) -> None:
        """Be of timer number `timer`."""
        super().__init__(Signal.TIME_UP)
        self.timer = timer
