"""One message in, values out: what to store, what it says about the station, what it is owed (pure, never raises)."""

import hashlib
from collections.abc import Container, Sequence
from typing import Final, NamedTuple

import msgspec

from hub.health.station import Born, Died, Event, Heard
from wire.codec import decode, decode_trusted_size, encode
from wire.errors import WireError
from wire.life import Beat, Birth, Life
from wire.orders import Answer, Ask
from wire.records import Batch, Body, RawRecord, RecordHead, Urgent
from wire.topics import UpTopic, parse_up

NOT_ENROLLED: Final = "E-HUB-10"
"""The station is not in the county's list."""
REVOKED: Final = "E-HUB-13"
"""The station's certificate was revoked: nothing of it is kept, and no receipt tells it to forget anything."""
UNREADABLE_KIND: Final = "unreadable"


class Arrived(NamedTuple):
    """A message as the broker gave it; `connection` and `mid` are what its acknowledgement needs."""

    topic: str
    payload: bytes
    retain: bool
    qos: int
    mid: int
    connection: int
    received_ms: int


class RecordIn(NamedTuple):
    """A record to store; `item` None is one that stands in the ledger only as unreadable."""

    seq: int
    kind: str
    at_ms: int | None
    undated: bytes | None
    body: bytes | None
    item: Body | None


class Unreadable(NamedTuple):
    """Something for the quarantine; equal hashes are one and the same thing come again."""

    hash: bytes
    topic: str
    reason: str
    payload: bytes


class Handled(NamedTuple):
    """What one message amounts to."""

    received_ms: int
    station: str | None = None
    events: tuple[Event, ...] = ()
    epoch: str | None = None
    """Set when a receipt for this epoch is owed after the commit."""
    after: int = 0
    records: tuple[RecordIn, ...] = ()
    urgent: bool = False
    unreadable: tuple[Unreadable, ...] = ()
    birth: Birth | None = None
    beat: Beat | None = None
    answer: Answer | None = None
    ask: Ask | None = None
    refused: str | None = None
    """Code of what was neither stored nor set aside, only counted."""


def handle(arrived: Arrived, enrolled: Container[str], revoked: Container[str] = ()) -> Handled:
    """Return what `arrived` amounts to in a county whose stations are `enrolled`, but for those `revoked`."""
    try:
        topic = parse_up(arrived.topic)
    except WireError as error:
        return set_aside(arrived, Handled(arrived.received_ms), error.code)
    if topic.station in revoked:
        return Handled(arrived.received_ms, refused=REVOKED)
    if topic.station not in enrolled:
        return _stranger(arrived, topic)
    heard = Handled(arrived.received_ms, topic.station, events=() if arrived.retain else (Heard(),))
    if topic.family == "life" and not arrived.payload:
        return heard  # somebody cleared the retained message: nothing was said
    try:
        return _read(arrived, topic, heard)
    except WireError as error:
        return set_aside(arrived, heard, error.code, coarse=topic.family not in {"records", "urgent"})


def _read(arrived: Arrived, topic: UpTopic, heard: Handled) -> Handled:
    match topic.family:
        case "life":
            return _life(arrived, heard)
        case "beat":
            beat = decode(arrived.payload, Beat)
            return heard._replace(beat=beat, events=() if arrived.retain else (Heard(beat.boot),))
        case "records":
            return _batch(arrived, heard, decode(arrived.payload, Batch))
        case "urgent":
            urgent = decode(arrived.payload, Urgent)
            record, unreadable = _record(arrived, urgent.epoch, urgent.record, _seq(urgent.record))
            return heard._replace(epoch=urgent.epoch, urgent=True, records=record, unreadable=unreadable)
        case "ask":
            ask = decode(arrived.payload, Ask)
            heard = heard._replace(ask=None if arrived.retain else ask)  # one that is kept is of another time
        case "answer":
            heard = heard._replace(answer=decode(arrived.payload, Answer))
    return heard


def _life(arrived: Arrived, heard: Handled) -> Handled:
    life: Life = decode(arrived.payload, Life)  # type: ignore[arg-type]
    if not isinstance(life, Birth):
        return heard._replace(events=(Died(life.boot, life.orderly, arrived.retain),))
    born = Born(life.boot, life.epoch, life.keepalive_s, life.beat_every_s, arrived.retain)
    return heard._replace(events=(born,), birth=life, epoch=None if arrived.retain else life.epoch)


def _batch(arrived: Arrived, heard: Handled, batch: Batch) -> Handled:
    seqs = _places(batch.records)
    records: list[RecordIn] = []
    unreadable: list[Unreadable] = []
    for raw, seq in zip(batch.records, seqs, strict=True):
        read, aside = _record(arrived, batch.epoch, raw, seq)
        records += read
        unreadable += aside
    return heard._replace(epoch=batch.epoch, after=batch.after, records=tuple(records), unreadable=tuple(unreadable))


def _seq(raw: msgspec.Raw) -> int | None:
    """Return the seq of a record, if at least that can be read."""
    try:
        return decode_trusted_size(raw, RecordHead).seq
    except WireError:
        return None


def _places(records: Sequence[msgspec.Raw]) -> list[int | None]:
    """Return each record's seq; one that cannot be read takes the place its neighbours leave, if they agree."""
    seqs = [_seq(raw) for raw in records]
    offsets = {seq - index for index, seq in enumerate(seqs) if seq is not None}
    if len(offsets) != 1:
        return seqs
    first = offsets.pop()
    return [first + index if first + index > 0 else None for index in range(len(seqs))]


def _record(
    arrived: Arrived, epoch: str, raw: msgspec.Raw, seq: int | None
) -> tuple[tuple[RecordIn, ...], tuple[Unreadable, ...]]:
    """Return the record to store and, when it cannot be read, its whole text for the quarantine."""
    text = bytes(raw)
    try:
        record = decode_trusted_size(raw, RawRecord)
        item: Body = decode_trusted_size(record.body, Body)  # type: ignore[arg-type]
    except WireError as error:
        place = () if seq is None else (RecordIn(seq, UNREADABLE_KIND, None, None, None, None),)
        key = digest(arrived.topic.encode(), epoch.encode(), text)
        return place, (Unreadable(key, arrived.topic, error.code, text),)
    undated = None if record.undated is None else encode(record.undated)
    kind = str(type(item).__struct_config__.tag)
    return (RecordIn(record.seq, kind, record.at_ms, undated, bytes(record.body), item),), ()


def _stranger(arrived: Arrived, topic: UpTopic) -> Handled:
    """Keep what a station of nobody's list recorded; its beats are only counted."""
    if topic.family in {"records", "urgent"}:
        return set_aside(arrived, Handled(arrived.received_ms), NOT_ENROLLED)
    return Handled(arrived.received_ms, refused=NOT_ENROLLED)


def set_aside(arrived: Arrived, rest: Handled, code: str, *, coarse: bool = False) -> Handled:
    """Send the whole payload to the quarantine; `coarse` keeps one example per topic and reason, and counts."""
    topic = arrived.topic[:128]
    key = digest(topic.encode(errors="replace"), code.encode(), b"" if coarse else arrived.payload)
    return rest._replace(unreadable=(Unreadable(key, topic, code, arrived.payload),))


def digest(*parts: bytes) -> bytes:
    """Return one hash of `parts` in which no two lists of parts look alike."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.digest()
