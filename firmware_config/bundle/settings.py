"""`<county>/bundle.toml`, if there is one: what holds for every station's bundle of the county."""

from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple

from msgspec import Meta, Struct, field

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from hub import settings as hub_settings
from wire.settings import load_settings

FILE: Final = "bundle.toml"
Host = Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:-]{1,253}\Z")]
HttpUrl = Annotated[str, Meta(pattern=r"^https?://[^\s/?#@]+/?\Z")]


class BundleSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What is not said is taken from the hub's own settings, `hub/hub.toml`."""

    broker: Host | None = None
    """Name or address by which stations reach the broker."""
    mqtt_port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    hub_url: HttpUrl | None = None
    """Where stations enrol, renew and fetch releases."""
    time_servers: Annotated[list[Host], Meta(max_length=8)] = field(default_factory=list)
    """Empty: the broker's machine, which a village without internet reaches too."""
    fallback_time_servers: Annotated[list[Host], Meta(max_length=8)] = field(
        default_factory=lambda: ["ntp.ntsc.ac.cn", "ntp.aliyun.com"]
    )
    """Asked when none of the others is known: the National Time Service Center's, and one more."""
    language: Literal["zh", "en"] = "zh"
    """Of the kiosk, until somebody touches the other."""
    valid_days: Annotated[int, Meta(ge=1, le=3650)] = 365
    """How long a bundle may be installed after it was made."""


class Addresses(NamedTuple):
    """Where a county's stations find what they need."""

    broker: str
    mqtt_port: int
    hub_url: str
    time_servers: tuple[str, ...]
    fallback_time_servers: tuple[str, ...]
    language: Literal["zh", "en"]
    valid_days: int


def load_addresses(folder: Path) -> Addresses:
    """Return what holds for the bundles of the county in `folder`.

    Raises SettingsError for a file that cannot be used, ProvisionError E-BUN-01 when the broker is said nowhere.
    """
    file = folder / FILE
    said = load_settings(file, BundleSettings) if file.exists() else BundleSettings()
    broker, port, url = said.broker, said.mqtt_port, said.hub_url
    hub_file = folder / "hub" / "hub.toml"
    if hub_file.exists() and (broker is None or port is None or url is None):
        hub = load_settings(hub_file, hub_settings.Settings)
        broker, port = broker or hub.broker.host, port or hub.broker.port
        url = url or f"http://{_in_url(broker)}:{hub.web.port}"
    if broker is None:
        raise ProvisionError(
            "E-BUN-01",
            f"{file}: write 'broker' and 'hub_url' there; this folder has no hub.toml to take them from "
            "请写明 broker 与 hub_url；本目录没有 hub.toml",
            EXIT_VALIDATION,
        )
    return Addresses(
        broker,
        port or 8883,
        url or f"http://{_in_url(broker)}:8080",
        tuple(said.time_servers) or (broker,),
        tuple(said.fallback_time_servers),
        said.language,
        said.valid_days,
    )


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
