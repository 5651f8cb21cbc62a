"""Measuring certificates, files, the FAT partition, units and software."""

import datetime as dt
import importlib.metadata
import ssl
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from station.clock import Clock
from station.doctor import trust_rules as rules
from station.doctor.devices import clock_of
from station.doctor.ground import Ground
from station.doctor.owner import foreign_files
from station.firstboot.card_secrets import secrets_on_card
from station.firstboot.machine import AGENT, KIOSK
from station.identity.keys import NEXT
from station.update.kept import Trial, kept
from station.update.slots import CURRENT, linked, slots
from wire.acceptance import Finding
from wire.certificates import CLIENT, common_name, read_chain, verify_chain
from wire.errors import WireError

UNITS: Final = (AGENT, KIOSK)
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def now_of(clock: Clock) -> dt.datetime | None:
    """Return the time; None while it is not trusted."""
    at_ms = clock.now().at_ms
    return None if at_ms is None else dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC)


def certificate(ground: Ground) -> list[Finding]:
    """Look at the station's certificate: whether it leads to the county's authority, whose it is, how long it lasts."""
    return rules.certificate(certificate_seen(ground), ground.settings.station, now_of(clock_of(ground)))


def certificate_seen(ground: Ground) -> rules.Certificate:
    """Measure it."""
    broker = ground.settings.broker
    cert_file = Path(broker.cert_file)
    half = cert_file.with_name(cert_file.name + NEXT).exists()
    try:
        chain = read_chain(cert_file.read_bytes())
        verify_chain(chain, read_chain(Path(broker.ca_file).read_bytes()).leaf, CLIENT, None)
    except WireError as error:
        return rules.Certificate(error.code, half_installed=half)
    except OSError as error:
        return rules.Certificate(error.strerror or "?", half_installed=half)
    leaf = chain.leaf
    return rules.Certificate(
        None,
        common_name(leaf),
        leaf.not_valid_before_utc,
        leaf.not_valid_after_utc,
        f"{leaf.serial_number:x}",
        key_belongs=_belongs(broker.cert_file, broker.key_file),
        half_installed=half,
    )


def _belongs(cert_file: str, key_file: str) -> bool:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(cert_file, key_file)
    except (OSError, ssl.SSLError):
        return False
    return True


def secret_files(ground: Ground) -> list[Path]:
    """Return the files of the station that nobody else may read, as far as they are there."""
    settings = ground.settings
    key = Path(settings.broker.key_file)
    asked = [key, key.with_name(key.name + NEXT), ground.state / "spool.sqlite3"]
    if settings.kiosk.staff_pin_file is not None:
        asked.append(Path(settings.kiosk.staff_pin_file))
    return [path for path in asked if path.is_file()]


def open_files(ground: Ground) -> list[Path]:
    """Return those of them that others may read or write."""
    return [path for path in secret_files(ground) if path.stat().st_mode & OTHERS]


def foreign(ground: Ground) -> list[Path]:
    """Return files of the station that belong to another user: the agent cannot write them."""
    uid = ground.folder.stat().st_uid
    pair = [Path(ground.settings.broker.cert_file), Path(ground.settings.broker.key_file)]
    mine = [path for path in pair if path.is_file() and path.stat().st_uid != uid]
    return [*mine, *foreign_files(ground.folder, ground.state.name)] if ground.state.is_dir() else mine


def files(ground: Ground) -> list[Finding]:
    """Look who may read the station's keys, and whether its files are its own."""
    return rules.files([path.name for path in open_files(ground)], [path.name for path in foreign(ground)])


def card(ground: Ground) -> list[Finding]:
    """Look whether a secret lies on the FAT partition."""
    if not ground.layout.card.parent.is_dir():
        return [rules.card(None)]
    found = secrets_on_card(ground.layout)
    return [rules.card([f"{one.file.name}({one.kind})" for one in found])]


def units(ground: Ground) -> list[Finding]:
    """Ask systemd for the station's units."""
    return rules.units(units_seen(ground))


def units_seen(ground: Ground) -> Sequence[rules.Unit] | None:
    """Measure them."""
    found = []
    for name in UNITS:
        told = ground.program("systemctl", "show", "-p", "ActiveState", "-p", "UnitFileState", name)
        if told is None:
            return None
        said = dict(line.partition("=")[::2] for line in told.splitlines())
        enabled = said.get("UnitFileState") in {"enabled", "enabled-runtime", "static", "linked", "generated"}
        found.append(rules.Unit(name, said.get("ActiveState", "unknown"), enabled))
    return found


def software(ground: Ground) -> list[Finding]:
    """Look which release runs."""
    return [rules.software(software_seen(ground))]


def software_seen(ground: Ground) -> rules.Software:
    """Measure it."""
    version = importlib.metadata.version("cuncuntong")
    if not slots(ground.layout).is_dir():
        return rules.Software(version, None)
    release = linked(ground.layout, CURRENT)
    waiting = kept(ground.layout, Trial) is not None
    return rules.Software(version, release or "?", slot_there=release is not None, waiting=waiting)
