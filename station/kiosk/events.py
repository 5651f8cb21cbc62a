"""What can happen to a visit: a villager's touch, the reader's or the store's word, time. Pure values."""

from datetime import date
from enum import Enum, auto
from typing import Literal, NamedTuple

from station.devices.reader.port import Trouble
from station.kiosk.content import Library
from wire.asking import Cases
from wire.person import Person
from wire.records import Purpose, Service

Declaration = Literal["voluntary", "truth"]
"""What the law asks a form to declare: 自愿声明 of mediation, 诚信承诺 of legal aid."""
Ticked = Purpose | Declaration


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
    NUMBER = auto()
    """The rating only: its number is not of a visit at this kiosk."""


class Answered(Enum):
    """How a question to the county ended."""

    FOUND = auto()
    NONE = auto()
    """The county knows of no matter of this person at this station."""
    OFFLINE = auto()
    LATE = auto()
    REFUSED = auto()


class Printed(Enum):
    """How printing went."""

    WAITING = auto()
    DONE = auto()
    NO_PRINTER = auto()
    FAILED = auto()


class Pin(Enum):
    """What became of a PIN."""

    RIGHT = auto()
    WRONG = auto()
    LOCKED = auto()
    NOT_SET = auto()


class Signal(Enum):
    """What a villager does, or time does, that carries nothing else."""

    WITHOUT_CARD = auto()
    TYPE_NUMBER = auto()
    SHOW_CARD = auto()
    """A 便民服务卡 is to be held before the camera."""
    ITS_ME = auto()
    AGREE = auto()
    DECLINE = auto()
    OTHER_SERVICES = auto()
    NOTICES = auto()
    MESSAGE = auto()
    HOTLINE = auto()
    VIDEO = auto()
    ADVICE = auto()
    """Advice without a name, instead of what needs one."""
    NEXT = auto()
    SKIP = auto()
    REDO = auto()
    CONFIRM = auto()
    RATE = auto()
    PRINT = auto()
    SHOW_QR = auto()
    MORE = auto()
    """Another matter of the same villager."""
    FINISH = auto()
    BACK = auto()
    ERASE = auto()
    LANGUAGE = auto()
    LARGE = auto()
    VOICE = auto()
    READ = auto()
    """Read this page aloud, what is personal on it too."""
    CALL_STAFF = auto()
    EMERGENCY = auto()
    """The first touch of 紧急求助, and the second."""
    WITHDRAW = auto()
    TOUCH = auto()
    """Any key or touch while something covers the screen: it only uncovers."""
    STAFF = auto()
    VIDEO_ENDED = auto()
    TIME_UP = auto()
    """`time_limit_s` has passed without a touch."""


class Tick(NamedTuple):
    """A purpose or a declaration was ticked, or unticked."""

    what: Ticked


class Choose(NamedTuple):
    """A service was chosen."""

    service: Service


class Pick(NamedTuple):
    """An entry of a list was chosen, counted from 0."""

    place: int


class Option(NamedTuple):
    """An answer of a form's question was chosen."""

    option: str


class Sign(NamedTuple):
    """A sign, or a whole phrase, was entered as it is."""

    text: str


class Letter(NamedTuple):
    """A pinyin letter was entered; it stays apart until a candidate is taken."""

    letter: str


class Take(NamedTuple):
    """A candidate for the first `letters` pinyin letters was taken."""

    text: str
    letters: int


class Rate(NamedTuple):
    """5 very satisfied … 1 very dissatisfied."""

    grade: int


class TryDevice(NamedTuple):
    """Staff test a device: `reader`, `camera`, `sound` or `printer`."""

    device: str


Touch = Signal | Tick | Choose | Pick | Option | Sign | Letter | Take | Rate | TryDevice
"""What a villager's finger or key can do."""


class CardRead(NamedTuple):
    """A card was read; `minor` when its holder is under 14 (PIPL 31)."""

    person: Person
    minor: bool = False


class CardLifted(NamedTuple):
    """The card read before is gone."""


class CardSeen(NamedTuple):
    """The camera read a 便民服务卡; None when there was none to read in time, or no camera."""

    visit: int
    number: str | None


class ReaderTold(NamedTuple):
    """The reader has trouble, or None when it answers again."""

    trouble: Trouble | None


class StoreTold(NamedTuple):
    """How the spool is, what the county has receipted, and whether it is reachable."""

    store: Store
    receipted_to: int = 0
    hub_online: bool = False
    urgent: frozenset[int] = frozenset()
    """Emergencies that the county has ahead of their turn."""
    waiting: int = 0
    """Records saved here and not yet with the county."""


class LibraryTold(NamedTuple):
    """The county's documents as they are now."""

    library: Library


class DevicesTold(NamedTuple):
    """What this machine has at the moment."""

    printer: bool = False
    camera: bool = False
    voice: bool = False
    video: bool = False
    """A program for video calls is set up."""


class DayTold(NamedTuple):
    """China's day, or None while this machine knows none."""

    today: date | None


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


class CallSaved(NamedTuple):
    """Call number `call` of this run is on the disk: for staff, for help, or taken back; `seq` 0: it could not be."""

    call: int
    seq: int


class AskTold(NamedTuple):
    """What the county answered."""

    visit: int
    answered: Answered
    cases: Cases | None = None

    def __repr__(self) -> str:
        return f"AskTold({self.answered.name})"


class PrinterTold(NamedTuple):
    """How printing went."""

    visit: int
    sheet: int
    """Which sheet of the visit: a late word of an earlier one is not taken for this one's."""
    printed: Printed


class PinTold(NamedTuple):
    """What became of the PIN."""

    visit: int
    pin: Pin


class StaffTold(NamedTuple):
    """Lines of the staff's page: what, how it is, and a code when it is not well."""

    lines: tuple[tuple[str, str, str], ...]


Told = (
    CardRead | CardLifted | CardSeen | ReaderTold | StoreTold | LibraryTold | DevicesTold | DayTold | Saved | GradeSaved
    | NotSaved | CallSaved | AskTold | PrinterTold | PinTold | StaffTold
)  # fmt: skip
"""What threads tell."""

Event = Touch | Told
