"""The files of a county's host that are rendered from its choices (pure but for reading the units that are shipped)."""

import ipaddress
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec import structs

from firmware_config.broker import render_mosquitto
from firmware_config.county import Ports, Village, centre_settings, checked_toml, villages_csv
from firmware_config.host.choices import Choices
from firmware_config.host.plan import Wanted
from hub.settings import BackupSettings, Settings
from wire.topics import county_of

OWN: Final = Path("/var/lib/cuncuntong")
"""The county's folder on the centre's own machine: the one that the units name."""
BACKUPS: Final = "/var/backups/cuncuntong"
ENABLED: Final = (
    "mosquitto.service",
    "cuncuntong-hub.service",
    "cuncuntong-broker-trust.path",
    "cuncuntong-broker-trust.service",
)
TIMERS: Final = ("cuncuntong-report-weekly.timer", "cuncuntong-report-monthly.timer")
SHIPPED: Final = {
    **{
        f"etc/systemd/system/{name}": name
        for name in (
            "cuncuntong-hub.service",
            "cuncuntong-broker-trust.path",
            "cuncuntong-broker-trust.service",
            "cuncuntong-report@.service",
            *TIMERS,
        )
    },
    "etc/systemd/system/mosquitto.service.d/cuncuntong.conf": "mosquitto.service.d/cuncuntong.conf",
    "etc/sysusers.d/cuncuntong-hub.conf": "sysusers.d/cuncuntong-hub.conf",
    "etc/tmpfiles.d/cuncuntong-hub.conf": "tmpfiles.d/cuncuntong-hub.conf",
}
"""Where each file of `systemd/` goes on the centre's own machine."""
RESTARTS: Final = {
    "broker/mosquitto.conf": "mosquitto.service",
    "broker/broker.crt": "mosquitto.service",
    "etc/systemd/system/mosquitto.service.d/cuncuntong.conf": "mosquitto.service",
    "hub/hub.toml": "cuncuntong-hub.service",
    "hub/stations.csv": "cuncuntong-hub.service",
    "hub/hub.crt": "cuncuntong-hub.service",
    "etc/systemd/system/cuncuntong-hub.service": "cuncuntong-hub.service",
}
"""What reads a file at its start only."""


def ports_of(choices: Choices) -> Ports:
    """Return where the county listens and is reached."""
    return Ports(choices.mqtt_port, choices.web_port, choices.hosts[0], listen=None, probe=choices.probe_port)


def names_of(choices: Choices) -> list[str]:
    """Return every name and address that the broker's certificate says."""
    return list(dict.fromkeys([*choices.hosts, "localhost", "127.0.0.1"]))


def settings_of(choices: Choices, county: str) -> Settings:
    """Return the hub's settings.

    The names by which stations reach it are those it answers to: a request for any other host is refused (HTTP 421).
    """
    settings = centre_settings(county, choices.county_name, ports_of(choices))
    names = [host for host in choices.hosts if not _is_address(host)]
    web = structs.replace(settings.web, host=choices.web_listen, names=names)
    return structs.replace(settings, web=web, backup=BackupSettings(choices.backup))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def render(choices: Choices, villages: Sequence[Village], folder: Path, units: Path | None) -> list[Wanted]:
    """Return every file that follows from the choices; `folder` is the county's as the machine will see it.

    `units` is the folder of what is shipped, for the centre's own machine; None leaves `etc/` out.

    Raises SettingsError E-SET-02 for a value that the hub would refuse, OSError.
    """
    settings = settings_of(choices, county_of(villages[0].code))
    conf = render_mosquitto(folder / "broker", port=choices.mqtt_port, host=None, persistence=True, user=None)
    wanted = [
        Wanted("broker/mosquitto.conf", conf.encode()),
        Wanted("hub/hub.toml", checked_toml(settings, folder / "hub" / "hub.toml")),
        Wanted("hub/stations.csv", villages_csv(villages).encode()),
    ]
    if units is not None:
        wanted += [Wanted(path, (units / name).read_bytes()) for path, name in SHIPPED.items()]
    return wanted
