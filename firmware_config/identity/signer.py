"""Who signs bundles and releases of a county: Ed25519, under the county's authority."""

import datetime as dt
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firmware_config.identity.authority import CountyCa
from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import LIFETIME, Credential, private_pem
from firmware_config.identity.lists import ROOT_LIST, revoked_in
from wire.archive import Signer
from wire.certificates import ARCHIVE_SIGNER, read_chain
from wire.errors import WireError


def make_signer(folder: Path, now: dt.datetime) -> Signer:
    """Return the signer of the county in `folder`, made (`signer.crt`, `signer.key`) or renewed at half its life.

    Renewed it keeps its key, so that one bundle signed again is the same but for the certificate. One that the root
    revoked gives way to another, with a key of its own.

    Raises IdentityError E-ID-01 without the county's authority, E-ID-04 when that has expired, E-ID-07 when there is a
    signer that cannot be used.
    """
    key = Ed25519PrivateKey.generate()
    revoked = _list_of(folder)
    if (folder / "signer.key").exists():
        signer = _read(folder)
        if signer.chain.leaf.serial_number not in _serials(revoked):
            if now <= signer.chain.leaf.not_valid_after_utc - LIFETIME / 2:
                return signer._replace(revoked=revoked)
            key = signer.key
    chain = CountyCa.load(folder).issuer.certify(key.public_key(), "signer", ARCHIVE_SIGNER, now)
    Credential(private_pem(key), chain.pem).save(folder, "signer")
    return Signer(key, chain, revoked)


def load_signer(folder: Path) -> Signer:
    """Read `signer.key` and `signer.crt`, with the root's list (`ca.crl`) where that names anybody.

    Raises IdentityError E-ID-07 when they are missing, unreadable or not of each other, or the root revoked it; E-ID-08
    when the list cannot be read.
    """
    signer, revoked = _read(folder), _list_of(folder)
    if signer.chain.leaf.serial_number in _serials(revoked):
        raise IdentityError(
            "E-ID-07", f"{folder}: the signer was revoked; run `firmware-config ca init` 签名密钥已吊销，请重新建立"
        )
    return signer._replace(revoked=revoked)


def _list_of(folder: Path) -> bytes:
    """Return the root's list; empty where there is none yet, or it names nobody: then nothing needs to know of it."""
    try:
        pem = (folder / ROOT_LIST).read_bytes()
    except FileNotFoundError:
        return b""
    return pem if revoked_in(pem) else b""


def _serials(pem: bytes) -> frozenset[int]:
    return frozenset(one.serial for one in revoked_in(pem)) if pem else frozenset()


def _read(folder: Path) -> Signer:
    try:
        key = serialization.load_pem_private_key((folder / "signer.key").read_bytes(), password=None)
        chain = read_chain((folder / "signer.crt").read_bytes())
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm, WireError):
        raise IdentityError(
            "E-ID-07",
            f"{folder}: no usable signer.key and signer.crt; run `firmware-config ca init` 没有可用的签名密钥",
        ) from None
    if not isinstance(key, Ed25519PrivateKey) or chain.leaf.public_key() != key.public_key():
        raise IdentityError("E-ID-07", f"{folder}: signer.key is not the key of signer.crt 签名密钥与证书不匹配")
    return Signer(key, chain)
