"""Who signs for a county, from which requests, for whom; lists of the revoked as OpenSSL reads them."""

import datetime as dt
import shutil
import ssl
import subprocess
from contextlib import nullcontext, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firmware_config.identity.authority import CountyCa
from firmware_config.identity.errors import IdentityError
from firmware_config.identity.issuing import LIFETIME, Issuer, Revoked, name_of, read_request
from firmware_config.identity.lists import read_lists, revoked_in, same_lists, trust_lists
from firmware_config.identity.signer import load_signer, make_signer
from wire.certificates import ARCHIVE_SIGNER, CLIENT, SERVER, Chain, common_name, verify_chain

NOW = dt.datetime(2026, 11, 28, 12, 0, tzinfo=dt.UTC)
MONTH = dt.timedelta(days=30)
A, B = "999999101001", "999999101002"


@pytest.fixture(scope="module")
def ca() -> CountyCa:
    return CountyCa.create("999999", NOW)


def request_by(key: object, subject: str = A) -> str:
    algorithm = None if isinstance(key, Ed25519PrivateKey) else hashes.SHA256()
    made = x509.CertificateSigningRequestBuilder().subject_name(name_of(subject)).sign(key, algorithm)  # type: ignore[arg-type]
    return made.public_bytes(serialization.Encoding.PEM).decode()


KEY = ec.generate_private_key(ec.SECP256R1())
REQUEST = request_by(KEY)


def test_a_requests_key_gets_a_stations_certificate_and_nothing_else_of_the_request_counts(ca: CountyCa) -> None:
    sly = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(name_of("hub"))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hub")]), critical=False)
        .sign(KEY, hashes.SHA256())
    )
    request = read_request(sly.public_bytes(serialization.Encoding.PEM))
    chain = ca.delegate("hub", NOW, MONTH * 100).issue(request, A, NOW)
    verify_chain(chain, ca.issuer.certificate, CLIENT, NOW)
    leaf = chain.leaf
    assert (common_name(leaf), leaf.public_key()) == (A, KEY.public_key())
    assert leaf.not_valid_after_utc - NOW == LIFETIME
    assert NOW - leaf.not_valid_before_utc == dt.timedelta(days=1)
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    with pytest.raises(x509.ExtensionNotFound):
        leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)


@pytest.mark.parametrize("name", ["hub", "monitor", "", "+", f"{A}/up", "99999910100"])
def test_from_a_request_only_a_station_gets_a_certificate(ca: CountyCa, name: str) -> None:
    with pytest.raises(IdentityError, match="E-ID-02"):
        ca.issuer.issue(read_request(REQUEST), name, NOW)


def swapped_key() -> str:
    """Return a request under another's key: its signature does not hold."""
    whole = x509.load_pem_x509_csr(REQUEST.encode()).public_bytes(serialization.Encoding.DER)
    point = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    other = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(*point)
    der = whole.replace(KEY.public_key().public_bytes(*point), other)
    return x509.load_der_x509_csr(der).public_bytes(serialization.Encoding.PEM).decode()


@pytest.mark.parametrize(
    "pem",
    [
        pytest.param("", id="nothing"),
        pytest.param("-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n", id="empty"),
        pytest.param(REQUEST[:200], id="cut short"),
        pytest.param(REQUEST.replace("M", "N", 1), id="one letter altered"),
        pytest.param("证书申请 \ud800", id="not ASCII"),
        pytest.param(REQUEST + " " * 2048, id="too large"),
        pytest.param(swapped_key(), id="under another's key"),
        pytest.param(request_by(ec.generate_private_key(ec.SECP384R1())), id="P-384"),
        pytest.param(request_by(ec.generate_private_key(ec.SECP256K1())), id="secp256k1"),
        pytest.param(request_by(rsa.generate_private_key(65537, 2048)), id="RSA"),
        pytest.param(request_by(Ed25519PrivateKey.generate()), id="Ed25519"),
        pytest.param(request_by(dsa.generate_private_key(1024)), id="DSA"),
    ],
)
def test_what_is_no_request_of_a_p256_key_is_refused(pem: str) -> None:
    with pytest.raises(IdentityError, match="E-ID-05"):
        read_request(pem)


def test_a_delegated_authority_signs_stations_for_its_time_and_delegates_to_nobody(ca: CountyCa) -> None:
    laptop = ca.delegate("van1", NOW, MONTH, only=[A])
    chain = laptop.issue(read_request(REQUEST), A, NOW)
    verify_chain(chain, ca.issuer.certificate, CLIENT, NOW)
    assert chain.leaf.not_valid_after_utc == NOW + MONTH, "no certificate outlives who issued it"
    with pytest.raises(IdentityError, match="E-ID-04"):
        laptop.issue(read_request(REQUEST), A, NOW + MONTH)
    with pytest.raises(IdentityError, match="E-ID-10"):
        laptop.issue(read_request(REQUEST), B, NOW)
    below = laptop.delegate(A, NOW, MONTH)
    chain = below.certify(KEY.public_key(), A, CLIENT, NOW)
    with pytest.raises(ValueError, match="E-CERT-02"):
        verify_chain(Chain(chain.leaf, (below.certificate, laptop.certificate)), ca.issuer.certificate, CLIENT, NOW)
    assert common_name(ca.delegate("van1", NOW, MONTH).certificate) != common_name(laptop.certificate)


@pytest.mark.parametrize("name", [B, "hub", f"{A}1", f"{A}-1"])
def test_what_an_authority_signs_beyond_what_it_was_made_for_is_believed_by_none_of_ours(
    ca: CountyCa, name: str
) -> None:
    laptop = ca.delegate("van1", NOW, MONTH, only=[A])
    with pytest.raises(ValueError, match="E-CERT-02"):
        verify_chain(laptop.certify(KEY.public_key(), name, CLIENT, NOW), ca.issuer.certificate, CLIENT, NOW)


@pytest.mark.parametrize(("name", "may"), [("van1", {CLIENT}), ("hub", {CLIENT, SERVER})])
def test_a_stolen_authority_makes_no_signer_of_archives_and_a_laptops_no_broker(
    ca: CountyCa, name: str, may: set[x509.ObjectIdentifier]
) -> None:
    stolen = ca.delegate(name, NOW, MONTH)
    for usage in (CLIENT, SERVER, ARCHIVE_SIGNER):
        chain = stolen.certify(KEY.public_key(), A, usage, NOW, hosts=["broker.example"] if usage == SERVER else [])
        with nullcontext() if usage in may else pytest.raises(ValueError, match="E-CERT-02"):
            verify_chain(chain, ca.issuer.certificate, usage, NOW)


@pytest.mark.parametrize("name", ["van1", "hub"])
def test_a_stations_tls_does_not_take_a_stolen_laptop_for_the_broker(tmp_path: Path, name: str) -> None:
    now = dt.datetime.now(dt.UTC)
    ca = CountyCa.create("999999", now)
    stolen = ca.delegate(name, now, MONTH)
    stolen.issue_pair(A, SERVER, now, hosts=["broker.example"]).save(tmp_path, "thief")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "thief.crt", tmp_path / "thief.key")
    station = ssl.create_default_context(cadata=ca.cert_pem.decode())
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    theirs = server.wrap_bio(up, down, server_side=True)
    ours = station.wrap_bio(down, up, server_hostname="broker.example")
    with nullcontext() if name == "hub" else pytest.raises(ssl.SSLCertVerificationError, match="purpose"):
        for one in (ours, theirs, ours, theirs):
            with suppress(ssl.SSLWantReadError):
                one.do_handshake()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl on this machine")
def test_openssl_holds_to_names_and_lists(ca: CountyCa, tmp_path: Path) -> None:
    laptop = ca.delegate("van1", NOW, MONTH, only=[A])
    (tmp_path / "ca.crt").write_bytes(ca.cert_pem)
    (tmp_path / "van1.crt").write_bytes(laptop.pem)
    lists = ca.issuer.revocation_list((), NOW) + laptop.revocation_list([Revoked(7, NOW)], NOW)
    (tmp_path / "crl.pem").write_bytes(lists)
    command = ["openssl", "verify", "-x509_strict", "-crl_check_all", "-CAfile", "ca.crt", "-untrusted", "van1.crt"]
    command += ["-CRLfile", "crl.pem", "-purpose", "sslclient", "-attime", str(int(NOW.timestamp())), "leaf.crt"]
    for name, expected in ((A, "leaf.crt: OK"), (B, "permitted subtree violation"), ("hub", "permitted subtree")):
        (tmp_path / "leaf.crt").write_bytes(laptop.issue_pair(name, CLIENT, NOW).cert_pem)
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert expected in run.stdout + run.stderr
    shown = ["openssl", "crl", "-in", "list.pem", "-noout", "-text"]
    (tmp_path / "list.pem").write_bytes(
        laptop.revocation_list([Revoked(0xABC, NOW, x509.ReasonFlags.key_compromise)], NOW)
    )
    run = subprocess.run(shown, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Serial Number: 0ABC" in run.stdout
    assert "Key Compromise" in run.stdout


def test_a_list_says_serial_time_and_reason_and_lasts_as_long_as_who_signed_it(ca: CountyCa) -> None:
    at = NOW - dt.timedelta(hours=3)
    told = {Revoked(5, at, x509.ReasonFlags.superseded), Revoked(6, at)}
    pem = ca.issuer.revocation_list(told, NOW)
    assert revoked_in(pem) == told
    one = read_lists(pem)[0]
    assert one.next_update_utc == ca.issuer.certificate.not_valid_after_utc
    assert one.last_update_utc < NOW, "a broker whose clock is slow believes it too"


def issuers(folder: Path, ca: CountyCa, *names: str) -> dict[str, Issuer]:
    (folder / "ca.crl").write_bytes(ca.issuer.revocation_list((), NOW))
    made = {name: ca.delegate(name, NOW, MONTH * 2) for name in names}
    for name, issuer in made.items():
        issuer.save(folder, name)
    return made


def test_the_broker_is_given_a_list_of_each_authority_that_may_still_sign(ca: CountyCa, tmp_path: Path) -> None:
    made = issuers(tmp_path, ca, "hub", "van1")
    lists = trust_lists(tmp_path, [Revoked(9, NOW)], NOW)
    assert len(read_lists(lists)) == 3
    assert revoked_in(lists) == {Revoked(9, NOW)}
    assert len(read_lists(trust_lists(tmp_path, (), NOW + MONTH * 3))) == 1, "theirs are over: nobody is let in"
    gone = Revoked(made["van1"].certificate.serial_number, NOW)
    (tmp_path / "ca.crl").write_bytes(ca.issuer.revocation_list([gone], NOW))
    assert len(read_lists(trust_lists(tmp_path, (), NOW))) == 2
    assert same_lists(lists, trust_lists(tmp_path, [Revoked(9, NOW)], NOW)) is False
    assert same_lists(trust_lists(tmp_path, (), NOW), trust_lists(tmp_path, (), NOW + MONTH))


def test_a_folder_that_is_not_whole_says_so(ca: CountyCa, tmp_path: Path) -> None:
    with pytest.raises(IdentityError, match="E-ID-08"):
        trust_lists(tmp_path, (), NOW)
    issuers(tmp_path, ca, "hub")
    (tmp_path / "hub.crt").unlink()
    with pytest.raises(IdentityError, match="E-ID-01"):
        trust_lists(tmp_path, (), NOW)
    for pem in (b"", b"x", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"):
        with pytest.raises(IdentityError, match="E-ID-08"):
            read_lists(pem)


# --- who signs archives ---


def test_a_signer_is_made_once_kept_and_renewed_with_its_key(tmp_path: Path) -> None:
    with pytest.raises(IdentityError, match="E-ID-01"):
        make_signer(tmp_path, NOW)
    ca = CountyCa.create("999999", NOW)
    ca.save(tmp_path)
    made = make_signer(tmp_path, NOW)
    verify_chain(made.chain, ca.issuer.certificate, ARCHIVE_SIGNER, NOW)
    for wrong in (CLIENT, SERVER):
        with pytest.raises(ValueError, match="E-CERT-03"):
            verify_chain(made.chain, ca.issuer.certificate, wrong, NOW)
    assert make_signer(tmp_path, NOW + MONTH).chain == load_signer(tmp_path).chain == made.chain
    renewed = make_signer(tmp_path, NOW + dt.timedelta(days=366))
    assert renewed.chain != made.chain
    assert renewed.key.private_bytes_raw() == made.key.private_bytes_raw()
    assert (tmp_path / "signer.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["signer.key", "signer.crt"])
def test_a_signer_that_cannot_sign_is_refused(tmp_path: Path, name: str) -> None:
    ca = CountyCa.create("999999", NOW)
    ca.save(tmp_path)
    make_signer(tmp_path, NOW)
    kept = (tmp_path / name).read_bytes()
    for content in (kept[:80], b"", ca.cert_pem if name == "signer.crt" else (tmp_path / "ca.key").read_bytes()):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(IdentityError, match="E-ID-07") as told:
            load_signer(tmp_path)
        assert "PRIVATE" not in str(told.value)


def test_a_signer_that_was_revoked_signs_no_more_and_the_next_one_says_so(ca: CountyCa, tmp_path: Path) -> None:
    ca.save(tmp_path)
    (tmp_path / "ca.crl").write_bytes(ca.issuer.revocation_list((), NOW))
    stolen = make_signer(tmp_path, NOW)
    assert stolen.revoked == b"", "nobody needs to know of a list that names nobody"
    gone = ca.issuer.revocation_list([Revoked(stolen.chain.leaf.serial_number, NOW)], NOW)
    (tmp_path / "ca.crl").write_bytes(gone)
    with pytest.raises(IdentityError, match="E-ID-07"):
        load_signer(tmp_path)
    made = make_signer(tmp_path, NOW)
    assert made.key.public_key() != stolen.key.public_key()
    assert (made.revoked, load_signer(tmp_path).revoked) == (gone, gone)
