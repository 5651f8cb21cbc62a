"""How long a certificate of the centre's own goes on and for which names; and a new one for the key it has."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import Issuer
from wire.certificates import read_chain, verify_chain
from wire.errors import WireError

Usage = x509.ObjectIdentifier
"""What a certificate is for: `CLIENT` or `SERVER` of wire.certificates."""


class Standing(NamedTuple):
    """What a certificate says."""

    names: frozenset[str]
    """Host names and addresses; empty of a client's."""
    begins: dt.datetime
    ends: dt.datetime
    trusted: bool
    """It leads to the county's authority and is for its use, whatever the time."""

    def is_past_half(self, now: dt.datetime) -> bool:
        """Say whether half its life is over: then it is renewed while nothing is at stake yet."""
        return now >= self.begins + (self.ends - self.begins) / 2

    @property
    def lines(self) -> bytes:
        """It in words, for a diff."""
        names = f"名称 names: {', '.join(sorted(self.names))}\n" if self.names else ""
        return f"{names}有效期 valid: {self.begins:%Y-%m-%d} – {self.ends:%Y-%m-%d}\n".encode()


def standing_of(pem: bytes, root_pem: bytes, usage: x509.ObjectIdentifier) -> Standing | None:
    """Return how the certificate `pem` stands, None when it is none."""
    try:
        chain = read_chain(pem)
        root = read_chain(root_pem).leaf
    except WireError:
        return None
    try:
        verify_chain(chain, root, usage, None)
        trusted = True
    except WireError:
        trusted = False
    return Standing(_names(chain.leaf), chain.leaf.not_valid_before_utc, chain.leaf.not_valid_after_utc, trusted)


def certify_again(
    issuer: Issuer,
    key_pem: bytes,
    subject: str,
    usage: x509.ObjectIdentifier,
    now: dt.datetime,
    *,
    hosts: Sequence[str] = (),
) -> bytes:
    """Return a certificate (PEM, with the delegated authority behind it) for the private key that is there already.

    Raises IdentityError E-ID-01 when that is no P-256 key; and as `Issuer.certify`.
    """
    try:
        key = serialization.load_pem_private_key(key_pem, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise IdentityError("E-ID-01", f"the private key of '{subject}' is none that can be used 私钥无法使用")
    return issuer.certify(key.public_key(), subject, usage, now, hosts=hosts).pem


def _names(certificate: x509.Certificate) -> frozenset[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return frozenset()
    dns = found.get_values_for_type(x509.DNSName)
    return frozenset([*dns, *(str(one) for one in found.get_values_for_type(x509.IPAddress))])
