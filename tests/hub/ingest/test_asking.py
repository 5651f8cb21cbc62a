"""What a station gets to know of a person's matters: those of its own village, on record before they leave."""

import logging
import threading
import time

import pytest
from sqlalchemy import event, select

from hub.ingest.asking import MOST_WAITING, AskDesk
from hub.ingest.old_visits import OldVisits
from hub.ingest.rates import MOST_A_MINUTE
from hub.store import tables as t
from hub.store.cases import CasesReader, NewStep, add_step, withdraw_last
from hub.store.engine import reading, writing
from hub.visits.index import PersonIndex
from hub.visits.opening import Unsealer
from tests.hub.ingest.conftest import STATION, VILLAGES, Bench
from tests.hub.people import ANNA, BERT, Kiosk, batch
from wire.asking import MOST_CASES, Cases, CaseStep
from wire.codec import decode
from wire.orders import Ask, Reply
from wire.person import Person

ELSEWHERE = VILLAGES[1].code
SECOND_KIOSK = f"{STATION}-1"


class Desk:
    """A bench whose station asks."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.kiosk = Kiosk(bench.private.public_key)
        self.epochs = iter("abcdef0123456789")

    def now_ms(self) -> int:
        return self.bench.clock.now_ms()

    def stored(self, *people: Person | None, station: str = STATION, ago_ms: int = 10_000) -> None:
        visits = [self.kiosk.visit(f"12-{number:05d}-1", one) for number, one in enumerate(people, 1)]
        at_ms = self.now_ms() - ago_ms
        for first in range(0, len(visits), 20):
            some = batch(*visits[first : first + 20], first=1 + first, at_ms=at_ms, epoch=next(self.epochs) * 16)
            self.bench.edge.put("records", some, station=station, at_ms=self.now_ms())
        self.bench.round()

    def ask(self, person: Person, *, station: str = STATION, in_ms: int = 20_000, **differently: object) -> Ask:
        ask = self.kiosk.ask(person, self.now_ms() + in_ms, **differently)
        self.bench.edge.put("ask", ask, station=station, at_ms=self.now_ms())
        self.bench.round()
        return ask

    def answered(self, person: Person, **how: object) -> Reply | None:
        before = len(self.replies())
        self.ask(person, **how)  # type: ignore[arg-type]
        self.bench.asks.turn(0.0)
        replies = self.replies()[before:]
        assert len(replies) <= 1
        return replies[0] if replies else None

    def cases(self, person: Person, **how: object) -> Cases:
        reply = self.answered(person, **how)
        assert reply is not None
        assert reply.outcome == "found"
        return self.kiosk.cases(reply)

    def replies(self) -> list[Reply]:
        return [decode(one.payload, Reply) for one in self.bench.edge.published if one.topic.endswith("/down/reply")]

    def log(self) -> list[tuple[str, str, int, int]]:
        asked = t.asked.c
        query = select(t.station.c.code, asked.outcome, asked.cases, asked.times)
        query = query.join(t.station, t.station.c.id == asked.station_id).order_by(asked.id)
        with reading(self.bench.database.reader) as connection:
            return [tuple(row) for row in connection.execute(query)]  # type: ignore[misc]

    def visit(self, number: int = 1) -> int:
        with reading(self.bench.database.reader) as connection:
            query = select(t.visit.c.id).where(t.visit.c.number == f"12-{number:05d}-1").limit(1)
            return int(connection.execute(query).scalar_one())

    def step(self, state: str, note: str | None = None, number: int = 1) -> None:
        sealed = None if note is None else self.bench.unsealer.seal_note(note)
        with writing(self.bench.database) as connection:
            add_step(connection, NewStep(self.visit(number), self.now_ms(), "测试员", state, sealed))


@pytest.fixture
def desk(bench: Bench) -> Desk:
    return Desk(bench)


def test_a_person_is_told_of_their_visits_newest_first_and_what_was_answered(desk: Desk):
    desk.stored(ANNA, BERT, ANNA, None)
    desk.step("answered", "请于周三上午带户口本来")
    told = desk.cases(ANNA)
    assert [case.number for case in told.cases] == ["12-00003-1", "12-00001-1"]
    assert told.more == 0
    assert [step.state for step in told.cases[1].steps] == ["received", "answered"]
    assert told.cases[1].steps[1].note == "请于周三上午带户口本来"
    assert told.cases[0].service == "mediation"
    assert desk.log() == [(STATION, "found", 2, 1)]


def test_a_step_taken_back_is_told_to_nobody(desk: Desk):
    desk.stored(ANNA)
    desk.step("closed", "误")
    with writing(desk.bench.database) as connection:
        assert withdraw_last(connection, desk.visit(), "测试员", desk.now_ms()) == "closed"
    (case,) = desk.cases(ANNA).cases
    assert case.steps == [CaseStep(case.at_ms, "received")]


def test_no_station_reads_of_another_village(desk: Desk):
    desk.stored(ANNA)
    desk.stored(BERT, station=ELSEWHERE)
    reply = desk.answered(ANNA, station=ELSEWHERE)
    assert reply is not None
    assert (reply.outcome, reply.box) == ("none", None)
    assert desk.cases(BERT, station=ELSEWHERE).cases != []


def test_all_kiosks_of_one_village_count_and_no_code_that_only_begins_alike(bench: Bench, desk: Desk):
    desk.stored(ANNA)
    with writing(bench.database) as connection:
        for code in (SECOND_KIOSK, f"{STATION[:11]}9"):
            made = connection.execute(t.station.insert().values(code=code, name="村", town="镇", enrolled=True))
            bench.recalled.ids[code] = made.inserted_primary_key[0]  # type: ignore[index]
    key = bench.index.key_of_number(ANNA.id_number)
    assert key is not None
    of = CasesReader(bench.database.reader).of_person
    assert [len(of(key, code, 20)[0]) for code in (STATION, SECOND_KIOSK, f"{STATION[:11]}9", ELSEWHERE)] == [
        1,
        1,
        0,
        0,
    ]


def test_the_newest_twenty_are_told_and_the_rest_counted(desk: Desk):
    desk.stored(*[ANNA] * (MOST_CASES + 5))
    told = desk.cases(ANNA)
    assert (len(told.cases), told.more) == (MOST_CASES, 5)
    assert told.cases[0].at_ms == max(case.at_ms for case in told.cases)


def test_much_that_was_answered_still_fits_one_box(desk: Desk):
    desk.stored(*[ANNA] * MOST_CASES)
    for number in range(1, MOST_CASES + 1):
        for _ in range(3):
            desk.step("answered", "请" * 600, number)
    reply = desk.answered(ANNA)
    assert reply is not None
    assert reply.box is not None
    assert len(reply.box) <= 16 * 1024
    told = desk.kiosk.cases(reply)
    assert len(told.cases) == MOST_CASES
    assert told.cases[0].steps[-1].note == "请" * 600


def test_a_reply_is_good_for_what_was_left_of_the_question(desk: Desk):
    desk.answered(ANNA, in_ms=20_000)
    assert desk.bench.edge.published[-1].topic == f"v1/{STATION}/down/reply"
    assert desk.bench.edge.published[-1].expires_s in {19, 20}
    desk.answered(ANNA, in_ms=3_600_000)
    assert desk.bench.edge.published[-1].expires_s == 60


@pytest.mark.parametrize(
    ("differently", "outcome", "logged"),
    [
        pytest.param({"about": "weather"}, "refused", "unknown", id="about something else"),
        pytest.param({"box": b""}, "refused", "unreadable", id="an empty box"),
        pytest.param({"box": b"x" * 200}, "refused", "unreadable", id="a damaged box"),
        pytest.param({"key": "0" * 16}, "refused", "unreadable", id="a box of another hub"),
        pytest.param({"reply_to": bytes(32)}, "refused", "unreadable", id="a key nobody can open with"),
        pytest.param({"reply_to": bytes(range(32))}, "refused", "unreadable", id="somebody on the way"),
        pytest.param({"in_ms": -1}, "expired", "expired", id="too late"),
    ],
)
def test_what_cannot_be_answered_is_refused_and_logged(
    desk: Desk, differently: dict[str, object], outcome: str, logged: str
):
    desk.stored(ANNA)
    reply = desk.answered(ANNA, **differently)
    assert reply is not None
    assert (reply.outcome, reply.box) == (outcome, None)
    assert [row[1] for row in desk.log()] == [logged]
    assert desk.bench.view.asks() == {logged: 1}


def test_a_person_without_a_number_is_refused(desk: Desk):
    desk.stored(ANNA, None)
    reply = desk.answered(Person("测试丙", ""))
    assert reply is not None
    assert reply.outcome == "refused"


def test_a_question_the_broker_kept_is_of_another_time(desk: Desk):
    ask = desk.kiosk.ask(ANNA, desk.now_ms() + 20_000)
    desk.bench.edge.put("ask", ask, at_ms=desk.now_ms(), retain=True)
    desk.bench.round()
    desk.bench.asks.turn(0.0)
    assert desk.replies() == []
    assert desk.log() == []


def test_at_the_moment_it_is_logged_nothing_has_left(desk: Desk):
    desk.stored(ANNA)
    seen: list[int] = []
    desk.ask(ANNA)
    event.listen(desk.bench.database.writer, "commit", lambda _: seen.append(len(desk.replies())))
    desk.bench.asks.turn(0.0)
    assert seen == [0]
    assert len(desk.replies()) == 1


def test_what_cannot_be_logged_is_not_told(desk: Desk, caplog: pytest.LogCaptureFixture):
    desk.stored(ANNA)
    with writing(desk.bench.database) as connection:
        connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON asked BEGIN SELECT RAISE(ABORT, 'no'); END")
    reply = desk.answered(ANNA)
    assert reply is not None
    assert (reply.outcome, reply.box) == ("refused", None)
    assert desk.bench.view.asks() == {"busy": 1}
    assert "E-STORE" in caplog.text


def test_a_station_that_tries_numbers_is_refused_and_that_is_on_record(desk: Desk):
    desk.stored(ANNA)
    for _ in range(MOST_A_MINUTE):
        desk.ask(ANNA)
        desk.bench.asks.turn(0.0)
    for _ in range(30):
        desk.ask(ANNA)
        desk.bench.asks.turn(0.0)
    outcomes = [reply.outcome for reply in desk.replies()]
    assert outcomes == ["found"] * MOST_A_MINUTE + ["refused"] * 30
    reply = desk.answered(BERT, station=ELSEWHERE)
    assert reply is not None
    assert reply.outcome == "none", "another station is not held to account"
    desk.bench.asks._note_refused()
    assert desk.log()[-1] == (STATION, "too_many", 0, 30)
    assert len(desk.log()) == MOST_A_MINUTE + 2, "a flood of questions is no flood of commits"


def test_a_restarted_hub_remembers_how_often_was_asked(desk: Desk):
    for _ in range(MOST_A_MINUTE):
        assert desk.answered(ANNA) is not None
    bench = desk.bench
    bench.asks = again = AskDesk(
        database=bench.database,
        edge=bench.edge,
        unsealer=bench.unsealer,
        index=bench.index,
        ids=bench.recalled.ids,
        view=bench.view,
        clock=bench.clock.now_ms,
    )
    again.take(STATION, desk.kiosk.ask(ANNA, desk.now_ms() + 20_000), desk.now_ms())
    assert desk.replies()[-1].outcome == "refused"


def test_a_database_that_hangs_holds_up_no_visit(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    desk.stored(ANNA)
    hangs, bench = threading.Event(), desk.bench
    monkeypatch.setattr(bench.asks._reader, "of_person", lambda *_: hangs.wait(10) and ([], {}, 0))
    bench.asks.start()
    began = time.monotonic()
    for _ in range(3):
        desk.ask(ANNA)
    bench.edge.put("records", batch(desk.kiosk.visit("12-00009-1", BERT), epoch="9" * 16), at_ms=desk.now_ms())
    bench.round()
    assert time.monotonic() - began < 2
    assert bench.edge.receipts()[-1].epoch == "9" * 16
    hangs.set()
    bench.asks.stop()


def test_more_than_can_wait_are_refused_at_once(desk: Desk):
    now_ms = desk.now_ms()
    ids = desk.bench.recalled.ids
    codes = [f"9999991020{number:02d}" for number in range(MOST_WAITING + 2)]
    with writing(desk.bench.database) as connection:
        for code in codes:
            made = connection.execute(t.station.insert().values(code=code, name="村", town="镇", enrolled=True))
            ids[code] = made.inserted_primary_key[0]  # type: ignore[index]
    for code in codes:
        desk.bench.asks.take(code, desk.kiosk.ask(ANNA, now_ms + 20_000), now_ms)
    assert [reply.outcome for reply in desk.replies()] == ["refused", "refused"]
    assert desk.bench.view.asks() == {"busy": 2}


def test_whom_a_question_was_about_stands_in_no_log_and_in_no_clear_column(
    desk: Desk, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    desk.stored(ANNA)
    desk.step("answered", "密封的话")
    desk.cases(ANNA)
    desk.answered(ANNA, box=b"x")
    assert ANNA.id_number not in caplog.text
    assert ANNA.name not in caplog.text
    with desk.bench.database.writer.connect() as connection:
        whole = "\n".join(connection.connection.iterdump())  # type: ignore[attr-defined]
    assert "visit_step" in whole
    for secret in (ANNA.id_number, ANNA.name, "密封的话"):
        assert secret not in whole
        assert secret.encode().hex().upper() not in whole


def test_an_error_of_ours_in_one_question_costs_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    desk.stored(ANNA)
    of_person = desk.bench.asks._reader.of_person
    failing = iter([True])

    def sometimes(*args: object) -> object:
        if next(failing, False):
            raise RuntimeError(ANNA.name)
        return of_person(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.bench.asks._reader, "of_person", sometimes)
    desk.bench.asks.start()
    desk.ask(ANNA)
    desk.ask(ANNA)
    desk.bench.asks.stop()
    assert [reply.outcome for reply in desk.replies()] == ["found"]
    assert "E-HUB-32" in caplog.text
    assert ANNA.name not in caplog.text


def test_a_visit_is_indexed_as_it_is_stored(desk: Desk):
    desk.stored(ANNA, None)
    with reading(desk.bench.database.reader) as connection:
        keys = list(connection.execute(select(t.visit.c.person_key).order_by(t.visit.c.id)).scalars())
    assert keys == [desk.bench.index.key_of_number(ANNA.id_number), b""]


def test_visits_from_before_the_index_are_found_once_it_was_made(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("hub.ingest.old_visits.MOST_IN_A_ROUND", 3)
    desk.stored(ANNA, None, ANNA, ANNA, BERT)
    bench = desk.bench
    assert bench.old_visits.done
    with writing(bench.database) as connection:
        connection.execute(t.visit.update().values(person_key=None))
    bench.old_visits.done = False
    left = []
    for _ in range(3):
        with reading(bench.database.reader) as connection:
            query = select(t.visit.c.id).where(t.visit.c.person_key.is_(None))
            left.append(len(connection.execute(query).all()))
        bench.old_visits._looked_ms = None
        bench.old_visits.round(desk.now_ms(), connected=True)
    assert left == [5, 2, 0]
    assert bench.old_visits.done
    assert len(desk.cases(ANNA).cases) == 3


def test_visits_that_a_hub_with_the_wrong_key_took_are_found_once_it_has_its_own(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("hub.ingest.old_visits.MOST_IN_A_ROUND", 2)
    bench = desk.bench
    wrong = PersonIndex(Unsealer(bytes(range(1, 33))))
    bench.old_visits.done = True
    monkeypatch.setattr(bench.writer._beside, "whose", wrong.column)
    desk.stored(ANNA, None, ANNA, ANNA)

    def indexed_by(index: PersonIndex) -> int:
        old = OldVisits(bench.database, index)
        for round_ms in range(0, 1_000, 100):
            old.round(round_ms, connected=True)
        assert old.done
        return len(bench.asks._reader.of_person(bench.index.key_of_number(ANNA.id_number) or b"", STATION, 9)[0])

    assert indexed_by(wrong) == 0
    assert indexed_by(bench.index) == 3


def test_an_old_visit_that_cannot_be_read_is_not_looked_at_for_ever(desk: Desk):
    desk.stored(ANNA)
    with writing(desk.bench.database) as connection:
        connection.execute(t.visit.update().values(person_key=None))
        connection.execute(t.record.update().values(body=b"{}"))
    desk.bench.old_visits.done = False
    desk.bench.old_visits._looked_ms = None
    desk.bench.old_visits.round(desk.now_ms(), connected=True)
    assert desk.bench.old_visits.done
    with reading(desk.bench.database.reader) as connection:
        assert connection.execute(select(t.visit.c.person_key)).scalar_one() == b""


def test_a_question_is_answered_in_a_moment(desk: Desk):
    desk.stored(*[ANNA] * MOST_CASES)
    desk.ask(ANNA)
    began = time.monotonic()
    desk.bench.asks.turn(0.0)
    assert time.monotonic() - began < 0.5
    assert desk.replies()[0].outcome == "found"
