"""One station of the county as its technician keeps it: what is planned for it, and how far it is (pure)."""

import datetime as dt
import ipaddress
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from station.devices.camera.sources import user_of
from station.firstboot.contents import WIFI_FILE, camera_file
from station.settings import CameraSettings, ReaderSettings
from wire.inventory import HubStation, IssuedCertificate
from wire.scalars import Count, Name, Sha256, StationId, UtcMs

Os = Literal["trixie", "bookworm"]
Panel = Literal["1024x600", "800x480", "1280x800", "1920x1080"]
State = Literal["planned", "labelled", "bundled", "carded", "enrolled", "accepted", "revoked"]
STATES: Final[tuple[State, ...]] = (
    "planned", "labelled", "bundled", "carded", "enrolled", "accepted", "revoked",
)  # fmt: skip
Ipv4 = Annotated[str, Meta(pattern=r"^(?:[0-9]{1,3}\.){3}[0-9]{1,3}\Z")]


class StaticNetwork(Struct, frozen=True, forbid_unknown_fields=True):
    """The cable's fixed address; a station without one asks by DHCP. Wi-Fi always does."""

    address: Annotated[str, Meta(pattern=r"^(?:[0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}\Z")]
    """With the length of its prefix: `10.32.4.17/24`."""
    gateway: Ipv4
    dns: Annotated[list[Ipv4], Meta(max_length=3)] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Refuse what is no address, or a gateway that the cable does not reach."""
        cable = ipaddress.IPv4Interface(self.address)
        if ipaddress.IPv4Address(self.gateway) not in cable.network:
            raise ValueError(f"gateway {self.gateway} is not in {cable.network} 网关不在该网段")
        for server in self.dns:
            ipaddress.IPv4Address(server)


class Token(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The one-time token that stands on the station's label: its digest alone."""

    digest: Sha256
    made_ms: UtcMs
    expires_ms: UtcMs
    burnt_ms: UtcMs | None = None
    revoked_ms: UtcMs | None = None
    """When the label was taken back before anybody used it."""

    def is_live(self, now_ms: int) -> bool:
        """Say whether it could still enrol its station."""
        return self.burnt_ms is None and self.revoked_ms is None and now_ms < self.expires_ms


class SealedSecret(Struct, frozen=True, forbid_unknown_fields=True):
    """A secret that only the token of the label opens."""

    path: str
    """In the bundle."""
    of: str
    """The network, or the camera's user, that it was sealed for."""
    box: Annotated[bytes, Meta(max_length=4096)]


class BuiltBundle(Struct, frozen=True, forbid_unknown_fields=True):
    """The bundle that was built last. Built again from the same content it has the same number, dates and bytes."""

    sequence: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    made_ms: UtcMs
    not_after_ms: UtcMs
    content: Sha256
    """Of all files in it and who signed it: another content is another number."""
    sha256: Sha256
    """Of the file `bundles/<id>.ccb`."""
    plan: Count = 0
    """The entry's `plan` it was built from."""


class WrittenCard(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The card that was written last."""

    written_ms: UtcMs
    sha256: Sha256
    """Of the bundle on it."""
    device: Annotated[str, Meta(max_length=128)] = ""
    """What it was written in: maker, model and serial number as far as they are told."""


class Entry(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One station. The first part is the technician's plan, the second what became of it."""

    code: StationId
    name: Name
    town: Name
    os: Os = "trixie"
    panel: Panel = "1024x600"
    reader: ReaderSettings | None = None
    cameras: Annotated[list[CameraSettings], Meta(max_length=4)] = field(default_factory=list)
    printer: Name | None = None
    wifi_ssid: Annotated[str, Meta(max_length=32)] = ""
    """Empty: by cable."""
    network: StaticNetwork | None = None
    note: Annotated[str, Meta(max_length=200)] = ""

    plan: Count = 0
    """Counts up with each change of the part above."""
    token: Token | None = None
    sealed: list[SealedSecret] = field(default_factory=list)
    bundle: BuiltBundle | None = None
    card: WrittenCard | None = None
    issued: list[IssuedCertificate] = field(default_factory=list)
    """By USB stick, with this laptop."""
    revoked_ms: UtcMs | None = None
    accepted_ms: UtcMs | None = None
    hub: HubStation | None = None
    """As the hub said last."""

    @property
    def has_current_bundle(self) -> bool:
        """Say whether the bundle was built from the plan as it is."""
        return self.bundle is not None and self.bundle.plan == self.plan

    @property
    def has_current_card(self) -> bool:
        """Say whether the card holds the bundle that was built last, and that is current."""
        return (
            self.has_current_bundle
            and self.bundle is not None
            and self.card is not None
            and self.card.sha256 == self.bundle.sha256
        )

    @property
    def secrets(self) -> dict[str, str]:
        """What has to be sealed for it: paths in its bundle, and the network or camera's user that each is of."""
        wifi = {WIFI_FILE: self.wifi_ssid} if self.wifi_ssid else {}
        return wifi | {camera_file(one.name): user for one in self.cameras if (user := user_of(one.source)) is not None}

    @property
    def lacks_secrets(self) -> bool:
        """Say whether one of them has yet to be sealed, which minting its label does."""
        return any(self.sealed_for(path) != of for path, of in self.secrets.items())

    def sealed_for(self, path: str) -> str | None:
        """Return which network or user the secret was sealed for that its bundle has at `path`; None: none."""
        return next((one.of for one in self.sealed if one.path == path), None)


PLANNED: Final = (
    "name", "town", "os", "panel", "reader", "cameras", "printer", "wifi_ssid", "network", "note",
)  # fmt: skip
"""The fields of the plan; `code` names it."""


def state_of(entry: Entry) -> State:
    """Return how far a station is: the last thing that happened to it, whether here or at the hub."""
    hub = entry.hub
    reached: dict[State, bool] = {
        "revoked": entry.revoked_ms is not None or (hub is not None and hub.revoked_ms is not None),
        "accepted": entry.accepted_ms is not None or (hub is not None and hub.accepted_ms is not None),
        "enrolled": bool(entry.issued) or (hub is not None and hub.serial is not None),
        "carded": entry.has_current_card,
        "bundled": entry.has_current_bundle,
        "labelled": entry.token is not None and entry.token.revoked_ms is None,
    }
    return next((state for state, is_so in reached.items() if is_so), "planned")


def utc_ms(at: dt.datetime) -> int:
    """Return milliseconds since 1970 of an aware time."""
    return int(at.timestamp() * 1000)
