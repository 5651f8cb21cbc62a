"""The security module of the simulated reader: a request frame in, an answer out. Pure."""

from enum import Enum
from typing import Final, Literal

from station.devices.reader.frames import BAUDS, Command, Frame, build
from station.devices.reader.persons import PERSONS, card_data, text_of
from wire.records import CardKind

Resting = Literal["80", "9F"]
"""What FIND is answered while a card that was read still lies there."""

SAM_ID: Final = b"".join(
    value.to_bytes(size, "little") for value, size in ((5, 2), (1, 2), (20260101, 4), (999999, 4), (1, 4))
)

_OK, _FOUND, _ABSENT = bytes.fromhex("000090"), bytes.fromhex("00009F"), bytes.fromhex("000091")
_NO_CARD, _NOT_SELECTED = bytes.fromhex("000080"), bytes.fromhex("000081")
_WRONG_COMMAND, _WRONG_ORDER, _LIFTED = bytes.fromhex("000021"), bytes.fromhex("000024"), bytes.fromhex("000041")


class Refusing(Enum):
    """A card or module that does not do its work: the SW3 it answers, and to which commands."""

    NOT_AUTHENTICATED = (0x32, frozenset({Command.SELECT}))
    NOT_AN_ID_CARD = (0x40, frozenset({Command.SELECT}))
    MOVED = (0x41, frozenset({Command.READ, Command.READ_WITH_FINGERPRINT}))
    SELF_TEST_FAILED = (0x60, frozenset(Command))
    NOT_LICENSED = (0x66, frozenset({Command.FIND, Command.SELECT, Command.READ, Command.STATUS}))


class Module:
    """One module and the card that may lie on it."""

    def __init__(self, baud: int, resting: Resting) -> None:
        """Start without a card."""
        self.baud = baud
        self.resting: Resting = resting
        self.card: CardKind | None = None
        self.refusing: Refusing | None = None
        self.asked: dict[Command, int] = dict.fromkeys(Command, 0)
        """How often each command came."""
        self._found = self._selected = self._was_read = False

    def place(self, card: CardKind | None) -> None:
        """Put a card down, after lifting the one that lay there; None only lifts."""
        self.card = card
        self._found = self._selected = self._was_read = False

    def answer(self, frame: Frame) -> bytes:
        """Return the whole answer frame to a request."""
        code = frame.body[:2]
        if code[0] == 0x60:
            return build(self._set_baud(code[1]))
        try:
            command = Command(code)
        except ValueError:
            return build(_WRONG_COMMAND)
        self.asked[command] += 1
        if self.refusing is not None and command in self.refusing.value[1]:
            return build(bytes([0, 0, self.refusing.value[0]]))
        return build(self._answer(command))

    def _answer(self, command: Command) -> bytes:
        match command:
            case Command.RESET | Command.STATUS:
                self._selected = self._selected and command is Command.STATUS
                return _OK
            case Command.SAM_ID:
                return _OK + SAM_ID
            case Command.FIND:
                return self._find()
            case Command.SELECT:
                return self._select()
            case Command.READ_ADDED_ADDRESS:
                return _ABSENT if self.card and self._selected else _LIFTED
            case _:
                return self._read(with_fingerprint=command is Command.READ_WITH_FINGERPRINT)

    def _find(self) -> bytes:
        if self.card is None or (self._was_read and self.resting == "80"):
            return _NO_CARD
        self._found, self._selected = True, False
        return _FOUND + bytes(4)

    def _select(self) -> bytes:
        if self.card is None or not self._found:
            return _NOT_SELECTED
        self._selected = True
        return _OK + bytes(8)

    def _read(self, *, with_fingerprint: bool) -> bytes:
        if self.card is None:
            return _LIFTED
        if not self._selected:
            return _WRONG_ORDER
        self._was_read = True
        return _OK + card_data(text_of(PERSONS[self.card]), fingerprint_sizes=with_fingerprint)

    def _set_baud(self, number: int) -> bytes:
        if number >= len(BAUDS):
            return _WRONG_COMMAND
        self.baud = BAUDS[number]
        return _OK
