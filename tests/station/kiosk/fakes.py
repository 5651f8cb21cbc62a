"""Fakes for faults only: a spool and a reader that can be slow, full or broken, and a fictional person."""

import threading
from collections.abc import Callable

from nacl.public import PrivateKey, SealedBox

from station.clock import Stamp
from station.devices.reader.port import Card, ReaderEvent
from station.errors import SpoolFullError, StoreError
from station.kiosk.events import Store
from station.kiosk.state import State, Step
from station.sealing import Seal
from wire.life import DeviceState
from wire.person import Person
from wire.records import Body

# A fictional person: the standard's own example of a number, and a name that says it is a test.
CARD = Card(
    kind="resident",
    name="测试甲乙",
    sex="female",
    nation="汉",
    birth="1949-12-31",
    id_number="11010519491231002X",
    valid_from="2006-01-01",
    valid_to="长期",
    address="测试市测试路[1]号",
    authority="测试分局",
)
PERSON = Person(
    name=CARD.name,
    id_number=CARD.id_number,
    card="resident",
    sex=CARD.sex,
    nation=CARD.nation,
    birth=CARD.birth,
    address=CARD.address,
    verified=True,
)
HUB_KEY = PrivateKey.generate()
SEAL = Seal(bytes(HUB_KEY.public_key))
READY = State(step=Step.WAIT, store=Store.READY)


def opened(box: bytes) -> bytes:
    """Open what was sealed to the hub."""
    return SealedBox(HUB_KEY).decrypt(box)


class FakeSpool:
    """As much of the spool as the kiosk uses, in memory."""

    epoch = "00000000000000ff"

    def __init__(self) -> None:
        self.records: list[Body] = []
        self.state_of: dict[str, DeviceState] = {}
        self.notes: dict[str, str] = {"hub": "online"}
        self.receipted = 0
        self.room = True
        self.fails: StoreError | None = None
        self.open = threading.Event()
        self.open.set()
        self._dirty = True

    def change(self) -> None:
        self._dirty = True

    def hang(self) -> Callable[[], None]:
        """Let every call block until the returned function is called."""
        self.open.clear()
        return self.open.set

    def append(self, make: Callable[[int], Body], stamp: Stamp) -> int:
        self._answer()
        if not self.room:
            raise SpoolFullError("E-SPOOL-10", "full 已满")
        seq = len(self.records) + 1
        self.records.append(make(seq))
        return seq

    def trimmed_to(self) -> int:
        self._answer()
        return self.receipted

    def changed(self) -> bool:
        self._answer()
        dirty, self._dirty = self._dirty, False
        return dirty

    def has_room(self) -> bool:
        self._answer()
        return self.room

    def put_device(self, state: DeviceState) -> None:
        self._answer()
        self.state_of[state.device] = state

    def note(self, name: str) -> str | None:
        self._answer()
        return self.notes.get(name)

    def close(self) -> None:
        self.open.set()

    def _answer(self) -> None:
        assert self.open.wait(20), "a test left the disk hanging"
        if self.fails is not None:
            raise self.fails


class FakeReader:
    """A reader that says what it is told to, or hangs."""

    def __init__(self) -> None:
        self.to_tell: list[ReaderEvent] = []
        self.wanted: list[bool] = []
        self.open = threading.Event()
        self.open.set()
        self.closed = False

    def start(self) -> None:
        self.open.wait(20)

    def look(self, wanted: bool) -> None:
        self.open.wait(20)
        self.wanted.append(wanted)

    def events(self) -> list[ReaderEvent]:
        self.open.wait(20)
        told, self.to_tell = self.to_tell, []
        return told

    def close(self) -> None:
        self.closed = True
