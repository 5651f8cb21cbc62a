"""Whoever signs certificates of a county: its root, or an authority that the root delegated (the hub, a laptop).

Every key is P-256. A certificate begins a day back, since a Pi has no clock battery, and never outlives its issuer.
"""

import datetime as dt
import ipaddress
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple, Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from firmware_config.identity.errors import IdentityError
from wire.certificates import BACK_DATED, CLIENT, Chain, common_name, may_issue_to
from wire.durable import write_atomically
from wire.topics import is_station_id

LIFETIME: Final = dt.timedelta(days=730)
MAX_REQUEST_BYTES: Final = 2048
PublicKey = ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")


class Credential(NamedTuple):
    """A private key with its certificate (and the delegated authority behind it, if there is one), both PEM."""

    key_pem: bytes
    cert_pem: bytes

    def save(self, folder: Path, name: str, *, owner: tuple[int, int] | None = None) -> None:
        """Write `<name>.crt` and then `<name>.key` (owner only) into `folder`: where the key is, the pair is whole."""
        write_atomically(folder / f"{name}.crt", self.cert_pem, owner=owner)
        write_atomically(folder / f"{name}.key", self.key_pem, mode=0o600, owner=owner)


class Revoked(NamedTuple):
    """A certificate that is no longer to be believed."""

    serial: int
    at: dt.datetime
    reason: x509.ReasonFlags = x509.ReasonFlags.unspecified


class Issuer:
    """Signs with one key; `certificate` is its own."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        """Take an existing pair; use `load` or `CountyCa.create`."""
        self._key = key
        self.certificate = certificate

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Read `<name>.key` and `<name>.crt` of a folder.

        Raises IdentityError E-ID-01 when they are missing, unreadable or not of each other.
        """
        try:
            key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), password=None)
            certificate = x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())
        except FileNotFoundError as error:
            raise IdentityError(
                "E-ID-01",
                f"{folder}: {Path(error.filename).name} is not here; is it the right folder (--folder)? "
                "此目录中没有该文件，请核对目录 (--folder)",
            ) from None
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise IdentityError(
                "E-ID-01", f"{folder}: no usable authority '{name}' 没有可用的证书机构: {error}"
            ) from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise IdentityError("E-ID-01", f"{folder}: the key of authority '{name}' is not P-256 证书机构密钥类型不符")
        if certificate.public_key() != key.public_key():
            raise IdentityError("E-ID-01", f"{folder}: {name}.key is not the key of {name}.crt 证书与密钥不匹配")
        return cls(key, certificate)

    def save(self, folder: Path, name: str, *, owner: tuple[int, int] | None = None) -> None:
        """Write `<name>.crt` and `<name>.key` (owner only)."""
        Credential(private_pem(self._key), self.pem).save(folder, name, owner=owner)

    @property
    def pem(self) -> bytes:
        """Its own certificate."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def is_root(self) -> bool:
        """Whether it is the county's own authority, not a delegated one."""
        return self.certificate.issuer == self.certificate.subject

    def may_issue_to(self, station: str) -> bool:
        """Say whether this authority was delegated for `station`, or for all."""
        return may_issue_to(self.certificate, name_of(station))

    def is_under(self, root: "Issuer") -> bool:
        """Say whether `root` delegated this authority."""
        try:
            self.certificate.verify_directly_issued_by(root.certificate)
        except (InvalidSignature, ValueError, TypeError):
            return False
        return True

    def issue(
        self,
        request: x509.CertificateSigningRequest,
        station: str,
        now: dt.datetime,
        lifetime: dt.timedelta = LIFETIME,
    ) -> Chain:
        """Return a client certificate for `station` with the key of `request` (of `read_request`).

        Nothing but the key is taken from the request. Raises IdentityError E-ID-02 when `station` is no station's id,
        E-ID-04 when this authority has expired, E-ID-05, E-ID-10 when it was not delegated for that station.
        """
        if not is_station_id(station):
            raise IdentityError("E-ID-02", f"{station!r} is no station's id 不是站点编码")
        if not self.may_issue_to(station):
            raise IdentityError("E-ID-10", f"this authority was not made for {station} 该机构未获授权签发此站点")
        key = request.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise IdentityError("E-ID-05", "the request's key is not P-256 申请的密钥类型不符")
        return self.certify(key, station, CLIENT, now, lifetime)

    def certify(
        self,
        key: PublicKey,
        subject: str,
        usage: x509.ObjectIdentifier,
        now: dt.datetime,
        lifetime: dt.timedelta = LIFETIME,
        *,
        hosts: Sequence[str] = (),
    ) -> Chain:
        """Return a certificate for `key` under the common name `subject`, for `usage` alone; the names are not judged.

        Raises IdentityError E-ID-03 for a host that is none, E-ID-04 when this authority has expired.
        """
        builder = (
            self._begin(subject, key, now, lifetime)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage(ca=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        )
        if hosts:
            names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
            builder = builder.add_extension(names, critical=False)
        return Chain(builder.sign(self._key, hashes.SHA256()), () if self.is_root else (self.certificate,))

    def issue_pair(
        self, subject: str, usage: x509.ObjectIdentifier, now: dt.datetime, *, hosts: Sequence[str] = ()
    ) -> Credential:
        """Return a new key with its certificate, for a machine that does not draw its own; raises as `certify`."""
        key = ec.generate_private_key(ec.SECP256R1())
        return Credential(private_pem(key), self.certify(key.public_key(), subject, usage, now, hosts=hosts).pem)

    def delegate(
        self,
        subject: str,
        now: dt.datetime,
        lifetime: dt.timedelta,
        *,
        only: Sequence[str] = (),
        usages: Sequence[x509.ObjectIdentifier] = (CLIENT,),
    ) -> "Issuer":
        """Return a new authority under this one, which may sign certificates and no further authority.

        Its certificates hold for `usages`, and with `only` for these names, whatever it signs (RFC 5280, 4.2.1.10 and
        .12; OpenSSL, and so the broker, holds to both): a stolen laptop poses neither as hub, broker or signer nor as
        another village.

        Raises IdentityError E-ID-04 when this authority has expired.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            self._begin(subject, key.public_key(), now, lifetime)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(key_usage(ca=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage(list(usages)), critical=False)
        )
        if only:
            names = [x509.DirectoryName(name_of(name)) for name in only]
            builder = builder.add_extension(x509.NameConstraints(names, None), critical=True)
        return Issuer(key, builder.sign(self._key, hashes.SHA256()))

    def revocation_list(self, revoked: Iterable[Revoked], now: dt.datetime) -> bytes:
        """Return this authority's list (PEM): serial, time and reason of each.

        It is valid until the authority itself ends: mosquitto refuses everybody when a list is past its next update,
        so a list that nobody renewed would lock out a whole county.
        """
        ends = max(self.certificate.not_valid_after_utc, now + BACK_DATED)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(max(now - BACK_DATED, self.certificate.not_valid_before_utc))
            .next_update(ends)
            .add_extension(x509.CRLNumber(int(now.timestamp() * 1000)), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        for one in sorted(set(revoked)):
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial).revocation_date(one.at)
            if one.reason is not x509.ReasonFlags.unspecified:  # RFC 5280, 5.3.1: left out then
                entry = entry.add_extension(x509.CRLReason(one.reason), critical=False)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def sign(self, data: bytes) -> bytes:
        """Return the authority's signature (ECDSA, SHA-256): of an invitation on a stick."""
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))

    def _begin(self, subject: str, key: PublicKey, now: dt.datetime, lifetime: dt.timedelta) -> x509.CertificateBuilder:
        ends = min(now + lifetime, self.certificate.not_valid_after_utc)
        if ends <= now:
            raise IdentityError(
                "E-ID-04",
                f"authority '{common_name(self.certificate)}' has expired; make a new one 证书机构已过期，请重新建立",
            )
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return begin(subject, self.certificate.subject, key, now, ends).add_extension(identifier, critical=False)


def begin(
    subject: str, issuer: x509.Name, key: PublicKey, now: dt.datetime, ends: dt.datetime
) -> x509.CertificateBuilder:
    """Return what every certificate of ours begins with."""
    return (
        x509.CertificateBuilder()
        .subject_name(name_of(subject))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACK_DATED)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def read_request(pem: str | bytes) -> x509.CertificateSigningRequest:
    """Return a signing request whose key is P-256 and which that key signed.

    Raises IdentityError E-ID-05 for everything else.
    """
    data = pem.encode("utf-8", "replace") if isinstance(pem, str) else pem
    if len(data) > MAX_REQUEST_BYTES:
        raise IdentityError("E-ID-05", "not a signing request: too large 证书申请过大")
    try:
        request = x509.load_pem_x509_csr(data)
        key = request.public_key()
        holds = request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature, x509.InvalidVersion):
        raise IdentityError("E-ID-05", "not a signing request that can be read 证书申请无法识别") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise IdentityError("E-ID-05", "the request's key is not P-256 申请的密钥类型不符")
    if not holds:
        raise IdentityError("E-ID-05", "the request was not signed by its own key 证书申请的签名不符")
    return request


def name_of(subject: str) -> x509.Name:
    """Return a name that is a common name alone."""
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)])


def private_pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    """Return a private key as it is kept: not encrypted, in a file that its owner alone may read."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def key_usage(*, ca: bool) -> x509.KeyUsage:
    """Return what a key may be used for: an authority's signs certificates and lists, any other's signs talk."""
    return x509.KeyUsage(
        digital_signature=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        if HOST_NAME.fullmatch(host) is None:
            raise IdentityError("E-ID-03", f"{host!r}: neither a host name nor an address 不是主机名或地址") from None
        return x509.DNSName(host)
