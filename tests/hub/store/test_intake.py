"""What arrives is stored once, whatever comes twice, late, out of order or broken."""

import random

import msgspec
import pytest
from sqlalchemy import select

from hub.ingest.handle import Arrived, Handled, handle
from hub.store import tables as t
from hub.store.engine import Database, reading, writing
from hub.store.intake import REUSED_SEQ, Owed, Stored, store
from tests.hub.store.conftest import STATIONS
from wire.codec import encode
from wire.life import Birth
from wire.records import Batch, Emergency, Rating, Record, Urgent, Visit

STATION = STATIONS[0]
EPOCH, OTHER = "a" * 16, "b" * 16
NOW = 1_795_000_000_000


def visit(seq: int) -> Visit:
    return Visit(f"12-{seq:05d}-1", "legal_advice", "anonymous", "zh")


def landed(payload: msgspec.Struct, family: str = "records", station: str = STATION, at_ms: int = NOW) -> Handled:
    return handle(Arrived(f"v1/{station}/up/{family}", encode(payload), False, 1, 1, 1, at_ms), set(STATIONS))


def batch(*seqs: int, after: int = 0, epoch: str = EPOCH, station: str = STATION) -> Handled:
    records = [msgspec.Raw(msgspec.json.encode(Record(seq, visit(seq), at_ms=NOW))) for seq in seqs]
    return landed(Batch(epoch, after, records), station=station)


def raw_batch(*records: object, after: int = 0) -> Handled:
    return landed(Batch(EPOCH, after, [msgspec.Raw(msgspec.json.encode(record)) for record in records]))


def put(database: Database, ids: dict[str, int], *handled: Handled) -> Stored:
    with writing(database) as connection:
        return store(connection, handled, ids)


def seqs(database: Database) -> list[int]:
    with reading(database.reader) as connection:
        return list(connection.execute(select(t.record.c.seq).order_by(t.record.c.seq)).scalars())


def owed(stored: Stored) -> Owed:
    return stored.owed[STATION, EPOCH]


def test_a_batch_is_owed_a_receipt_up_to_its_last(database: Database, ids: dict[str, int]):
    stored = put(database, ids, batch(1, 2, 3))
    assert owed(stored) == Owed(3, ())
    assert (stored.records, stored.repeated) == (3, 0)
    assert stored.visits == [(STATION, NOW)] * 3


@pytest.mark.parametrize("again", [1, 2, 5])
def test_what_comes_again_is_stored_once_and_receipted_again(database: Database, ids: dict[str, int], again: int):
    put(database, ids, batch(1, 2, 3))
    for _ in range(again):
        stored = put(database, ids, batch(1, 2, 3), batch(2, 3))
        assert owed(stored) == Owed(3, ())
        assert (stored.records, stored.repeated, stored.visits) == (0, 5, [])
        assert stored.quarantined is None
    assert seqs(database) == [1, 2, 3]


def test_a_gap_holds_the_receipt_back_until_it_is_filled(database: Database, ids: dict[str, int]):
    assert owed(put(database, ids, batch(1, 2))) == Owed(2, ())
    assert owed(put(database, ids, batch(5, 6))) == Owed(2, ())
    assert owed(put(database, ids, batch(3, 4))) == Owed(6, ())


def test_the_station_says_up_to_where_it_holds_nothing_more(database: Database, ids: dict[str, int]):
    """A hub that lost its database still receipts: the station holds nothing before `after`."""
    assert owed(put(database, ids, batch(101, 102, after=100))) == Owed(102, ())


def test_a_receipt_never_goes_back(database: Database, ids: dict[str, int]):
    put(database, ids, batch(101, after=100))
    assert owed(put(database, ids, batch(1))) == Owed(101, ())


def test_epochs_and_stations_are_counted_apart(database: Database, ids: dict[str, int]):
    stored = put(database, ids, batch(1, 2), batch(1, epoch=OTHER), batch(1, 2, 3, station=STATIONS[1]))
    assert stored.owed == {
        (STATION, EPOCH): Owed(2, ()),
        (STATION, OTHER): Owed(1, ()),
        (STATIONS[1], EPOCH): Owed(3, ()),
    }


def test_a_birth_is_told_where_to_go_on(database: Database, ids: dict[str, int]):
    birth = landed(Birth(1, EPOCH, "x", 30, 30.0), "life")
    assert owed(put(database, ids, birth)) == Owed(0, ())
    put(database, ids, batch(1, 2))
    assert owed(put(database, ids, birth)) == Owed(2, ())


def test_an_emergency_ahead_of_its_turn_is_stored_once(database: Database, ids: dict[str, int]):
    record = Record(4, Emergency("call-1"), at_ms=NOW)
    urgent = landed(Urgent(EPOCH, msgspec.Raw(msgspec.json.encode(record))), "urgent")
    assert owed(put(database, ids, urgent)) == Owed(0, (4,))
    assert owed(put(database, ids, urgent)) == Owed(0, (4,))
    stored = put(database, ids, batch(1, 2, 3), raw_batch(record))
    assert owed(stored) == Owed(4, ())
    assert stored.repeated == 1
    with reading(database.reader) as connection:
        assert connection.execute(select(t.emergency.c.call)).scalars().all() == ["call-1"]


def test_an_unreadable_record_is_kept_whole_and_blocks_nothing(database: Database, ids: dict[str, int]):
    bad = {"seq": 2, "body": {"kind": "hologram", "of": "tomorrow"}}
    for _ in range(3):
        stored = put(database, ids, raw_batch(Record(1, visit(1)), bad, Record(3, visit(3))))
        assert owed(stored) == Owed(3, ())
        assert stored.quarantined == 1
    with reading(database.reader) as connection:
        (row,) = connection.execute(select(t.quarantine)).mappings().all()
    assert msgspec.json.decode(row["payload"]) == bad
    assert (row["reason"], row["times"]) == ("E-WIRE-03", 3)


def test_another_record_in_a_taken_place_is_not_lost_silently(database: Database, ids: dict[str, int]):
    """A copied memory card: two stations' worth of records under one epoch."""
    put(database, ids, batch(1))
    other = Record(1, Visit("12-00001-1", "mediation", "anonymous", "en"), at_ms=NOW)
    stored = put(database, ids, raw_batch(other))
    assert stored.quarantined == 1
    with reading(database.reader) as connection:
        (row,) = connection.execute(select(t.quarantine)).mappings().all()
    assert row["reason"] == REUSED_SEQ
    assert msgspec.json.decode(row["payload"], type=Visit) == other.body


def test_the_same_record_written_otherwise_is_the_same(database: Database, ids: dict[str, int]):
    put(database, ids, batch(1))
    body = dict(reversed(msgspec.to_builtins(visit(1)).items()))
    stored = put(database, ids, raw_batch({"seq": 1, "body": body, "at_ms": NOW + 5}))
    assert (stored.repeated, stored.quarantined) == (1, None)


@pytest.mark.parametrize(
    "unknown", [b"1e999", b'"\xff\xfe"', b"[" * 700 + b"]" * 700], ids=["out of range", "not UTF-8", "deep"]
)
def test_what_was_skipped_under_an_unknown_key_never_stops_the_hub(
    database: Database, ids: dict[str, int], unknown: bytes
):
    def rating(grade: int) -> Handled:
        body = b'{"kind":"rating","visit":1,"grade":%d,"newer":%b}' % (grade, unknown)
        payload = b'{"epoch":"%b","after":0,"records":[{"seq":1,"body":%b}]}' % (EPOCH.encode(), body)
        return handle(Arrived(f"v1/{STATION}/up/records", payload, False, 1, 1, 1, NOW), set(STATIONS))

    assert put(database, ids, rating(5)).records == 1
    stored = put(database, ids, rating(4), batch(1, station=STATIONS[1]))
    assert (stored.records, stored.repeated, stored.quarantined) == (1, 1, 1)


@pytest.mark.parametrize(
    ("at_ms", "shown_ms"),
    [
        pytest.param(NOW - 86_400_000, NOW - 86_400_000, id="yesterday, when the line was down"),
        pytest.param(NOW + 300_000, NOW + 300_000, id="five minutes ahead"),
        pytest.param(NOW + 300_001, NOW, id="more than five minutes ahead is of a wrong clock"),
        pytest.param(253_402_300_799_999, NOW, id="the year 9999"),
        pytest.param(0, NOW, id="1970"),
        pytest.param(None, NOW, id="without a date"),
    ],
)
def test_when_a_visit_is_shown(database: Database, ids: dict[str, int], at_ms: int | None, shown_ms: int):
    assert put(database, ids, raw_batch(Record(1, visit(1), at_ms=at_ms))).visits == [(STATION, shown_ms)]


def test_a_thousand_records_out_of_order_are_walked_over_at_once(database: Database, ids: dict[str, int]):
    ahead = [batch(*range(first, first + 50)) for first in range(2, 2_502, 50)]
    assert owed(put(database, ids, *reversed(ahead))) == Owed(0, ())
    assert owed(put(database, ids, batch(1))) == Owed(2_501, ())


def test_300_random_orders_with_duplicates_end_in_the_same_state(database: Database, ids: dict[str, int]):
    rng = random.Random(20161024)
    pieces = [
        batch(1, 2),
        batch(3, 4, 5),
        raw_batch(Record(6, Rating(1, 5)), {"seq": 7, "body": "?"}, Record(8, visit(8))),
        batch(9, 10),
        batch(1, 2, epoch=OTHER),
        batch(3, epoch=OTHER),
    ]
    ends = []
    for _ in range(300):
        with writing(database, keep=False) as connection:
            told = pieces + rng.choices(pieces, k=4)
            rng.shuffle(told)
            while told:
                cut = rng.randint(1, 4)
                store(connection, told[:cut], ids)
                told = told[cut:]
            rows = connection.execute(
                select(t.epoch.c.epoch, t.epoch.c.stored_to, t.record.c.seq, t.record.c.kind, t.record.c.body)
                .join(t.epoch, t.epoch.c.id == t.record.c.epoch_id)
                .order_by(t.epoch.c.epoch, t.record.c.seq)
            ).all()
            visits = connection.execute(select(t.visit.c.number, t.visit.c.seq)).all()
            ends.append((rows, sorted(tuple(row) for row in visits)))
    assert all(end == ends[0] for end in ends)
    rows, visits = ends[0]
    assert {(row.epoch, row.stored_to) for row in rows} == {(EPOCH, 10), (OTHER, 3)}
    assert len(rows) == 13
    assert len(visits) == 11
