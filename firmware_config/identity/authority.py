"""The county's certificate authority: the root that every peer trusts, and what it alone makes."""

import base64
import datetime as dt
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, x25519

from firmware_config.broker import MONITORS
from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import Credential, Issuer, begin, key_usage, name_of
from wire.certificates import CLIENT, SERVER, common_name
from wire.topics import is_station_id

CA_LIFETIME = dt.timedelta(days=3650)


class CountyCa:
    """Signs for one county; nobody else's certificates are accepted by its broker."""

    def __init__(self, issuer: Issuer) -> None:
        """Take the root; use `create` or `load`."""
        self.issuer = issuer

    @classmethod
    def create(cls, county: str, now: dt.datetime) -> Self:
        """Make a new authority for the county with the six-digit code `county`."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = f"cuncuntong county {county}"
        certificate = (
            begin(name, name_of(name), key.public_key(), now, now + CA_LIFETIME)
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(key_usage(ca=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(Issuer(key, certificate))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `ca.key` and `ca.crt`.

        Raises IdentityError E-ID-01 when they are missing, unreadable or not of each other.
        """
        return cls(Issuer.load(folder, "ca"))

    @property
    def cert_pem(self) -> bytes:
        """The authority's own certificate: what every peer trusts."""
        return self.issuer.pem

    def save(self, folder: Path) -> None:
        """Write `ca.key` (owner only) and `ca.crt`."""
        self.issuer.save(folder, "ca")

    def issue_server(self, hosts: Sequence[str], now: dt.datetime) -> Credential:
        """Issue the broker's certificate for every name and address in `hosts`.

        Raises IdentityError E-ID-03 for what is neither.
        """
        return self.issuer.issue_pair("broker", SERVER, now, hosts=hosts)

    def issue_client(self, name: str, now: dt.datetime) -> Credential:
        """Issue a client certificate; the broker's access list goes by its name.

        Raises IdentityError E-ID-02 when it is not a station's id, `hub`, `monitor` or `monitor-1` to `-9`.
        """
        if not (is_station_id(name) or name == "hub" or name in MONITORS):
            raise IdentityError("E-ID-02", f"{name!r} is no name the broker knows 不是站点编码或已知的客户端名称")
        return self.issuer.issue_pair(name, CLIENT, now)

    def delegate(self, name: str, now: dt.datetime, lifetime: dt.timedelta, *, only: Sequence[str] = ()) -> Issuer:
        """Return an authority under this one: it signs certificates, for the stations `only` if there are any.

        Its common name never repeats, so that a list of revoked certificates is never taken for another's. The hub's
        renews the certificate of the broker beside it too.

        Raises IdentityError E-ID-04 when this authority has expired.
        """
        subject = f"{common_name(self.issuer.certificate)} {name} {secrets.token_hex(4)}"
        usages = (CLIENT, SERVER) if name == "hub" else (CLIENT,)
        return self.issuer.delegate(subject, now, lifetime, only=only, usages=usages)


def county_of_root(certificate: x509.Certificate) -> str:
    """Return the six digits of the county whose authority it is, "" where it does not say."""
    return common_name(certificate).rpartition(" ")[2]


def new_seal_keys() -> tuple[bytes, bytes]:
    """Return (private, public): X25519 keys, each 32 bytes as base64 with a line end."""
    private = x25519.X25519PrivateKey.generate()
    return (
        base64.b64encode(private.private_bytes_raw()) + b"\n",
        base64.b64encode(private.public_key().public_bytes_raw()) + b"\n",
    )
