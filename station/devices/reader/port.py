"""What every ID-card reader is to the rest of the station: real over a serial line, or its simulated twin."""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple, Protocol

from wire.records import CardKind


class Card(NamedTuple):
    """What was read off a card. Personal data: lives in memory only, and its repr tells nothing."""

    kind: CardKind
    name: str
    sex: str
    nation: str
    birth: str
    id_number: str
    valid_from: str
    valid_to: str
    address: str
    authority: str
    warnings: Sequence[str] = ()

    def __repr__(self) -> str:
        return f"Card({self.kind}, …)"


class Trouble(Enum):
    """Why there is no card to show although one may lie there; the value is the stable code."""

    PLACE_AGAIN = "E-READER-10"
    """Moved too early, or card and module do not authenticate: 请移开后重新放置."""
    NOT_AN_ID_CARD = "E-READER-11"
    MODULE_FAULT = "E-READER-20"
    NOT_LICENSED = "E-READER-21"
    NO_READER = "E-READER-30"
    """Unplugged, mute, or no such port: 读卡器故障; it goes on being tried."""


class CardPlaced(NamedTuple):
    """A card was read; told once per placing."""

    card: Card


class CardGone(NamedTuple):
    """The card that was read has been lifted."""


class ReaderTrouble(NamedTuple):
    """Told once when it begins."""

    trouble: Trouble


class ReaderReady(NamedTuple):
    """The reader answers (at the start, or again after trouble). `module_id` is the SAM id."""

    module_id: str
    baud: int


ReaderEvent = CardPlaced | CardGone | ReaderTrouble | ReaderReady


class Reader(Protocol):
    """Runs its own thread between `start` and `close`; events come out of a queue, nothing blocks the caller."""

    def start(self) -> None:
        """Begin: open the port, and go on trying while it cannot be opened."""

    def look(self, wanted: bool) -> None:
        """Look for cards only while a screen asks for one."""

    def events(self) -> list[ReaderEvent]:
        """Return what happened since the last call, at once."""

    def close(self) -> None:
        """Stop within 4 s and forget what was read."""
