"""Erasing what is personal: no byte of a box stays in any file, and nothing brings it back."""

import itertools
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, update

from hub.desks.purge import Walk
from hub.ingest.calling_back import CallingBack
from hub.ingest.purging import AGAIN_MS, EVERY_MS, Purging
from hub.settings import KeepSettings
from hub.store import casework_tables as w
from hub.store import tables as t
from hub.store.cases import CasesReader, NewStep, add_step
from hub.store.casework import Inbox, hold
from hub.store.casework_calls import CallsReader, note_fixed, open_by_hand
from hub.store.casework_erasing import PersonsReader, erase, forget_quarantined_of, forget_questions_of
from hub.store.engine import reading, writing
from hub.store.visits import VisitsReader
from hub.visits.day import DAY_MS
from tests.hub.ingest.conftest import STATION, VILLAGES, Bench
from tests.hub.people import ANNA, BERT, EPOCH, Kiosk, batch
from tests.waiting import wait_for
from wire.person import Person
from wire.records import Batch, Emergency, Rating, Record, Visit

KEEP = KeepSettings()


def visits_of(kiosk: Kiosk, people: list[Person | None], **more: object) -> list[Visit]:
    said = "邻居家的水排到我家院子" * 40  # longer than a page's cell: it has pages of its own
    return [
        kiosk.visit(f"12-{number:05d}-1", one, words=None if one is None else kiosk.words(said), **more)
        for number, one in enumerate(people, 1)
    ]


def put(bench: Bench, sent: Batch, *, at_ms: int | None = None, station: str = STATION) -> None:
    bench.edge.put("records", sent, station=station, at_ms=bench.clock.now_ms() if at_ms is None else at_ms)
    bench.round()


def boxes(visits: list[Visit]) -> list[bytes]:
    """Return, of each box, a piece of what stands in the ledger (base64 in JSON)."""
    found = []
    for visit in visits:
        parts = [visit.person.identity, visit.person.mask] if visit.person else []
        for box in [*parts, *([visit.words.box] if visit.words else [])]:
            found.append(msgspec.json.encode(box)[20:60])
    return found


def on_disk(bench: Bench, path: Path) -> bytes:
    """Return all bytes of the database and its log, once that was emptied."""
    bench.database.empty_log()
    log = path.with_name(path.name + "-wal")
    wait_for(lambda: log.stat().st_size == 0, "the log to be emptied")
    return path.read_bytes() + log.read_bytes()


def keys(bench: Bench) -> list[int]:
    with reading(bench.database.reader) as connection:
        return list(connection.execute(select(t.visit.c.id).order_by(t.visit.c.id)).scalars())


def ledger(bench: Bench) -> list[tuple[int, bytes]]:
    with reading(bench.database.reader) as connection:
        rows = connection.execute(select(t.record.c.seq, t.record.c.body).order_by(t.record.c.seq))
        return [(row[0], row[1]) for row in rows]


def test_no_byte_of_an_erased_box_stays_and_the_others_are_whole(bench: Bench, tmp_path: Path) -> None:
    kiosk = Kiosk(bench.private.public_key)
    people = list(itertools.islice(itertools.cycle([ANNA, BERT, ANNA, None]), 40))
    visits = visits_of(kiosk, people)
    for first in range(0, 40, 20):
        put(bench, batch(*visits[first : first + 20], first=1 + first))
    note = bench.unsealer.seal_note("请于周三上午带户口本来")
    hers = [key for key, one in zip(keys(bench), people, strict=True) if one is ANNA]
    with writing(bench.database) as connection:
        for key in hers:
            add_step(connection, NewStep(key, bench.clock.now_ms(), "测试员", "closed", note))
    path = tmp_path / "hub.sqlite3"
    gone = boxes([visit for visit, one in zip(visits, people, strict=True) if one is ANNA])
    stay = boxes([visit for visit, one in zip(visits, people, strict=True) if one is BERT])
    assert all(piece in on_disk(bench, path) for piece in (*gone, *stay))
    with writing(bench.database) as connection:
        assert erase(connection, hers, "测试督", "person", bench.clock.now_ms()) == 20
        assert erase(connection, hers, "测试督", "person", bench.clock.now_ms()) == 0
    left = on_disk(bench, path)
    assert [piece for piece in gone if piece in left] == []
    assert note[:40] not in left
    assert all(piece in left for piece in stay)
    assert VisitsReader(bench.database.reader).total() == 40  # a count stays
    key = bench.index.key_of_number(ANNA.id_number)
    assert key is not None
    assert PersonsReader(bench.database.reader).visits(key) == []
    assert CasesReader(bench.database.reader).of_person(key, STATION, 20)[0] == []


def test_what_was_erased_is_brought_back_by_no_repetition_and_the_ledger_stays_gapless(bench: Bench) -> None:
    kiosk = Kiosk(bench.private.public_key)
    visits = visits_of(kiosk, [ANNA, BERT, ANNA])
    sent = batch(*visits)
    put(bench, sent)
    hers = [keys(bench)[0], keys(bench)[2]]
    with writing(bench.database) as connection:
        erase(connection, hers, "测试督", "person", 1)
    erased = ledger(bench)
    shuffled = [msgspec.json.decode(raw) for raw in sent.records]
    rewritten = Batch(EPOCH, 0, [msgspec.Raw(msgspec.json.encode(dict(reversed(one.items())))) for one in shuffled])
    for again in (sent, sent, rewritten):
        put(bench, again)
    assert ledger(bench) == erased
    assert [seq for seq, _ in erased] == [1, 2, 3]
    assert bench.view.counters().quarantined == 0
    assert bench.edge.receipts()[-1].seq == 3
    put(bench, batch(*visits_of(kiosk, [BERT]), first=4))
    assert bench.edge.receipts()[-1].seq == 4
    # Another record that claims an erased one's place is still set aside, as it was before.
    put(bench, batch(*visits_of(kiosk, [BERT])))
    assert bench.view.counters().quarantined == 1


def test_what_quarantine_and_the_log_of_questions_know_of_a_person_goes_too(bench: Bench) -> None:
    kiosk = Kiosk(bench.private.public_key)
    put(bench, batch(*visits_of(kiosk, [BERT])))
    put(bench, batch(*visits_of(kiosk, [ANNA])))  # claims the same place: in quarantine
    bench.edge.put("ask", kiosk.ask(ANNA, bench.clock.now_ms() + 20_000), at_ms=bench.clock.now_ms())
    bench.round()
    bench.asks.turn(0.0)
    key = bench.index.key_of_number(ANNA.id_number)
    assert key is not None
    with writing(bench.database) as connection:
        assert forget_quarantined_of(connection, key, bench.index.key_of) == 1
        assert forget_questions_of(connection, key) == 1
        assert connection.execute(select(t.quarantine.c.payload)).scalar_one() == b""
        assert connection.execute(select(t.asked.c.person_key)).scalar_one() is None


def grown_old(bench: Bench, days: int) -> int:
    """Have everything be of `days` ago; return now."""
    now_ms = bench.clock.now_ms()
    with writing(bench.database) as connection:
        for table, column in (
            (t.visit, "received_ms"), (t.visit, "ended_ms"), (t.emergency, "received_ms"), (t.asked, "at_ms"),
            (t.quarantine, "last_ms"),
        ):  # fmt: skip
            old = table.c[column] - days * DAY_MS
            connection.execute(update(table).values({column: old}))
    return now_ms


def test_what_is_kept_by_time_goes_when_it_is_up_and_an_open_matter_stays(bench: Bench) -> None:
    kiosk = Kiosk(bench.private.public_key)
    served = visits_of(kiosk, [ANNA, BERT], service="document")
    cases = [kiosk.visit(f"12-{number:05d}-1", ANNA) for number in range(3, 6)]
    put(bench, batch(*served, *cases))
    _, _, ended, is_open, held = keys(bench)
    with writing(bench.database) as connection:
        for key in (ended, held):
            add_step(connection, NewStep(key, bench.clock.now_ms(), "测试员", "closed", None))
        hold(connection, held, "测试督", "诉讼中", 1)
    now_ms = grown_old(bench, 184)
    walk = Walk(KEEP)
    assert walk.step(bench.database, now_ms, dry=True).visits == 2
    purging = Purging(bench.database, KEEP, bench.view)
    purging.round(now_ms, connected=True)
    assert bench.view.purged()["visits"] == 2
    assert {row.id for row in _waiting(bench)} == {is_open}
    now_ms = grown_old(bench, 1095 - 184) + AGAIN_MS
    purging.round(now_ms, connected=True)  # not due: an hour must pass
    assert bench.view.purged()["visits"] == 2
    purging.round(now_ms + EVERY_MS + DAY_MS, connected=True)
    assert bench.view.purged()["visits"] == 3
    with reading(bench.database.reader) as connection:
        assert set(connection.execute(select(w.visit_erasure.c.visit_id)).scalars()) == set(keys(bench)[:3])


def _waiting(bench: Bench) -> list[object]:
    return [work.row for work in Inbox(bench.database.reader).waiting(frozenset())]


def test_words_of_calls_for_help_questions_and_quarantine_have_their_time_too(bench: Bench) -> None:
    kiosk = Kiosk(bench.private.public_key)
    calls = [Emergency("call-1", kiosk.words("救命")), Emergency("call-2")]
    records = [Record(seq, call, at_ms=bench.clock.now_ms()) for seq, call in enumerate(calls, 1)]
    put(bench, Batch(EPOCH, 0, [msgspec.Raw(msgspec.json.encode(record)) for record in records]))
    put(bench, Batch("b" * 16, 0, [msgspec.Raw(b'{"seq": 1, "body": "?"}')]))
    bench.edge.put("ask", kiosk.ask(ANNA, bench.clock.now_ms() + 20_000), at_ms=bench.clock.now_ms())
    bench.round()
    bench.asks.turn(0.0)
    assert Walk(KEEP).step(bench.database, grown_old(bench, 360)) == (0, 0, 0, 1, 0)
    assert Walk(KEEP).step(bench.database, grown_old(bench, 6)) == (0, 1, 1, 0, 0)
    assert Walk(KEEP).step(bench.database, bench.clock.now_ms()) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("number", [1, 120])
def test_a_bad_rating_is_called_back_once_until_it_is_put_right(bench: Bench, number: int) -> None:
    kiosk, now_ms = Kiosk(bench.private.public_key), bench.clock.now_ms()
    visits = [kiosk.visit(f"12-{key:05d}-1", ANNA) for key in range(1, number + 1)]
    for first in range(0, number, 40):
        put(bench, batch(*visits[first : first + 40], first=1 + first))
    grades = [(seq, 2) for seq in range(1, number + 1)] + [(1, 1), (1, 5)]
    for place, (seq, grade) in enumerate(grades):
        rated = Record(number + 1 + place, Rating(seq, grade), at_ms=now_ms)
        put(bench, Batch(EPOCH, 0, [msgspec.Raw(msgspec.json.encode(rated))]), at_ms=now_ms)
    chore, reader = CallingBack(bench.database), CallsReader(bench.database.reader)
    for again in range(4):
        chore.round(now_ms + again * 2_000, connected=True)
    assert len(reader.open(frozenset())) == number
    assert len(reader.open(frozenset({VILLAGES[0].town}))) == number
    assert reader.open(frozenset({"别镇"})) == []
    first = reader.open(frozenset())[0]
    with writing(bench.database) as connection:
        assert not open_by_hand(connection, first.visit, "测试员", now_ms)
        assert note_fixed(connection, first.id, "测试员", None, now_ms + 10)
        assert not note_fixed(connection, first.id, "测试员", None, now_ms + 10)
    CallingBack(bench.database).round(now_ms + 20, connected=True)
    assert len(reader.open(frozenset())) == number - 1
    rated = Record(number + 1 + len(grades), Rating(1, 1), at_ms=now_ms + 30)
    put(bench, Batch(EPOCH, 0, [msgspec.Raw(msgspec.json.encode(rated))]), at_ms=now_ms + 30)
    CallingBack(bench.database).round(now_ms + 40, connected=True)
    assert len(reader.open(frozenset())) == number
