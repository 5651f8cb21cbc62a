"""A county's host laid out, and looked after from then on: what would change is known before anything is written.

Keys are made once and never again; certificates are made anew for the key there is, when names or dates ask for it.
"""

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import structs

from firmware_config.county import Village, make_county, read_villages
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_TRUST, EXIT_VALIDATION
from firmware_config.host.choices import Choices, Record, checked, read_record, write_record
from firmware_config.host.plan import Step, Wanted, compare, diff, digest_of
from firmware_config.host.rendering import OWN, names_of, ports_of, render, settings_of
from firmware_config.identity.authority import CountyCa
from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import LIFETIME, Issuer
from firmware_config.identity.standing import Standing, Usage, certify_again, standing_of
from firmware_config.inventory.inventory import Inventory
from firmware_config.inventory.storage import PLANNING
from firmware_config.shipped import shipped_units
from firmware_config.trust import HUB, lay_out_trust
from hub.settings import Settings
from wire.certificates import BACK_DATED, CLIENT, SERVER
from wire.durable import write_atomically
from wire.settings import parse_settings
from wire.topics import county_of

OWNED: Final = (("broker/broker", "broker", SERVER), ("hub/hub", "hub", CLIENT), ("monitor/monitor", "monitor", CLIENT))
"""The centre's own certificates: path without ending, common name, use."""


SETTINGS: Final = "hub/hub.toml"
STATIONS: Final = "hub/stations.csv"
"""Not merged: a list of villages is given whole or not at all."""


class Host(NamedTuple):
    """Where a county lies."""

    folder: Path
    root: Path | None = None
    """Root of the centre's own machine, whose units and folders are rendered too; None leaves those alone."""

    @property
    def seen(self) -> Path:
        """The county's folder as the machine itself will see it."""
        return self.folder.absolute() if self.root is None else OWN

    def target(self, path: str) -> Path:
        """Return where a file of the plan belongs."""
        return self.root / path if self.root is not None and path.startswith("etc/") else self.folder / path


class Asked(NamedTuple):
    """What was given on the command line; None is left as it was."""

    villages: Path | None = None
    county_name: str | None = None
    hosts: Sequence[str] | None = None
    mqtt_port: int | None = None
    web_port: int | None = None
    web_listen: str | None = None
    probe_port: int | None = None
    backup: str | None = None


class Renewal(NamedTuple):
    """A certificate that is made anew for the key it has."""

    path: str
    subject: str
    usage: Usage
    hosts: tuple[str, ...]
    lines: tuple[str, ...]


class Prepared(NamedTuple):
    """What there is to do."""

    first: bool
    choices: Choices
    villages: list[Village]
    wanted: list[Wanted]
    steps: list[Step]
    renewals: list[Renewal]
    rendered: dict[str, str]
    lacks_trust: bool
    """A county of an earlier version: without signer, the hub's own authority or lists of revoked certificates."""

    @property
    def pending(self) -> bool:
        """Say whether anything would change."""
        return self.first or self.lacks_trust or bool(self.renewals) or any(step.kind != "kept" for step in self.steps)

    @property
    def clashes(self) -> list[str]:
        """Files changed by hand that would be overwritten."""
        return [step.wanted.path for step in self.steps if step.kind == "clash"]


def prepare(host: Host, asked: Asked, now: dt.datetime) -> Prepared:
    """Return what there is to do; nothing is written.

    Raises ProvisionError E-PRO-01 (the folder is something else), E-HOST-01 (a first run lacks an answer), E-HOST-05
    (villages of another county), E-HOST-06, E-HOST-07 (addresses that cannot be);
    InventoryError, IdentityError and SettingsError for what was asked.
    """
    record = read_record(host.folder)
    if record is None:
        _refuse_other(host.folder)
    planned = _planned(host.folder) if record is None else []
    choices = checked(_chosen(asked, record, planned))
    villages = _villages(host, asked, planned, first=record is None)
    units = None if host.root is None else shipped_units()
    wanted = render(choices, villages, host.seen, units)
    before = [] if record is None else render(record.choices, villages, host.seen, units)
    there = {one.path: host.target(one.path).read_bytes() for one in wanted if host.target(one.path).exists()}
    rendered = {} if record is None else record.rendered
    steps = compare(wanted, there, rendered, {one.path: one.content for one in before if one.path != STATIONS})
    for step in steps:
        if step.kind == "merge" and step.wanted.path == SETTINGS:  # what a hand wrote and what we add must go together
            parse_settings(step.wanted.content.decode("utf-8", "replace"), Settings, host.folder / SETTINGS)
    renewals = [] if record is None else _renewals(host.folder, choices, now)
    lacks_trust = record is not None and _lacks_trust(host.folder)
    return Prepared(record is None, choices, villages, wanted, steps, renewals, rendered, lacks_trust)


def carry_out(host: Host, prepared: Prepared, now: dt.datetime) -> None:
    """Do it; what was changed by hand and clashes is kept beside itself as `….old`.

    Cut at any instant, the next run finishes it. Raises IdentityError, ProvisionError E-HOST-03 when a certificate is
    needed and no authority that could sign it is here (nothing is written then), OSError.
    """
    issuer = _issuer(host.folder) if prepared.renewals else None
    if prepared.first:
        choices = prepared.choices
        settings = settings_of(choices, county_of(prepared.villages[0].code))
        make_county(
            host.folder,
            prepared.villages,
            county_name=choices.county_name,
            ports=ports_of(choices),
            hosts=names_of(choices),
            hub_overrides={"web": settings.web, "backup": settings.backup},
        )
    elif prepared.lacks_trust:
        _make_trust(host.folder, now)
    for renewal in prepared.renewals:
        assert issuer is not None
        key = (host.folder / f"{renewal.path}.key").read_bytes()
        pem = certify_again(issuer, key, renewal.subject, renewal.usage, now, hosts=renewal.hosts)
        _write(host.folder / f"{renewal.path}.crt", pem, 0o644)
    for step in prepared.steps:
        if step.kind == "kept":
            continue
        target = host.target(step.wanted.path)
        if step.kind == "clash" and not prepared.first:
            _write(target.with_name(f"{target.name}.old"), target.read_bytes(), target.stat().st_mode & 0o777)
        _write(target, step.wanted.content, step.wanted.mode)
    remember(host, prepared)


def remember(host: Host, prepared: Prepared) -> None:
    """Note what stands now as rendered here, once it does. Raises OSError."""
    kept = {step.wanted.path for step in prepared.steps if step.kind == "kept"}
    now = {one.path: digest_of(one.content) for one in prepared.wanted if one.path not in kept}
    record = Record(prepared.choices, prepared.rendered | now)
    if record != read_record(host.folder):
        write_record(host.folder, record)


def _refuse_other(folder: Path) -> None:
    """Raise unless `folder` is empty, a county whose making was cut off, or one whose inventory was begun first."""
    if not folder.exists() or (folder / "ca.crt").exists():
        return
    half_written = re.compile(r"\..+\.[0-9]+\.tmp")  # of wire.durable
    if not folder.is_dir() or any(
        one.is_file() and not half_written.fullmatch(one.name) and one.relative_to(folder).parts[0] not in PLANNING
        for one in folder.rglob("*")
    ):
        raise ProvisionError(
            "E-PRO-01",
            f"{folder}: not empty, and no county; nothing was changed 目录非空，未作任何更改",
            EXIT_VALIDATION,
        )


def _planned(folder: Path) -> list[Village]:
    """Return the villages of the inventory that was begun before its county was made."""
    return [Village(entry.code, entry.name, entry.town) for entry in Inventory.open(folder).all()]


def _chosen(asked: Asked, record: Record | None, planned: Sequence[Village]) -> Choices:
    given = {
        key: value for key, value in asked._asdict().items() if key != "villages" and value is not None and value != []
    }
    if record is not None:
        return structs.replace(record.choices, **given)
    missing = [
        option
        for option, value in (
            ("--villages", asked.villages or planned),
            ("--county-name", asked.county_name),
            ("--host", asked.hosts),
        )
        if not value
    ]
    if missing:
        raise ProvisionError(
            "E-HOST-01", f"a new county needs {' '.join(missing)} 新建县时必须给出这些选项", EXIT_VALIDATION
        )
    return Choices(**given)


def _villages(host: Host, asked: Asked, planned: list[Village], *, first: bool) -> list[Village]:
    there = host.folder / "hub" / "stations.csv"
    if asked.villages is None:
        return planned if first and planned else read_villages(there)
    villages = read_villages(asked.villages)
    if not first and there.exists():
        ours, theirs = county_of(read_villages(there)[0].code), county_of(villages[0].code)
        if ours != theirs:
            raise ProvisionError(
                "E-HOST-05", f"{asked.villages}: county {theirs}, this is {ours} 名单属于另一县", EXIT_VALIDATION
            )
    return villages


def _renewals(folder: Path, choices: Choices, now: dt.datetime) -> list[Renewal]:
    found = []
    root = (folder / "ca.crt").read_bytes()
    for path, subject, usage in OWNED:
        hosts = names_of(choices) if usage == SERVER else []
        certificate = folder / f"{path}.crt"
        now_says = standing_of(certificate.read_bytes(), root, usage) if certificate.exists() else None
        before = b"" if now_says is None else now_says.lines
        well = now_says is not None and now_says.trusted and now_says.names == frozenset(hosts)
        if well and now_says is not None and not now_says.is_past_half(now):
            continue
        after = Standing(frozenset(hosts), now - BACK_DATED, now + LIFETIME, trusted=True).lines
        found.append(Renewal(path, subject, usage, tuple(hosts), diff(f"{path}.crt", before, after)))
    return found


def _issuer(folder: Path) -> Issuer:
    """Return who signs the centre's certificates here: the county's authority, or the one it delegated to the hub."""
    if (folder / "ca.key").exists():
        return CountyCa.load(folder).issuer
    try:
        return Issuer.load(folder / "hub" / "issuers", HUB)
    except IdentityError:
        raise ProvisionError(
            "E-HOST-03",
            f"{folder}: a certificate must be made anew, and neither ca.key nor hub/issuers/hub.key is here; put ca.key"
            " back for this run 需重签证书，但此处没有签发密钥，请临时放回 ca.key 再运行",
            EXIT_TRUST,
        ) from None


def _make_trust(folder: Path, now: dt.datetime) -> None:
    """Make what a county of an earlier version lacks. Raises IdentityError E-ID-01 where ca.key is not here."""
    lay_out_trust(folder, CountyCa.load(folder), now)
    if not (folder / "broker" / "crl.pem").exists():
        _write(folder / "broker" / "crl.pem", (folder / "hub" / "trust" / "crl.pem").read_bytes(), 0o644)


def _lacks_trust(folder: Path) -> bool:
    needed = ("signer.key", "issuers/hub.key", "hub/issuers/hub.key", "hub/trust/crl.pem", "broker/crl.pem")
    return not all((folder / one).exists() for one in needed)


def _write(target: Path, content: bytes, mode: int) -> None:
    """Write a file whole, as whoever had it before."""
    there = target.stat() if target.exists() else None
    write_atomically(target, content, mode=mode, owner=None if there is None else (there.st_uid, there.st_gid))
