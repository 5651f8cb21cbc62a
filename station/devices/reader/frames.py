"""Frames of the SAM serial protocol (GA/T 467): bytes in, events out. Pure, and never raises on any bytes.

    AA AA AA 96 69 | LEN (2, big-endian, counts all after it) | body | CHK

CHK is the XOR of LEN and body. A request's body is command and data, a reply's SW1 SW2 SW3 and data.
"""

from collections.abc import Iterator
from enum import Enum
from functools import reduce
from operator import xor
from typing import Final, Literal, NamedTuple

PREAMBLE: Final = bytes.fromhex("AAAAAA9669")
HEADER_BYTES: Final = len(PREAMBLE) + 2
MIN_LENGTH: Final = 3
MAX_LENGTH: Final = 4096
MAX_BUFFER_BYTES: Final = 64 * 1024
"""What the decoder holds at most; when nobody takes the events, the oldest bytes go."""

BAUDS: Final = (115200, 57600, 38400, 19200, 9600)
"""By the number nn of the command 60 nn; also the order in which a silent module is looked for."""


class Command(Enum):
    """What a module can be asked. 30 05 is left out on purpose: its place in the order differs between vendors."""

    RESET = bytes.fromhex("10FF")
    STATUS = bytes.fromhex("11FF")
    SAM_ID = bytes.fromhex("12FF")
    FIND = bytes.fromhex("2001")
    SELECT = bytes.fromhex("2002")
    READ = bytes.fromhex("3001")
    READ_WITH_FINGERPRINT = bytes.fromhex("3010")
    READ_ADDED_ADDRESS = bytes.fromhex("3003")


class Meaning(Enum):
    """What SW3 of a reply says."""

    OK = "ok"
    FOUND = "card found"
    ABSENT = "item absent"
    DAMAGED = "our frame was damaged"
    WRONG_ORDER = "wrong command or order"
    NOT_AUTHENTICATED = "card and module do not authenticate"
    NOT_AN_ID_CARD = "not an ID card"
    READ_FAILED = "read failed"
    SELF_TEST_FAILED = "module self-test failed"
    NOT_LICENSED = "module not licensed"
    NO_CARD = "no card, or one already read"
    UNKNOWN = "unknown"


MEANINGS: Final = {
    0x90: Meaning.OK,
    0x9F: Meaning.FOUND,
    0x91: Meaning.ABSENT,
    0x10: Meaning.DAMAGED,
    0x11: Meaning.DAMAGED,
    0x21: Meaning.WRONG_ORDER,
    0x23: Meaning.WRONG_ORDER,
    0x24: Meaning.WRONG_ORDER,
    0x31: Meaning.NOT_AUTHENTICATED,
    0x32: Meaning.NOT_AUTHENTICATED,
    0x33: Meaning.NOT_AUTHENTICATED,
    0x40: Meaning.NOT_AN_ID_CARD,
    0x41: Meaning.READ_FAILED,
    0x47: Meaning.READ_FAILED,
    0x60: Meaning.SELF_TEST_FAILED,
    0x66: Meaning.NOT_LICENSED,
    0x80: Meaning.NO_CARD,
    0x81: Meaning.NO_CARD,
}


class Frame(NamedTuple):
    """A whole, sound frame. Its body may be a person's card: the repr tells its size only."""

    body: bytes

    def __repr__(self) -> str:
        return f"Frame({len(self.body)} bytes)"


class BadFrame(NamedTuple):
    """A preamble that no sound frame followed; the search goes on one byte later."""

    reason: Literal["length", "checksum", "cut"]


class Reply(NamedTuple):
    """A frame read as a module's answer. The repr tells the status only."""

    status: bytes
    """SW1 SW2 SW3."""
    data: bytes

    @property
    def meaning(self) -> Meaning:
        """What SW3 says; SW1 and SW2 are for the log only."""
        return MEANINGS.get(self.status[2], Meaning.UNKNOWN)

    def __repr__(self) -> str:
        return f"Reply({self.status.hex(' ')}, {len(self.data)} bytes)"


class FrameDecoder:
    """Finds frames in a stream that may be cut anywhere and hold any noise."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """Take what the line delivered."""
        self._buffer += data
        if len(self._buffer) > MAX_BUFFER_BYTES:
            del self._buffer[: len(self._buffer) - MAX_BUFFER_BYTES]

    def events(self) -> Iterator[Frame | BadFrame]:
        """Yield what is complete by now."""
        while True:
            self._drop_noise()
            event, used = _look(self._buffer, 0)
            if event is None:
                return
            del self._buffer[:used]
            yield event

    def silence(self) -> Iterator[Frame | BadFrame]:
        """Yield sound frames behind a header that promised more than came: the line has fallen silent.

        Without such a frame everything is kept: the rest may still come.
        """
        start = self._buffer.find(PREAMBLE, 1)
        while start > 0:
            event, _ = _look(self._buffer, start)
            if isinstance(event, Frame):
                del self._buffer[:start]
                yield BadFrame("cut")
                yield from self.events()
                return
            start = self._buffer.find(PREAMBLE, start + 1)

    def missing_bytes(self) -> int:
        """Return how many bytes to read next: the rest of a header, then the rest of its frame."""
        held = len(self._buffer)
        if held < HEADER_BYTES:
            return HEADER_BYTES - held
        return HEADER_BYTES + _length(self._buffer, 0) - held

    def clear(self) -> None:
        """Forget everything held."""
        self._buffer.clear()

    def __len__(self) -> int:
        return len(self._buffer)

    def _drop_noise(self) -> None:
        start = self._buffer.find(PREAMBLE)
        if start < 0:
            tail = next(size for size in range(len(PREAMBLE) - 1, -1, -1) if self._buffer.endswith(PREAMBLE[:size]))
            start = len(self._buffer) - tail
        del self._buffer[:start]


def _length(buffer: bytearray, start: int) -> int:
    return int.from_bytes(buffer[start + len(PREAMBLE) : start + HEADER_BYTES], "big")


def _look(buffer: bytearray, start: int) -> tuple[Frame | BadFrame | None, int]:
    """Return what begins at `start`, where a preamble stands if it is long enough, and the bytes it takes."""
    if len(buffer) - start < HEADER_BYTES:
        return None, 0
    length = _length(buffer, start)
    if not MIN_LENGTH <= length <= MAX_LENGTH:
        return BadFrame("length"), 1
    total = HEADER_BYTES + length
    if len(buffer) - start < total:
        return None, 0
    if reduce(xor, memoryview(buffer)[start + len(PREAMBLE) : start + total]):
        return BadFrame("checksum"), 1
    return Frame(bytes(memoryview(buffer)[start + HEADER_BYTES : start + total - 1])), total


def build(body: bytes) -> bytes:
    """Return `body` as a frame."""
    checked = (len(body) + 1).to_bytes(2, "big") + body
    return PREAMBLE + checked + bytes([reduce(xor, checked)])


def request(command: Command) -> bytes:
    """Return the frame that asks `command`."""
    return build(command.value)


def set_baud_request(baud: int) -> bytes:
    """Return the frame that sets the module to `baud`, one of BAUDS."""
    return build(bytes([0x60, BAUDS.index(baud)]))


def reply_to(command: Command, frame: Frame) -> Reply | None:
    """Return `frame` as the answer to `command`.

    None when it cannot be one: an echo, or the late answer to an earlier command (replies do not name theirs).
    """
    if len(frame.body) < MIN_LENGTH:
        return None
    reply = Reply(frame.body[:3], frame.body[3:])
    if reply.meaning is Meaning.FOUND:
        return reply if command is Command.FIND else None
    if reply.meaning is Meaning.OK and len(reply.data) not in _DATA_BYTES[command]:
        return None
    return reply


_DATA_BYTES: Final = {
    Command.RESET: range(1),
    Command.STATUS: range(1),
    Command.SAM_ID: range(16, 17),
    Command.FIND: range(0),
    Command.SELECT: range(1, 16),
    Command.READ: range(254, MAX_LENGTH),
    Command.READ_WITH_FINGERPRINT: range(256, MAX_LENGTH),
    Command.READ_ADDED_ADDRESS: range(1, 4 * 70 + 1),
}
"""Sizes of the data of a good answer."""


def module_id(data: bytes) -> str:
    """Return the 16 data bytes of the SAM id as printed on a reader."""
    version, kind = (int.from_bytes(data[at : at + 2], "little") for at in (0, 2))
    day, serial, rest = (int.from_bytes(data[at : at + 4], "little") for at in (4, 8, 12))
    return f"{version:02d}.{kind:02d}-{day:08d}-{serial:010d}-{rest:010d}"
