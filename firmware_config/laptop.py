"""A technician's laptop that may sign for a while: what it is given, and what it keeps.

<folder>/ca.crt                  the county's authority
<folder>/laptop.crt laptop.key   its own, delegated, for days and for the stations it goes to
<folder>/unseal.key              opens tokens that stations seal to it
<folder>/inventory.json          these stations with the digests of their tokens; what it issued
<folder>/audit.log               who signed what
"""

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from firmware_config import journal
from firmware_config.clock import refuse_wrong
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.identity.authority import CountyCa, new_seal_keys
from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import Issuer
from firmware_config.identity.unsealing import UnsealKey
from firmware_config.inventory.entry import Entry, utc_ms
from firmware_config.inventory.inventory import Inventory
from firmware_config.inventory.storage import BEFORE, FILE, LOCK
from firmware_config.trust import share_with_hub, write_trust
from wire.durable import write_atomically
from wire.enrolment import INVITED, StickInvitation

NAME: Final = "laptop"
MOST_NAMED: Final = 150
"""A certificate that names more stations is no longer sent along in a TLS handshake (`wire.certificates`)."""
BEGUN: Final = frozenset({"ca.crt", "unseal.key", FILE, BEFORE, LOCK})
"""What a folder may hold that is to be a laptop's: what was laid out before a cut, or before its disk was full."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")


class Laptop(NamedTuple):
    """A laptop that may sign."""

    folder: Path
    issuer: Issuer
    unseal: UnsealKey
    inventory: Inventory

    @classmethod
    def open(cls, folder: Path, now: dt.datetime) -> "Laptop":
        """Read what `delegate` laid out.

        Raises IdentityError E-ID-01, E-ID-09 (not such a folder), E-ID-04 (its time is over), ProvisionError E-INV-05.
        """
        issuer = Issuer.load(folder, NAME)
        until = issuer.certificate.not_valid_after_utc
        if now >= until:
            raise IdentityError(
                "E-ID-04", f"this laptop could sign until {until:%Y-%m-%d}; delegate again 授权已到期，请重新委派"
            )
        return cls(folder, issuer, UnsealKey.from_file(folder / "unseal.key"), Inventory.open(folder))

    def invitation(self) -> StickInvitation:
        """Return what stations seal their token to, signed by the delegated authority."""
        public = self.unseal.public
        return StickInvitation(self.issuer.pem.decode(), public, self.issuer.sign(INVITED + public))


def goes_to(entries: Sequence[Entry], now: dt.datetime) -> list[Entry]:
    """Return those that have a label nobody used yet: whom a laptop can enrol."""
    at = utc_ms(now)
    return [one for one in entries if one.token is not None and one.token.is_live(at) and one.revoked_ms is None]


def delegate(
    county: Path, name: str, to: Path, stations: Sequence[Entry], now: dt.datetime, *, days: int, whole_county: bool
) -> Issuer:
    """Make the laptop `name` in the new folder `to`: it signs for `days`, for `stations` or for the whole county.

    The county keeps a copy of its authority: to sign lists of revoked certificates for it. The laptop's folder is
    laid out first, for a stick that takes nothing must cost no name; its key is written last: where it is, all is.

    Raises IdentityError E-ID-11 (a name that is taken, or none), E-ID-01, E-ID-04, ProvisionError E-PRO-01 (`to` is
    not empty), E-PRO-10 (no station, or too many to name).
    """
    ca = CountyCa.load(county)
    refuse_wrong(county, now)
    _check(county, name, to, stations, whole_county=whole_county)
    to.mkdir(parents=True, exist_ok=True)
    to.chmod(0o700)
    write_atomically(to / "ca.crt", ca.cert_pem)
    write_atomically(to / "unseal.key", new_seal_keys()[0], mode=0o600)
    with Inventory.open(to).changing(f"delegated by the county to {name}") as draft:
        draft.entries.clear()
        for one in stations:
            draft.entries[one.code] = msgspec.structs.replace(one, sealed=[], hub=None, issued=[])
    codes = [] if whole_county else [one.code for one in stations]
    issuer = ca.delegate(name, now, dt.timedelta(days=days), only=codes)
    certificate = issuer.certificate
    about = {
        "name": name,
        "serial": f"{certificate.serial_number:x}",
        "until": f"{certificate.not_valid_after_utc:%Y-%m-%d}",
        "stations": "*" if whole_county else str(len(codes)),
    }
    journal.record(county, "ca.delegate", [about], now)
    issuer.save(county / "issuers", name)
    share_with_hub(county, ca)
    write_trust(county / "hub", now)
    issuer.save(to, NAME)
    return issuer


def _is_free(to: Path) -> bool:
    """Say whether a folder is empty, or holds only what was laid out in it for a laptop that was never made."""
    if not to.is_dir():
        return False
    names = {one.name for one in to.iterdir()}
    return names <= {"ca.crt"} or ("unseal.key" in names and names <= BEGUN)


def _check(county: Path, name: str, to: Path, stations: Sequence[Entry], *, whole_county: bool) -> None:
    if _NAME.fullmatch(name) is None or name == "ca":
        raise IdentityError(
            "E-ID-11", f"{name[:40]!r}: small letters, digits and dashes only 名称只用小写字母、数字和 -"
        )
    if (county / "issuers" / f"{name}.crt").exists():
        raise IdentityError("E-ID-11", f"{name}: was delegated to before; take another name 名称已用过，请换一个")
    if to.exists() and not _is_free(to):
        raise ProvisionError(
            "E-PRO-01", f"{to}: not empty; nothing was changed 目录非空，未作任何更改", EXIT_VALIDATION
        )
    if not stations:
        raise ProvisionError(
            "E-PRO-10",
            "no station with an unused label; print labels first 没有带未用标签的站点，请先打印标签",
            EXIT_VALIDATION,
        )
    if len(stations) > MOST_NAMED and not whole_county:
        raise ProvisionError(
            "E-PRO-10",
            f"{len(stations)} stations, {MOST_NAMED} can be named: delegate by town, or give --whole-county (a stolen "
            "laptop could then pose as the hub) 站点过多，请按镇委派，或加 --whole-county（笔记本被盗可冒充中心）",
            EXIT_VALIDATION,
        )
