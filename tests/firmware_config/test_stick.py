"""Enrolment by USB stick: the station's own code on one side, the laptop's on the other, and every cut between."""

import datetime as dt
import json
import os
import shutil
from pathlib import Path

import msgspec
import pytest
from cryptography import x509

from firmware_config import journal
from firmware_config.errors import ProvisionError
from firmware_config.identity.errors import IdentityError
from firmware_config.identity.lists import read_lists
from firmware_config.inventory.entry import state_of, utc_ms
from firmware_config.inventory.exchange import export_of
from firmware_config.inventory.inventory import Inventory, fresh_token
from firmware_config.laptop import MOST_NAMED, Laptop, delegate
from firmware_config.stick import answers, judged, prepare
from station.errors import TrustError
from station.identity.hub_http import HubRefusedError
from station.identity.keys import load_identity
from station.identity.stick import reply, take
from tests.cutting import CutError, disk
from tests.firmware_config.van import NOW, Van, code, county_with_labels, van
from wire.certificates import CLIENT, MAX_CHAIN_BYTES, read_chain, verify_chain
from wire.enrolment import INVITED, REPLY_FILE, EnrolRequest, new_token

A, B = code(0), code(1)


@pytest.fixture
def road(tmp_path: Path) -> Van:
    return van(tmp_path)


def root_of(road: Van) -> x509.Certificate:
    return read_chain((road.laptop / "ca.crt").read_bytes()).leaf


def refusal(road: Van, station: str = A) -> str:
    """Answer the stick and return the code by which one station was refused."""
    decided = {one.station: one for one in answers(road.stick, road.open(), NOW)}
    told = decided[station].refusal
    assert told is not None
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told.what)
    with pytest.raises(HubRefusedError, match=told.code):
        reply(road.stick, station)
    return told.code


def test_a_station_without_a_line_gets_its_certificate_by_stick(road: Van) -> None:
    for station in (A, B):
        road.ask(station)
    heard: list[str] = []
    decided = answers(road.stick, road.open(), NOW, heard.append)
    assert [one.station for one in decided] == heard == [A, B]
    for station in (A, B):
        assert take(road.stick, road.station(station), station, road.laptop / "ca.crt", NOW)
        identity = load_identity(road.station(station))
        verify_chain(identity.chain, root_of(road), CLIENT, NOW)
        assert (identity.station, len(identity.chain.between)) == (station, 1)
    assert [(one.what, one.about.get("station")) for one in journal.entries(road.laptop)] == [
        ("stick.issue", A), ("stick.issue", B),
    ]  # fmt: skip


def test_what_the_laptop_issued_is_exported_for_the_hub_with_the_token_it_cost(road: Van) -> None:
    road.ask(A)
    answers(road.stick, road.open(), NOW)
    inventory = Inventory.open(road.laptop)
    assert state_of(inventory.get(A)) == "enrolled"
    export = export_of("999999", inventory.all(), utc_ms(NOW))
    assert [one.station for one in export.tokens] == [B], "a token that was used is no longer one"
    assert [(one.station, one.token) for one in export.issued] == [(A, fresh_token(road.tokens[A], 0, 1).digest)]
    kept = (road.laptop / "inventory.json").read_text() + (road.laptop / "audit.log").read_text()
    kept += "".join(path.read_text() for path in road.stick.rglob("*") if path.is_file())
    assert not any(token in kept for token in road.tokens.values()), "no token in clear, not on the stick either"


def test_asked_again_for_the_same_key_it_is_the_same_certificate_and_for_another_none(road: Van) -> None:
    road.ask(A)
    first = answers(road.stick, road.open(), NOW)[0]
    road.ask(A)
    second = answers(road.stick, road.open(), NOW + dt.timedelta(days=29))[0]
    assert (second.serial, second.again, first.again) == (first.serial, True, False)
    shutil.rmtree(road.station(A))  # another card, the same label
    road.ask(A)
    assert refusal(road) == "E-ENR-15"
    assert len(Inventory.open(road.laptop).get(A).issued) == 1


def test_a_label_that_does_not_count_is_refused(road: Van) -> None:
    road.ask(A, new_token(b"another..!"))
    assert refusal(road) == "E-ENR-13"
    road.ask(A, road.tokens[B])
    assert refusal(road) == "E-ENR-13"
    road.ask(A)
    with Inventory.open(road.laptop).changing("test") as draft:
        draft.change(A, token=fresh_token(road.tokens[A], utc_ms(NOW) - 91 * 86_400_000, 90))
    assert refusal(road) == "E-ENR-14"
    with Inventory.open(road.laptop).changing("test") as draft:
        token = fresh_token(road.tokens[A], utc_ms(NOW), 90)
        draft.change(A, token=msgspec.structs.replace(token, revoked_ms=utc_ms(NOW)))
    assert refusal(road) == "E-ENR-13"
    with Inventory.open(road.laptop).changing("test") as draft:
        draft.change(A, token=msgspec.structs.replace(token, burnt_ms=utc_ms(NOW)))  # used at the hub
    assert refusal(road) == "E-ENR-15"


def altered(road: Van, **changes: object) -> None:
    path = road.stick / "cuncuntong" / f"{A}.request.json"
    request = msgspec.json.decode(path.read_bytes(), type=EnrolRequest)
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(request, **changes)))


def test_a_request_that_was_altered_or_is_another_stations_is_refused(road: Van) -> None:
    for station in (A, B):
        road.ask(station)
    other = msgspec.json.decode((road.stick / "cuncuntong" / f"{B}.request.json").read_bytes(), type=EnrolRequest)
    altered(road, request=other.request)
    assert refusal(road) == "E-ENR-16", "the key of another under this station's token"
    road.ask(A)
    altered(road, key="0" * 16)
    assert refusal(road) == "E-ENR-12"
    road.ask(A)
    altered(road, station=B)
    assert refusal(road) == "E-ENR-17"


def test_of_a_stick_full_of_nonsense_each_is_refused_and_the_good_one_signed(road: Van) -> None:
    road.ask(B)
    folder = road.stick / "cuncuntong"
    for number, content in enumerate([b"", b"{}", b"\xff\xfe", b"[" * 20_000, b"x" * 40_000, b'{"station": 1}'], 10):
        (folder / f"{code(number)}.request.json").write_bytes(content)
    (folder / "not-a-station.request.json").write_bytes(b"{}")
    (folder / f"{code(30)}.request.json").mkdir()
    decided = {one.station: one for one in answers(road.stick, road.open(), NOW)}
    assert {station: one.refusal.code for station, one in decided.items() if one.refusal} == {
        code(number): "E-ENR-17" for number in range(10, 16)
    }
    assert decided[B].refusal is None


@pytest.mark.timeout(10)
def test_a_strangers_stick_does_not_hold_the_laptop_up(road: Van) -> None:
    """Where an answer belongs lies what never ends: a laptop mounts file systems with links and pipes too."""
    for station, lay in ((A, lambda path: path.symlink_to("/dev/zero")), (B, os.mkfifo)):
        road.ask(station)
        lay(road.stick / REPLY_FILE.format(station=station))
    assert [one.refusal for one in answers(road.stick, road.open(), NOW)] == [None, None]
    assert take(road.stick, road.station(A), A, road.laptop / "ca.crt", NOW)


def test_a_laptop_signs_for_the_stations_it_was_made_for_only(tmp_path: Path, road: Van) -> None:
    entries = Inventory.open(road.county).all()
    delegate(road.county, "van2", tmp_path / "van2", entries[1:], NOW, days=1, whole_county=False)
    prepare(road.stick, Laptop.open(tmp_path / "van2", NOW))
    road.ask(A)
    decided = answers(road.stick, Laptop.open(tmp_path / "van2", NOW), NOW)
    assert decided[0].refusal is not None
    assert decided[0].refusal.code == "E-ENR-18"
    # Nor does its key help whoever stole it: what it signs for another is believed by nobody.
    stolen = Laptop.open(tmp_path / "van2", NOW).issuer
    chain = stolen.issue_pair(A, CLIENT, NOW)
    with pytest.raises(ValueError, match="E-CERT-02"):
        verify_chain(read_chain(chain.cert_pem), root_of(road), CLIENT, NOW)
    with pytest.raises(IdentityError, match="E-ID-10"):
        stolen.issue(x509_request(road), A, NOW)


def x509_request(road: Van) -> x509.CertificateSigningRequest:
    request = json.loads((road.stick / "cuncuntong" / f"{A}.request.json").read_bytes())
    return x509.load_pem_x509_csr(request["request"].encode())


def test_as_many_stations_as_may_be_named_fit_what_a_station_sends(tmp_path: Path) -> None:
    codes = [f"{code(number)}-1" for number in range(MOST_NAMED + 1)]
    county_with_labels(tmp_path / "county", codes)
    entries = Inventory.open(tmp_path / "county").all()
    issuer = delegate(tmp_path / "county", "van1", tmp_path / "van1", entries[:-1], NOW, days=90, whole_county=False)
    assert len(issuer.issue_pair(codes[0], CLIENT, NOW).cert_pem) < MAX_CHAIN_BYTES
    with pytest.raises(ProvisionError, match="E-PRO-10"):
        delegate(tmp_path / "county", "van2", tmp_path / "van2", entries, NOW, days=90, whole_county=False)


def test_a_laptop_whose_time_is_over_signs_nothing_and_its_invitation_is_not_believed(road: Van) -> None:
    road.ask(A)
    late = NOW + dt.timedelta(days=31)
    with pytest.raises(IdentityError, match="E-ID-04"):
        Laptop.open(road.laptop, late)
    assert answers(road.stick, road.open(), NOW)[0].until is not None
    assert INVITED == b"cuncuntong invitation 1\0"


def test_a_folder_that_is_no_laptops_or_a_stick_that_is_not_there_is_told(road: Van, tmp_path: Path) -> None:
    with pytest.raises(IdentityError, match="E-ID-01"):
        Laptop.open(tmp_path, NOW)
    (road.laptop / "unseal.key").write_bytes(b"no key")
    with pytest.raises(IdentityError, match="E-ID-09"):
        road.open()
    shutil.copy(road.county / "hub" / "issuers" / "hub.key", road.laptop / "laptop.key")
    with pytest.raises(IdentityError, match="E-ID-01"):
        road.open()


def test_a_missing_stick_is_told(road: Van, tmp_path: Path) -> None:
    for work in (lambda: prepare(tmp_path / "none", road.open()), lambda: answers(tmp_path / "none", road.open(), NOW)):
        with pytest.raises(ProvisionError, match="E-STK-01"):
            work()
    with pytest.raises(TrustError, match="E-IDENT-08"):
        Van(road.county, road.laptop, tmp_path, road.tokens).ask(A)


def test_what_would_be_answered_is_shown_and_nothing_changes(road: Van) -> None:
    road.ask(A)
    before = {path: path.read_bytes() for path in road.laptop.parent.rglob("*") if path.is_file()}
    assert judged(road.stick, road.open(), NOW)[0].refusal is None
    assert {path: path.read_bytes() for path in road.laptop.parent.rglob("*") if path.is_file()} == before


def test_delegating_gives_hub_and_broker_a_list_and_the_laptop_no_more_than_it_needs(road: Van) -> None:
    assert {path.name for path in road.laptop.iterdir()} >= {"ca.crt", "laptop.crt", "laptop.key", "unseal.key"}
    assert not (road.laptop / "ca.key").exists()
    assert (road.laptop.stat().st_mode & 0o777, (road.laptop / "laptop.key").stat().st_mode & 0o777) == (0o700, 0o600)
    assert len(read_lists((road.county / "hub" / "trust" / "crl.pem").read_bytes())) == 3
    assert (road.county / "hub" / "issuers" / "van1.key").exists()
    done = journal.entries(road.county)[-1]
    assert (done.what, done.about["name"], done.about["stations"]) == ("ca.delegate", "van1", "2")
    for name in ("van1", "hub", "ca", "Van", "a b", "../x", ""):
        with pytest.raises(IdentityError, match="E-ID-11"):
            delegate(road.county, name, road.laptop.parent / "new", [], NOW, days=1, whole_county=False)
    with pytest.raises(ProvisionError, match="E-PRO-01"):
        delegate(road.county, "van9", road.laptop, [], NOW, days=1, whole_county=False)
    with pytest.raises(ProvisionError, match="E-PRO-10"):
        delegate(road.county, "van9", road.laptop.parent / "new", [], NOW, days=1, whole_county=False)


def test_cut_at_every_write_no_token_is_used_twice_and_the_next_run_answers_both(tmp_path: Path) -> None:
    road = van(tmp_path / "first")
    for station in (A, B):
        road.ask(station)
    fresh = tmp_path / "fresh"
    shutil.copytree(road.laptop, fresh / "laptop")
    shutil.copytree(road.stick, fresh / "stick")
    with disk() as counted:
        answers(road.stick, road.open(), NOW)
    for at in range(1, len(counted.done) + 1):
        for name in ("laptop", "stick"):
            shutil.rmtree(road.laptop.parent / name)
            shutil.copytree(fresh / name, road.laptop.parent / name)
        with pytest.raises(CutError), disk(at):
            answers(road.stick, road.open(), NOW)
        on_stick = {station: seen for station in (A, B) if (seen := reply(road.stick, station)) is not None}
        decided = answers(road.stick, road.open(), NOW + dt.timedelta(hours=1))
        assert [one.refusal for one in decided] == [None, None], counted.done[at - 1]
        for station, seen in on_stick.items():
            assert reply(road.stick, station) == seen, f"another certificate after a cut at {counted.done[at - 1]}"
        inventory = Inventory.open(road.laptop)
        assert [len(inventory.get(station).issued) for station in (A, B)] == [1, 1]
        given = {one.about["serial"] for one in journal.entries(road.laptop)}
        assert {one.serial for one in decided} <= given, "nothing went out that is not in the log"
