"""What crosses downward, and the answers to it."""

from typing import Annotated

from msgspec import Meta, Struct, field

from wire.scalars import Code, Count, Epoch, Key, Line, PictureBox, SealedBox, Seq, Sha256, UtcMs


class Receipt(Struct, frozen=True):
    """Everything of `epoch` up to and including `seq` is committed at the hub.

    Also the hub's answer to every birth: it tells a station where to go on, and the time.
    """

    epoch: Epoch
    seq: Count
    at_ms: UtcMs
    """The hub's clock: what a station without a clock battery dates its records by."""
    urgent: Annotated[list[Seq], Meta(max_length=50)] = field(default_factory=list)
    """Records stored ahead of their turn."""


class Command(Struct, frozen=True, omit_defaults=True):
    """An order to a station: executed at most once, never after `expires_ms`."""

    id: Code
    name: Code
    """`ping`, `burst`, `still`, `thumbnail`, `relearn`, `restart`, …"""
    expires_ms: UtcMs
    arguments: dict[Code, str | int | float | bool] = field(default_factory=dict)
    reason: Line = ""


class SealedPicture(Struct, frozen=True, omit_defaults=True):
    """What a camera saw, readable at the hub only, which logs who looks."""

    key: Key
    """Names the hub's public key."""
    box: PictureBox
    camera: Code
    width_px: Count
    height_px: Count
    taken_ms: UtcMs | None = None
    """None while the station's clock is not trusted."""
    fault: Code | None = None
    """The FaultKind raised at that moment, of a thumbnail."""


class Answer(Struct, frozen=True, omit_defaults=True):
    """What became of a command."""

    id: Code
    outcome: Code
    """`done`, `expired`, `repeated`, `unknown_command`, `failed`."""
    note: Line = ""
    measures: dict[Code, float] = field(default_factory=dict)
    picture: SealedPicture | None = None


class Ask(Struct, frozen=True):
    """A question that needs an answer now; `box` is sealed to the hub, the answer to `reply_to`."""

    id: Code
    about: Code
    key: Key
    box: SealedBox
    reply_to: Annotated[bytes, Meta(min_length=32, max_length=32)]
    """The kiosk's public key, drawn for this one question."""
    expires_ms: UtcMs


class Reply(Struct, frozen=True, omit_defaults=True):
    """The answer to an Ask, sealed to its `reply_to`."""

    id: Code
    outcome: Code
    box: SealedBox | None = None


class Document(Struct, frozen=True):
    """One document of the library: replaced whole, checked by its digest."""

    name: Code
    version: Count
    sha256: Sha256
    text: Annotated[str, Meta(max_length=48 * 1024)]
    """JSON of the document's own kind (`wire/content.py`); `null` withdraws it."""


class Library(Struct, frozen=True):
    """Documents as the county wants them at this station; each has a retained topic of its own, so one a message."""

    version: Count
    documents: Annotated[list[Document], Meta(max_length=32)]
