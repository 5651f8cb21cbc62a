"""Lists of revoked certificates: what the broker is told, one list per authority that issued anything.

mosquitto checks the client's own certificate alone and refuses it when its issuer has no list. So an authority that
was revoked itself is left out: with that, all that it issued is refused.
"""

import datetime as dt
import os
from collections.abc import Collection, Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_config.broker import render_acl
from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import Issuer, Revoked
from wire.durable import write_atomically

ROOT_LIST = "ca.crl"
LISTS, ACCESS = "crl.pem", "acl"
"""What the hub writes for the broker."""
_BEGINS = b"-----BEGIN X509 CRL-----"


def trust_lists(folder: Path, revoked: Iterable[Revoked], now: dt.datetime) -> bytes:
    """Return `crl.pem` for the broker: the root's list, then one of every authority in `folder`, by name.

    `folder` holds `ca.crl` and `<name>.crt`, `<name>.key` of each delegated authority. Every list names all of
    `revoked`: serials are drawn at random, 159 bits, so that one of another authority does no harm. What the root
    issued itself (the hub's and the monitors' certificates, authorities) the root alone revokes.

    Raises IdentityError E-ID-01, E-ID-08 when the folder is not whole.
    """
    root_list = read_root_list(folder)
    gone = {one.serial for one in revoked_in(root_list)}
    named = set(revoked)
    lists = [root_list]
    for path in sorted(folder.glob("*.key")):
        issuer = Issuer.load(folder, path.stem)
        if issuer.certificate.serial_number not in gone and issuer.certificate.not_valid_after_utc > now:
            lists.append(issuer.revocation_list(named, now))
    return b"".join(lists)


def revoked_by_root(folder: Path) -> frozenset[int]:
    """Return the serials that the county's root revoked, by the list in the folder of authorities.

    Raises IdentityError E-ID-08 when there is none.
    """
    return frozenset(one.serial for one in revoked_in(read_root_list(folder)))


def write_trust_files(
    issuers: Path, trust: Path, revoked: Iterable[Revoked], denied: Collection[str], now: dt.datetime
) -> bool:
    """Write `crl.pem` and `acl` for the broker into `trust` where they say otherwise now; return whether any did.

    What root writes belongs to the folder's owner: else the hub itself could not write there any more.

    Raises IdentityError as `trust_lists`, OSError.
    """
    lists = trust_lists(issuers, revoked, now)
    trust.mkdir(parents=True, exist_ok=True)
    owner = (trust.stat().st_uid, trust.stat().st_gid) if os.geteuid() == 0 else None
    changed = False
    for path, content, mode in ((trust / LISTS, lists, 0o644), (trust / ACCESS, render_acl(denied).encode(), 0o600)):
        before = path.read_bytes() if path.exists() else b""
        same = before == content or (content is lists and same_lists(before, content))
        if not same or (owner is not None and (path.stat().st_uid, path.stat().st_gid) != owner):
            write_atomically(path, content, mode=mode, owner=owner)
            changed = True
    return changed


def read_lists(pem: bytes) -> list[x509.CertificateRevocationList]:
    """Return every list of `pem`, one after the other.

    Raises IdentityError E-ID-08 when there is none, or one cannot be read.
    """
    parts = [_BEGINS + part for part in pem.split(_BEGINS)[1:]]
    try:
        lists = [x509.load_pem_x509_crl(part) for part in parts]
        for one in lists:
            list(one)  # entries are parsed when they are asked for
    except ValueError:
        lists = []
    if not lists:
        raise IdentityError("E-ID-08", "no readable list of revoked certificates 吊销列表缺失或无法识别")
    return lists


def revoked_in(pem: bytes) -> frozenset[Revoked]:
    """Return what the lists of `pem` name, each certificate once.

    Raises IdentityError E-ID-08 as `read_lists`.
    """
    return frozenset(
        Revoked(entry.serial_number, entry.revocation_date_utc, _reason(entry))
        for one in read_lists(pem)
        for entry in one
    )


def check_lists(pem: bytes, root_pem: bytes, now: dt.datetime) -> None:
    """Return when the broker of the county `root_pem` can use these lists, and lets in whoever was not revoked.

    Raises IdentityError E-ID-08 when they cannot be read, the root's is missing, or one is not valid now.
    """
    root = x509.load_pem_x509_certificate(root_pem)
    key = root.public_key()
    lists = read_lists(pem)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not any(
        one.issuer == root.subject and one.is_signature_valid(key) for one in lists
    ):
        raise IdentityError("E-ID-08", "no list of this county's authority among them 缺少本县证书机构的吊销列表")
    for one in lists:
        until = one.next_update_utc
        if one.last_update_utc > now or until is None or until <= now:
            raise IdentityError("E-ID-08", "a list is not valid now: check the clock 吊销列表不在有效期内，请核对时钟")


def same_lists(one: bytes, other: bytes) -> bool:
    """Say whether two files tell the broker the same: the same authorities, each with the same entries.

    A list made anew differs in its signature and number; the broker need not be told of that.
    """
    try:
        return _told(one) == _told(other)
    except IdentityError:
        return one == other


def _told(pem: bytes) -> set[tuple[bytes, bytes, frozenset[int]]]:
    return {(one.issuer.public_bytes(), _key(one), frozenset(e.serial_number for e in one)) for one in read_lists(pem)}


def _key(one: x509.CertificateRevocationList) -> bytes:
    try:
        return one.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier or b""
    except (ValueError, x509.ExtensionNotFound):
        return b""


def _reason(entry: x509.RevokedCertificate) -> x509.ReasonFlags:
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (ValueError, x509.ExtensionNotFound):
        return x509.ReasonFlags.unspecified


def read_root_list(folder: Path) -> bytes:
    """Return what the root revoked (`ca.crl`). Raises IdentityError E-ID-08 when there is none."""
    try:
        return (folder / ROOT_LIST).read_bytes()
    except OSError as error:
        raise IdentityError(
            "E-ID-08",
            f"{folder / ROOT_LIST}: no list of the county's authority; run `firmware-config ca init`"
            f" 缺少县级吊销列表: {error.strerror}",
        ) from None
