"""Faults of pictures as they come from stations, and as they are read again."""

import msgspec
import pytest
from sqlalchemy import select

from hub.ingest.handle import Arrived, Handled, handle
from hub.store import faults
from hub.store import tables as t
from hub.store.engine import Database, reading, writing
from hub.store.faults import FaultsReader, StationFault, state_of
from hub.store.intake import store
from hub.store.stations import Village, enrol
from tests.hub.store.conftest import STATIONS
from wire.codec import encode
from wire.life import DeviceState
from wire.records import Batch, CameraFault, Record

FIRST, SECOND = STATIONS
NOW = 1_795_000_000_000
EPOCH, LATER = "a" * 16, "b" * 16


def told(fault: str, change: str, *, ago_ms: int = 0, camera: str = "hall", severity: float = 0.4) -> CameraFault:
    return CameraFault(camera, fault, change, severity, 0.9, ago_ms)


def batch(*bodies: CameraFault, first: int = 1, station: str = FIRST, at_ms: int | None = NOW, epoch: str = EPOCH):
    records = [
        msgspec.Raw(msgspec.json.encode(Record(seq, body, at_ms=at_ms and at_ms + 1_000 * seq)))
        for seq, body in enumerate(bodies, first)
    ]
    payload = encode(Batch(epoch, 0, records))
    return handle(Arrived(f"v1/{station}/up/records", payload, False, 1, 1, 1, NOW + 100_000), set(STATIONS))


def put(database: Database, ids: dict[str, int], *handled: Handled) -> None:
    with writing(database) as connection:
        store(connection, handled, ids)


def spans(found: list[StationFault]) -> list[tuple[str, str, int, int | None]]:
    return [
        (
            f.station[-1],
            f.interval.fault,
            f.interval.raised_ms - NOW,
            f.interval.cleared_ms and f.interval.cleared_ms - NOW,
        )
        for f in found
    ]


def test_a_fault_is_dated_from_its_beginning_and_stored_once(database: Database, ids: dict[str, int]):
    one = batch(told("black", "raised", ago_ms=3_000), told("black", "cleared", ago_ms=60_000))
    put(database, ids, one, one)
    put(database, ids, one)
    reader = FaultsReader(database.reader)
    assert spans(reader.of_station(FIRST, 50)) == [("1", "black", -2_000, 2_000)]
    with reading(database.reader) as connection:
        assert connection.execute(select(t.record.c.kind)).scalars().all() == ["camera_fault"] * 2


def test_an_undated_fault_is_dated_by_its_arrival(database: Database, ids: dict[str, int]):
    put(database, ids, batch(told("black", "raised", ago_ms=5_000), at_ms=None))
    assert spans(FaultsReader(database.reader).open()) == [("1", "black", 95_000, None)]


def test_records_out_of_order_make_the_same_intervals(database: Database, ids: dict[str, int]):
    put(database, ids, batch(told("black", "cleared", ago_ms=1_000), first=2))
    put(database, ids, batch(told("black", "raised"), first=1))
    assert spans(FaultsReader(database.reader).of_station(FIRST, 50)) == [("1", "black", 1_000, 2_000)]


def test_pages_hold_every_interval_once_the_newest_first(database: Database, ids: dict[str, int]):
    flicker = [told("flicker", "raised"), told("flicker", "cleared", ago_ms=500)] * 5
    put(database, ids, batch(*flicker), batch(told("blur", "raised"), station=SECOND))
    reader = FaultsReader(database.reader)
    first = reader.of_station(FIRST, 3)
    second = reader.of_station(FIRST, 3, before=first[-1].interval.id)
    raised = [fault.interval.raised_ms for fault in (*first, *second)]
    assert len(second) == 2
    assert raised == sorted(raised, reverse=True)
    assert len(set(raised)) == 5


def test_the_county_knows_what_goes_on_and_what_went_on_since(database: Database, ids: dict[str, int]):
    put(database, ids, batch(told("black", "raised"), told("black", "cleared", ago_ms=1_000), told("blur", "raised")))
    put(database, ids, batch(told("covered", "raised"), station=SECOND))
    reader = FaultsReader(database.reader)
    assert {fault.interval.fault for fault in reader.open()} == {"blur", "covered"}
    assert {fault.interval.fault for fault in reader.since(NOW + 2_500)} == {"blur", "covered"}
    assert {fault.interval.fault for fault in reader.since(NOW + 1_500, FIRST)} == {"black", "blur"}


def test_a_replaced_memory_card_goes_on_with_the_same_fault(database: Database, ids: dict[str, int]):
    put(database, ids, batch(told("black", "raised"), first=7))
    put(database, ids, batch(told("black", "cleared", ago_ms=50_000), epoch=LATER, at_ms=NOW + 50_000))
    assert spans(FaultsReader(database.reader).of_station(FIRST, 50)) == [("1", "black", 7_000, 51_000)]


@pytest.mark.parametrize(
    ("cleared", "word", "state"),
    [
        pytest.param(True, "failed", "cleared", id="its end was told"),
        pytest.param(False, "failed", "open", id="it goes on"),
        pytest.param(False, "ok", "outlived", id="its end was never told"),
    ],
)
def test_the_state_of_a_fault(database: Database, ids: dict[str, int], cleared: bool, word: str, state: str):
    ends = [told("black", "cleared", ago_ms=1_000)] if cleared else []
    put(database, ids, batch(told("black", "raised"), *ends))
    (fault,) = FaultsReader(database.reader).of_station(FIRST, 50)
    assert state_of(fault, "online", [DeviceState("camera/hall", word, 2**50)]) == state


def test_what_one_station_says_without_end_hides_no_other_stations_fault(
    database: Database, ids: dict[str, int], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(faults, "MOST_SAID", 10)
    put(database, ids, batch(told("blur", "raised"), station=SECOND))
    put(database, ids, batch(*(told("black", change) for _ in range(10) for change in ("raised", "cleared"))))
    reader = FaultsReader(database.reader)
    assert [fault.station for fault in reader.open()] == [SECOND]
    assert SECOND in {fault.station for fault in reader.since(NOW)}


def test_a_village_that_left_the_county_has_no_fault_for_ever(database: Database, ids: dict[str, int]):
    put(database, ids, batch(told("black", "raised")), batch(told("blur", "raised"), station=SECOND))
    with writing(database) as connection:
        enrol(connection, [Village(SECOND, "第2村", "测试镇")])
    reader = FaultsReader(database.reader)
    assert [fault.station for fault in reader.open()] == [SECOND]
    assert [fault.station for fault in reader.since(NOW)] == [SECOND]
