"""What a technician's inventory and a county's hub tell each other, as files: JSON of these Structs."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from wire.certificates import MAX_CHAIN_BYTES
from wire.scalars import Code, Count, CountyCode, Line, Name, Sha256, StationId, UtcMs

MAX_INVENTORY_BYTES = 32 * 1024 * 1024
"""690,000 are no county; 2,500 stations with their certificates are 10 MB."""


class InventoryStation(Struct, frozen=True):
    """One row of the county's list."""

    code: StationId
    name: Name
    town: Name


class InventoryToken(Struct, frozen=True, omit_defaults=True):
    """A one-time token that was printed on a label: its digest alone."""

    station: StationId
    digest: Sha256
    made_ms: UtcMs
    expires_ms: UtcMs
    revoked_ms: UtcMs | None = None
    """When the label was taken back, before anybody used it that the technician knew of."""


class IssuedCertificate(Struct, frozen=True, omit_defaults=True):
    """A certificate that a laptop issued by USB stick: proof of itself."""

    station: StationId
    certificate: Annotated[str, Meta(max_length=MAX_CHAIN_BYTES)]
    issued_ms: UtcMs
    by: Line
    token: Sha256 | None = None
    """Digest of the token that was burnt for it."""


class InventoryExport(Struct, frozen=True):
    """`firmware-config station export`: what the hub takes in with `hub enrolment import`."""

    county: CountyCode
    made_ms: UtcMs
    stations: list[InventoryStation]
    tokens: list[InventoryToken] = field(default_factory=list)
    issued: list[IssuedCertificate] = field(default_factory=list)
    format: Literal[1] = 1


class HubStation(Struct, frozen=True, omit_defaults=True):
    """One station as the hub sees it."""

    code: StationId
    name: Name
    town: Name
    state: Code
    """`online`, `offline`, `unknown`, `maintenance`."""
    since_ms: UtcMs | None = None
    software: Name | None = None
    release: Count | None = None
    serial: Annotated[str, Meta(pattern=r"^[0-9a-f]{1,40}\Z")] | None = None
    """Of its certificate, hex."""
    certificate_until_ms: UtcMs | None = None
    token: Sha256 | None = None
    """Digest of the newest label's token that it knows of."""
    token_burnt_ms: UtcMs | None = None
    """When that one was used, or became void."""
    revoked_ms: UtcMs | None = None
    accepted_ms: UtcMs | None = None


class HubView(Struct, frozen=True):
    """`hub enrolment export`: what `firmware-config station import --from-hub` takes back."""

    county: CountyCode
    made_ms: UtcMs
    stations: list[HubStation]
    format: Literal[1] = 1
