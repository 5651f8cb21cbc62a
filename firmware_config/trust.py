"""Who may sign for a county and what its broker is told of that, laid out in the county's folder.

<county>/signer.key signer.crt    signs bundles and releases
<county>/ca.crl                   what the root revoked
<county>/issuers/<name>.*         authorities that the root delegated: `hub`, laptops
<county>/hub/issuers/             the same, with `ca.crl`: the hub issues with its own and signs each one's list
<county>/hub/trust/               `crl.pem` and `acl` as the hub writes them, for the broker
"""

import datetime as dt
import os
from pathlib import Path
from typing import Literal, NamedTuple

from firmware_config.broker import denied_in
from firmware_config.identity.authority import CA_LIFETIME, CountyCa
from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import Issuer, Revoked
from firmware_config.identity.lists import (
    ACCESS,
    LISTS,
    ROOT_LIST,
    read_root_list,
    revoked_by_root,
    revoked_in,
    write_trust_files,
)
from firmware_config.identity.revoking import REASONS, Reason, named_in
from firmware_config.identity.signer import make_signer
from wire.durable import write_atomically

HUB: str = "hub"


def lay_out_trust(folder: Path, ca: CountyCa, now: dt.datetime) -> None:
    """Make what is missing of signer, the hub's authority and the lists; keys, and who was revoked, are kept.

    A hub's authority that was revoked or has expired gives way to a new one; stations then need new labels.

    Raises IdentityError E-ID-01 when an authority there is not of `ca`, E-ID-07, E-ID-08.
    """
    issuers = folder / "issuers"
    if not (folder / ROOT_LIST).exists():
        write_atomically(folder / ROOT_LIST, ca.issuer.revocation_list((), now))
    states = {one.name: one.state for one in authorities(folder, now)}
    if states.get(HUB) != "signs":
        (issuers / f"{HUB}.key").unlink(missing_ok=True)  # first: a cut must not leave it beside another's certificate
        ca.delegate(HUB, now, CA_LIFETIME).save(issuers, HUB)
    make_signer(folder, now)
    share_with_hub(folder, ca)
    write_trust(folder / "hub", now)


def share_with_hub(folder: Path, ca: CountyCa) -> None:
    """Put the root's list and every delegated authority where the hub of this folder finds them.

    Raises IdentityError E-ID-01 when one of them is not of `ca`.
    """
    place = folder / "hub" / "issuers"
    place.mkdir(parents=True, exist_ok=True)
    owner = _owner(folder / "hub", place)
    for path in sorted((folder / "issuers").glob("*.key")):
        issuer = Issuer.load(folder / "issuers", path.stem)
        if not issuer.is_under(ca.issuer):
            raise IdentityError("E-ID-01", f"{path}: not an authority of this county's ca.crt 不是由本县证书机构委派的")
        issuer.save(place, path.stem, owner=owner)
    write_atomically(place / ROOT_LIST, (folder / ROOT_LIST).read_bytes(), owner=owner)


def write_trust(hub: Path, now: dt.datetime) -> None:
    """Write `trust/crl.pem` and `trust/acl` of the hub's folder anew, with whom they named before.

    Raises IdentityError E-ID-01, E-ID-08 as `trust_lists`.
    """
    trust = hub / "trust"
    trust.mkdir(parents=True, exist_ok=True)
    _owner(hub, trust)
    lists, access = (path.read_bytes() if path.exists() else b"" for path in (trust / LISTS, trust / ACCESS))
    revoked = revoked_in(lists) if lists else ()
    write_trust_files(hub / "issuers", trust, revoked, denied_in(access.decode()), now)


def _owner(hub: Path, place: Path) -> tuple[int, int] | None:
    """Return whose the hub's folder is, where root works in it: the hub is not root and has to read what root writes.

    `place` below it becomes the same owner's. Raises OSError where that owner laid a link in its stead.
    """
    if os.geteuid() != 0:
        return None
    whose, found = hub.stat(), os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        os.fchown(found, whose.st_uid, whose.st_gid)
    finally:
        os.close(found)
    return whose.st_uid, whose.st_gid


class Authority(NamedTuple):
    """An authority that the county delegated to."""

    name: str
    state: Literal["signs", "expired", "revoked"]
    until: str
    """A day, UTC."""
    serial: str
    stations: int | None
    """For how many it may sign, None for all."""


def authorities(folder: Path, now: dt.datetime) -> list[Authority]:
    """Return the authorities of the county in `folder`, by name.

    Raises IdentityError E-ID-01, E-ID-08 when the folder is not whole.
    """
    gone = revoked_by_root(folder)
    found = []
    for path in sorted((folder / "issuers").glob("*.key")):
        certificate = Issuer.load(folder / "issuers", path.stem).certificate
        until, serial = certificate.not_valid_after_utc, certificate.serial_number
        state: Literal["signs", "expired", "revoked"] = "expired" if until <= now else "signs"
        state = "revoked" if serial in gone else state
        found.append(Authority(path.stem, state, f"{until:%Y-%m-%d}", f"{serial:x}", named_in(certificate)))
    return found


def revoke(folder: Path, ca: CountyCa, serial: int, reason: Reason, now: dt.datetime) -> bool:
    """Put a certificate on the root's list, and have the hub of this folder take it in; return whether it is new.

    Raises IdentityError E-ID-08 when there is no list.
    """
    before = revoked_in(read_root_list(folder))
    is_new = serial not in {one.serial for one in before}
    if is_new:
        whole = now.replace(microsecond=0)
        lists = ca.issuer.revocation_list({*before, Revoked(serial, whole, REASONS[reason])}, now)
        write_atomically(folder / ROOT_LIST, lists)
    share_with_hub(folder, ca)
    write_trust(folder / "hub", now)
    return is_new
