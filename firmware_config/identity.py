"""The county's certificate authority (P-256) and the key pair identities are sealed to.

Every certificate begins a day back, since a Pi has no clock battery, and lasts two years.
"""

import base64
import datetime as dt
import ipaddress
from pathlib import Path
from typing import NamedTuple, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from firmware_config.files import write_atomically

LIFETIME = dt.timedelta(days=730)
CA_LIFETIME = dt.timedelta(days=3650)
BACK_DATED = dt.timedelta(days=1)


class IdentityError(Exception):
    """A certificate or key that cannot be made or read; begins with a stable code."""


class Credential(NamedTuple):
    """A private key with its certificate, both PEM."""

    key_pem: bytes
    cert_pem: bytes

    def save(self, folder: Path, name: str) -> None:
        """Write `<name>.key` (owner only) and `<name>.crt` into `folder`."""
        write_atomically(folder / f"{name}.key", self.key_pem, mode=0o600)
        write_atomically(folder / f"{name}.crt", self.cert_pem)


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
            _begin(name, name, key.public_key(), now, CA_LIFETIME)
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(_key_usage(ca=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(key, cert)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `ca.key` and `ca.crt`.

        Raises IdentityError E-ID-01 when they are missing or unreadable.
        """
        try:
            key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
            cert = x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes())
        except (OSError, ValueError) as error:
            raise IdentityError(f"E-ID-01 {folder}: no usable county authority 没有可用的县级证书: {error}") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise IdentityError(f"E-ID-01 {folder}: the authority's key is not P-256 县级证书密钥类型不符")
        return cls(key, cert)

    @property
    def cert_pem(self) -> bytes:
        """The authority's own certificate: what every peer trusts."""
        return self._cert.public_bytes(serialization.Encoding.PEM)

    def save(self, folder: Path) -> None:
        """Write `ca.key` (owner only) and `ca.crt`."""
        key_pem = _private_pem(self._key)
        Credential(key_pem, self.cert_pem).save(folder, "ca")

    def issue_server(self, hosts: list[str], now: dt.datetime) -> Credential:
        """Issue the broker's certificate for every name and address in `hosts`."""
        names: list[x509.GeneralName] = []
        for host in hosts:
            try:
                names.append(x509.IPAddress(ipaddress.ip_address(host)))
            except ValueError:
                names.append(x509.DNSName(host))
        alternative = x509.SubjectAlternativeName(names)
        return self._issue(hosts[0], ExtendedKeyUsageOID.SERVER_AUTH, now, alternative)

    def issue_client(self, common_name: str, now: dt.datetime) -> Credential:
        """Issue a client certificate: a station's id, `hub`, or `monitor-<name>`; the broker's ACL goes by it."""
        return self._issue(common_name, ExtendedKeyUsageOID.CLIENT_AUTH, now, None)

    def _issue(
        self,
        common_name: str,
        usage: x509.ObjectIdentifier,
        now: dt.datetime,
        alternative: x509.SubjectAlternativeName | None,
    ) -> Credential:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _begin(_name(common_name), self._cert.subject, key.public_key(), now, LIFETIME)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(ca=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
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
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: dt.datetime, lifetime: dt.timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACK_DATED)
        .not_valid_after(now + lifetime)
    )


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
