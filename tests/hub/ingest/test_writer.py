"""Stored, then acknowledged and receipted, then shown; and nothing of it while nothing can be stored."""

import logging
import time
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import event, func, select, text

from hub.ingest.handle import Arrived
from hub.ingest.items import Blind, Pulse, Sees, Stepped
from hub.ingest.shares import MOST_OF_ONE
from hub.store import tables as t
from hub.store.engine import reading, writing
from hub.store.visits import VisitsReader
from tests.hub.ingest.conftest import STATION, VILLAGES, Bench
from wire.codec import decode, encode
from wire.health import CountyHealth, StationHealth
from wire.life import Beat, Birth, CameraInfo, Death, DeviceState, OutboxDepth
from wire.records import Batch, DeviceEvent, Record, Visit
from wire.topics import COUNTY_HEALTH, health

EPOCH = "a" * 16


def birth(boot: int = 1) -> Birth:
    return Birth(boot, EPOCH, "test 1", 30, 30.0, [CameraInfo("hall", "simulated")])


def batch(*seqs: int, at_ms: int | None = None) -> Batch:
    visit = Visit("12-00001-1", "legal_advice", "anonymous", "zh")
    return Batch(EPOCH, 0, [msgspec.Raw(msgspec.json.encode(Record(seq, visit, at_ms=at_ms))) for seq in seqs])


def rows(bench: Bench, table: object = t.record) -> int:
    with reading(bench.database.reader) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def transitions(bench: Bench) -> list[tuple[str, str, str]]:
    query = (
        select(t.station.c.code, t.transition.c.state, t.transition.c.reason)
        .join(t.station, t.station.c.id == t.transition.c.station_id)
        .order_by(t.transition.c.id)
    )
    with reading(bench.database.reader) as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def see(bench: Bench) -> int:
    now_ms = bench.clock.now_ms()
    bench.edge.items.append(Sees(now_ms))
    bench.round()
    return now_ms


def full_disk(bench: Bench, full: bool) -> None:
    with bench.database.writer.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages if full else 1_000_000}"))


def let_retry(bench: Bench) -> None:
    bench.writer._retry_at = 0.0


def test_a_visit_is_stored_then_acknowledged_receipted_and_counted(bench: Bench):
    now_ms = see(bench)
    bench.edge.put("life", birth(), at_ms=now_ms)
    bench.edge.put("records", batch(1, 2, at_ms=now_ms), at_ms=now_ms)
    bench.round()
    assert rows(bench) == 2
    assert bench.edge.acknowledged == [1, 2]
    assert [(receipt.epoch, receipt.seq) for receipt in bench.edge.receipts()] == [(EPOCH, 2)]
    assert abs(bench.edge.receipts()[0].at_ms - bench.clock.now_ms()) < 5_000
    assert bench.view.county().visits_today == 2
    detail = bench.view.detail(STATION)
    assert detail is not None
    assert (detail.health.state, detail.software, detail.stored_to, detail.visits_today) == ("online", "test 1", 2, 2)
    counters = bench.view.counters()
    assert (counters.records_stored, counters.records_repeated, counters.receipts) == (2, 0, 1)


def test_at_the_moment_of_the_commit_nothing_is_acknowledged_yet(bench: Bench):
    see(bench)
    seen: list[int] = []

    def committing(_connection: object) -> None:
        seen.append(len(bench.edge.acknowledged) + len(bench.edge.receipts()))

    event.listen(bench.database.writer, "commit", committing)
    bench.edge.put("records", batch(1), at_ms=bench.clock.now_ms())
    bench.round()
    assert seen == [0]
    assert bench.edge.acknowledged == [1]


def test_with_a_full_disk_nothing_is_acknowledged_and_later_everything_once(
    bench: Bench, caplog: pytest.LogCaptureFixture
):
    now_ms = see(bench)
    full_disk(bench, True)
    body = [Record(seq, DeviceEvent("spool", "x", note="满" * 200)) for seq in range(1, 41)]
    full = Batch(EPOCH, 0, [msgspec.Raw(msgspec.json.encode(record)) for record in body])
    bench.edge.put("life", birth(), at_ms=now_ms)
    bench.edge.put("records", full, at_ms=now_ms)
    for _ in range(3):
        let_retry(bench)
        bench.round()
    assert bench.edge.acknowledged == []
    assert bench.edge.receipts() == []
    assert bench.view.storage_trouble() == "E-STORE-03"
    assert "E-STORE-03" in caplog.text
    assert rows(bench) == 0
    detail = bench.view.detail(STATION)
    assert detail is not None
    assert detail.health.state == "online", "the county is still watched"

    full_disk(bench, False)
    let_retry(bench)
    bench.round()
    assert bench.edge.acknowledged == [1, 2]
    assert [receipt.seq for receipt in bench.edge.receipts()] == [40]
    assert bench.view.storage_trouble() is None
    assert rows(bench) == 40
    assert transitions(bench) == [(STATION, "online", "born")]


def test_the_wait_between_two_attempts_grows(bench: Bench):
    full_disk(bench, True)
    big = [Record(seq, DeviceEvent("spool", "x", note="满" * 200)) for seq in range(1, 41)]
    bench.edge.put("records", Batch(EPOCH, 0, [msgspec.Raw(msgspec.json.encode(one)) for one in big]), at_ms=1)
    waits = []
    for _ in range(8):
        let_retry(bench)
        bench.round()
        waits.append(bench.writer._retry_s)
    assert waits == sorted(waits)
    assert waits[-1] == 5.0


def test_what_waits_for_the_disk_is_bounded_and_the_rest_is_fetched_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("hub.ingest.landing.MOST_MESSAGES", 100)
    now_ms = see(bench)
    full_disk(bench, True)
    for seq in range(1, 111):
        bench.edge.put("records", batch(seq), at_ms=now_ms)
    while bench.edge.items:
        bench.round()
    assert len(bench.writer._landing) == 100
    full_disk(bench, False)
    let_retry(bench)
    bench.round()
    assert len(bench.edge.acknowledged) == 110, "nothing stays in the broker's window"
    assert bench.edge.renewed == 1
    assert [receipt.seq for receipt in bench.edge.receipts()] == [100]


def test_a_value_the_database_refuses_holds_up_no_other(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    from hub.store import intake

    see(bench)
    row = intake._row

    def poisoned(epoch: object, record: object, received_ms: int) -> dict[str, object]:
        made = row(epoch, record, received_ms)  # type: ignore[arg-type]
        return made | {"received_ms": 2**70} if made["seq"] == 2 else made

    monkeypatch.setattr(intake, "_row", poisoned)
    for seq in (1, 2, 3):
        station = VILLAGES[seq].code
        bench.edge.put("records", batch(seq), station=station, at_ms=bench.clock.now_ms())
    bench.round()
    bench.round()
    assert bench.edge.acknowledged == [1, 2, 3]
    assert rows(bench) == 2
    assert rows(bench, t.quarantine) == 1
    assert bench.view.county().quarantined == 1
    assert len(bench.edge.receipts()) == 2, "what was set aside whole without being read is not receipted"


def test_an_unreadable_payload_is_acknowledged_counted_and_logged_without_its_content(
    bench: Bench, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    see(bench)
    for _ in range(2):
        bench.edge.put("records", b'{"name": "FICTIONAL-999999', at_ms=bench.clock.now_ms())
        bench.round()
    assert bench.edge.acknowledged == [1, 2]
    assert bench.view.county().quarantined == 1
    assert "FICTIONAL" not in caplog.text
    assert "隔离" in caplog.text


def test_a_blind_hub_makes_all_unknown_and_says_so(bench: Bench):
    now_ms = see(bench)
    bench.edge.put("life", birth(), at_ms=now_ms)
    bench.round()
    assert bench.view.broker_connected()
    bench.edge.items.append(Blind(now_ms + 5))
    bench.edge.connected = False
    bench.round()
    assert not bench.view.broker_connected()
    assert {one.state for one in bench.view.stations()} == {"unknown"}
    detail = bench.view.detail(STATION)
    assert detail is not None
    assert (detail.health.reason, detail.health.since_ms) == ("hub_blind", now_ms + 5)


def test_silence_is_judged_by_pulses_that_came_back_not_by_the_clock(bench: Bench):
    now_ms = see(bench)
    bench.edge.put("life", birth(), at_ms=now_ms)
    bench.edge.items.append(Pulse(now_ms + 52_499))
    bench.round()
    assert bench.view.county().online == 1
    bench.edge.items.append(Pulse(now_ms + 52_500))
    bench.round()
    assert bench.view.county().offline == 1
    assert transitions(bench)[-1] == (STATION, "offline", "silent")


def test_wills_of_a_broker_that_is_stopped_make_nobody_offline(bench: Bench):
    now_ms = see(bench)
    bench.edge.put("life", birth(), at_ms=now_ms)
    bench.edge.items.append(Pulse(now_ms + 1))
    bench.edge.put("life", Death(1), at_ms=now_ms + 2)
    bench.round()
    bench.edge.items.append(Blind(now_ms + 1))
    bench.edge.items.append(Sees(now_ms + 9))
    bench.edge.put("life", Death(1), at_ms=now_ms + 9, retain=True)
    bench.edge.items.append(Pulse(now_ms + 10))
    bench.edge.put("life", birth(), at_ms=now_ms + 11)
    bench.round()
    assert [state for _, state, _ in transitions(bench)[-3:]] == ["online", "unknown", "online"]


def test_a_clock_that_is_set_changes_no_state(bench: Bench):
    now_ms = see(bench)
    bench.edge.put("life", birth(), at_ms=now_ms)
    bench.edge.items += [Stepped(3_600_000), Pulse(now_ms + 3_600_000 + 52_499)]
    bench.round()
    assert bench.view.county().online == 1


def test_monitoring_devices_are_told_each_change_and_the_county(bench: Bench):
    now_ms = see(bench)
    bench.round()
    told = {one.topic for one in bench.edge.published}
    assert told == {COUNTY_HEALTH, *(health(village.code) for village in VILLAGES)}
    assert all(one.retain for one in bench.edge.published)
    bench.edge.published.clear()
    bench.edge.put("life", birth(), at_ms=now_ms)
    bench.round()
    bench.edge.put(
        "beat", Beat(1, 1, OutboxDepth(0, 0), devices=[DeviceState("camera/hall", "ok")]), at_ms=now_ms, qos=0
    )
    bench.round()
    bench.edge.put(
        "beat", Beat(1, 2, OutboxDepth(0, 0), devices=[DeviceState("camera/hall", "ok")]), at_ms=now_ms, qos=0
    )
    bench.round()
    bench.edge.put("life", Death(1), at_ms=now_ms)
    bench.edge.items.append(Pulse(now_ms + 1))
    bench.round()
    healths = [decode(one.payload, StationHealth) for one in bench.edge.published if one.topic == health(STATION)]
    assert [(one.state, one.video) for one in healths] == [
        ("online", "unknown"),
        ("online", "ok"),
        ("offline", "unknown"),
    ]
    figures = [decode(one.payload, CountyHealth) for one in bench.edge.published if one.topic == COUNTY_HEALTH]
    assert len(figures) <= 1, "at most one a second"


def test_a_broker_that_came_back_is_told_of_every_station_again(bench: Bench):
    see(bench)
    bench.edge.items.append(Blind(bench.clock.now_ms()))
    bench.round()
    bench.edge.published.clear()
    see(bench)
    told = {one.topic for one in bench.edge.published if one.retain}
    assert {health(village.code) for village in VILLAGES} <= told, "also those of which nothing changed"


def test_the_version_grows_with_changes_only_and_wakes_who_listens(bench: Bench):
    now_ms = see(bench)
    woken: list[int] = []
    stop = bench.view.listen(lambda: woken.append(1))
    before = bench.view.version()
    bench.edge.put("life", birth(), at_ms=now_ms)
    bench.round()
    after, changed = bench.view.changed_since(before)
    assert after > before
    assert [one.station for one in changed] == [STATION]
    assert woken
    for _ in range(3):
        bench.edge.put("beat", Beat(1, 1, OutboxDepth(0, 0)), at_ms=now_ms, qos=0)
        bench.round()
    assert bench.view.version() == after
    assert bench.view.changed_since(after) == (after, [])
    stop()
    woken.clear()
    bench.edge.put("life", Death(1), at_ms=now_ms)
    bench.round()
    assert not woken


def test_a_hub_that_starts_again_knows_the_past_and_claims_nothing_of_now(bench: Bench, tmp_path: Path):
    now_ms = see(bench)
    bench.edge.put("life", birth(), at_ms=now_ms)
    bench.edge.put("records", batch(1, at_ms=now_ms), at_ms=now_ms)
    bench.round()
    again = Bench(tmp_path / "hub.sqlite3")
    again.round()
    detail = again.view.detail(STATION)
    assert detail is not None
    assert (detail.health.state, detail.health.reason) == ("unknown", "hub_restart")
    assert (detail.software, detail.boot, detail.stored_to) == ("test 1", 1, 1)
    assert again.view.county().visits_today == 1
    assert transitions(again)[-1] == (STATION, "unknown", "hub_restart")
    others = [one for one in again.view.stations() if one.station != STATION]
    assert {one.reason for one in others} == {"never_seen"}
    with reading(again.database.reader) as connection:
        lives = connection.execute(select(t.hub_life.c.alive_ms).order_by(t.hub_life.c.id)).scalars().all()
    assert detail.health.since_ms == max(lives[0], now_ms)
    again.database.stop()


def test_an_error_in_a_round_loses_nothing_that_was_acknowledged(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    see(bench)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("hub.ingest.writer.store", broken)
        bench.edge.put("records", batch(1), at_ms=bench.clock.now_ms())
        with pytest.raises(ZeroDivisionError):
            bench.round()
    assert bench.edge.acknowledged == []


def test_the_reader_lists_the_visit_with_its_rating(bench: Bench):
    from wire.records import Rating

    now_ms = see(bench)
    bench.edge.put("records", batch(1, 2, at_ms=now_ms), at_ms=now_ms)
    bench.edge.put("records", batch(1, at_ms=now_ms), station=VILLAGES[1].code, at_ms=now_ms)
    ratings = [Record(3, Rating(1, 2)), Record(4, Rating(1, 5))]
    bench.edge.put("records", Batch(EPOCH, 2, [msgspec.Raw(msgspec.json.encode(one)) for one in ratings]), at_ms=now_ms)
    bench.round()
    reader = VisitsReader(bench.database.reader)
    listed = reader.recent(10)
    assert [(row.station, row.seq, row.rating) for row in listed] == [
        (VILLAGES[1].code, 1, None),
        (STATION, 2, None),
        (STATION, 1, 5),
    ]
    assert [row.seq for row in reader.recent(10, before=listed[1].id)] == [1]
    assert [row.seq for row in reader.recent(1, station=STATION)] == [2]
    assert listed[2].name == VILLAGES[0].name
    assert reader.total() == 3
    assert reader.today(now_ms) == 3
    assert reader.today(now_ms + 2 * 86_400_000) == 0


def test_a_locked_database_delays_and_loses_nothing(bench: Bench, tmp_path: Path):
    from hub.store.engine import Database

    see(bench)
    other = Database(f"sqlite:///{tmp_path / 'hub.sqlite3'}")
    with writing(other):
        bench.edge.put("records", batch(1), at_ms=bench.clock.now_ms())
        bench.round()
        assert bench.view.storage_trouble() == "E-STORE-03"
        assert bench.edge.acknowledged == []
    other.stop()
    let_retry(bench)
    bench.round()
    assert bench.edge.acknowledged == [1]


def test_a_flood_of_one_station_takes_its_share_and_no_more(bench: Bench):
    now_ms = see(bench)
    for number in range(1, 1_500):
        bench.edge.put("life", msgspec.structs.replace(birth(), epoch=f"{number:016x}"), at_ms=now_ms)
    bench.edge.put("records", batch(1), station=VILLAGES[1].code, at_ms=now_ms)
    bench.round()
    assert len(bench.edge.acknowledged) == 1_500, "off the broker's window"
    assert len(bench.edge.receipts()) == MOST_OF_ONE + 1, "what is not stored is not receipted"
    assert rows(bench) == 1
    assert bench.view.counters().not_taken == 1_500 - 1 - MOST_OF_ONE
    bench.edge.put("records", batch(1), at_ms=now_ms)
    bench.round()
    assert rows(bench) == 2, "after a commit it has its share again"


def test_a_flood_that_cannot_be_stored_leaves_room_for_the_others(bench: Bench):
    now_ms = see(bench)
    full_disk(bench, True)
    for _ in range(3):
        for seq in range(1, 400):
            bench.edge.put("records", batch(seq), at_ms=now_ms)
        bench.round()
    bench.edge.put("records", batch(1), station=VILLAGES[1].code, at_ms=now_ms)
    bench.round()
    full_disk(bench, False)
    let_retry(bench)
    bench.round()
    assert rows(bench) == MOST_OF_ONE + 1
    assert bench.edge.renewed == 0


def test_what_never_ends_and_is_not_stored_does_not_keep_the_writer_from_its_round(bench: Bench):
    see(bench)
    beat = Arrived(f"v1/{STATION}/up/beat", encode(Beat(1, 1, OutboxDepth(0, 0))), False, 0, 0, 1, 1)
    began = time.monotonic()
    bench.edge.take = lambda _: beat if time.monotonic() - began < 3 else None  # type: ignore[method-assign]
    bench.round()
    assert time.monotonic() - began < 2


def test_the_wall_knows_what_is_not_in_service(bench: Bench):
    bench.recalled.county.commission(STATION, see(bench))
    bench.round()
    assert STATION not in bench.view.out_of_service()
    bench.recalled.county.commission(STATION, None)
    bench.round()
    assert STATION in bench.view.out_of_service()


def test_a_chore_that_fails_stops_neither_the_others_nor_the_wall(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr(bench.alarming, "round", fails)
    looked: list[int] = []
    monkeypatch.setattr(bench.old_visits, "round", lambda now_ms, **_: looked.append(now_ms))
    bench.edge.items.append(Sees(bench.clock.now_ms()))
    bench.round()
    bench.round()
    assert bench.view.broker_connected()
    assert len(looked) == 2
    assert [record.message[:8] for record in caplog.records if record.exc_info] == ["E-HUB-33"]
