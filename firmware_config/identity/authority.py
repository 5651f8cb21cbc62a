"""The county's certificate authority (P-256) and the key pair identities are sealed to.

Every certificate begins a day back, since a Pi has no clock battery, and lasts two years.
"""

import base64
import datetime as dt
import ipaddress
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from firmware_config.broker import MONITORS
from wire.durable import write_atomically
from wire.topics import is_station_id

LIFETIME = dt.timedelta(days=730)
CA_LIFETIME = dt.timedelta(days=3650)
BACK_DATED = dt.timedelta(days=1)

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")


class IdentityError(Exception):
    """A certificate or key that cannot be made or read; begins with a stable code."""


class Credential(NamedTuple):
    """A private key with its certificate, both PEM."""

    key_pem: bytes
    cert_pem: bytes

    def save(self, folder: Path, name: str) -> None:
        """Write `<name>.crt` and then `<name>.key` (owner only) into `folder`: where the key is, the pair is whole."""
        write_atomically(folder / f"{name}.crt", self.cert_pem)
        write_atomically(folder / f"{name}.key", self.key_pem, mode=0o600)


class CountyCa:
    """Signs for one county; nobody else's certificates are accepted by its broker."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, cert: x509.Certificate) -> None:
        """Take an existing pair; use `create` or `load`."""
        self._key = key
        self._cert = cert

    @classmethod
    def create(cls, county: str, now: dt.datetime) -> Self:
        """Make a new authority for the county with the six-digit code `county`."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(f"cuncuntong county {county}")
        cert = (
            _begin(name, name, key.public_key(), now, now + CA_LIFETIME)
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(_key_usage(ca=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(key, cert)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `ca.key` and `ca.crt`.

        Raises IdentityError E-ID-01 when they are missing, unreadable or not of each other.
        """
        try:
            key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
            cert = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        except (OSError, ValueError) as error:
            raise IdentityError(f"E-ID-01 {folder}: no usable county authority 没有可用的县级证书: {error}") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise IdentityError(f"E-ID-01 {folder}: the authority's key is not P-256 县级证书密钥类型不符")
        if cert.public_key() != key.public_key():
            raise IdentityError(f"E-ID-01 {folder}: ca.key is not the key of ca.crt 县级证书与密钥不匹配")
        return cls(key, cert)

    @property
    def cert_pem(self) -> bytes:
        """The authority's own certificate: what every peer trusts."""
        return self._cert.public_bytes(serialization.Encoding.PEM)

    def save(self, folder: Path) -> None:
        """Write `ca.key` (owner only) and `ca.crt`."""
        key_pem = _private_pem(self._key)
        Credential(key_pem, self.cert_pem).save(folder, "ca")

    def issue_server(self, hosts: Sequence[str], now: dt.datetime) -> Credential:
        """Issue the broker's certificate for every name and address in `hosts`.

        Raises IdentityError E-ID-03 for what is neither.
        """
        names = [_general_name(host) for host in hosts]
        return self._issue(
            "broker", ExtendedKeyUsageOID.SERVER_AUTH, now, x509.SubjectAlternativeName(names) if names else None
        )

    def issue_client(self, common_name: str, now: dt.datetime) -> Credential:
        """Issue a client certificate; the broker's access list goes by its name.

        Raises IdentityError E-ID-02 when it is not a station's id, `hub`, `monitor` or `monitor-1` to `-9`.
        """
        if not (is_station_id(common_name) or common_name == "hub" or common_name in MONITORS):
            raise IdentityError(f"E-ID-02 {common_name!r} is no name the broker knows 不是站点编码或已知的客户端名称")
        return self._issue(common_name, ExtendedKeyUsageOID.CLIENT_AUTH, now, None)

    def _issue(
        self,
        common_name: str,
        usage: x509.ObjectIdentifier,
        now: dt.datetime,
        alternative: x509.SubjectAlternativeName | None,
    ) -> Credential:
        key = ec.generate_private_key(ec.SECP256R1())
        ends = min(now + LIFETIME, self._cert.not_valid_after_utc)
        if ends <= now:
            raise IdentityError("E-ID-04 the county's authority has expired; make a new one 县级证书已过期，请重新建立")
        builder = (
            _begin(_name(common_name), self._cert.subject, key.public_key(), now, ends)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(ca=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if alternative is not None:
            builder = builder.add_extension(alternative, critical=False)
        cert = builder.sign(self._key, hashes.SHA256())
        return Credential(_private_pem(key), cert.public_bytes(serialization.Encoding.PEM))


def new_seal_keys() -> tuple[bytes, bytes]:
    """Return (private, public): X25519 keys, each 32 bytes as base64 with a line end."""
    private = x25519.X25519PrivateKey.generate()
    return (
        base64.b64encode(private.private_bytes_raw()) + b"\n",
        base64.b64encode(private.public_key().public_bytes_raw()) + b"\n",
    )


def _begin(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: dt.datetime, ends: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACK_DATED)
        .not_valid_after(ends)
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        if _HOST_NAME.fullmatch(host) is None:
            raise IdentityError(f"E-ID-03 {host!r}: neither a host name nor an address 不是主机名或地址") from None
        return x509.DNSName(host)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _key_usage(*, ca: bool) -> x509.KeyUsage:
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
