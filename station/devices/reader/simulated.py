"""The simulated twin of a reader: the real protocol on a pty, at a real line's pace, and told to misbehave."""

import os
import random
import select
import termios
import threading
import time
import tty
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Final

from station.devices.reader.frames import PREAMBLE, Frame, FrameDecoder
from station.devices.reader.module import Module, Refusing, Resting
from station.errors import DeviceError
from wire.records import CardKind

BITS_PER_BYTE: Final = 10
PACE_S: Final = 0.004
"""Bytes are handed over in pieces of this length of line time."""
SLOW_S: Final = 0.2
_SPEEDS: Final = {
    termios.B115200: 115200,
    termios.B57600: 57600,
    termios.B38400: 38400,
    termios.B19200: 19200,
    termios.B9600: 9600,
}


class Misbehaviour(Enum):
    """What a reader can be told to do wrong; the value is its name on the command line."""

    CHOPPED = "chopped"
    """Answers come in small pieces with gaps between them."""
    NOISY = "noisy"
    """Stray bytes before and after answers, beginnings of frames among them."""
    BAD_CHECKSUM = "bad_checksum"
    MUTE = "mute"
    SLOW = "slow"
    """Every answer takes its time."""
    UNPLUGGED = "unplugged"
    NOT_AUTHENTICATED = "not_authenticated"
    NOT_AN_ID_CARD = "not_an_id_card"
    MOVED = "moved"
    SELF_TEST_FAILED = "self_test_failed"
    NOT_LICENSED = "not_licensed"


class SimulatedReader:
    """A reader on a pty, in a thread of its own. All methods may be called from any thread."""

    def __init__(self, *, link: Path | None = None, baud: int = 115200, resting: Resting = "9F", seed: int = 1) -> None:
        """Speak at `baud`, found at `link` even after it was plugged in again; `seed` draws noise and pieces."""
        self.module = Module(baud, resting)
        self._link = link
        self._random = random.Random(seed)
        self._faults: dict[Misbehaviour, int | None] = {}
        self._guard = threading.Condition()
        self._closing = False
        self._line: _Line | None = None
        self._thread = threading.Thread(target=self._run, name="simulated reader", daemon=True)
        self._wake_reader, self._wake_writer = os.pipe()

    @property
    def path(self) -> str:
        """Where a driver finds it: the link, else the pty; empty while it is unplugged without a link."""
        if self._link is not None:
            return str(self._link)
        with self._guard:
            return self._line.path if self._line else ""

    def start(self) -> None:
        """Plug it in.

        Raises DeviceError E-READER-42 when the link's place is taken by a file.
        """
        if self._link is not None and self._link.exists() and not self._link.is_symlink():
            raise DeviceError("E-READER-42", f"{self._link}: a file is there, not a link 该路径已有文件，请换一个路径")
        self._plug_in()
        self._thread.start()

    def place(self, card: CardKind = "resident") -> None:
        """Put a card on it."""
        with self._guard:
            self.module.place(card)

    def lift(self) -> None:
        """Take the card away."""
        with self._guard:
            self.module.place(None)

    def misbehave(self, fault: Misbehaviour, *, times: int | None = None) -> None:
        """Do this wrong from now on, or for so many answers only."""
        with self._guard:
            self._faults[fault] = times
            self._apply_faults()

    def behave(self, fault: Misbehaviour | None = None) -> None:
        """Stop doing this wrong, or anything."""
        with self._guard:
            for each in [fault] if fault else list(self._faults):
                self._faults.pop(each, None)
            self._apply_faults()

    def set_baud(self, baud: int) -> None:
        """Speak at another rate from now on."""
        with self._guard:
            self.module.baud = baud

    def close(self) -> None:
        """Unplug it for good; the link is gone."""
        with self._guard:
            if self._closing:
                return
            self._closing = True
            self._wake()
        if self._thread.ident is not None:
            self._thread.join(5.0)
        self._unplug()
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    def _apply_faults(self) -> None:
        """Tell the module, and wait until it is plugged in or not as it should be."""
        self._choose_refusal()
        self._wake()
        if self._thread.is_alive():
            unplugged = Misbehaviour.UNPLUGGED in self._faults
            self._guard.wait_for(lambda: self._closing or (self._line is None) == unplugged, 5.0)

    def _choose_refusal(self) -> None:
        names = {fault.name for fault in self._faults}
        self.module.refusing = next((each for each in Refusing if each.name in names), None)

    def _wake(self) -> None:
        os.write(self._wake_writer, b".")

    def _plug_in(self) -> None:
        line = _Line()
        with self._guard:
            self._line = line
            if self._link is not None:
                fresh = self._link.with_name(f".{self._link.name}.{os.getpid()}")
                with suppress(FileNotFoundError):
                    fresh.unlink()
                fresh.symlink_to(line.path)
                fresh.replace(self._link)
            self._guard.notify_all()

    def _unplug(self) -> None:
        with self._guard:
            line, self._line = self._line, None
            if line is not None:
                if self._link is not None:
                    self._link.unlink(missing_ok=True)
                line.close()
            self._guard.notify_all()

    def _run(self) -> None:
        decoder = FrameDecoder()
        while not self._closing:
            unplugged = Misbehaviour.UNPLUGGED in self._faults
            if unplugged and self._line is not None:
                self._unplug()
                decoder.clear()
            elif not unplugged and self._line is None:
                self._plug_in()
            waiting: list[int] = [self._wake_reader]
            if self._line is not None:
                waiting.append(self._line.master)
            ready, _, _ = select.select(waiting, [], [])
            if self._wake_reader in ready:
                os.read(self._wake_reader, 4096)
            elif self._line is not None:
                self._serve(self._line, decoder)

    def _serve(self, line: "_Line", decoder: FrameDecoder) -> None:
        data = line.read()
        if line.baud() != self.module.baud:
            decoder.clear()  # at another rate these bytes are none
            return
        decoder.feed(data)
        for event in decoder.events():
            if not isinstance(event, Frame):
                continue
            at_s = time.monotonic() + (len(event.body) + 8) * BITS_PER_BYTE / self.module.baud
            baud = self.module.baud  # a change of rate is answered at the old one
            with self._guard:
                answer = self.module.answer(event)
                faults = self._take_faults(answer)
            self._say(line, answer, faults, at_s, baud)

    def _take_faults(self, answer: bytes) -> set[Misbehaviour]:
        """Return what this answer is to suffer, and count it."""
        taken = set(self._faults)
        for fault, left in list(self._faults.items()):
            if left is None or (fault.name in Refusing.__members__ and answer[9] != Refusing[fault.name].value[0]):
                continue
            self._faults[fault] = left - 1
            if left <= 1:
                del self._faults[fault]
        self._choose_refusal()
        return taken

    def _say(self, line: "_Line", answer: bytes, faults: set[Misbehaviour], at_s: float, baud: int) -> None:
        if Misbehaviour.MUTE in faults:
            return
        if Misbehaviour.SLOW in faults:
            at_s += SLOW_S
        if Misbehaviour.BAD_CHECKSUM in faults:
            answer = answer[:-1] + bytes([answer[-1] ^ 0x5A])
        if Misbehaviour.NOISY in faults:
            answer = self._noise() + answer + self._noise()
        per_byte_s = BITS_PER_BYTE / baud
        piece = max(1, int(PACE_S / per_byte_s))
        place = 0
        while place < len(answer):
            size = self._random.randint(1, 40) if Misbehaviour.CHOPPED in faults else piece
            part = answer[place : place + size]
            at_s += len(part) * per_byte_s
            if Misbehaviour.CHOPPED in faults:
                at_s += self._random.uniform(0.0, 0.004)
            self._wait_until(at_s)
            if self._closing or Misbehaviour.UNPLUGGED in self._faults:
                return
            line.write(part)
            place += len(part)

    def _noise(self) -> bytes:
        stray = self._random.randbytes(self._random.randint(0, 12))
        return stray + self._random.choice([b"", PREAMBLE[:3], PREAMBLE, PREAMBLE + b"\x00\x08", b"\xaa\x00\xaa\xaa"])

    def _wait_until(self, at_s: float) -> None:
        left_s = at_s - time.monotonic()
        if left_s > 0:
            with self._guard:
                self._guard.wait_for(lambda: self._closing or Misbehaviour.UNPLUGGED in self._faults, left_s)


class _Line:
    """A pty: the twin's end is the master, a driver opens the slave."""

    def __init__(self) -> None:
        # One slave stays open here: without it the master fails with EIO whenever no driver has it open.
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self.master, False)
        self.path = os.ttyname(self._slave)

    def baud(self) -> int | None:
        """Return the rate the driver set, None for one no module has."""
        return _SPEEDS.get(termios.tcgetattr(self._slave)[4])

    def read(self) -> bytes:
        try:
            return os.read(self.master, 4096)
        except BlockingIOError:
            return b""

    def write(self, data: bytes) -> None:
        with suppress(BlockingIOError):  # nobody reads: a real line loses these bytes too
            os.write(self.master, data)

    def close(self) -> None:
        os.close(self.master)
        os.close(self._slave)
