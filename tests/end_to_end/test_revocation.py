"""Who the real broker lets in of those that delegated authorities issued, and what becomes of the revoked."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_config.broker import render_acl
from firmware_config.broker_trust import compare, install
from firmware_config.commands.apply_trust import hang_up
from firmware_config.identity.issuing import Credential, Issuer, Revoked, private_pem
from firmware_config.identity.lists import revoked_in, trust_lists
from tests.county import VILLAGES, County
from tests.end_to_end.talking import LET_IN, NOT_AUTHORISED, Talker, context_of, knock, visitor
from tests.waiting import wait_for
from wire import topics
from wire.certificates import CLIENT, read_chain
from wire.durable import write_atomically

A, B, C = (village.code for village in VILLAGES[:3])
NOW = dt.datetime.now(dt.UTC)
MONTH = dt.timedelta(days=30)


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = County(tmp_path / "county")
    made.station(0)
    made.station(1)
    with (made.folder / "broker" / "mosquitto.conf").open("a") as conf:
        conf.write("log_type information\n")  # says when it has read its files again
    made.start_broker()
    yield made
    made.stop_broker()


def issued_by(issuer: Issuer, name: str) -> Credential:
    """Return what a dishonest holder of the authority's key could make: a certificate for any name."""
    key = ec.generate_private_key(ec.SECP256R1())
    return Credential(private_pem(key), issuer.certify(key.public_key(), name, CLIENT, NOW).pem)


def laptop_of(county: County, *, only: tuple[str, ...] = ()) -> Issuer:
    """Delegate an authority and have the hub sign a list for it, as `ca delegate` does."""
    laptop = county.ca.delegate("van1", NOW, MONTH, only=only)
    laptop.save(county.folder / "hub" / "issuers", "van1")
    return laptop


def hub_says(county: County, *, revoked: tuple[Revoked, ...] = (), denied: tuple[str, ...] = ()) -> None:
    """Write what the hub writes when it revokes."""
    trust = county.folder / "hub" / "trust"
    before = (trust / "crl.pem").read_bytes()
    lists = trust_lists(county.folder / "hub" / "issuers", {*revoked_in(before), *revoked}, NOW)
    write_atomically(trust / "crl.pem", lists)
    write_atomically(trust / "acl", render_acl(denied).encode(), mode=0o600)


def apply_trust(county: County) -> None:
    """Install it and signal the broker."""

    def tell() -> None:
        assert county.broker is not None
        told = county.broker_log.read_text().count("Reloading config")
        hang_up(county.broker.pid)
        wait_for(lambda: county.broker_log.read_text().count("Reloading config") > told, "the broker's word")

    trust, broker = county.folder / "hub" / "trust", county.folder / "broker"
    install(compare(trust, broker, dt.datetime.now(dt.UTC)), broker, tell)
    assert not compare(trust, broker, dt.datetime.now(dt.UTC)).anything, "done twice there is nothing to do"


def own(county: County, name: str) -> Credential:
    place, stem = (county.folder / "stations" / name, "station") if name[0] == "9" else (county.folder / name, name)
    return Credential((place / f"{stem}.key").read_bytes(), (place / f"{stem}.crt").read_bytes())


def answer(county: County, credential: Credential, folder: Path) -> str:
    return knock(county, context_of(county, credential, folder))


def is_let_in(county: County, credential: Credential, folder: Path) -> bool:
    return answer(county, credential, folder) == LET_IN


def test_empty_lists_lock_nobody_out(county: County, tmp_path: Path) -> None:
    assert revoked_in((county.folder / "broker" / "crl.pem").read_bytes()) == frozenset()
    chain = read_chain(own(county, A).cert_pem)
    assert len(chain.between) == 1, "a station's certificate is the hub's authority's"
    for name in (A, B, "hub", "monitor"):
        assert is_let_in(county, own(county, name), tmp_path), name


def test_a_station_that_a_laptop_enrolled_gets_in_once_the_broker_has_the_laptops_list(
    county: County, tmp_path: Path
) -> None:
    laptop = laptop_of(county, only=(C,))
    enrolled = issued_by(laptop, C)
    assert not is_let_in(county, enrolled, tmp_path), "without its authority's list the broker believes nobody"
    hub_says(county)
    apply_trust(county)
    assert is_let_in(county, enrolled, tmp_path)
    assert is_let_in(county, own(county, A), tmp_path)
    leaf_alone = Credential(enrolled.key_pem, enrolled.cert_pem.split(b"-----END", 1)[0] + b"-----END CERTIFICATE-----")
    assert not is_let_in(county, leaf_alone, tmp_path), "the station has to send its authority along"


@pytest.mark.parametrize("name", ["hub", "monitor", A, f"{C}-1", "#"])
def test_a_stolen_laptop_poses_neither_as_the_hub_nor_as_a_station_it_was_not_made_for(
    county: County, tmp_path: Path, name: str
) -> None:
    laptop = laptop_of(county, only=(B, C))
    hub_says(county)
    apply_trust(county)
    assert is_let_in(county, issued_by(laptop, C), tmp_path)
    assert not is_let_in(county, issued_by(laptop, name), tmp_path)


def test_a_stolen_laptop_speaks_for_nobody_else_by_giving_two_names(county: County, tmp_path: Path) -> None:
    laptop = laptop_of(county, only=(C,))
    hub_says(county)
    apply_trust(county)
    first, second = (x509.NameAttribute(x509.NameOID.COMMON_NAME, name) for name in (C, "hub"))
    alone, joined = x509.RelativeDistinguishedName([first]), x509.RelativeDistinguishedName([first, second])
    assert not is_let_in(county, under(laptop, x509.Name([joined])), tmp_path)
    assert not is_let_in(county, under(laptop, x509.Name([second, first])), tmp_path)
    both = under(laptop, x509.Name([alone, x509.RelativeDistinguishedName([second])]))
    with Talker(county, C, folder=visitor(county, both, tmp_path)) as talker:
        assert talker.say(topics.HUB_STATE, b"forged") == NOT_AUTHORISED
        assert talker.say(topics.up(C, "answer"), b"its own") in {0, 0x10}


def under(issuer: Issuer, subject: x509.Name) -> Credential:
    """Return a certificate of `issuer` for a subject of any shape."""
    key = ec.generate_private_key(ec.SECP256R1())
    plain = issuer.certify(key.public_key(), C, CLIENT, NOW).leaf
    builder = x509.CertificateBuilder(
        plain.issuer, subject, plain.public_key(), 1, plain.not_valid_before_utc, plain.not_valid_after_utc,
        list(plain.extensions),
    )  # fmt: skip
    made = builder.sign(issuer._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    return Credential(private_pem(key), made + issuer.pem)


def test_an_expired_certificate_is_refused_and_one_whose_authority_is_over(county: County, tmp_path: Path) -> None:
    hub = Issuer.load(county.folder / "issuers", "hub")
    key = ec.generate_private_key(ec.SECP256R1())
    expired = hub.certify(key.public_key(), C, CLIENT, NOW - dt.timedelta(days=1), dt.timedelta(hours=23)).pem
    assert not is_let_in(county, Credential(private_pem(key), expired), tmp_path)
    over = county.ca.delegate("old", NOW - MONTH, MONTH - dt.timedelta(hours=1))
    hub_says(county)
    lists = county.folder / "hub" / "trust" / "crl.pem"
    lists.write_bytes(lists.read_bytes() + over.revocation_list((), NOW))
    apply_trust(county)
    chain = over.certify(key.public_key(), C, CLIENT, NOW - MONTH)
    assert not is_let_in(county, Credential(private_pem(key), chain.pem), tmp_path)
    assert is_let_in(county, own(county, A), tmp_path)


def test_a_revoked_station_is_refused_and_silenced_at_once_and_nobody_else(county: County, tmp_path: Path) -> None:
    serial = read_chain(own(county, A).cert_pem).leaf.serial_number
    with Talker(county, "hub") as hub, Talker(county, A) as revoked, Talker(county, B) as other:
        hub.listen("v1/+/up/#")
        revoked.listen(topics.every_down(A))
        assert revoked.say(topics.up(A, "records"), b"before") == 0
        hub_says(county, revoked=(Revoked(serial, NOW),), denied=(A,))
        apply_trust(county)
        assert revoked.say(topics.up(A, "records"), b"after") == NOT_AUTHORISED
        hub.say(topics.down(A, "command"), b"not for the revoked")
        revoked.listen("v1/nothing")  # the broker answers in order
        assert revoked.heard == []
        assert other.say(topics.up(B, "answer"), b"done") == 0
        assert (topics.up(A, "records"), b"after") not in hub.heard_up_to(topics.up(B, "answer"), b"done")
    assert not is_let_in(county, own(county, A), tmp_path)
    assert is_let_in(county, own(county, B), tmp_path)


def test_enrolled_anew_a_revoked_station_is_let_in_and_heard_again(county: County, tmp_path: Path) -> None:
    serial = read_chain(own(county, A).cert_pem).leaf.serial_number
    hub_says(county, revoked=(Revoked(serial, NOW),), denied=(A,))
    apply_trust(county)
    anew = issued_by(Issuer.load(county.folder / "issuers", "hub"), A)
    hub_says(county)
    apply_trust(county)
    assert not is_let_in(county, own(county, A), tmp_path), "the certificate that was revoked stays so"
    with Talker(county, A, folder=visitor(county, anew, tmp_path)) as talker:
        assert talker.say(topics.up(A, "records"), b"back") in {0, 0x10}


def test_a_stolen_machine_that_holds_on_is_heard_no_more_once_the_broker_was_started_anew(
    county: County, tmp_path: Path
) -> None:
    serial = read_chain(own(county, A).cert_pem).leaf.serial_number
    with Talker(county, A) as stolen:
        hub_says(county, revoked=(Revoked(serial, NOW),), denied=(A,))
        apply_trust(county)
        assert stolen.say(topics.up(A, "records"), b"silenced") == NOT_AUTHORISED
        hub_says(county)  # another machine takes its place
        trust, broker = county.folder / "hub" / "trust", county.folder / "broker"
        assert compare(trust, broker, dt.datetime.now(dt.UTC)).cut
        apply_trust(county)
        assert stolen.say(topics.up(A, "records"), b"heard") in {0, 0x10}, "why reading its files is not enough"
        county.stop_broker()
        county.start_broker()
    assert not is_let_in(county, own(county, A), tmp_path)


def test_two_revoked_within_one_second_are_both_refused(county: County, tmp_path: Path) -> None:
    for name in (A, B):
        serial = read_chain(own(county, name).cert_pem).leaf.serial_number
        hub_says(county, revoked=(Revoked(serial, NOW),))
        apply_trust(county)
    assert not is_let_in(county, own(county, A), tmp_path)
    assert not is_let_in(county, own(county, B), tmp_path)
    assert is_let_in(county, own(county, "hub"), tmp_path)


def test_of_a_revoked_laptop_nobody_gets_in_any_more_and_all_others_do(county: County, tmp_path: Path) -> None:
    laptop = laptop_of(county)
    enrolled = issued_by(laptop, C)
    hub_says(county)
    apply_trust(county)
    assert is_let_in(county, enrolled, tmp_path)
    gone = Revoked(laptop.certificate.serial_number, NOW)
    root_list = county.folder / "hub" / "issuers" / "ca.crl"
    write_atomically(root_list, county.ca.issuer.revocation_list([gone], NOW))
    hub_says(county)
    apply_trust(county)
    assert not is_let_in(county, enrolled, tmp_path)
    for name in (A, "hub", "monitor"):
        assert is_let_in(county, own(county, name), tmp_path)
