"""Birth, death, beat, and the hub's own state (after Sparkplug B)."""

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from wire.scalars import Boot, Code, Count, Epoch, Line, Name, UtcMs

StateWord = Literal["ok", "degraded", "failed", "absent", "unknown"]
"""What a device's state may be. On the wire it is any Code: one new word must not cost an older hub a whole beat."""
CameraKind = Literal["v4l2", "rtsp", "http", "file", "simulated"]


CAMERA: Final = "camera/"
"""Before a camera's name in `DeviceState.device`."""


class DeviceState(Struct, frozen=True, omit_defaults=True):
    """How one device of a station is, as the process that owns it last saw it."""

    device: Code
    """`camera/<name>`, `reader`, `disk`, `screen`, …"""
    state: Code
    """A StateWord; a word that is not known counts as unknown."""
    since_ms: UtcMs | None = None
    """None while the station's clock is not trusted."""
    code: Code | None = None
    """Why, when not ok."""
    measures: dict[Code, float] = field(default_factory=dict)
    """Figures with their unit in the name, e.g. `frames_per_s`, `width_px`, `last_frame_age_ms`."""


class CameraInfo(Struct, frozen=True):
    """A camera the station is set up with; never its address, which may hold a password."""

    name: Code
    kind: Code
    """A CameraKind."""


class Birth(Struct, frozen=True, tag_field="life", tag="birth", omit_defaults=True):
    """A station is there: on connecting, and again when the hub returns."""

    boot: Boot
    epoch: Epoch
    software: Name
    keepalive_s: Annotated[int, Meta(ge=1, le=3600)]
    """The MQTT keep-alive: the hub calls a station silent after 1.75 of it, or of `beat_every_s` if that is longer."""
    beat_every_s: Annotated[float, Meta(gt=0, le=3600)]
    cameras: Annotated[list[CameraInfo], Meta(max_length=16)] = field(default_factory=list)
    reader: Name | None = None
    """Kind of reader set up, or None."""
    at_ms: UtcMs | None = None
    library: dict[Code, Count] = field(default_factory=dict)
    """Version of every document it holds: the hub sends what is newer."""
    reflector: Annotated[str, Meta(max_length=64)] | None = None
    release: Count | None = None
    """Sequence of the release it runs (`wire/archive.py`), None where the software came another way."""
    """`address:port` of its own session-reflector, as it sees itself; None where it has none."""


class Death(Struct, frozen=True, tag_field="life", tag="death", omit_defaults=True):
    """The will, and the farewell of an orderly stop. Counts unless a later boot of the station is known."""

    boot: Boot
    orderly: bool = False


Life = Birth | Death


class OutboxDepth(Struct, frozen=True, omit_defaults=True):
    """What a station still holds for the hub."""

    records: Count
    bytes: Count
    oldest_ms: UtcMs | None = None
    full: bool = False


class Beat(Struct, frozen=True, omit_defaults=True):
    """A sign of life with the state of every device."""

    boot: Boot
    seq: Count
    outbox: OutboxDepth
    at_ms: UtcMs | None = None
    """The station's clock; None while it is not trusted. For display only: liveness is by receive time."""
    skew_ms: Annotated[int, Meta(ge=-(2**53), le=2**53)] | None = None
    """Station clock minus hub clock, estimated from receipts and the hub's state; None before the first."""
    devices: Annotated[list[DeviceState], Meta(max_length=64)] = field(default_factory=list)


class HubState(Struct, frozen=True, omit_defaults=True):
    """Retained, and with `online=False` the hub's will. A new `since_ms` asks every station for its birth."""

    online: bool
    since_ms: UtcMs
    note: Line = ""
