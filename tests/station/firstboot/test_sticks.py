"""Enrolment by USB stick, and what a stick can bring besides."""

from copy import copy
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firmware_config.identity.issuing import Revoked
from station.firstboot import label
from station.identity.keys import load_identity
from station.layout import Layout
from tests.station.firstboot.county import NOW, OTHER, STATION, TOKEN, County, Hub, Told, county, written_card
from tests.station.firstboot.cuts import INVITED, by_stick, laptop
from wire.archive import Signer
from wire.certificates import ARCHIVE_SIGNER
from wire.enrolment import INVITATION_FILE, REPLY_FILE, REQUEST_FILE, EnrolReply, StickInvitation, new_token

OTHER_TOKEN = new_token(bytes(range(1, 11)))
REQUEST, REPLY = REQUEST_FILE.format(station=STATION), REPLY_FILE.format(station=STATION)


@pytest.fixture
def hub() -> Hub:
    """Whoever decides on the laptop; nobody answers by line."""
    return Hub(county())


def test_there_and_back_on_a_stick(tmp_path: Path, hub: Hub) -> None:
    layout = by_stick(tmp_path, hub)
    said = []

    def between(pause: int) -> None:
        said.append((told.state("enrol")[0], told.boot.status.asked))
        if pause == 3:
            laptop(layout, hub)

    told = Told(layout, rounds=6, between=between)
    assert told.run(), told.lines
    assert set(said) == {("waits", True)}
    assert load_identity(layout.station).station == STATION
    assert TOKEN.encode() not in (layout.media / "usb" / REQUEST).read_bytes()


def test_while_it_is_plugged_in_the_request_is_written_once(tmp_path: Path, hub: Hub) -> None:
    layout = by_stick(tmp_path, hub)
    seen = set()
    told = Told(layout, rounds=5, between=lambda _: seen.add((layout.media / "usb" / REQUEST).read_bytes()))
    assert not told.run()
    assert len(seen) == 1


def test_what_the_laptop_refuses_stays_said_until_another_label_is_given(tmp_path: Path, hub: Hub) -> None:
    layout = by_stick(tmp_path, hub)
    (layout.card / "token").write_text(OTHER_TOKEN, "ascii")
    codes = []

    def between(pause: int) -> None:
        said = told.boot.status.label_refused
        codes.append(said and said.code)
        if pause == 5:
            label.give(layout, label.Answer(TOKEN))
        if pause in {1, 6}:
            laptop(layout, hub)

    told = Told(layout, rounds=9, between=between)
    assert told.run(), told.lines
    assert codes == [None, *["E-ENR-13"] * 4, None]


def test_a_strangers_stick_learns_no_token(tmp_path: Path, hub: Hub) -> None:
    layout = by_stick(tmp_path, hub)
    stranger = County()
    seal_key = bytes(stranger.seal_key.public_key)
    invitation = StickInvitation(stranger.hub.pem.decode(), seal_key, stranger.hub.sign(INVITED + seal_key))
    (layout.media / "usb" / INVITATION_FILE).write_bytes(msgspec.json.encode(invitation))
    told = Told(layout, rounds=3)
    assert not told.run()
    assert told.state("enrol") == ("failed", "E-IDENT-08")
    assert not (layout.media / "usb" / REQUEST).exists()


@pytest.mark.parametrize("answer", ["another station's certificate", "of a key of another life", "rubbish"])
def test_a_wrong_answer_is_taken_off_the_stick_and_asked_for_anew(tmp_path: Path, hub: Hub, answer: str) -> None:
    layout = by_stick(tmp_path, hub)
    whose = OTHER if answer.startswith("another") else STATION
    foreign = EnrolReply(whose, hub.county.ca.issue_client(whose, NOW).cert_pem.decode())
    content = b"{" if answer == "rubbish" else msgspec.json.encode(foreign)
    (layout.media / "usb" / REPLY).write_bytes(content)
    told = Told(layout, rounds=5, between=lambda _: laptop(layout, hub))
    assert told.run(), told.lines
    assert load_identity(layout.station).station == STATION


def test_a_bundle_on_a_stick_helps_a_card_that_was_copied_badly(tmp_path: Path, hub: Hub) -> None:
    layout = written_card(tmp_path, county().bundle()[:-7])
    told = Told(layout)
    assert not told.run()
    assert told.state("bundle") == ("failed", "E-ARC-01")
    (layout.media / "usb/cuncuntong").mkdir(parents=True)
    (layout.media / "usb/cuncuntong/station.ccb").write_bytes(county().bundle())
    told = Told(layout)
    assert not told.run()
    assert told.state("install")[0] == "done"


def test_another_stations_bundle_on_a_stick_is_left_alone(tmp_path: Path) -> None:
    layout: Layout = written_card(tmp_path, county().bundle())
    told = Told(layout)
    told.run()
    (layout.media / "usb/cuncuntong").mkdir(parents=True)
    for name in ("station.ccb", f"{OTHER}.ccb"):
        (layout.media / "usb/cuncuntong" / name).write_bytes(county().bundle(station=OTHER, sequence=9))
    told = Told(layout)
    told.run()
    assert told.boot.status.station == STATION
    assert told.boot.status.newer_refused is None


def test_a_stick_signed_by_a_stolen_signer_is_refused_once_the_countys_list_came(tmp_path: Path) -> None:
    after, ca, key = copy(county()), county().ca.issuer, Ed25519PrivateKey.generate()
    gone = ca.revocation_list([Revoked(county().signer.chain.leaf.serial_number, NOW)], NOW)
    after.signer = Signer(key, ca.certify(key.public_key(), "signer", ARCHIVE_SIGNER, NOW), gone)
    layout = written_card(tmp_path, after.bundle(), token=None)
    told = Told(layout)
    assert not told.run()
    assert told.state("install") == ("done", "")
    stick = layout.media / "usb" / "cuncuntong"
    stick.mkdir(parents=True)
    (stick / f"{STATION}.ccb").write_bytes(county().bundle(sequence=9))
    told = Told(layout)
    assert not told.run()
    refused = told.boot.status.newer_refused
    assert refused is not None
    assert refused.code == "E-ARC-04"


def test_before_a_label_was_shown_a_strangers_stick_brings_no_programs(tmp_path: Path) -> None:
    layout = written_card(tmp_path, county().bundle(), token=None)
    unit = {"etc/systemd/system/evil.service": b"[Service]"}
    assert not Told(layout).run()
    stick = layout.media / "usb" / "cuncuntong"
    stick.mkdir(parents=True)
    (stick / f"{STATION}.ccb").write_bytes(County().bundle(sequence=9, more=unit))
    told = Told(layout)
    assert not told.run()
    refused = told.boot.status.newer_refused
    assert refused is not None
    assert refused.code == "E-ARC-04"
    assert not (layout.root / "etc/systemd/system/evil.service").exists()
    (layout.card / "station.ccb").write_bytes(County().bundle(more=unit))  # whoever opens the machine may do anything
    assert not Told(layout).run()
    assert (layout.root / "etc/systemd/system/evil.service").exists()
