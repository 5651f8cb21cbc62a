"""A laptop that may sign is stolen: what its key is still good for at the hub, and what the honest stations lose."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from firmware_config.identity.issuing import Issuer, Revoked, read_request
from station.identity.keys import install_certificate, pending_key, request_pem
from tests.hub.enrolment.ground import DAY_MS, STATION, Ground, Machine
from tests.hub.enrolment.test_commands import Centre, by_stick, export
from tests.hub.enrolment.test_enrolling import code, doubts, enrolled, renewed, take
from wire.certificates import Chain

TOKEN = "0123456789ABCDEF"


@pytest.fixture
def centre(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    made = Centre(tmp_path / "hub", capsys, monkeypatch)
    yield made
    made.close()


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    made = Ground(tmp_path / "hub")
    yield made
    made.close()


def forged(ground: Ground, folder: Path, laptop: Issuer, at: dt.datetime, *, serial: int | None = None) -> Machine:
    """Return the thief's machine: a certificate for the station's name, dated as he likes."""
    thief = Machine(folder, ground)
    request = read_request(request_pem(pending_key(folder), STATION))
    chain = laptop.issue(request, STATION, at)
    if serial is not None:
        leaf = chain.leaf
        builder = x509.CertificateBuilder(
            leaf.issuer, leaf.subject, leaf.public_key(), serial, leaf.not_valid_before_utc, leaf.not_valid_after_utc,
            list(leaf.extensions),
        )  # fmt: skip
        chain = Chain(builder.sign(laptop._key, hashes.SHA256()), chain.between)
    install_certificate(folder, chain.pem, ground.ca.cert_pem, STATION, None)
    return thief


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def test_once_it_was_revoked_nothing_it_signs_is_renewed(ground: Ground, tmp_path: Path) -> None:
    laptop = ground.laptop()
    thief = forged(ground, tmp_path / "thief", laptop, now())
    gone = Revoked(laptop.certificate.serial_number, now())
    (ground.folder / "issuers" / "ca.crl").write_bytes(ground.ca.issuer.revocation_list([gone], now()))
    assert code(renewed(thief)) == "E-ID-13"


def test_once_its_time_is_over_it_dates_no_certificate_back(ground: Ground, tmp_path: Path) -> None:
    laptop = ground.laptop()
    thief = forged(ground, tmp_path / "thief", laptop, now() + dt.timedelta(days=59))
    ground.ahead_ms = 61 * DAY_MS
    assert code(renewed(thief)) == "E-ID-13"


def test_a_station_it_enrolled_renews_even_then_once_the_hub_heard_of_it(centre: Centre, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "a", centre)
    issued = by_stick(machine, centre.laptop(), TOKEN, centre.now_ms())
    centre.ahead_ms = 61 * DAY_MS
    assert code(renewed(machine)) == "E-ID-13"
    centre.imports(export(issued=(issued,)))
    take(machine, renewed(machine))


def test_the_serial_of_an_honest_certificate_lends_it_nothing(centre: Centre, tmp_path: Path) -> None:
    laptop = centre.laptop()
    machine = Machine(tmp_path / "a", centre)
    centre.imports(export(issued=(by_stick(machine, laptop, TOKEN, centre.now_ms()),)))
    serial = int(centre.reader.of_station(STATION)[1][0].serial, 16)
    thief = forged(centre, tmp_path / "thief", laptop, now(), serial=serial)
    centre.ahead_ms = 61 * DAY_MS
    assert code(renewed(thief)) == "E-ENR-27"
    take(machine, renewed(machine))


def test_before_anybody_knows_it_takes_no_place_of_a_station_that_is_enrolled(ground: Ground, tmp_path: Path) -> None:
    machine = enrolled(ground, tmp_path / "a")
    thief = forged(ground, tmp_path / "thief", ground.laptop(), now() + dt.timedelta(days=2))
    ground.ahead_ms = 3 * DAY_MS
    assert code(renewed(thief)) == "E-ENR-38"
    assert doubts(ground) == [(STATION, "E-ENR-38", 1)]
    take(machine, renewed(machine))
