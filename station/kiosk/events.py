"""What can happen to a visit: a villager's touch, the reader's or the store's word, time. Pure values."""

from enum import Enum, auto
from typing import NamedTuple

from station.devices.reader.port import Trouble
from wire.person import Person
from wire.records import Purpose, Service


class Store(Enum):
    """Whether a visit begun now could be saved."""

    STARTING = auto()
    READY = auto()
    FULL = auto()
    FAILED = auto()
    SILENT = auto()
    """It has not answered in time."""


class Refusal(Enum):
    """Why a visit or a rating was not taken."""

    FULL = auto()
    DISK = auto()
    SLOW = auto()
    GRADE = auto()
    """The rating only: the visit before it is saved."""


class Signal(Enum):
    """What a villager does, or time does, that carries nothing else."""

    WITHOUT_CARD = auto()
    ITS_ME = auto()
    AGREE = auto()
    DECLINE = auto()
    GUIDES = auto()
    ADVICE = auto()
    CONFIRM = auto()
    TO_RATING = auto()
    FINISH = auto()
    BACK = auto()
    LANGUAGE = auto()
    TOUCH = auto()
    """Any key or touch while the leaving warning counts down."""
    TIME_UP = auto()
    """`time_limit_s` has passed without a touch."""


class Tick(NamedTuple):
    """A purpose was ticked, or unticked."""

    purpose: Purpose


class Choose(NamedTuple):
    """A service was chosen."""

    service: Service


class Rate(NamedTuple):
    """5 very satisfied … 1 very dissatisfied."""

    grade: int


class CardRead(NamedTuple):
    """A card was read; `minor` when its holder is under 14 (PIPL 31)."""

    person: Person
    minor: bool = False


class CardLifted(NamedTuple):
    """The card read before is gone."""


class ReaderTold(NamedTuple):
    """The reader has trouble, or None when it answers again."""

    trouble: Trouble | None


class StoreTold(NamedTuple):
    """How the spool is, what the county has receipted, and whether it is reachable."""

    store: Store
    receipted_to: int = 0
    hub_online: bool = False


class Saved(NamedTuple):
    """The visit is on the disk."""

    visit: int
    seq: int
    number: str


class GradeSaved(NamedTuple):
    """The rating is on the disk."""

    visit: int


class NotSaved(NamedTuple):
    """Nothing was written."""

    visit: int
    why: Refusal


Event = Signal | Tick | Choose | Rate | CardRead | CardLifted | ReaderTold | StoreTold | Saved | GradeSaved | NotSaved
