"""Who may sign for a county and what its broker is told of that, laid out in the county's folder.

<county>/signer.key signer.crt    signs bundles and releases
<county>/ca.crl                   what the root revoked
<county>/issuers/<name>.*         authorities that the root delegated: `hub`, laptops
<county>/hub/issuers/             the same, with `ca.crl`: the hub issues with its own and signs each one's list
<county>/hub/trust/               `crl.pem` and `acl` as the hub writes them, for the broker
"""

import datetime as dt
from pathlib import Path

from firmware_config.broker import denied_in, render_acl
from firmware_config.identity.authority import CA_LIFETIME, CountyCa
from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import Issuer
from firmware_config.identity.lists import ROOT_LIST, revoked_in, same_lists, trust_lists
from firmware_config.identity.signer import make_signer
from wire.durable import write_atomically

HUB: str = "hub"


def lay_out_trust(folder: Path, ca: CountyCa, now: dt.datetime) -> None:
    """Make what is missing of signer, the hub's authority and the lists; keys, and who was revoked, are kept.

    Raises IdentityError E-ID-01 when an authority there is not of `ca`, E-ID-07, E-ID-08.
    """
    issuers = folder / "issuers"
    if not (issuers / "hub.key").exists():
        ca.delegate(HUB, now, CA_LIFETIME).save(issuers, HUB)
    make_signer(folder, now)
    if not (folder / ROOT_LIST).exists():
        write_atomically(folder / ROOT_LIST, ca.issuer.revocation_list((), now))
    share_with_hub(folder, ca)
    write_trust(folder / "hub", now)


def share_with_hub(folder: Path, ca: CountyCa) -> None:
    """Put the root's list and every delegated authority where the hub of this folder finds them.

    Raises IdentityError E-ID-01 when one of them is not of `ca`.
    """
    place = folder / "hub" / "issuers"
    for path in sorted((folder / "issuers").glob("*.key")):
        issuer = Issuer.load(folder / "issuers", path.stem)
        if not issuer.is_under(ca.issuer):
            raise IdentityError("E-ID-01", f"{path}: not an authority of this county's ca.crt 不是由本县证书机构委派的")
        issuer.save(place, path.stem)
    write_atomically(place / ROOT_LIST, (folder / ROOT_LIST).read_bytes())


def write_trust(hub: Path, now: dt.datetime) -> None:
    """Write `trust/crl.pem` and `trust/acl` of the hub's folder anew, with whom they named before.

    Raises IdentityError E-ID-01, E-ID-08 as `trust_lists`.
    """
    lists, access = hub / "trust" / "crl.pem", hub / "trust" / "acl"
    before = lists.read_bytes() if lists.exists() else b""
    after = trust_lists(hub / "issuers", revoked_in(before) if before else (), now)
    if not same_lists(before, after):
        write_atomically(lists, after)
    denied = denied_in(access.read_text()) if access.exists() else ()
    write_atomically(access, render_acl(denied).encode(), mode=0o600)
