"""What the hub tells monitoring devices, retained."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from wire.life import DeviceState
from wire.scalars import Code, Count, CountyCode, Name, StationId, UtcMs

State = Literal["online", "offline", "unknown", "maintenance"]
Video = Literal["ok", "fault", "unknown"]
"""`ok` only while every camera of the station is; unknown whenever the station is not online."""


class StationHealth(Struct, frozen=True, omit_defaults=True):
    """One village, as the county knows it now."""

    station: StationId
    name: Name
    town: Name
    state: State
    since_ms: UtcMs
    """When the limit passed or the event came, not when it was noticed."""
    reason: Code
    video: Video = "unknown"
    last_heard_ms: UtcMs | None = None
    devices: Annotated[list[DeviceState], Meta(max_length=64)] = field(default_factory=list)


class CountyHealth(Struct, frozen=True):
    """The county in one message."""

    county: CountyCode
    at_ms: UtcMs
    stations: Count
    online: Count
    offline: Count
    unknown: Count
    maintenance: Count
    video_ok: Count
    visits_today: Count
    quarantined: Count


class Incident(Struct, frozen=True, omit_defaults=True):
    """One cause, with the villages it affects; retained until some time after it is closed."""

    id: Code
    kind: Code
    """`down`, `line`, `video`, `flapping`, `broker`, `hub` (`hub/incidents/trouble.py`)."""
    scope: Code
    """`hub`, `county`, `town`, `station`."""
    where: Name
    """Name of the town or village; of the county when it is all of it."""
    state: Code
    """`new`, `acknowledged`, `dispatched`, `resolved`, `closed` (`hub/incidents/lifecycle.py`)."""
    priority: Annotated[int, Meta(ge=1, le=3)]
    """1 is the highest (ISA-18.2: about 5 % of all)."""
    since_ms: UtcMs
    """When it came true, not when it was noticed."""
    at_ms: UtcMs
    """Of this word about it."""
    stations: Annotated[list[StationId], Meta(max_length=2000)] = field(default_factory=list)
    """Those affected now."""
    recovered_ms: UtcMs | None = None
    deadline_ms: UtcMs | None = None
    """By when it is to be repaired."""
    supervised: bool = False
    """督办: it is overdue."""
    reason: Code | None = None
    """Why this was decided, as a stable code."""
