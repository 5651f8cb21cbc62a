"""Whether a station gets a certificate: one decision for the hub and for a laptop with a stick (pure)."""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import read_request
from wire.enrolment import EnrolRequest, StationRefusal, proof_of, read_token, token_digest
from wire.errors import WireError
from wire.topics import county_of

USED: Final = "E-ENR-15"
"""The token was used by another key: whoever decides may want to know of it."""


class KeptToken(NamedTuple):
    """What hub or laptop keeps of a label's token."""

    station: str
    digest: str
    expires_ms: int
    burnt_key: str | None = None
    """`key_digest` of the key it was burnt for; None while it may be used."""


class MayEnrol(NamedTuple):
    """What may be signed, and what is to be kept before the answer goes out."""

    request: x509.CertificateSigningRequest
    key: str
    """`key_digest` of its key."""
    token: str
    """Digest of the token, to be burnt for that key."""
    again: bool
    """The token was burnt for this very key: the answer got lost, give the certificate issued then once more."""


def why_not_enrol(
    request: EnrolRequest,
    *,
    county: str,
    tokens: Iterable[KeptToken],
    unseal: Callable[[str, bytes], bytes | None],
    now_ms: int,
) -> MayEnrol | StationRefusal:
    """Return what may be signed for `request`, or why nothing may.

    `tokens` are those of the station (others do no harm); `unseal(key, box)` opens what was sealed to the key so
    named, None when it cannot. A token that was replaced by a newer label's must not be among `tokens`.

    Codes: E-ENR-11 another county's, E-ENR-12 sealed to somebody else, E-ENR-13 no label of this station says so,
    E-ENR-14 expired, E-ENR-15 used, E-ENR-16 altered on its way or made for another station, E-ID-05 no request.
    """
    if county_of(request.station) != county:
        return StationRefusal("E-ENR-11", "not a station of this county 不是本县的站点")
    opened = unseal(request.key, request.token)
    if opened is None:
        return StationRefusal("E-ENR-12", "sealed to another signer: begin again 申请发给了别的签发者，请重新开始")
    token = _token_in(opened)
    kept = next((one for one in tokens if (one.station, one.digest) == (request.station, token_digest(token))), None)
    if kept is None:
        return StationRefusal(
            "E-ENR-13", "not the code of this station's label: scan the newest one 不是本站标签上的码，请用最新的标签"
        )
    if not hmac.compare_digest(proof_of(token, request.station, request.request), request.proof):
        return StationRefusal("E-ENR-16", "altered on its way: begin again 申请在途中被改动，请重新开始")
    return _for_token(request, kept, now_ms)


def _token_in(opened: bytes) -> str:
    """Return the token, "" where there is none: no token has that digest."""
    try:
        return read_token(opened.decode("ascii"))
    except (WireError, UnicodeDecodeError):
        return ""


def _for_token(request: EnrolRequest, kept: KeptToken, now_ms: int) -> MayEnrol | StationRefusal:
    try:
        signing = read_request(request.request)
    except IdentityError as error:
        return StationRefusal(error.code, error.what)
    if _subject(signing) != request.station:
        return StationRefusal("E-ENR-16", "the request names another station 申请中的站点编码不符")
    key = key_digest(signing)
    if kept.burnt_key is not None and kept.burnt_key != key:
        return StationRefusal(USED, "this label was used already: print a new one 标签已用过，请打印新标签")
    if kept.burnt_key is None and now_ms > kept.expires_ms:
        return StationRefusal("E-ENR-14", "this label has expired: print a new one 标签已过期，请打印新标签")
    return MayEnrol(signing, key, kept.digest, again=kept.burnt_key is not None)


def key_digest(of: x509.CertificateSigningRequest | x509.Certificate) -> str:
    """Return what names a public key: SHA-256 of its SubjectPublicKeyInfo, 64 hex digits."""
    spki = of.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()


def _subject(request: x509.CertificateSigningRequest) -> str:
    try:
        names = request.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    except ValueError:
        return ""
    return str(names[0].value) if len(names) == 1 else ""
