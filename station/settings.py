"""The station's settings file: frozen, loaded once, passed down. Secrets are paths of files, never values."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from wire.scalars import Name, StationId


class BrokerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the county's broker is, and this station's own certificate for it."""

    host: str
    ca_file: str
    cert_file: str
    key_file: str
    port: Annotated[int, Meta(ge=1, le=65535)] = 8883
    keepalive_s: Annotated[int, Meta(ge=1, le=3600)] = 30
    """MQTT keep-alive; a silent station is called offline after 1.75 of it, or of `beat_every_s` if that is longer."""
    beat_every_s: Annotated[float, Meta(gt=0, le=3600)] = 30.0
    """How often `up/beat` is sent."""
    reconnect_max_s: Annotated[float, Meta(gt=0, le=600)] = 30.0
    """Longest wait between two attempts; the wait doubles from 0.5 s and is jittered."""
    rebirth_spread_s: Annotated[float, Meta(ge=0, le=60)] = 2.0
    """When the hub comes back, births are spread at random over this time."""


class CameraSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """One camera of this station."""

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{1,32}\Z")]
    """With `camera/` before it a Code."""
    source: str
    """`/dev/video0`, `rtsp://…`, `http://…`, a file (played in a loop), or `simulated:` (a twin). With a
    `password_file` it holds the user name alone: `rtsp://admin@10.32.4.20/…`."""
    width_px: int = 1280
    height_px: int = 720
    frames_per_s: float = 15.0
    """Asked of a V4L2 device or twin; others say themselves."""
    substream: str = ""
    """The camera's small stream, tried first: an address, empty to derive it from `source` where the maker is known,
    or `off`. When it does not open, `source` is taken."""
    password_file: str | None = None
    """The password of the user in `source` and `substream`; read anew each time the camera is opened."""


class ReaderSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The ID-card reader."""

    port: str
    """Anything pyserial's serial_for_url opens: `/dev/ttyUSB0`, `socket://…`, `hwgrep://…`."""
    baud: Literal[115200, 57600, 38400, 19200, 9600] = 115200
    """Tried first; the others are probed when the module is silent."""


class ProbeSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The line to the county and to other villages, measured with STAMP (RFC 8762)."""

    enabled: bool = True
    reflect_port: Annotated[int, Meta(ge=0, le=65535)] = 8620
    """UDP port of its own reflector, open only while the county orders a village-to-village test; 0: none."""
    reflect_address: Annotated[str, Meta(max_length=45)] = ""
    """Where other villages reach this one; empty is the address by which it reaches the broker."""


class KioskSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The screen."""

    language: Literal["zh", "en"] = "zh"
    idle_warning_s: Annotated[float, Meta(gt=0)] = 90.0
    """Without a touch this long, a warning counts down, then everything of the person is gone."""
    idle_countdown_s: Annotated[float, Meta(gt=0)] = 15.0
    voice: bool = True
    """Screens are read aloud until a villager turns it off."""
    prompts_dir: str | None = None
    """Recorded prompts, `<language>/<text id>.wav`, said instead of synthetic speech where they are."""
    printer: str | None = None
    """Name of a CUPS printer; None shows QR codes instead of paper."""
    card_camera: str | None = None
    """Name of the camera before which a 便民服务卡 is held; None is the first camera."""
    video_command: list[str] = field(default_factory=list)
    """The program for a video call, with its arguments; empty where there is none."""
    staff_pin_file: str | None = None
    """Written by `station staff-pin set`; without it the staff's page stays shut."""


class HubSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the hub answers stations by HTTP: certificates, acceptance records and releases."""

    url: Annotated[str, Meta(pattern=r"^https?://[^\s/?#@]+/?\Z")]
    """E.g. `http://10.32.0.5:8080`. What crosses is signed or sealed, so http will do; https is checked against the
    county's authority (`broker.ca_file`)."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """One station."""

    station: StationId
    name: Name
    town: Name
    state_dir: str
    """Spool and library; made when missing."""
    seal_key_file: str
    """The hub's public key (X25519, 32 bytes as base64), to which identities are sealed."""
    broker: BrokerSettings
    hub: HubSettings | None = None
    """None: no renewal by itself (a new label and a USB stick do it), no release from the hub (a stick brings it)."""
    cameras: list[CameraSettings] = field(default_factory=list)
    reader: ReaderSettings | None = None
    probe: ProbeSettings = field(default_factory=ProbeSettings)
    kiosk: KioskSettings = field(default_factory=KioskSettings)
    spool_limit_bytes: Annotated[int, Meta(ge=1_000_000)] = 512_000_000
    """The spool refuses new records past this size."""

    def __post_init__(self) -> None:
        """Refuse two cameras of one name: faults, pictures and what was learnt are told apart by it alone."""
        names = [camera.name for camera in self.cameras]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two cameras are named '{twice}', give each its own name 摄像机名称重复，请各取其名")
