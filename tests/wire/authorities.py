"""Authorities, signers and clients made by hand: what `wire/certificates.py` judges, without the code that issues."""

import datetime as dt
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from wire.archive import Signer
from wire.certificates import ARCHIVE_SIGNER, CLIENT, Chain

COUNTY = "320925"
PublicKey = ec.EllipticCurvePublicKey


class Authority(NamedTuple):
    root: x509.Certificate
    signer: Signer
    delegated_signer: Signer
    client: Chain
    key: ec.EllipticCurvePrivateKey

    def list_of(self, *gone: x509.Certificate, number: int = 1) -> bytes:
        """Return the root's list (PEM) that names these."""
        at = self.root.not_valid_before_utc
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.root.subject).last_update(at)
        builder = builder.next_update(self.root.not_valid_after_utc).add_extension(x509.CRLNumber(number), False)
        for one in gone:
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number).revocation_date(at).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def with_another_signer(self, now: dt.datetime, revoked: bytes) -> "Authority":
        """Return the county with a new signer, who knows of `revoked`."""
        key = Ed25519PrivateKey.generate()
        made = certificate("signer", key.public_key(), "root", self.key, now, usage=ARCHIVE_SIGNER)
        return self._replace(signer=Signer(key, Chain(made), revoked))


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(
    subject: str,
    key: object,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    now: dt.datetime,
    *,
    path_length: int | None = None,
    usage: x509.ObjectIdentifier | None = None,
    days: int = 730,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=path_length is not None, path_length=path_length), critical=True)
    )
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return builder.sign(by, hashes.SHA256())


def authority(now: dt.datetime) -> Authority:
    """Make a county's authority, a signer of its own, one of a delegated authority, and a client."""
    root_key, between_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    keys = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    root = certificate("root", root_key.public_key(), "root", root_key, now, path_length=1)
    between = certificate("laptop", between_key.public_key(), "root", root_key, now, path_length=0)
    signer = certificate("signer", keys[0].public_key(), "root", root_key, now, usage=ARCHIVE_SIGNER)
    other = certificate("signer", keys[1].public_key(), "laptop", between_key, now, usage=ARCHIVE_SIGNER)
    client = certificate("320925100001", root_key.public_key(), "root", root_key, now, usage=CLIENT)
    delegated = Signer(keys[1], Chain(other, (between,)))
    return Authority(root, Signer(keys[0], Chain(signer)), delegated, Chain(client), root_key)
