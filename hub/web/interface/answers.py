"""What the interface answers, as types: the schemas of `docs/openapi.json` are made from these.

A test reads every answer of the real application by them, strictly: nothing more, nothing less, nothing else.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from wire.health import State, Video
from wire.life import OutboxDepth
from wire.scalars import Code, Count, CountyCode, Name, Share, StationId, UtcMs

Cursor = Annotated[int, Meta(description="the `before` of the following page; null at the end 下一页的 before")]
Grade = Annotated[int, Meta(ge=1, le=5, description="5 非常满意 … 1 非常不满意")]


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    """An answer, or a part of one."""


class Problem(Answer, frozen=True):
    """Why a request was refused (RFC 9457); `code` is one of `docs/errors.md`."""

    type: str
    title: str
    status: int
    code: Annotated[str, Meta(pattern="^E-[A-Z]+-[0-9]{2}$")]
    detail: str


class HubNow(Answer, frozen=True):
    """The hub itself."""

    broker: Literal["connected", "away"]
    since_ms: UtcMs
    storage: str | None


class StateCounts(Answer, frozen=True):
    """Stations by state."""

    total: Count
    online: Count
    offline: Count
    unknown: Count
    maintenance: Count


class VideoCounts(Answer, frozen=True):
    """Stations by their picture."""

    ok: Count
    fault: Count
    unknown: Count


class VisitCounts(Answer, frozen=True):
    """Visits of the county's day, and all; null while the database cannot be read."""

    today: Count
    total: Count | None


class Summary(Answer, frozen=True):
    """The county in figures."""

    county: CountyCode
    county_name: Name
    at_ms: UtcMs
    hub: HubNow
    stations: StateCounts
    video: VideoCounts
    visits: VisitCounts
    quarantined: Count


class FaultOf(Answer, frozen=True):
    """What a camera's picture has; GB/T 28181 alarm method and type."""

    kind: str
    code: str | None
    chinese: str | None
    english: str | None
    blind: bool | None
    alarm_method: int | None
    alarm_type: int | None


class Device(Answer, frozen=True):
    """One device of a station, as the process that owns it last saw it; `fault` stands at cameras only."""

    device: Code
    state: Code
    since_ms: UtcMs | None = None
    code: Code | None = None
    measures: dict[str, float] = field(default_factory=dict)
    fault: FaultOf | None = None


class Station(Answer, frozen=True):
    """One village as the county knows it now."""

    station: StationId
    name: Name
    town: Name
    state: State
    since_ms: UtcMs
    reason: Code
    video: Video
    last_heard_ms: UtcMs | None
    devices: list[Device]


class Stations(Answer, frozen=True):
    """Stations, by code."""

    stations: list[Station]


class StationDetail(Station, frozen=True):
    """Everything known of one station."""

    software: str | None
    boot: int | None
    epoch: str | None
    outbox: OutboxDepth | None
    skew_ms: int | None
    keepalive_s: int | None
    visits_today: Count
    stored_to: Count


class Identity(Answer, frozen=True):
    """Who came, masked: the first character of the name, the number as 999999********0021."""

    name: str
    id_number: str


class Visit(Answer, frozen=True):
    """One visit; who came only masked, or null where nobody said."""

    station: StationId
    name: Name
    town: Name
    number: str
    service: Code
    matter: Code | None
    state: Code
    who: Literal["card", "service_card", "typed", "anonymous"]
    language: Literal["zh", "en"]
    at_ms: UtcMs | None
    received_ms: UtcMs
    rating: Grade | None
    identity: Identity | None


class Visits(Answer, frozen=True):
    """Visits, newest first."""

    visits: list[Visit]
    next: Cursor | None


class Fault(Answer, frozen=True):
    """A fault of a camera's picture, from when until when."""

    id: int
    camera: Code
    kind: str
    code: str | None
    chinese: str | None
    english: str | None
    blind: bool | None
    alarm_method: int | None
    alarm_type: int | None
    state: Literal["open", "cleared", "outlived", "unknown"]
    raised_ms: UtcMs
    cleared_ms: UtcMs | None
    severity: Share
    confidence: Share


class Faults(Answer, frozen=True):
    """Faults of one station, newest first."""

    faults: list[Fault]
    next: Cursor | None


class OpenFault(Answer, frozen=True):
    """A fault that goes on, and where."""

    station: StationId
    name: Name
    id: int
    camera: Code
    kind: str
    code: str | None
    chinese: str | None
    english: str | None
    blind: bool | None
    alarm_method: int | None
    alarm_type: int | None
    state: Literal["open"]
    raised_ms: UtcMs
    cleared_ms: UtcMs | None
    severity: Share
    confidence: Share


class OpenFaults(Answer, frozen=True):
    """What goes on in the county now."""

    faults: list[OpenFault]
