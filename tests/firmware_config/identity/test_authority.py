"""The county's authority: what it signs, for how long, for what use, and who may read the keys."""

import datetime as dt
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from firmware_config.identity.authority import CountyCa, new_seal_keys
from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import Credential

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)
STATION = "999999101001"


@pytest.fixture(scope="module")
def ca() -> CountyCa:
    return CountyCa.create("999999", NOW)


def certificate(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)


def every_credential(ca: CountyCa) -> dict[str, Credential]:
    return {
        "station": ca.issue_client(STATION, NOW),
        "hub": ca.issue_client("hub", NOW),
        "monitor": ca.issue_client("monitor-9", NOW),
        "broker": ca.issue_server(["localhost", "127.0.0.1"], NOW),
    }


def test_every_certificate_was_signed_by_the_county_and_by_no_other(ca: CountyCa) -> None:
    other = certificate(CountyCa.create("999999", NOW).cert_pem)
    for credential in every_credential(ca).values():
        leaf = certificate(credential.cert_pem)
        leaf.verify_directly_issued_by(certificate(ca.cert_pem))
        with pytest.raises(InvalidSignature):
            leaf.verify_directly_issued_by(other)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
def test_openssl_verifies_the_chains_as_strictly_as_it_can(ca: CountyCa, tmp_path: Path) -> None:
    ca.save(tmp_path)
    for name, credential in every_credential(ca).items():
        credential.save(tmp_path, name)
        purpose = "sslserver" if name == "broker" else "sslclient"
        command = ["openssl", "verify", "-x509_strict", "-CAfile", "ca.crt", "-purpose", purpose]
        command += ["-attime", str(int(NOW.timestamp())), f"{name}.crt"]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert run.stdout == f"{name}.crt: OK\n", run.stderr


@pytest.mark.parametrize("use", ["station", "hub", "monitor", "broker"])
def test_a_leaf_can_do_its_own_work_only(ca: CountyCa, use: str) -> None:
    leaf = certificate(every_credential(ca)[use].cert_pem)
    expected = ExtendedKeyUsageOID.SERVER_AUTH if use == "broker" else ExtendedKeyUsageOID.CLIENT_AUTH
    assert list(leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [expected]
    basic = leaf.extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.critical
    assert not basic.value.ca
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert not usage.value.key_cert_sign
    assert not usage.value.crl_sign


def test_the_authority_signs_certificates_and_speaks_to_nobody(ca: CountyCa) -> None:
    own = certificate(ca.cert_pem)
    basic = own.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (basic.ca, basic.path_length) == (True, 1)
    usage = own.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.key_cert_sign, usage.digital_signature) == (True, False)


def test_certificates_last_two_years_and_the_authority_ten(ca: CountyCa) -> None:
    leaf = certificate(ca.issue_client(STATION, NOW).cert_pem)
    assert leaf.not_valid_after_utc == NOW + dt.timedelta(days=730)
    assert certificate(ca.cert_pem).not_valid_after_utc == NOW + dt.timedelta(days=3650)


def test_certificates_begin_a_day_back_for_a_clock_without_a_battery(ca: CountyCa) -> None:
    for pem in (ca.cert_pem, ca.issue_client(STATION, NOW).cert_pem):
        assert certificate(pem).not_valid_before_utc == NOW - dt.timedelta(days=1)


def test_no_certificate_outlives_its_authority(ca: CountyCa) -> None:
    late = NOW + dt.timedelta(days=3600)
    leaf = certificate(ca.issue_client(STATION, late).cert_pem)
    assert leaf.not_valid_after_utc == certificate(ca.cert_pem).not_valid_after_utc
    with pytest.raises(IdentityError, match="E-ID-04"):
        ca.issue_client(STATION, NOW + dt.timedelta(days=3650))


def test_every_key_is_a_new_one_on_p256(ca: CountyCa) -> None:
    keys = [serialization.load_pem_private_key(c.key_pem, None) for c in every_credential(ca).values()]
    points = set()
    for key in keys:
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        assert key.curve.name == "secp256r1"
        points.add(key.private_numbers().private_value)
    assert len(points) == len(keys)


def test_the_name_the_broker_goes_by_is_the_common_name(ca: CountyCa) -> None:
    subject = certificate(ca.issue_client(STATION, NOW).cert_pem).subject
    assert [a.value for a in subject] == [STATION]
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)


def test_the_brokers_certificate_names_every_host_and_address(ca: CountyCa) -> None:
    leaf = certificate(ca.issue_server(["hub.example", "192.0.2.7", "2001:db8::1"], NOW).cert_pem)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["hub.example"]
    assert [str(a) for a in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.7", "2001:db8::1"]


NO_NAMES = [
    pytest.param("", id="none"),
    pytest.param("+", id="a wildcard for one level"),
    pytest.param("#", id="a wildcard for all"),
    pytest.param("hub/x", id="a level of a topic"),
    pytest.param("Hub", id="capitals"),
    pytest.param("monitor-10", id="a tenth monitor, whom the access list does not know"),
    pytest.param("monitor-1\n", id="a line end"),
    pytest.param("broker", id="the broker is no client"),
    pytest.param("99999910100", id="eleven digits"),
    pytest.param("x" * 65, id="longer than a name may be"),
]


@pytest.mark.parametrize("name", NO_NAMES)
def test_no_certificate_for_a_name_the_broker_does_not_know(ca: CountyCa, name: str) -> None:
    with pytest.raises(IdentityError, match="E-ID-02"):
        ca.issue_client(name, NOW)


@pytest.mark.parametrize("host", ["", "a b", "建湖", "-a", "a..b", "a" * 64, "a\n", "http://a", "*", "1.2.3.4:8883"])
def test_no_certificate_for_what_is_no_host(ca: CountyCa, host: str) -> None:
    with pytest.raises(IdentityError, match="E-ID-03"):
        ca.issue_server([host], NOW)


def test_keys_can_be_read_by_their_owner_only(ca: CountyCa, tmp_path: Path) -> None:
    ca.save(tmp_path)
    ca.issue_client(STATION, NOW).save(tmp_path, "station")
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"ca.key": 0o600, "ca.crt": 0o644, "station.key": 0o600, "station.crt": 0o644}


def test_a_key_and_its_certificate_fit(ca: CountyCa, tmp_path: Path) -> None:
    ca.issue_client(STATION, NOW).save(tmp_path, "station")
    ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(tmp_path / "station.crt", tmp_path / "station.key")


def test_a_loaded_authority_signs_like_the_one_saved(ca: CountyCa, tmp_path: Path) -> None:
    ca.save(tmp_path)
    leaf = certificate(CountyCa.load(tmp_path).issue_client("hub", NOW).cert_pem)
    leaf.verify_directly_issued_by(certificate(ca.cert_pem))


def without_key(folder: Path) -> None:
    (folder / "ca.key").unlink()


def half_a_key(folder: Path) -> None:
    (folder / "ca.key").write_bytes((folder / "ca.key").read_bytes()[:100])


def certificate_of_another(folder: Path) -> None:
    (folder / "ca.crt").write_bytes(CountyCa.create("999999", NOW).cert_pem)


def another_curve(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "ca.key").write_bytes(pem)


@pytest.mark.parametrize("spoil", [without_key, half_a_key, certificate_of_another, another_curve])
def test_an_authority_that_cannot_sign_is_refused(ca: CountyCa, tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    ca.save(tmp_path)
    spoil(tmp_path)
    with pytest.raises(IdentityError, match="E-ID-01") as told:
        CountyCa.load(tmp_path)
    assert "BEGIN" not in str(told.value)


def test_seal_keys_are_a_pair_of_32_bytes_each() -> None:
    import base64

    from nacl.public import PrivateKey

    private, public = new_seal_keys()
    assert private.endswith(b"\n")
    assert bytes(PrivateKey(base64.b64decode(private)).public_key) == base64.b64decode(public)
    assert new_seal_keys() != (private, public)
