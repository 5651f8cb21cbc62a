"""What a station's outbox holds, and the batches in which it crosses."""

from typing import Annotated, Literal

from msgspec import Meta, Raw, Struct, field

from wire.life import DeviceState
from wire.scalars import Code, Count, Epoch, Key, Line, Name, SealedBox, Seq, Share, UtcMs

MAX_RECORDS_PER_BATCH = 50

Service = Literal[
    "legal_advice", "mediation", "legal_aid", "find_person", "document", "learning", "notary_guide",
    "forensic_guide", "progress", "disclosure", "call_staff",
]  # fmt: skip
"""The services of the kiosk menu (shared terms: 法律咨询 申请人民调解 申请法律援助 找人 文书模板 普法学习 …)."""

Purpose = Literal["identity", "contact", "words", "guardian"]
"""What a villager may consent to, one tick each (PIPL 29)."""

Language = Literal["zh", "en"]
CardKind = Literal["resident", "hmt", "foreign_2017", "foreign_2023"]


class SealedPerson(Struct, frozen=True):
    """Who came, sealed in the kiosk's memory to the hub's public key.

    Two boxes, so that lists need only the mask: `identity` holds wire.person.Person, `mask` wire.person.Mask.
    """

    key: Key
    identity: SealedBox
    mask: SealedBox


class SealedWords(Struct, frozen=True):
    """A villager's own words (wire.person.Words), sealed like their identity."""

    key: Key
    box: SealedBox


class Visit(Struct, frozen=True, tag_field="kind", tag="visit", omit_defaults=True):
    """A villager used a service."""

    number: Annotated[str, Meta(pattern=r"^[0-9]{2}-[0-9]{5,9}-[0-9]\Z")]
    """受理编号 as shown on the screen: unique within the station."""
    service: Service
    who: Literal["card", "service_card", "typed", "anonymous"]
    """Only `card` is verified; the others are 未核验."""
    language: Language
    card: CardKind | None = None
    consents: Annotated[list[Purpose], Meta(max_length=8)] = field(default_factory=list)
    notice: Name | None = None
    """Version of the privacy notice that was shown."""
    person: SealedPerson | None = None
    words: SealedWords | None = None
    matter: Code | None = None
    """What it is about, as chosen from the kiosk's list, e.g. `neighbours`: no words, so it is not sealed."""


class Rating(Struct, frozen=True, tag_field="kind", tag="rating", omit_defaults=True):
    """满意度 of one visit: 5 非常满意 … 1 非常不满意."""

    visit: Seq
    """The visit's seq in the same epoch."""
    grade: Annotated[int, Meta(ge=1, le=5)]


class Emergency(Struct, frozen=True, tag_field="kind", tag="emergency", omit_defaults=True):
    """紧急求助: also sent at once on `up/urgent`, stored once."""

    call: Code
    """Drawn by the kiosk, so that the two paths meet."""
    words: SealedWords | None = None
    withdrawn: bool = False
    """Said by mistake: the same `call` was told before, and nobody needs help."""


class CameraChange(Struct, frozen=True, tag_field="kind", tag="camera", omit_defaults=True):
    """A camera's state changed."""

    camera: Code
    was: Code
    now: Code
    measures: dict[Code, float] = field(default_factory=dict)


class CameraFault(Struct, frozen=True, tag_field="kind", tag="camera_fault", omit_defaults=True):
    """One fault of a camera's picture was raised or cleared. Its beginning is counted back: no clock is needed."""

    camera: Code
    fault: Code
    """A FaultKind of `wire/video.py`."""
    change: Code
    """`raised` or `cleared`."""
    severity: Share
    """0 just past the limit, 1 as bad as it gets; of a cleared fault, how bad it was at its worst."""
    confidence: Share
    began_ms_ago: Count
    """From the beginning of the fault to this record."""
    measures: dict[Code, float] = field(default_factory=dict)


class LinkSummary(Struct, frozen=True, tag_field="kind", tag="link", omit_defaults=True):
    """What a probe of one leg saw over a while that ended with this record (RFC 8762): no clock is needed."""

    leg: Code
    """`county`, or `pair/<station>` (`wire/probe.py`)."""
    lasted_ms: Count
    sent: Count
    reached: Count
    """Of those sent, how many the reflector says it saw: what is missing was lost on the way there."""
    received: Count
    """Answers, each counted once: what is missing of those reached was lost on the way back."""
    measures: dict[Code, float] = field(default_factory=dict)
    """`rtt_min_ms`, `rtt_p50_ms`, `rtt_p95_ms`, `rtt_max_ms`, `jitter_ms` (RFC 3550), `duplicated`, `reordered`."""


class DeviceEvent(Struct, frozen=True, tag_field="kind", tag="device", omit_defaults=True):
    """Something happened to a device, the spool or the software itself."""

    device: Code
    code: Code
    state: DeviceState | None = None
    note: Line = ""


Body = Visit | Rating | Emergency | CameraChange | CameraFault | LinkSummary | DeviceEvent


class Undated(Struct, frozen=True):
    """When a record was made, on a clock that only counts: it was made before the clock could be trusted."""

    kernel_boot: Key
    """First 16 hex digits of the kernel's boot id: a count means something only within one."""
    mono_ms: Count


class Record(Struct, frozen=True, omit_defaults=True):
    """One outbox record. `at_ms` or `undated` is there; an undated one is shown as received at."""

    seq: Seq
    body: Body
    at_ms: UtcMs | None = None
    undated: Undated | None = None


class RawRecord(Struct, frozen=True, omit_defaults=True):
    """A record whose body is passed on as the bytes it was stored as."""

    seq: Seq
    body: Raw
    at_ms: UtcMs | None = None
    undated: Undated | None = None


class RecordHead(Struct, frozen=True):
    """The least that must be readable for a record to be receipted."""

    seq: Seq


class Batch(Struct, frozen=True):
    """Up to 50 records in order, without a gap, so that one that cannot be read spoils no other."""

    epoch: Epoch
    after: Count
    """The station holds nothing up to and including this seq: it has the hub's receipt for all of it."""
    records: Annotated[list[Raw], Meta(max_length=MAX_RECORDS_PER_BATCH)]


class Urgent(Struct, frozen=True):
    """One record that must not wait its turn."""

    epoch: Epoch
    record: Raw
