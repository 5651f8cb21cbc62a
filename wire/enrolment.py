"""How a station gets its certificate, online or by USB stick, and how it shows later who it is.

A label carries a one-time token. The station draws its own key (P-256), makes a signing request, seals the token to
whoever signs and proves with it that the request is its own: HMAC-SHA256(token, request). Whoever signs knows only the
token's digest, so a stolen database enrols nobody; whoever listens learns neither token nor key, so plain HTTP will do.
"""

import base64
import hashlib
import hmac
import re
from typing import Annotated, Final, NamedTuple

from msgspec import Meta, Struct

from wire.certificates import MAX_CHAIN_BYTES
from wire.errors import WireError
from wire.scalars import Code, Key, Line, Sha256, StationId, UtcMs
from wire.topics import is_station_id

TOKEN_BYTES: Final = 10
"""80 bits: 16 letters on the label."""
MAX_REQUEST_BYTES: Final = 16 * 1024
ENROL_PATH: Final = "/station/enrol"
RENEW_PATH: Final = "/station/renew"
ACCEPTANCE_PATH: Final = "/station/acceptance"
RELEASE_PATH: Final = "/station/release"
"""Before `/<sha256>`: a release, in ranges."""

# Crockford's base 32: no I, L, O or U, so that a label can be typed.
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_ALPHABET: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _ALPHABET)
_LOOK_ALIKE: Final = str.maketrans("ILO", "110")
_LABEL: Final = re.compile(r"CCT1:([0-9-]{12,15}):([0-9A-F]{64}):([0-9A-Z]{16})")

Pem = Annotated[str, Meta(max_length=MAX_CHAIN_BYTES)]


class Label(NamedTuple):
    """What a label says: whose it is, which authority to trust, and the token."""

    station: str
    fingerprint: str
    """SHA-256 of the county authority's certificate, 64 hex digits in lower case."""
    token: str
    """16 letters, without dashes."""


class EnrolRequest(Struct, frozen=True):
    """A station asks for its first certificate, or for one after it was set up anew."""

    station: StationId
    request: Annotated[str, Meta(max_length=2048)]
    """The signing request (PKCS#10), PEM."""
    key: Key
    """Names the public key the token is sealed to."""
    token: Annotated[bytes, Meta(max_length=128)]
    """A libsodium sealed box with the token's 16 letters."""
    proof: Sha256


class EnrolReply(Struct, frozen=True):
    """The certificate, leaf first, with the delegated authority that issued it if one did."""

    station: StationId
    certificate: Pem


class RenewRequest(Struct, frozen=True):
    """Payload of a SignedMessage `renew`: a request for the key that is to follow."""

    request: Annotated[str, Meta(max_length=2048)]


class SignedMessage(Struct, frozen=True):
    """What a station says under its certificate, by HTTP or on a stick; for `purpose` and nothing else."""

    purpose: Code
    """`renew`, `acceptance`."""
    certificate: Pem
    """Leaf first; whose it is says who speaks. It may have expired where the purpose is `renew`."""
    made_ms: UtcMs | None
    """None while the station's clock is not trusted."""
    payload: bytes
    signature: Annotated[bytes, Meta(max_length=80)]
    """ECDSA with SHA-256 by the certificate's key, over `signed_bytes`."""


class StationRefusal(Struct, frozen=True):
    """Why the hub, or whoever signs, did not do what a station asked."""

    code: Code
    what: Line


class StickInvitation(Struct, frozen=True):
    """On a USB stick: a laptop that may sign, and the public key to seal tokens to, signed by its authority."""

    certificate: Pem
    """The delegated authority."""
    seal_key: Annotated[bytes, Meta(min_length=32, max_length=32)]
    signature: Annotated[bytes, Meta(max_length=80)]
    """ECDSA with SHA-256 by the delegated authority's key over `INVITED + seal_key`."""


INVITED: Final = b"cuncuntong invitation 1\0"
INVITATION_FILE: Final = "cuncuntong/invitation.json"
REQUEST_FILE: Final = "cuncuntong/{station}.request.json"
REPLY_FILE: Final = "cuncuntong/{station}.reply.json"
"""On the stick; each a Struct of this module as JSON."""


def new_token(random: bytes) -> str:
    """Return the 16 letters of TOKEN_BYTES random bytes."""
    if len(random) != TOKEN_BYTES:
        raise ValueError(f"{TOKEN_BYTES} bytes are needed")
    return base64.b32encode(random).decode("ascii").translate(_TO_ALPHABET)


def read_token(text: str) -> str:
    """Return a token as it was typed or scanned in its one form: dashes, blanks, case and look-alikes do not matter.

    Raises WireError E-ENR-01 when it cannot be one.
    """
    token = re.sub(r"[\s-]", "", text).upper().translate(_LOOK_ALIKE)
    if len(token) != 16 or any(letter not in _ALPHABET for letter in token):
        raise WireError("E-ENR-01", "not the 16 letters of a label 标签码应为 16 位")
    return token


def shown_token(token: str) -> str:
    """Return the token in groups of four, as the label prints it."""
    return "-".join(token[at : at + 4] for at in range(0, 16, 4))


def token_digest(token: str) -> str:
    """Return what is kept of a token, 64 hex digits."""
    return hashlib.sha256(b"cuncuntong token 1\0" + token.encode("ascii")).hexdigest()


def proof_of(token: str, station: str, request: str) -> str:
    """Return the proof that whoever has the token made this request."""
    said = b"cuncuntong enrol 1\0" + station.encode("ascii") + b"\0" + request.encode("utf-8")
    return hmac.new(token.encode("ascii"), said, hashlib.sha256).hexdigest()


def label_text(label: Label) -> str:
    """Return what the QR code holds: letters of the code's alphanumeric mode only."""
    return f"CCT1:{label.station}:{label.fingerprint.upper()}:{label.token}"


def read_label(text: str) -> Label:
    """Return what a scanned label says.

    Raises WireError E-ENR-02 when it is none of ours.
    """
    found = _LABEL.fullmatch(text.strip())
    if found is None or not is_station_id(found[1]):
        raise WireError("E-ENR-02", "not a station's label 不是站点标签")
    return Label(found[1], found[2].lower(), read_token(found[3]))


def signed_bytes(purpose: str, made_ms: int | None, payload: bytes) -> bytes:
    """Return what a SignedMessage's signature is over."""
    at = b"" if made_ms is None else str(made_ms).encode("ascii")
    return b"\0".join([b"cuncuntong signed 1", purpose.encode("ascii"), at, payload])
