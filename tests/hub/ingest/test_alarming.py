"""A call for help is shown in the round that stored it, once, and until a person of the centre took it."""

from collections import Counter

import msgspec
import pytest

from hub.incidents.calls import Acknowledge
from hub.ingest.alarming import MOST_OF_ONE, MOST_SHOWN, STAFF_CALLS_SHOWN_MS
from hub.ingest.shares import MOST_OF_ONE as MOST_OF_A_SHARE
from hub.store.alarms import AlarmsReader
from hub.store.calls import act
from hub.store.engine import StoreError, writing
from hub.view import Alarm
from hub.web.interface.alarms import alarms_frame
from tests.hub.ingest.conftest import STATION, VILLAGES, Bench
from tests.hub.ingest.test_writer import birth, full_disk, let_retry
from wire.records import Batch, DeviceEvent, Emergency, Record, Urgent, Visit

EPOCH = "a" * 16
DAY_MS = 86_400_000
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


def shown(bench: Bench) -> list[str]:
    return [alarm.station for alarm in bench.view.alarms().emergencies]


def take(bench: Bench) -> None:
    """Have somebody of the centre take every call that is shown."""
    with writing(bench.database) as connection:
        for alarm in bench.view.alarms().emergencies:
            act(connection, alarm.id, Acknowledge("测试甲"), bench.clock.now_ms())


def test_a_call_is_shown_in_the_round_that_stored_it_and_wakes_the_wall(bench: Bench):
    bench.round()
    woken: list[int] = []
    bench.view.listen(lambda: woken.append(bench.view.version()))
    call(bench, 1, "c1", ago_ms=5_000)
    (alarm,) = bench.view.alarms().emergencies
    assert (alarm.station, alarm.name, alarm.town, alarm.presses) == (STATION, "第1村", "测试镇", 1)
    assert alarm.received_ms - alarm.at_ms == 5_000
    assert woken
    assert bench.view.counters().emergencies == 1


def test_one_call_that_comes_by_both_paths_is_one(bench: Bench):
    call(bench, 1, "c1")
    now_ms = bench.clock.now_ms()
    bench.edge.put("records", Batch(EPOCH, 0, [raw(Record(1, Emergency("c1")))]), at_ms=now_ms)
    bench.round()
    assert [(one.station, one.presses) for one in bench.view.alarms().emergencies] == [(STATION, 1)]
    assert bench.view.counters().emergencies == 1


def test_newest_first_and_each_station_for_itself(bench: Bench):
    call(bench, 1, "c1")
    call(bench, 1, "c1", station=ELSEWHERE)
    assert shown(bench) == [ELSEWHERE, STATION]


def test_who_presses_again_while_nobody_came_is_one_call_and_after_that_a_new_one(bench: Bench):
    call(bench, 1, "c1")
    call(bench, 2, "c2")
    (alarm,) = bench.view.alarms().emergencies
    assert alarm.presses == 2
    take(bench)
    call(bench, 3, "c3")
    (later,) = bench.view.alarms().emergencies
    assert later.id > alarm.id
    assert later.presses == 1


def test_what_was_taken_back_stays_as_such_until_somebody_took_it(bench: Bench):
    call(bench, 1, "c1")
    call(bench, 1, "c1", station=ELSEWHERE)
    call(bench, 2, "c1", withdrawn=True)
    assert [(one.station, one.withdrawn) for one in bench.view.alarms().emergencies] == [
        (ELSEWHERE, False), (STATION, True),
    ]  # fmt: skip
    found = AlarmsReader(bench.database.reader).emergencies(0, 10)
    assert [(one.station, one.withdrawn) for one in found] == [(ELSEWHERE, False), (STATION, True)]
    assert bench.view.counters().emergencies == 2
    take(bench)
    bench.alarming.round(bench.clock.now_ms() + 1_000, connected=True)
    assert shown(bench) == []


def test_of_two_presses_one_taken_back_is_still_a_call(bench: Bench):
    call(bench, 1, "c1")
    call(bench, 2, "c2")
    call(bench, 3, "c2", withdrawn=True)
    assert [one.withdrawn for one in bench.view.alarms().emergencies] == [False]
    call(bench, 4, "c1", withdrawn=True)
    assert [one.withdrawn for one in bench.view.alarms().emergencies] == [True]


def test_taken_back_before_the_call_itself_came_is_taken_back(bench: Bench):
    call(bench, 2, "c1", withdrawn=True)
    call(bench, 1, "c1")
    assert [one.withdrawn for one in bench.view.alarms().emergencies] == [True]


def test_however_old_it_stays_until_somebody_took_it_and_goes_within_a_second(bench: Bench):
    call(bench, 1, "c1", ago_ms=3 * DAY_MS)
    bench.alarming.round(bench.clock.now_ms() + 30 * DAY_MS, connected=True)
    assert shown(bench) == [STATION]
    take(bench)
    bench.alarming.round(bench.clock.now_ms() + 30 * DAY_MS + 1_000, connected=True)
    assert shown(bench) == []


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
    assert Counter(one.station for one in alarms.staff) == {STATION: MOST_OF_ONE, ELSEWHERE: 1}
    assert [(one.station, one.presses) for one in alarms.emergencies] == [(STATION, MOST_SHOWN), (ELSEWHERE, 1)]
    assert {one["station"] for one in alarms_frame(alarms)["emergencies"]["newest"]} == {STATION, ELSEWHERE}


def test_a_restarted_hub_shows_what_stands(bench: Bench):
    call(bench, 1, "c1")
    bench.view.alarm(type(bench.view.alarms())())
    bench.alarming.look_again()
    bench.round()
    assert shown(bench) == [STATION]


def test_a_database_that_cannot_be_read_leaves_what_was_shown_and_says_so_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    call(bench, 1, "c1")

    def fails(*_: object, **__: object) -> list[Alarm]:
        raise StoreError("E-STORE-05", "made up")

    monkeypatch.setattr(bench.calling._reader, "pulse", fails)
    for _ in range(2):
        bench.alarming.look_again()
        bench.round()
    assert shown(bench) == [STATION]
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
    assert shown(bench) == [STATION, STATION]
    assert bench.view.alarms().emergencies[0].name == "第1村"
    assert bench.view.counters().emergencies == 1, "counted once it is stored"
    full_disk(bench, False)
    let_retry(bench)
    bench.round()
    assert bench.view.storage_trouble() is None
    (alarm,) = bench.view.alarms().emergencies
    assert alarm.id
    assert alarm.presses == 2
    assert bench.view.counters().emergencies == 2


def test_with_a_full_disk_what_was_taken_back_at_once_is_not_shown_before_it_can_be_stored(bench: Bench):
    call(bench, 1, "before")
    fill(bench)
    for seq, name, withdrawn in ((2, "c2", False), (3, "c2", True), (4, "before", True)):
        call(bench, seq, name, withdrawn=withdrawn)
    assert [bool(one.id) for one in bench.view.alarms().emergencies] == [True]
    full_disk(bench, False)
    let_retry(bench)
    bench.round()
    assert [(one.presses, one.withdrawn) for one in bench.view.alarms().emergencies] == [(2, True)]


def test_with_a_full_disk_a_station_that_calls_without_end_hides_nobody_elses_call(bench: Bench):
    fill(bench)
    call(bench, 1, "help", station=ELSEWHERE)
    for seq in range(2, MOST_OF_ONE + 5):
        call(bench, seq, f"c{seq}")
    assert Counter(shown(bench)) == {STATION: MOST_OF_ONE, ELSEWHERE: 1}


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
    assert STATION in shown(bench)
    assert bench.view.counters().not_taken > 0
    full_disk(bench, False)
    let_retry(bench)
    bench.round()
    assert bench.view.storage_trouble() is None
    assert bench.edge.renewed == 1, "what was left out is fetched"
    again = len(bench.edge.acknowledged)
    call(bench, 2, "help")
    assert len(bench.edge.acknowledged) == again + 1
    assert STATION in shown(bench)


def test_with_a_full_disk_a_station_that_has_its_whole_share_can_call_for_help(
    bench: Bench,
):
    fill(bench)
    for _ in range(MOST_OF_A_SHARE):
        bench.edge.put("life", birth(), at_ms=bench.clock.now_ms())
    bench.round()
    call(bench, 2, "help")
    assert shown(bench) == [STATION]
