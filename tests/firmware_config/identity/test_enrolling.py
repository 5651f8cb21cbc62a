"""The one decision whether a station gets a certificate, case by case: hub and laptop ask it alike."""

import hashlib

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_config.identity.enrolling import KeptToken, MayEnrol, key_digest, why_not_enrol
from firmware_config.identity.issuing import read_request
from firmware_config.identity.unsealing import UnsealKey
from station.identity.keys import request_pem
from station.sealing import seal_to
from wire.enrolment import EnrolRequest, StationRefusal, new_token, proof_of, token_digest

A, B = "999999101001", "999999101002"
TOKEN, OTHER = new_token(b"0123456789"), new_token(b"9876543210")
SEAL = UnsealKey(b"\x07" * 32)
KEY = ec.generate_private_key(ec.SECP256R1())
REQUEST = request_pem(KEY, A)
EXPIRES_MS = 1_000_000


def asked(token: str = TOKEN, *, station: str = A, request: str = REQUEST, proof_by: str | None = None) -> EnrolRequest:
    """Return what a station sends that was shown the label with `token`."""
    proof = proof_of(proof_by or token, station, request)
    return EnrolRequest(station, request, SEAL.key, seal_to(SEAL.public, token.encode()), proof)


KEPT = KeptToken(A, token_digest(TOKEN), EXPIRES_MS)
OWN_KEY = key_digest(read_request(REQUEST))
NO_KEY = msgspec.structs.replace(asked(), key=hashlib.sha256(b"x").hexdigest()[:16])
NO_BOX = msgspec.structs.replace(asked(), token=b"x")
NO_TOKEN = msgspec.structs.replace(asked(), token=seal_to(SEAL.public, b"\xff" * 16))


def decided(request: EnrolRequest, *kept: KeptToken, now_ms: int = 0) -> MayEnrol | StationRefusal:
    return why_not_enrol(request, county="999999", tokens=kept, unseal=SEAL.open, now_ms=now_ms)


@pytest.mark.parametrize(
    ("kept", "now_ms", "again"),
    [
        pytest.param([KEPT], 0, False, id="a fresh label"),
        pytest.param([KEPT], EXPIRES_MS, False, id="on the label's last millisecond"),
        pytest.param([KeptToken(B, KEPT.digest, 1), KEPT], 0, False, id="others' tokens do no harm"),
        pytest.param([KEPT._replace(burnt_key=OWN_KEY)], 0, True, id="its answer got lost"),
        pytest.param([KEPT._replace(burnt_key=OWN_KEY)], EXPIRES_MS * 2, True, id="its answer got lost, long ago"),
    ],
)
def test_may(kept: list[KeptToken], now_ms: int, again: bool) -> None:
    may = decided(asked(), *kept, now_ms=now_ms)
    assert isinstance(may, MayEnrol)
    assert (may.key, may.token, may.again) == (OWN_KEY, KEPT.digest, again)
    public = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    assert may.request.public_key().public_bytes(*public) == KEY.public_key().public_bytes(*public)


@pytest.mark.parametrize(
    ("request_", "kept", "now_ms", "code"),
    [
        pytest.param(asked(station="888888101001"), [KEPT], 0, "E-ENR-11", id="of another county"),
        pytest.param(NO_KEY, [KEPT], 0, "E-ENR-12", id="sealed to another"),
        pytest.param(NO_BOX, [KEPT], 0, "E-ENR-12", id="a damaged box"),
        pytest.param(asked(OTHER), [KEPT], 0, "E-ENR-13", id="of no label"),
        pytest.param(asked("x"), [KEPT], 0, "E-ENR-13", id="no token in the box"),
        pytest.param(NO_TOKEN, [KEPT], 0, "E-ENR-13", id="no letters in the box"),
        pytest.param(asked(), [], 0, "E-ENR-13", id="of a label that was replaced"),
        pytest.param(asked(), [KeptToken(B, KEPT.digest, EXPIRES_MS)], 0, "E-ENR-13", id="of another station's label"),
        pytest.param(asked(), [KEPT], EXPIRES_MS + 1, "E-ENR-14", id="a millisecond too late"),
        pytest.param(asked(), [KEPT._replace(burnt_key="0" * 64)], 0, "E-ENR-15", id="used for another key"),
        pytest.param(asked(), [KEPT._replace(burnt_key="")], 0, "E-ENR-15", id="used somewhere else"),
        pytest.param(asked(proof_by=OTHER), [KEPT], 0, "E-ENR-16", id="whoever made the request has no token"),
        pytest.param(asked(request=request_pem(KEY, B)), [KEPT], 0, "E-ENR-16", id="the request names another"),
        pytest.param(asked(request="x"), [KEPT], 0, "E-ID-05", id="no signing request"),
    ],
)
def test_may_not(request_: EnrolRequest, kept: list[KeptToken], now_ms: int, code: str) -> None:
    told = decided(request_, *kept, now_ms=now_ms)
    assert isinstance(told, StationRefusal)
    assert told.code == code
    assert not told.what.startswith("E-")
    assert TOKEN not in told.what
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told.what)


def test_a_key_never_shows_what_it_is() -> None:
    assert repr(SEAL) == "UnsealKey(…)"
