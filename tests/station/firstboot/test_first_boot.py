"""A whole first boot in a plain folder with a real hub's decision behind real HTTP, and all that can go wrong on it."""

import datetime as dt
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from station.errors import StationError
from station.firstboot import label
from station.firstboot.by_hand import apply_bundle, forget_certificate
from station.firstboot.card_secrets import secrets_on_card
from station.firstboot.install import installed, only_one
from station.firstboot.status import read_status
from station.identity.keys import load_identity
from station.layout import Layout
from tests.station.firstboot.county import (
    COUNTY,
    NAME,
    NOW,
    OTHER,
    STATION,
    TOKEN,
    WIFI,
    County,
    Hub,
    Told,
    county,
    hub_of,
    written_card,
)
from wire.enrolment import label_text, new_token, token_digest

WIFI_FILE = "etc/NetworkManager/system-connections/cuncuntong.nmconnection"
OTHER_TOKEN = new_token(bytes(range(1, 11)))


@pytest.fixture
def hub() -> Iterator[Hub]:
    with hub_of(county()) as running:
        yield running


def is_a_station(layout: Layout) -> bool:
    """Say whether all of a station is there, and nothing of a secret where it should not be."""
    assert load_identity(layout.station).station == STATION
    assert (layout.station / "station.key").stat().st_mode & 0o777 == 0o600
    assert (layout.root / WIFI_FILE).read_bytes() == WIFI
    assert (layout.root / WIFI_FILE).stat().st_mode & 0o777 == 0o600
    assert (layout.etc / "ca.crt").read_bytes() == county().ca.cert_pem
    assert (layout.station / ".enrolled").exists()
    assert secrets_on_card(layout) == []
    assert [path for path in layout.root.rglob("*") if path.name.endswith((".next", ".tmp"))] == []
    holding = [path for path in layout.root.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]
    assert holding == []
    return True


def test_a_card_with_a_token_becomes_a_station(tmp_path: Path, hub: Hub) -> None:
    layout = written_card(tmp_path, county().bundle(hub.url))
    told = Told(layout)
    assert told.run(), told.lines
    assert is_a_station(layout)
    assert len(hub.issued) == 1
    status = read_status(layout)
    assert status is not None
    assert status.finished
    assert status.name == NAME
    assert {one.state for one in status.steps} == {"done"}
    assert TOKEN not in "".join(told.lines)


def test_run_again_it_changes_nothing(tmp_path: Path, hub: Hub) -> None:
    layout = written_card(tmp_path, county().bundle(hub.url))
    Told(layout).run()
    before = {path: path.read_bytes() for path in sorted(layout.station.rglob("*")) if path.is_file()}
    assert Told(layout).run()
    assert {path: path.read_bytes() for path in sorted(layout.station.rglob("*")) if path.is_file()} == before
    assert hub.asked == 1


def test_a_label_held_before_the_camera_opens_it(tmp_path: Path, hub: Hub) -> None:
    layout = written_card(tmp_path, county().bundle(hub.url), token=None)
    asked = []

    def between(pause: int) -> None:
        status = read_status(layout)
        assert status is not None
        asked.append((status.wants_label, status.fingerprint))
        if pause == 2:
            answer = label.scanned(label_text(county().label()))
            assert answer is not None
            label.give(layout, answer)

    told = Told(layout, rounds=4, between=between)
    assert told.run(), told.lines
    assert asked[0] == (True, county().label().fingerprint)
    assert is_a_station(layout)
    assert not (layout.run / "answers" / "label.json").exists()


def test_letters_typed_with_dashes_and_look_alikes_do(tmp_path: Path, hub: Hub) -> None:
    layout = written_card(tmp_path, county().bundle(hub.url), token=None)
    typed = "-".join(TOKEN[at : at + 4] for at in range(0, 16, 4)).lower().replace("0", "o").replace("1", "l")
    told = Told(layout, rounds=3, between=lambda pause: label.give(layout, label.Answer(typed)))
    assert told.run(), told.lines


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(label.Answer(TOKEN, STATION, "ab" * 32), "E-FIRST-06", id="another county's label"),
        pytest.param(
            label.Answer(TOKEN, OTHER, county().label().fingerprint), "E-FIRST-07", id="another station's label"
        ),
        pytest.param(label.Answer("ABC"), "E-ENR-01", id="not a token"),
    ],
)
def test_a_wrong_label_is_refused_and_the_right_one_taken_after_it(
    tmp_path: Path, hub: Hub, answer: label.Answer, code: str
) -> None:
    layout = written_card(tmp_path, county().bundle(hub.url), token=None)
    refusals = []

    def between(pause: int) -> None:
        said = told.boot.status.label_refused
        refusals.append(said and said.code)
        label.give(layout, answer if pause == 1 else label.Answer(TOKEN))

    told = Told(layout, rounds=5, between=between)
    assert told.run(), told.lines
    assert refusals == [None, code]
    assert hub.asked == 1


def test_a_label_the_hub_refuses_is_said_and_another_tried_at_once(tmp_path: Path, hub: Hub) -> None:
    layout = written_card(tmp_path, county().bundle(hub.url), token=OTHER_TOKEN)
    refusals = []

    def between(pause: int) -> None:
        said = told.boot.status.label_refused
        refusals.append(said and said.code)
        if pause == 3:
            label.give(layout, label.Answer(TOKEN))

    told = Told(layout, rounds=6, between=between)
    assert told.run(), told.lines
    assert set(refusals) == {"E-ENR-13"}
    assert hub.asked == 2, "a refused label is not sent again each second"
    assert is_a_station(layout)


def test_a_hub_that_is_silent_is_waited_for_and_everything_else_is_done(tmp_path: Path, hub: Hub) -> None:
    hub.silent = True
    layout = written_card(tmp_path, county().bundle(hub.url))

    def between(pause: int) -> None:
        if pause == 1:
            assert told.state("enrol") == ("waits", "E-IDENT-04")
            assert (layout.root / WIFI_FILE).exists()
            hub.silent = False

    told = Told(layout, rounds=6, between=between)
    assert told.run(), told.lines
    assert is_a_station(layout)


def test_without_any_line_it_says_what_it_waits_for(tmp_path: Path) -> None:
    told = Told(written_card(tmp_path, county().bundle(None)), rounds=3)
    assert not told.run()
    assert told.state("enrol") == ("waits", "E-FIRST-11")
    assert [told.state(step)[0] for step in ("bundle", "install", "label", "secrets")] == ["done"] * 4


def test_no_card_folder(tmp_path: Path) -> None:
    told = Told(Layout(tmp_path))
    assert not told.run()
    assert told.state("bundle") == ("waits", "E-FIRST-01")


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        pytest.param(lambda: county().bundle()[:-100], "E-ARC-01", id="truncated"),
        pytest.param(lambda: county().bundle()[:300], "E-ARC-01", id="cut in its head"),
        pytest.param(lambda: b"", "E-ARC-01", id="empty"),
        pytest.param(lambda: county().bundle()[:-1] + b"\0", "E-ARC-03", id="tampered"),
        pytest.param(lambda: county().bundle(made=NOW - dt.timedelta(days=9), days=1), "E-ARC-05", id="expired"),
        pytest.param(lambda: county().bundle(more={"etc/shadow": b""}), "E-FIRST-03", id="brings a password file"),
        pytest.param(
            lambda: county().bundle(more={"station/station.key": b""}), "E-FIRST-03", id="brings a key of its own"
        ),
        pytest.param(
            lambda: county().bundle(more={"station/station.toml": b"colour = 1"}), "E-FIRST-03", id="foreign settings"
        ),
        pytest.param(
            lambda: county().bundle(more={"station/ca.crt": County().ca.cert_pem}), "E-ARC-04", id="foreign authority"
        ),
    ],
)
def test_a_bundle_that_does_not_do_is_refused_with_its_reason(tmp_path: Path, spoilt, code: str) -> None:
    layout = written_card(tmp_path, spoilt())
    told = Told(layout, rounds=2)
    assert not told.run()
    assert told.state("bundle") == ("failed", code)
    assert not layout.station.exists()
    assert installed(layout) is None


def test_a_clock_that_begins_anywhere_does_not_let_an_expired_bundle_in(tmp_path: Path) -> None:
    layout = written_card(tmp_path, county().bundle(made=NOW - dt.timedelta(days=20), days=2))
    made = tmp_path / "usr/lib/clock-epoch"
    made.parent.mkdir(parents=True)
    made.touch()
    told = Told(layout, clock=dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    assert not told.run()
    assert told.state("bundle") == ("failed", "E-ARC-05")


def enrolled(root: Path, hub: Hub) -> Layout:
    layout = written_card(root, county().bundle(hub.url, sequence=5))
    assert Told(layout).run()
    return layout


@pytest.mark.parametrize(
    ("newer", "code"),
    [
        pytest.param(lambda: county().bundle(sequence=4), "E-ARC-06", id="older"),
        pytest.param(lambda: County(COUNTY).bundle(sequence=6), "E-ARC-04", id="of another county"),
        pytest.param(lambda: county().bundle(sequence=6, station=OTHER), "E-ARC-07", id="of another station"),
        pytest.param(lambda: county().bundle(sequence=6)[:-1] + b"\0", "E-ARC-03", id="tampered"),
    ],
)
def test_a_station_refuses_what_is_not_for_it_and_goes_on(tmp_path: Path, hub: Hub, newer, code: str) -> None:
    layout = enrolled(tmp_path, hub)
    before = {path: path.read_bytes() for path in sorted(layout.station.rglob("*")) if path.is_file()}
    (layout.card / "station.ccb").write_bytes(newer())
    told = Told(layout)
    assert told.run(), "it goes on with what it has"
    said = told.boot.status.newer_refused
    assert said is not None
    assert said.code == code
    with pytest.raises(StationError) as refused:
        list(apply_bundle(layout.card / "station.ccb", layout, None))
    assert refused.value.code == code
    assert {path: path.read_bytes() for path in sorted(layout.station.rglob("*")) if path.is_file()} == before


def test_a_newer_bundle_takes_the_place_of_the_whole_older_one(tmp_path: Path, hub: Hub) -> None:
    layout = written_card(tmp_path, county().bundle(hub.url, more={"etc/cuncuntong/old.conf": b"1"}))
    assert Told(layout).run()
    (layout.card / "station.ccb").write_bytes(
        county().bundle(hub.url, sequence=2, more={"station/foot.ini": b"font=2\n"})
    )
    assert Told(layout).run()
    assert (layout.station / "foot.ini").read_bytes() == b"font=2\n"
    assert not (layout.root / "etc/cuncuntong/old.conf").exists()
    assert is_a_station(layout)


def test_a_newer_bundle_with_another_wifi_needs_its_label(tmp_path: Path, hub: Hub) -> None:
    layout = enrolled(tmp_path, hub)
    newer = tmp_path / "newer.ccb"
    newer.write_bytes(county().bundle(hub.url, sequence=6, wifi=b"[wifi]\nnew", token=OTHER_TOKEN))
    assert [line for line in apply_bundle(newer, layout, None) if "E-FIRST-08" in line]
    assert (layout.root / WIFI_FILE).read_bytes() == WIFI, "the old one stays"
    assert not [line for line in apply_bundle(newer, layout, OTHER_TOKEN) if "E-" in line]
    assert (layout.root / WIFI_FILE).read_bytes() == b"[wifi]\nnew"
    assert not (layout.provision / "token").exists()


def test_before_a_label_says_whom_to_trust_the_right_card_replaces_a_wrong_one(tmp_path: Path, hub: Hub) -> None:
    layout = written_card(tmp_path, County("999998").bundle(station="999998101001", sequence=9), token=None)
    told = Told(layout)
    assert not told.run()
    assert told.boot.status.station == "999998101001"
    (layout.card / "station.ccb").write_bytes(county().bundle(hub.url))
    (layout.card / "token").write_text(TOKEN, "ascii")
    assert Told(layout).run()
    assert is_a_station(layout)


def test_a_revoked_station_is_set_up_anew_with_a_new_label(tmp_path: Path, hub: Hub) -> None:
    layout = enrolled(tmp_path, hub)
    before = load_identity(layout.station)
    forget_certificate(layout)
    told = Told(layout, rounds=3, between=lambda _: label.give(layout, label.Answer(OTHER_TOKEN)))
    hub.tokens.append(hub.tokens[0]._replace(digest=token_digest(OTHER_TOKEN), burnt_key=None))
    assert told.run(), told.lines
    assert load_identity(layout.station).chain.leaf.public_key() != before.chain.leaf.public_key()
    assert is_a_station(layout)


def test_while_it_is_set_up_anew_neither_agent_nor_kiosk_find_the_mark(tmp_path: Path, hub: Hub) -> None:
    layout = enrolled(tmp_path, hub)
    forget_certificate(layout)
    assert not Told(layout).run()
    assert not (layout.station / ".enrolled").exists()


def test_a_full_disk_is_said_and_gone_on_from(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = written_card(tmp_path, county().bundle(hub.url))
    real, full = os.fsync, True

    def fsync(descriptor: int) -> None:
        if full and "station/." in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    told = Told(layout, rounds=2)
    assert not told.run()
    assert told.state("bundle") == ("failed", "E-FIRST-04")
    assert list(layout.station.iterdir()) == [], "what was staged makes room again"
    full = False
    assert Told(layout).run()
    assert is_a_station(layout)


def test_a_card_that_takes_no_change_is_said_and_the_station_works(
    tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = written_card(tmp_path, county().bundle(hub.url))
    real = os.unlink

    def unlink(path, *args, **named) -> None:
        if str(path).startswith(str(layout.card)):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        real(path, *args, **named)

    monkeypatch.setattr(os, "unlink", unlink)
    told = Told(layout)
    assert told.run()
    assert told.state("card") == ("failed", "E-FIRST-10")
    monkeypatch.undo()
    assert Told(layout).run()
    assert is_a_station(layout)


def test_two_at_once(tmp_path: Path) -> None:
    layout = written_card(tmp_path, county().bundle())
    layout.provision.mkdir(parents=True)
    with only_one(layout), pytest.raises(StationError) as refused:
        Told(layout).run()
    assert refused.value.code == "E-FIRST-05"


def test_a_link_in_the_answers_leads_root_nowhere(tmp_path: Path) -> None:
    layout = written_card(tmp_path / "root", county().bundle(), token=None)
    (layout.run / "answers").mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(msgspec.json.encode(label.Answer(TOKEN)))
    (layout.run / "answers" / "label.json").symlink_to(elsewhere)
    assert label.take(layout) is None
    assert elsewhere.exists()
