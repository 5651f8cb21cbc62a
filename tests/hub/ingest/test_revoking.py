"""A revoked station: not heard from one message to the next, shown as what it is, and told to the broker."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from firmware_config.broker import denied_in
from firmware_config.identity.lists import read_lists, revoked_in
from hub.desks.auditing import Doing
from hub.desks.revoking import restore, revoke, tell_broker, write_trust
from hub.errors import HubError
from hub.ingest.planned import Planned
from hub.ingest.revoking import Revocations
from hub.store.engine import writing
from hub.store.enrolment import EnrolmentReader
from tests.hub.enrolment.ground import OTHER, STATION, Ground, Machine
from tests.hub.enrolment.test_enrolling import code, enrolled, renewed, take
from tests.hub.ingest.conftest import STATION as HEARD
from tests.hub.ingest.conftest import Bench
from tests.hub.ingest.test_writer import batch, birth, rows, see
from tests.waiting import wait_for


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    made = Ground(tmp_path / "hub")
    yield made
    made.close()


def do(ground: Ground, doing: Doing) -> int:
    with writing(ground.database) as connection:
        return doing.change(connection)


def trust(ground: Ground) -> tuple[set[int], frozenset[str]]:
    assert ground.settings.enrolment is not None
    write_trust(ground.settings.enrolment, ground.database, ground.now_ms())
    lists = (ground.folder / "trust" / "crl.pem").read_bytes()
    assert len(read_lists(lists)) >= 2, "one list per issuer, and the root's"
    return {one.serial for one in revoked_in(lists)}, denied_in((ground.folder / "trust" / "acl").read_text())


def serials(ground: Ground, station: str = STATION) -> list[int]:
    return [int(one.serial, 16) for one in EnrolmentReader(ground.database.reader).of_station(station)[1]]


def test_nothing_of_a_revoked_station_is_stored_receipted_or_shown_and_all_of_it_again_once_restored(bench: Bench):
    now_ms = see(bench)
    bench.edge.put("life", birth(), at_ms=now_ms)
    bench.edge.put("records", batch(1), at_ms=now_ms)
    bench.round()
    assert (rows(bench), len(bench.edge.receipts())) == (1, 1)
    bench.revoked = {HEARD: now_ms}
    bench.edge.put("records", batch(2), at_ms=now_ms)
    bench.edge.put("urgent", b"{", at_ms=now_ms)
    bench.edge.put("beat", b"{}", at_ms=now_ms, qos=0)
    bench.round()
    assert (rows(bench), len(bench.edge.receipts())) == (1, 1), "neither stored nor receipted: its spool keeps it"
    assert bench.edge.acknowledged == [1, 2, 3, 4], "off the broker's window"
    assert bench.view.counters().revoked_messages == 3
    assert bench.view.county().quarantined == 0
    bench.revoked = {}
    bench.edge.put("records", batch(2), at_ms=now_ms)
    bench.round()
    assert (rows(bench), len(bench.edge.receipts())) == (2, 2)


def test_the_wall_says_revoked_and_not_offline(bench: Bench):
    now_ms = bench.clock.now_ms()
    revoked: dict[str, int] = {}
    county = bench.recalled.county
    planned = Planned(bench.database, county, bench.recalled.ids, now_ms, lambda: revoked)
    revoked = {HEARD: now_ms + 1}
    planned.round(now_ms + 4_000, connected=True)
    shown = county.members[HEARD].health()
    assert (shown.state, shown.reason, shown.since_ms) == ("maintenance", "revoked", now_ms + 1)
    revoked = {}
    planned.round(now_ms + 8_000, connected=True)
    assert county.members[HEARD].health().state == "unknown"


def test_what_another_process_revokes_is_not_heard_within_a_second_and_the_brokers_lists_follow(ground: Ground):
    following = Revocations(ground.settings.enrolment, ground.database, ground.now_ms)
    following.start()
    try:
        wait_for((ground.folder / "trust" / "crl.pem").exists, "written at the start", 5)
        do(ground, revoke(STATION, "王", "被盗", ground.now_ms()))
        wait_for(lambda: STATION in following.revoked, "said by the database", 1)
        wait_for(lambda: denied_in((ground.folder / "trust" / "acl").read_text()) == {STATION}, "for the broker", 5)
        do(ground, restore(STATION, "王", "找到了", ground.now_ms()))
        wait_for(lambda: not following.revoked, "said by the database", 1)
    finally:
        following.stop()


def test_revoked_it_renews_nothing_its_unused_label_is_burnt_and_restoring_gives_all_back_but_the_label(
    ground: Ground, tmp_path: Path
):
    machine = enrolled(ground, tmp_path / "a")
    label = ground.token()
    assert do(ground, revoke(STATION, "王", "被盗", ground.now_ms())) == 1
    assert trust(ground) == (set(serials(ground)), frozenset({STATION}))
    assert code(renewed(machine)) == "E-ENR-22"
    refused = ground.desk.enrol(msgspec.json.encode(Machine(tmp_path / "b", ground).request(label)), "x")
    assert code(refused) == "E-ENR-13"
    with pytest.raises(HubError, match="E-ENR-32"):
        do(ground, revoke(STATION, "王", "又", ground.now_ms()))
    assert do(ground, restore(STATION, "王", "找到了", ground.now_ms())) == 1
    assert trust(ground) == (set(), frozenset())
    take(machine, renewed(machine))
    with pytest.raises(HubError, match="E-ENR-33"):
        do(ground, restore(STATION, "王", "又", ground.now_ms()))


def test_a_new_label_lifts_it_for_the_new_machine_and_never_for_the_old_one(ground: Ground, tmp_path: Path):
    old = enrolled(ground, tmp_path / "old")
    stolen = serials(ground)
    do(ground, revoke(STATION, "王", "被盗", ground.now_ms()))
    new = enrolled(ground, tmp_path / "new")
    assert trust(ground) == (set(stolen), frozenset())
    assert code(renewed(old)) == "E-ENR-27"
    take(new, renewed(new))
    with pytest.raises(HubError, match="E-ENR-33"):
        do(ground, restore(STATION, "王", "找到了", ground.now_ms()))


def test_every_issuer_of_the_folder_has_a_list_and_an_unwritable_folder_is_told(ground: Ground, tmp_path: Path):
    ground.laptop().save(ground.folder / "issuers", "laptop")
    enrolled(ground, tmp_path / "a", OTHER)
    do(ground, revoke(OTHER, "王", "被盗", ground.now_ms()))
    assert tell_broker(ground.settings.enrolment, ground.database, ground.now_ms()) == ""
    lists = (ground.folder / "trust" / "crl.pem").read_bytes()
    assert len(read_lists(lists)) == 3
    assert {one.serial for one in revoked_in(lists)} == set(serials(ground, OTHER))
    (ground.folder / "issuers" / "ca.crl").unlink()
    assert "E-ENR-34" in tell_broker(ground.settings.enrolment, ground.database, ground.now_ms())
    with pytest.raises(HubError, match="E-ENR-31"):
        do(ground, revoke("999999109999", "王", "没有", ground.now_ms()))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_lists_that_root_wrote_belong_to_the_folders_owner(ground: Ground) -> None:
    """Seen on a booted Debian: after `hub enrolment revoke` by root the hub could not write its own lists."""
    folder = ground.folder / "trust"
    folder.mkdir(exist_ok=True)
    os.chown(folder, 12345, 23456)
    trust(ground)
    assert {(one.stat().st_uid, one.stat().st_gid) for one in folder.iterdir()} == {(12345, 23456)}
