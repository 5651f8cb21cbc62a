"""Fakes for faults only: a spool and a reader that can be slow, full or broken, and a fictional person.

And `Handed`: the machine as the screen sees it, which remembers what it was asked for and answers nothing by itself.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from nacl.public import PrivateKey, SealedBox

from station.clock import Stamp
from station.devices.reader.port import ReaderEvent
from station.errors import SpoolFullError, StoreError
from station.kiosk.entry.nine_keys import spellings
from station.kiosk.entry.pinyin import Candidate
from station.kiosk.events import DevicesTold, Printed, Store
from station.kiosk.ports.printer import Sheet
from station.kiosk.ports.voice import Utterance
from station.kiosk.state import State, Step
from station.kiosk.work import Ports
from station.sealing import Seal
from wire.life import DeviceState, OutboxDepth
from wire.orders import Ask, Reply
from wire.person import Person
from wire.records import Body, Language, Visit

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
        self.stamps: list[Stamp] = []
        self.state_of: dict[str, DeviceState] = {}
        self.notes: dict[str, str] = {"hub": "online"}
        self.receipted = 0
        self.urgent: frozenset[int] = frozenset()
        self.asks: list[Ask] = []
        self.replies: dict[str, Reply] = {}
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

    def append(self, make: Callable[[int], Body], stamp: Stamp, *, urgent: bool = False) -> int:
        self._answer()
        if not (self.room or urgent):
            raise SpoolFullError("E-SPOOL-10", "full 已满")
        seq = len(self.records) + 1
        self.stamps.append(stamp)
        self.records.append(make(seq))
        return seq

    def trimmed_to(self) -> int:
        self._answer()
        return self.receipted

    def urgent_receipted(self) -> frozenset[int]:
        self._answer()
        return self.urgent

    def depth(self) -> OutboxDepth:
        self._answer()
        return OutboxDepth(max(0, len(self.records) - self.receipted), 0)

    def devices(self) -> list[DeviceState]:
        self._answer()
        return list(self.state_of.values())

    def forget_ask(self, ask_id: str) -> None:
        self._answer()
        self.asks = [ask for ask in self.asks if ask.id != ask_id]

    def put_ask(self, ask: Ask) -> None:
        self._answer()
        self.asks.append(ask)

    def take_reply(self, ask_id: str) -> Reply | None:
        self._answer()
        return self.replies.pop(ask_id, None)

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


NUMBER = "42-00007-3"
"""The number every fake visit gets."""


class Handed:
    """Stands for every port of the kiosk: remembers what the screen asked for."""

    def __init__(self) -> None:
        self.there = DevicesTold()
        self.visits: list[tuple[int, Visit]] = []
        self.looked_at: list[Visit] = []
        self.grades: list[tuple[int, str, int]] = []
        self.calls: list[str] = []
        self.asked: list[tuple[int, str]] = []
        self.sought: list[int] = []
        self.forgotten = 0
        self.devices: list[DeviceState] = []
        self.looking: list[bool] = []
        self.said: list[list[Utterance]] = []
        self.hushed = 0
        self.sheets: list[tuple[Sheet, Callable[[Printed], None]]] = []
        self.sizes: list[bool] = []
        self.videos: list[str] = []
        self.pins: list[str] = []
        self.reports = 0
        self.tests: list[str] = []

    def ports(self, *, reader: bool = True) -> Ports:
        """Return it as the app takes it."""
        voice, printer, video = (_Device(self, name) for name in ("voice", "printer", "video"))
        return Ports(self, self if reader else None, voice, printer, self, video, self)  # type: ignore[arg-type]

    @property
    def camera_works(self) -> bool:
        return self.there.camera

    def save_visit(self, visit: int, make: Callable[[str], Visit]) -> None:
        self.visits.append((visit, make(NUMBER)))

    def save_looked_at(self, make: Callable[[str], Visit]) -> None:
        self.looked_at.append(make(NUMBER))

    def save_grade(self, visit: int, number: str, grade: int) -> None:
        self.grades.append((visit, number, grade))

    def call_for_help(self, call: int, *, withdrawn: bool) -> None:
        self.calls.append("withdrawn" if withdrawn else "emergency")

    def call_staff(self, call: int) -> None:
        self.calls.append("staff")

    def ask_progress(self, visit: int, person: Person) -> None:
        self.asked.append((visit, person.id_number))

    def seek_card(self, visit: int) -> None:
        self.sought.append(visit)

    def forget_questions(self) -> None:
        self.forgotten += 1

    def put_device(self, state: DeviceState) -> None:
        self.devices.append(state)

    def look(self, wanted: bool) -> None:
        self.looking.append(wanted)

    def say(self, what: Sequence[Utterance], language: Language) -> None:
        del language
        self.said.append(list(what))

    def print(self, sheet: Sheet, told: Callable[[Printed], None]) -> None:
        self.sheets.append((sheet, told))

    def enlarge(self, large: bool) -> None:
        self.sizes.append(large)

    def start(self) -> None:
        self.videos.append("start")

    def stop(self) -> None:
        """End a video call, or be silent: both ports have it."""
        self.hushed += 1
        self.videos.append("stop")

    def check_pin(self, visit: int, pin: str) -> None:
        self.pins.append(pin)

    def report(self) -> None:
        self.reports += 1

    def test(self, device: str) -> None:
        self.tests.append(device)

    def close(self) -> None:
        """Nothing is open."""


class _Device:
    """One device of `Handed`, which is there or not."""

    def __init__(self, handed: Handed, name: str) -> None:
        self._handed, self._name = handed, name

    @property
    def available(self) -> bool:
        return bool(getattr(self._handed.there, self._name))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._handed, name)


WORDS = {
    "ce": "测策册厕侧恻",
    "shi": "试是时事市师十实使世",
    "ceshi": "测试",
    "jia": "家加假价甲佳架",
    "yi": "一以已意义易乙",
    "wang": "王网往忘望",
    "qian": "钱前欠千",
}
"""Enough of a dictionary for tests of the pads."""


class FewWords:
    """A dictionary of a few words (Protocol Pinyin)."""

    def candidates(self, letters: str, most: int = 40) -> list[Candidate]:
        found = []
        for end in range(len(letters), 0, -1):
            for spelt in spellings(letters[:end]):
                texts = WORDS.get(spelt, "")
                found += [Candidate(text, end) for text in ([texts] if spelt == "ceshi" else texts)]
        return found[:most]
