"""Who speaks in a signed message: whose certificate's key signed exactly this, and is a station's of this county."""

import datetime as dt

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_config.identity.authority import CountyCa
from firmware_config.identity.issuing import Credential
from firmware_config.identity.messages import speaker
from wire.certificates import CLIENT, SERVER
from wire.enrolment import SignedMessage, signed_bytes

NOW = dt.datetime(2026, 11, 28, 12, 0, tzinfo=dt.UTC)
A = "999999101001"
CA = CountyCa.create("999999", NOW)
ROOT = CA.issuer.certificate
HUB = CA.delegate("hub", NOW, dt.timedelta(days=3000))


def said_by(credential: Credential, purpose: str = "renew", payload: bytes = b"{}") -> SignedMessage:
    key = serialization.load_pem_private_key(credential.key_pem, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signature = key.sign(signed_bytes(purpose, 1, payload), ec.ECDSA(hashes.SHA256()))
    return SignedMessage(purpose, credential.cert_pem.decode(), 1, payload, signature)


STATION = HUB.issue_pair(A, CLIENT, NOW)
MESSAGE = said_by(STATION)


def test_the_station_speaks_whoever_of_the_county_issued_its_certificate() -> None:
    assert speaker(MESSAGE, ROOT, NOW) == A
    assert speaker(said_by(CA.issue_client(A, NOW)), ROOT, NOW) == A
    assert speaker(MESSAGE, ROOT, None) == A


def test_an_expired_certificate_speaks_only_where_dates_do_not_count() -> None:
    late = NOW + dt.timedelta(days=800)
    with pytest.raises(ValueError, match="E-CERT-04"):
        speaker(MESSAGE, ROOT, late)
    assert speaker(MESSAGE, ROOT, None) == A


def replaced(**changes: object) -> SignedMessage:
    return msgspec.structs.replace(MESSAGE, **changes)


OTHERS = CountyCa.create("999999", NOW)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        pytest.param(replaced(purpose="acceptance"), "E-ID-06", id="said for another purpose"),
        pytest.param(replaced(payload=b"{ }"), "E-ID-06", id="another payload"),
        pytest.param(replaced(made_ms=2), "E-ID-06", id="another time"),
        pytest.param(replaced(made_ms=None), "E-ID-06", id="no time"),
        pytest.param(replaced(signature=b""), "E-ID-06", id="no signature"),
        pytest.param(replaced(certificate=CA.issue_client(A, NOW).cert_pem.decode()), "E-ID-06", id="another key"),
        pytest.param(said_by(OTHERS.issue_client(A, NOW)), "E-CERT-02", id="of a county of the same name"),
        pytest.param(said_by(CA.issue_client("hub", NOW)), "E-ID-06", id="the hub's own"),
        pytest.param(said_by(CA.issuer.issue_pair(A, SERVER, NOW)), "E-CERT-03", id="a server's"),
        pytest.param(replaced(certificate=STATION.cert_pem.decode()[:600]), "E-CERT-0", id="half a certificate"),
        pytest.param(replaced(certificate="证书\ud800"), "E-CERT-01", id="no certificate"),
    ],
)
def test_nobody_else_speaks(message: SignedMessage, code: str) -> None:
    with pytest.raises(Exception, match=code) as told:
        speaker(message, ROOT, NOW)
    assert str(told.value).startswith("E-")
