"""A county's folder: authority, broker, hub and stations, each with what it needs and no more.

<county>/ca.key ca.crt            the authority (stays with the technician); more of it in `trust.py`
<county>/broker/                  mosquitto.conf acl crl.pem ca.crt broker.crt broker.key data/
<county>/hub/                     hub.toml stations.csv ca.crt hub.crt hub.key unseal.key api.token issuers/ trust/
<county>/seal.pub                 what stations seal identities to
<county>/stations/<id>/           station.toml ca.crt station.crt station.key seal.pub
<county>/monitor/                 ca.crt monitor.crt monitor.key
"""

import csv
import datetime as dt
import io
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from firmware_config.broker import render_mosquitto
from firmware_config.identity.authority import CountyCa, new_seal_keys
from firmware_config.identity.issuing import Issuer
from firmware_config.inventory.reading import planned, read_file
from firmware_config.toml import to_toml
from firmware_config.trust import HUB, lay_out_trust
from hub import settings as hub_settings
from station import settings as station_settings
from wire.certificates import CLIENT
from wire.durable import write_atomically
from wire.settings import parse_settings
from wire.topics import county_of


class Village(NamedTuple):
    """One row of the inventory."""

    code: str
    name: str
    town: str


class Ports(NamedTuple):
    """Where a county listens, and where it is reached."""

    mqtt: int
    web: int
    host: str = "127.0.0.1"
    """Name or address by which stations reach broker and hub, and the hub its broker."""
    listen: str | None = "127.0.0.1"
    """Address the broker listens on; None is all of them."""
    probe: int = 8620
    """UDP, of the county's session-reflector; 0 is any that is free."""


def read_villages(path: Path) -> list[Village]:
    """Read a sheet of stations (`firmware_config/inventory/spreadsheet.py`) for their codes, names and towns.

    Raises InventoryError E-INV-01 (cannot be read), E-INV-02 (columns), E-INV-03 (a row) or E-INV-04
    (the same code twice, villages of two counties, or none at all), with every line that is wrong.
    """
    plan = planned(path, read_file(path), {}, None)
    return [Village(edit.after.code, edit.after.name, edit.after.town) for edit in plan.added]


def make_county(
    folder: Path,
    villages: Sequence[Village],
    *,
    county_name: str,
    ports: Ports,
    hosts: Sequence[str] = ("localhost", "127.0.0.1"),
    persistence: bool = True,
    broker_user: str | None = None,
    hub_overrides: dict[str, object] | None = None,
) -> CountyCa:
    """Lay out a county in `folder` (authorities, signer, broker, hub, monitor); stations come by `add_station`.

    Done again it keeps authorities, signer, sealing keys, token and who was revoked, and renders the rest anew.

    Raises SettingsError E-SET-02 for a value the hub would refuse (nothing is written then), IdentityError.
    """
    now = dt.datetime.now(dt.UTC)
    county = county_of(villages[0].code)
    settings = centre_settings(county, county_name, ports)
    hub_toml = checked_toml(msgspec.structs.replace(settings, **(hub_overrides or {})), folder / "hub" / "hub.toml")
    ca = _authority(folder, county, now)
    if not (folder / "hub" / "unseal.key").exists():
        private, public = new_seal_keys()
        write_atomically(folder / "seal.pub", public)
        write_atomically(folder / "hub" / "unseal.key", private, mode=0o600)

    lay_out_trust(folder, ca, now)
    broker = folder / "broker"
    (broker / "data").mkdir(parents=True, exist_ok=True)
    write_atomically(broker / "ca.crt", ca.cert_pem)
    ca.issue_server(list(hosts), now).save(broker, "broker")
    write_atomically(broker / "acl", (folder / "hub" / "trust" / "acl").read_bytes(), mode=0o600)
    write_atomically(broker / "crl.pem", (folder / "hub" / "trust" / "crl.pem").read_bytes())
    conf = render_mosquitto(
        broker.absolute(), port=ports.mqtt, host=ports.listen, persistence=persistence, user=broker_user
    )
    write_atomically(broker / "mosquitto.conf", conf.encode())

    hub = folder / "hub"
    write_atomically(hub / "ca.crt", ca.cert_pem)
    ca.issue_client("hub", now).save(hub, "hub")
    if not (hub / "api.token").exists():
        write_atomically(hub / "api.token", secrets.token_urlsafe(24).encode() + b"\n", mode=0o600)
    write_villages(hub / "stations.csv", villages)
    write_atomically(hub / "hub.toml", hub_toml)

    monitor = folder / "monitor"
    write_atomically(monitor / "ca.crt", ca.cert_pem)
    ca.issue_client("monitor", now).save(monitor, "monitor")
    return ca


def centre_settings(county: str, county_name: str, ports: Ports) -> hub_settings.Settings:
    """Return the settings of a hub whose files lie as `make_county` lays them out."""
    return hub_settings.Settings(
        county=county,
        county_name=county_name,
        database="sqlite:///hub.sqlite3",
        stations_file="stations.csv",
        unseal_key_file="unseal.key",
        broker=hub_settings.BrokerSettings(ports.host, "ca.crt", "hub.crt", "hub.key", ports.mqtt),
        web=hub_settings.WebSettings("api.token", ports.listen or "127.0.0.1", ports.web),
        probe=hub_settings.ProbeSettings(listen=ports.listen or "0.0.0.0", port=ports.probe),
        enrolment=hub_settings.EnrolmentSettings("issuers", "trust"),
        rollout=hub_settings.RolloutSettings("releases"),
    )


def _authority(folder: Path, county: str, now: dt.datetime) -> CountyCa:
    if (folder / "ca.key").exists():
        return CountyCa.load(folder)
    ca = CountyCa.create(county, now)
    ca.save(folder)
    return ca


def checked_toml(settings: Struct, target: Path) -> bytes:
    """Return the settings file's bytes, read once as their reader will read them.

    Raises SettingsError E-SET-02 for a value that would be refused there.
    """
    text = to_toml(settings)
    parse_settings(text, type(settings), target)
    return text.encode()


def add_station(
    folder: Path,
    ca: CountyCa,
    village: Village,
    *,
    ports: Ports,
    cameras: Sequence[station_settings.CameraSettings] = (),
    reader: station_settings.ReaderSettings | None = None,
    broker_overrides: dict[str, object] | None = None,
) -> Path:
    """Lay out one station of the county in `folder`; return its settings file.

    Raises SettingsError E-SET-02 for a value the station would refuse (nothing is written then), IdentityError.
    """
    place = folder / "stations" / village.code
    broker = station_settings.BrokerSettings(ports.host, "ca.crt", "station.crt", "station.key", ports.mqtt)
    settings = station_settings.Settings(
        station=village.code,
        name=village.name,
        town=village.town,
        state_dir="state",
        seal_key_file="seal.pub",
        broker=msgspec.structs.replace(broker, **(broker_overrides or {})),
        hub=station_settings.HubSettings(_url(ports)) if ports.web else None,
        cameras=list(cameras),
        reader=reader,
    )
    station_toml = checked_toml(settings, place / "station.toml")
    write_atomically(place / "ca.crt", ca.cert_pem)
    # By the hub's authority, as a station that enrols: the hub revokes what it issued, the root's own it cannot.
    issuer = Issuer.load(folder / "issuers", HUB)
    issuer.issue_pair(village.code, CLIENT, dt.datetime.now(dt.UTC)).save(place, "station")
    write_atomically(place / "seal.pub", (folder / "seal.pub").read_bytes())
    write_atomically(place / "station.toml", station_toml)
    return place / "station.toml"


def _url(ports: Ports) -> str:
    host = f"[{ports.host}]" if ":" in ports.host else ports.host
    return f"http://{host}:{ports.web}"


def write_villages(path: Path, villages: Sequence[Village]) -> None:
    """Write the list that `read_villages`, and the hub, read."""
    write_atomically(path, villages_csv(villages).encode())


def villages_csv(villages: Sequence[Village]) -> str:
    """Return the hub's `stations.csv`."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(Village._fields)
    rows.writerows(villages)
    return text.getvalue()
