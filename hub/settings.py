"""The hub's settings file: frozen, loaded once, passed down. Secrets are paths of files, never values."""

from typing import Annotated

from msgspec import Meta, Struct

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
    linger_ms: Annotated[int, Meta(ge=0, le=1000)] = 3
    """How long a commit waits for company."""
    pictures_keep_days: Annotated[int, Meta(ge=1, le=365)] = 7
    """How long a picture of a camera is kept, sealed; that it was taken, and who looked, stays."""
