"""The hub's settings file: frozen, loaded once, passed down. Secrets are paths of files, never values."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from wire.scalars import CountyCode, Name


class BrokerSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The county's broker, and the hub's own certificate for it."""

    host: str
    ca_file: str
    cert_file: str
    key_file: str
    port: Annotated[int, Meta(ge=1, le=65535)] = 8883
    keepalive_s: Annotated[int, Meta(ge=1, le=3600)] = 10


class WebSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The wall and the interface."""

    api_token_file: str
    """Holds the bearer token of `/api/v1`."""
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = 8080
    names: list[str] = field(default_factory=list)
    """Host names by which browsers reach the hub; addresses, localhost and the machine's own name always may."""
    cert_file: str | None = None
    """PEM certificate with its chain: the web is then served by TLS alone."""
    key_file: str | None = None
    """Its private key; both or neither."""
    map_file: str | None = None
    """GeoJSON of the county for the wall's map: towns as areas, villages as points; None offers no map."""
    status_villages: bool = False
    """Whether the public page `/status` names the villages that are offline."""


class ProbeSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The county's session-reflector (RFC 8762) and what is done with what stations measure."""

    host: str | None = None
    """Where stations reach the reflector; None is where they reach the broker."""
    listen: str = "0.0.0.0"
    """Only who has a session's key is answered."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 8620
    """UDP; 0 takes any that is free (stations are told which)."""
    interval_ms: Annotated[int, Meta(ge=100, le=60_000)] = 1_000
    pairs_per_minute: Annotated[int, Meta(ge=0, le=600)] = 6
    """True A→B tests ordered in a minute; 0 orders none."""
    keep_days: Annotated[int, Meta(ge=1, le=400)] = 7
    """How long summaries are kept."""


class MailSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The mail server by which people are told of incidents."""

    host: str
    sender: str
    """The address alerts come from."""
    port: Annotated[int, Meta(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`none` sends letters in the open, and a password only on this machine."""
    user: str | None = None
    password_file: str | None = None
    """Read at each letter: a new password needs no restart."""
    ca_file: str | None = None
    """None trusts what this machine trusts."""


class WebhookSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Another program that is told of incidents, signed (Standard Webhooks)."""

    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.-]{1,32}\Z")]
    url: str
    """https; http only to this machine. No redirect is followed."""
    secret_file: str
    """`whsec_` and the base64 of 24 to 64 bytes; more than one, a line each, while one is being replaced."""
    ca_file: str | None = None
    """None trusts what this machine trusts."""


class AlertSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is told of incidents besides wall, interface and MQTT."""

    mail: MailSettings | None = None
    webhooks: list[WebhookSettings] = field(default_factory=list)


class AuditSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The chained log of who did what and who read what (`hub verify-audit`)."""

    digest: Literal["sha256", "sm3"] = "sha256"
    """By which new entries are chained (sm3: GB/T 32905); each entry says its own, so an older part stays valid."""


Days = Annotated[int, Meta(ge=183, le=3653)]
"""Six months or more (网安法 21 asks that of logs), ten years at the most."""


class KeepSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """For how many days what is personal is kept, by kind; what is erased leaves a count without a person."""

    case_days: Days = 1095
    """Identity, words and answers of advice, mediation and legal aid, from the end of the matter: three years, as long
    as a claim may be brought (民法典 188). A matter that is open is kept until somebody ends it."""
    visit_days: Days = 183
    """Identity in visits that were served at the kiosk, from when they arrived."""
    emergency_days: Days = 365
    """Words sent with a call for help, and what people wrote about one, from when it was closed."""
    quarantine_days: Days = 365
    """What could not be read: it may hold sealed boxes."""
    question_days: Days = 183
    """Whose matters a station asked for; that it asked stays."""


class EnrolmentSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Who signs certificates of stations here, and what the broker is told of those that were revoked."""

    issuers_dir: str
    """`hub.crt` and `hub.key` sign (an authority delegated by the county's); `ca.crl` and, of every other delegated
    authority, `<name>.crt`, `<name>.key`: so that lists of revoked certificates can be signed for each."""
    trust_dir: str
    """The hub writes `crl.pem` and `acl` here; whoever runs the broker puts both into it (`firmware-config hub
    apply-trust`)."""
    days: Annotated[int, Meta(ge=1, le=3650)] = 730
    """How long a certificate lasts; a station renews it at half of that."""


class RolloutSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Releases of the software that stations fetch from this hub."""

    releases_dir: str


class BackupSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A backup of the county each night at two (`hub restore` puts one back); without the hub's keys."""

    folder: str | None = None
    """Another disk is better than this one; None makes none."""
    keep: Annotated[int, Meta(ge=1, le=400)] = 14
    """So many of the newest stay."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """One county's hub."""

    county: CountyCode
    county_name: Name
    database: str
    """SQLAlchemy URL, e.g. `sqlite:///hub.sqlite3` (relative to this file's folder)."""
    stations_file: str
    """CSV `code,name,town`: the villages of the county; read at each start."""
    unseal_key_file: str
    """The hub's private key (X25519, 32 bytes as base64)."""
    broker: BrokerSettings
    web: WebSettings
    probe: ProbeSettings = field(default_factory=ProbeSettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    audit: AuditSettings = field(default_factory=AuditSettings)
    keep: KeepSettings = field(default_factory=KeepSettings)
    backup: BackupSettings = field(default_factory=BackupSettings)
    enrolment: EnrolmentSettings | None = None
    """None enrols no station and renews no certificate."""
    rollout: RolloutSettings | None = None
    """None hands out no release."""
    linger_ms: Annotated[int, Meta(ge=0, le=1000)] = 3
    """How long a commit waits for company."""
    pictures_keep_days: Annotated[int, Meta(ge=1, le=365)] = 7
    """How long a picture of a camera is kept, sealed; that it was taken, and who looked, stays."""
