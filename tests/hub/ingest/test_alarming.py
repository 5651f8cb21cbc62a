"""A call for help is shown in the round that stored it, once, and until it is taken back or a day old."""

from collections import Counter

import msgspec
import pytest
from sqlalchemy import update

from hub.ingest.alarming import EMERGENCIES_SHOWN_MS, MOST_OF_ONE, MOST_SHOWN, STAFF_CALLS_SHOWN_MS
from hub.ingest.shares import MOST_OF_ONE as MOST_OF_A_SHARE
from hub.store import tables as t
from hub.store.alarms import AlarmsReader
from hub.store.engine import StoreError, writing
from hub.view import Alarm
from hub.web.interface.alarms import alarms_frame
from tests.hub.ingest.conftest import STATION, VILLAGES, Bench
from tests.hub.ingest.test_writer import birth, full_disk, let_retry
from wire.records import Batch, DeviceEvent, Emergency, Record, Urgent, Visit

EPOCH = "a" * 16
ELSEWHERE = VILLAGES[1].code


def raw(record: Record) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(record))


def call(bench: Bench, seq: int, name: str, *, withdrawn: bool = False, station: str = STATION, ago_ms: int = 0):
    now_ms = bench.clock.now_ms()
    record = Record(seq, Emergency(name, withdrawn=withdrawn), at_ms=now_ms - ago_ms)
    bench.edge.put("urgent", Urgent(EPOCH, raw(record)), station=station, at_ms=now_ms)
    bench.round()


def call_staff(bench: Bench, seq: int, *, station: str = STATION):
    now_ms = bench.clock.now_ms()
    record = Record(seq, Visit("12-00001-1", "call_staff", "anonymous", "zh"), at_ms=now_ms)
    bench.edge.put("records", Batch(EPOCH, 0, [raw(record)]), station=station, at_ms=now_ms)
    bench.round()


def shown(bench: Bench) -> list[tuple[str, str]]:
    return [(alarm.station, alarm.call) for alarm in bench.view.alarms().emergencies]


def test_a_call_is_shown_in_the_round_that_stored_it_and_wakes_the_wall(bench: Bench):
    bench.round()
    woken: list[int] = []
    bench.view.listen(lambda: woken.append(bench.view.version()))
    call(bench, 1, "c1", ago_ms=5_000)
    (alarm,) = bench.view.alarms().emergencies
    assert (alarm.station, alarm.name, alarm.town, alarm.call) == (STATION, "第1村", "测试镇", "c1")
    assert alarm.received_ms - alarm.at_ms == 5_000
    assert woken
    assert bench.view.counters().emergencies == 1


def test_one_call_that_comes_by_both_paths_is_one(bench: Bench):
    call(bench, 1, "c1")
    now_ms = bench.clock.now_ms()
    bench.edge.put("records", Batch(EPOCH, 0, [raw(Record(1, Emergency("c1")))]), at_ms=now_ms)
    bench.round()
    assert shown(bench) == [(STATION, "c1")]
    assert bench.view.counters().emergencies == 1


def test_newest_first_and_each_station_for_itself(bench: Bench):
    call(bench, 1, "c1")
    call(bench, 1, "c1", station=ELSEWHERE)
    assert shown(bench) == [(ELSEWHERE, "c1"), (STATION, "c1")]


def test_what_was_taken_back_is_shown_no_more_and_told_as_such(bench: Bench):
    call(bench, 1, "c1")
    call(bench, 1, "c1", station=ELSEWHERE)
    call(bench, 2, "c1", withdrawn=True)
    assert shown(bench) == [(ELSEWHERE, "c1")]
    found = AlarmsReader(bench.database.reader).emergencies(0, 10)
    assert [(one.station, one.withdrawn) for one in found] == [(ELSEWHERE, False), (STATION, True)]
    assert bench.view.counters().emergencies == 2


def test_taken_back_before_the_call_itself_came_is_taken_back(bench: Bench):
    call(bench, 2, "c1", withdrawn=True)
    call(bench, 1, "c1")
    assert shown(bench) == []


def test_after_a_day_it_is_over_and_a_late_one_counts_from_its_arrival(bench: Bench):
    call(bench, 1, "old", ago_ms=0)
    call(bench, 2, "late", ago_ms=3 * EMERGENCIES_SHOWN_MS)
    with writing(bench.database) as connection:
        connection.execute(
            update(t.emergency)
            .where(t.emergency.c.call == "old")
            .values(received_ms=bench.clock.now_ms() - EMERGENCIES_SHOWN_MS - 1)
        )
    alarming = bench.alarming
    alarming.round(bench.clock.now_ms() + 10_000, connected=True)
    assert shown(bench) == [(STATION, "late")]


def test_a_call_for_staff_is_shown_for_two_hours_and_is_no_emergency(bench: Bench):
    call_staff(bench, 1)
    (alarm,) = bench.view.alarms().staff
    assert (alarm.station, alarm.call) == (STATION, "12-00001-1")
    assert shown(bench) == []
    bench.alarming.round(bench.clock.now_ms() + STAFF_CALLS_SHOWN_MS, connected=True)
    assert bench.view.alarms().staff == ()


def test_a_station_that_calls_without_end_hides_nobody_elses_call(bench: Bench):
    call(bench, 1, "help", station=ELSEWHERE)
    call_staff(bench, 2, station=ELSEWHERE)
    visit = Visit("12-00001-1", "call_staff", "anonymous", "zh")
    for first in range(1, 2 * MOST_SHOWN, 50):
        seqs = range(first, first + 50)
        records = [Record(seq, Emergency(f"c{seq}") if seq % 2 else visit) for seq in seqs]
        bench.edge.put("records", Batch(EPOCH, 0, [raw(one) for one in records]), at_ms=bench.clock.now_ms())
    bench.round()
    alarms = bench.view.alarms()
    for calls in (alarms.emergencies, alarms.staff):
        by_station = Counter(one.station for one in calls)
        assert by_station == {STATION: MOST_OF_ONE, ELSEWHERE: 1}
    assert {one["station"] for one in alarms_frame(alarms)["emergencies"]["newest"]} == {STATION, ELSEWHERE}


def test_a_restarted_hub_shows_what_stands(bench: Bench):
    call(bench, 1, "c1")
    bench.view.alarm(type(bench.view.alarms())())
    bench.alarming.look_again()
    bench.round()
    assert shown(bench) == [(STATION, "c1")]


def test_a_database_that_cannot_be_read_leaves_what_was_shown_and_says_so_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    call(bench, 1, "c1")

    def fails(*_: object, **__: object) -> list[Alarm]:
        raise StoreError("E-STORE-05", "made up")

    monkeypatch.setattr(bench.alarming._reader, "emergencies", fails)
    for _ in range(2):
        bench.alarming.look_again()
        bench.round()
    assert shown(bench) == [(STATION, "c1")]
    assert caplog.text.count("E-STORE-05") == 1


def fill(bench: Bench):
    """Have the disk full to the last page."""
    full_disk(bench, True)
    body = [Record(seq, DeviceEvent("spool", "x", note="满" * 200)) for seq in range(101, 141)]
    bench.edge.put("records", Batch(EPOCH, 0, [raw(record) for record in body]), at_ms=bench.clock.now_ms())
    bench.round()
    assert bench.view.storage_trouble() == "E-STORE-03"


def test_with_a_full_disk_a_call_for_help_is_shown_all_the_same_and_later_once(bench: Bench):
    call(bench, 1, "before")
    fill(bench)
    call(bench, 2, "c2")
    assert shown(bench) == [(STATION, "c2"), (STATION, "before")]
    assert bench.view.alarms().emergencies[0].name == "第1村"
    assert bench.view.counters().emergencies == 1, "counted once it is stored"
    full_disk(bench, False)
    let_retry(bench)
    bench.round()
    assert bench.view.storage_trouble() is None
    assert shown(bench) == [(STATION, "c2"), (STATION, "before")]
    assert all(alarm.id for alarm in bench.view.alarms().emergencies)
    assert bench.view.counters().emergencies == 2


def test_with_a_full_disk_one_taken_back_goes_from_the_wall(bench: Bench):
    call(bench, 1, "before")
    fill(bench)
    for seq, name, withdrawn in ((2, "c2", False), (3, "c2", True), (4, "before", True)):
        call(bench, seq, name, withdrawn=withdrawn)
    assert shown(bench) == []


def test_with_a_full_disk_a_station_that_calls_without_end_hides_nobody_elses_call(bench: Bench):
    fill(bench)
    call(bench, 1, "help", station=ELSEWHERE)
    for seq in range(2, MOST_OF_ONE + 5):
        call(bench, seq, f"c{seq}")
    assert Counter(station for station, _ in shown(bench)) == {STATION: MOST_OF_ONE, ELSEWHERE: 1}


def test_however_long_the_disk_is_full_a_call_for_help_comes_through(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("hub.ingest.landing.MOST_MESSAGES", 20)
    fill(bench)
    before = len(bench.edge.acknowledged)
    for village in VILLAGES:
        for _ in range(10):
            bench.edge.put("life", birth(), station=village.code, at_ms=bench.clock.now_ms())
    bench.round()
    assert len(bench.edge.acknowledged) - before > 20, "what nobody acknowledges fills the broker's window"
    for seq in range(2, 30):
        call(bench, seq, f"c{seq}", station=ELSEWHERE)
    call(bench, 2, "help")
    assert (STATION, "help") in shown(bench)
    assert bench.view.counters().not_taken > 0
    full_disk(bench, False)
    let_retry(bench)
    bench.round()
    assert bench.view.storage_trouble() is None
    assert bench.edge.renewed == 1, "what was left out is fetched"
    again = len(bench.edge.acknowledged)
    call(bench, 2, "help")
    assert len(bench.edge.acknowledged) == again + 1
    assert (STATION, "help") in shown(bench)


def test_with_a_full_disk_a_station_that_has_its_whole_share_can_call_for_help(
    bench: Bench,
):
    fill(bench)
    for _ in range(MOST_OF_A_SHARE):
        bench.edge.put("life", birth(), at_ms=bench.clock.now_ms())
    bench.round()
    call(bench, 2, "help")
    assert shown(bench) == [(STATION, "help")]
