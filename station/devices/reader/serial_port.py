"""The real reader: the rules of `rules.py` on anything pyserial opens. The one home of pyserial."""

import errno
import logging
import stat
import termios
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Final

import serial

from station.clock import Clock
from station.devices.reader import faults
from station.devices.reader.frames import BadFrame, Command, FrameDecoder, Reply, reply_to, request
from station.devices.reader.port import Card, CardPlaced, ReaderEvent, ReaderReady, ReaderTrouble, Trouble
from station.devices.reader.rules import Rules
from station.devices.reader.steps import Ask, Open, Outcome, Rest, Shut, Tell
from station.errors import DeviceError

logger = logging.getLogger(__name__)

SLICE_S: Final = 0.05
"""The longest single wait for bytes: how soon a stop is noticed."""
LULL_S: Final = 0.1
"""A module sends an answer in one go; this long without a byte, nothing more of it comes."""
CLOSE_WITHIN_S: Final = 4.0
RESTART_AFTER_S: Final = 1.0
HANGS_AFTER_S: Final = 10.0
"""The longest answer, a card with its portrait, takes three seconds: a port that holds the thread so long hangs."""
_WIRE_BYTES: Final = {Command.READ: 1400, Command.READ_WITH_FINGERPRINT: 2400, Command.READ_ADDED_ADDRESS: 300}
_PORT_ERRORS: Final = (OSError, termios.error)
"""What a port raises when it goes away; serial.SerialException is an OSError, termios.error is none."""


class SerialReader:
    """A reader on a serial line, in a thread of its own (Protocol `Reader`)."""

    def __init__(self, port: str, baud: int = 115200, clock: Clock | None = None) -> None:
        """Use `port` (anything serial_for_url opens), its module looked for at `baud` first."""
        self._session = _Session(port, baud, (clock or Clock()).today)
        self._events: deque[ReaderEvent] = deque(maxlen=256)
        self._guard = threading.Lock()
        self._hangs = False
        self._thread = threading.Thread(target=self._run, name="reader", daemon=True)

    def start(self) -> None:
        """Begin: open the port, and go on trying while it cannot be opened."""
        self._thread.start()

    def look(self, wanted: bool) -> None:
        """Look for cards only while a screen asks for one; a card nobody took yet is forgotten with the wish."""
        with self._guard:
            if not wanted:
                self._forget_cards()
            self._session.look(wanted)

    def events(self) -> list[ReaderEvent]:
        """Return what happened since the last call, at once."""
        with self._guard:
            taken = list(self._events)
            self._events.clear()
        hangs = self._session.busy_s() > HANGS_AFTER_S
        if hangs is not self._hangs:
            self._hangs = hangs
            taken.append(ReaderTrouble(Trouble.NO_READER) if hangs else ReaderReady("", 0))
        return taken

    def close(self) -> None:
        """Stop within 4 s and forget what was read."""
        self._session.stop()
        if self._thread.ident is not None:
            self._thread.join(CLOSE_WITHIN_S)
        with self._guard:
            self._events.clear()

    def _forget_cards(self) -> None:
        kept = [event for event in self._events if not isinstance(event, CardPlaced)]
        self._events.clear()
        self._events.extend(kept)

    def _run(self) -> None:
        while not self._session.stopping.is_set():
            try:
                event = self._session.turn()
            except Exception as error:  # noqa: BLE001 - top loop; the text of an unforeseen error may quote a card
                logger.error("the reader's thread failed with %s; starting over", type(error).__name__)  # noqa: TRY400 - likewise
                self._session.start_over()
                self._session.stopping.wait(RESTART_AFTER_S)
                continue
            if event is not None:
                with self._guard:
                    if self._session.wanted or not isinstance(event, CardPlaced):
                        self._events.append(event)
        self._session.shut()


def read_one_card(port: str, baud: int, timeout_s: float) -> Card:
    """Return the first card read within `timeout_s`.

    Raises DeviceError: E-READER-30 to 34 as soon as it is clear that no reader can be used, E-READER-12 when no card
    came, and what kept one from being read.
    """
    session = _Session(port, baud, Clock().today)
    session.look(True)
    alarm = threading.Timer(timeout_s, session.stop)
    alarm.daemon = True
    alarm.start()
    error = faults.trouble_error(Trouble.NO_READER, port)
    try:
        while not session.stopping.is_set():
            match session.turn():
                case CardPlaced(card):
                    return card
                case ReaderReady():
                    error = faults.no_card_error(port, timeout_s)
                case ReaderTrouble(Trouble.NO_READER):
                    raise session.why or faults.trouble_error(Trouble.NO_READER, port)
                case ReaderTrouble(trouble):
                    error = faults.trouble_error(trouble, port)
    finally:
        alarm.cancel()
        session.shut()
    raise error


class _Session:
    """One port and the rules that drive it; `turn` does the next step in the caller's thread."""

    def __init__(self, port: str, baud: int, today: Callable[[], date | None]) -> None:
        self._name, self._baud, self._today = port, baud, today
        self.stopping = threading.Event()
        self.why: DeviceError | None = None
        """Why the port could not be opened when that was last tried; None when it could."""
        self.wanted = False
        self._wake = threading.Event()
        self._busy_since: float | None = None
        self._port: serial.Serial | None = None
        self.start_over()

    def start_over(self) -> None:
        """Begin with rules that remember nothing."""
        self._rules = Rules(self._baud, self._today)
        self._rules.wanted = self.wanted
        self._steps = self._rules.steps()
        self._step = next(self._steps)

    def look(self, wanted: bool) -> None:
        """Change the wish; ends a rest."""
        if wanted != self.wanted:
            self.wanted = self._rules.wanted = wanted
            self._wake.set()

    def stop(self) -> None:
        """End whatever `turn` waits for; to be called from another thread."""
        self.stopping.set()
        self._wake.set()

    def busy_s(self) -> float:
        """Return how long the port has held the thread by now."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    def turn(self) -> ReaderEvent | None:
        """Do one step of the rules; return what they tell."""
        self._busy_since = None if isinstance(self._step, Rest) else time.monotonic()
        event: ReaderEvent | None = None
        outcome: Reply | Outcome = Outcome.DONE
        match self._step:
            case Ask(command, timeout_s):
                outcome = self._ask(command, timeout_s)
            case Open(baud):
                outcome = self._open(baud)
            case Shut():
                self.shut()
            case Rest(seconds):
                self._wake.wait(seconds)
                self._wake.clear()
            case Tell(told):
                event = told
        self._step = self._steps.send(outcome)
        return event

    def shut(self) -> None:
        """Close the port if it is open."""
        port, self._port = self._port, None
        if port is not None:
            with suppress(*_PORT_ERRORS):
                port.reset_output_buffer()  # else closing waits for a mute line to take what was written
            with suppress(*_PORT_ERRORS):
                port.close()

    def _open(self, baud: int) -> Outcome:
        try:
            with _opening(self._name):
                if self._port is None:
                    self._port = serial.serial_for_url(
                        self._name, baudrate=baud, timeout=SLICE_S, write_timeout=1.0, exclusive=True
                    )
                else:
                    self._port.baudrate = baud
        except DeviceError as error:
            if str(error) != str(self.why):
                logger.warning("%s", error)
            self.why = error
            return Outcome.LOST
        self.why = None
        return Outcome.DONE

    def _ask(self, command: Command, timeout_s: float) -> Reply | Outcome:
        if self._port is None:
            return Outcome.LOST
        try:
            self._port.reset_input_buffer()
            self._port.write(request(command))
            wire_s = 10 * _WIRE_BYTES.get(command, 40) / float(self._port.baudrate)
            return self._hear(self._port, command, time.monotonic() + timeout_s + wire_s)
        except _PORT_ERRORS as error:
            logger.info("the port failed: %s", type(error).__name__)
            return Outcome.LOST

    def _hear(self, port: serial.Serial, command: Command, deadline: float) -> Reply | Outcome:
        """Return the first frame that can be the answer to `command`."""
        decoder = FrameDecoder()
        damaged = False
        heard_at = time.monotonic()
        while not self.stopping.is_set() and (now := time.monotonic()) < deadline:
            data = port.read(decoder.missing_bytes())
            decoder.feed(data)
            lull = not data and now - heard_at > LULL_S
            for event in decoder.silence() if lull else decoder.events():
                if isinstance(event, BadFrame):
                    damaged = True
                elif (reply := reply_to(command, event)) is not None:
                    return reply
            if data:
                heard_at = time.monotonic()
            elif lull and damaged:
                break
        return Outcome.DAMAGED if damaged or len(decoder) else Outcome.NOTHING


@contextmanager
def _opening(port: str) -> Iterator[None]:
    """Translate what opening raises; the port's own words are not repeated, its errno is."""
    try:
        yield
    except ValueError:
        raise faults.not_serial_error(port) from None
    except _PORT_ERRORS as error:
        raise _open_error(port, error) from None


def _open_error(port: str, error: Exception) -> DeviceError:
    number = getattr(error, "errno", None)
    path = Path(port)
    try:
        if "://" not in port and path.exists() and (number is None or not stat.S_ISCHR(path.stat().st_mode)):
            return faults.not_serial_error(port)
    except OSError:
        return faults.no_port_error(port, "cannot be looked at")
    if number in {errno.EACCES, errno.EPERM}:
        return faults.not_allowed_error(port)
    if number in {errno.EAGAIN, errno.EBUSY}:
        return faults.in_use_error(port)
    return faults.no_port_error(port, errno.errorcode.get(number or 0, "cannot be opened"))
