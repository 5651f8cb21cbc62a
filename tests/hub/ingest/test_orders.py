"""Orders of the county: sent once, answered once, ended honestly, their pictures kept no longer than allowed."""

import os
from pathlib import Path

import pytest
from sqlalchemy import select, update

from hub.ingest.orders import Orders
from hub.store import tables as t
from hub.store.engine import Database, reading, writing
from hub.store.orders import Order, OrdersReader, Viewing, ask, note_viewing
from hub.visits.day import DAY_MS
from tests.hub.ingest.conftest import STATION, VILLAGES, Bench
from tests.waiting import wait_for
from wire.codec import decode
from wire.orders import Answer, Command, SealedPicture

OTHER = VILLAGES[1].code
KEY = "0123456789abcdef"


class County:
    """Somebody at the county who orders, and the hub's rounds at a time of our choosing."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.at_ms = bench.clock.now_ms()
        self.orders = self.a_run(bench.recalled.run)
        self.reader = OrdersReader(bench.database.reader)

    def a_run(self, run: int) -> Orders:
        return Orders(self.bench.database, self.bench.edge, run, 7)

    def order(self, key: str = "first", *, name: str = "still", station: str = STATION, for_ms: int = 30_000) -> None:
        command = Command(key, name, self.at_ms + for_ms, {"camera": "hall"}, "测试事由")
        with writing(self.bench.database) as connection:
            ask(connection, command, self.bench.recalled.ids[station], "测试员", self.at_ms)

    def round(self, after_ms: int = 300, *, connected: bool = True, orders: Orders | None = None) -> None:
        self.at_ms += after_ms
        (orders or self.orders).round(self.at_ms, connected=connected)

    def sent(self) -> list[tuple[str, str, int | None]]:
        """Return topic, id and expiry of each order published."""
        told = [one for one in self.bench.edge.published if one.topic.endswith("/down/command")]
        return [(one.topic, decode(one.payload, Command).id, one.expires_s) for one in told]

    def answer(self, answer: Answer, *, station: str = STATION) -> None:
        self.bench.edge.put("answer", answer, station=station, at_ms=self.at_ms)
        self.bench.round()

    def now(self, key: str = "first") -> Order:
        order = self.reader.order(key)
        assert order is not None
        return order


@pytest.fixture
def county(bench: Bench) -> County:
    return County(bench)


def a_picture(**differently: object) -> SealedPicture:
    told: dict[str, object] = {
        "key": KEY, "box": b"sealed", "camera": "hall", "width_px": 640, "height_px": 360, "taken_ms": 1_795_000_000_000
    }  # fmt: skip
    return SealedPicture(**(told | differently))  # type: ignore[arg-type]


def test_an_order_goes_out_once_with_what_is_left_of_its_time(county: County):
    county.order()
    county.round(1_200)
    county.round()
    assert county.sent() == [(f"v1/{STATION}/down/command", "first", 29)]
    command = decode(next(p.payload for p in county.bench.edge.published if "command" in p.topic), Command)
    assert (command.name, command.arguments, command.reason) == ("still", {"camera": "hall"}, "测试事由")
    assert county.now().sent_ms == county.at_ms - 300


def test_the_writers_own_rounds_send_it(county: County):
    from hub.ingest.items import Sees

    county.bench.edge.items.append(Sees(county.at_ms))
    county.order()
    county.bench.round()
    assert [key for _, key, _ in county.sent()] == ["first"]


def test_an_order_waits_for_the_broker_and_is_never_sent_after_its_time(county: County):
    county.order("short", for_ms=1_000)
    county.order("long")
    county.round(connected=False)
    county.bench.edge.connected = False
    county.round()
    assert county.now("long").sent_ms is None
    county.bench.edge.connected = True
    county.round(1_000)
    assert [key for _, key, _ in county.sent()] == ["long"]
    assert county.now("short").outcome == "unsent"


def test_a_hub_killed_between_taking_up_and_sending_loses_no_order(county: County):
    county.order()

    def killed(*_: object, **__: object) -> bool:
        raise KeyboardInterrupt

    publish, county.bench.edge.publish = county.bench.edge.publish, killed  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        county.round()
    county.bench.edge.publish = publish  # type: ignore[method-assign]
    assert county.sent() == []
    county.round()
    assert county.sent() == [], "the run that died does not know whether it went out"
    with writing(county.bench.database) as connection:
        later = connection.execute(t.hub_life.insert().values(started_ms=1, alive_ms=1, orderly=False))
    again = county.a_run(later.inserted_primary_key[0])
    county.round(orders=again)
    assert [key for _, key, _ in county.sent()] == ["first"]


def test_what_may_have_gone_out_before_a_hub_died_ends_as_not_answered(county: County):
    county.order()
    with writing(county.bench.database) as connection:
        connection.execute(update(t.command).values(run_id=county.bench.recalled.run))
    county.round(31_000)
    assert county.now().outcome is None, "a late answer is waited for"
    county.round(5_000)
    assert county.now().outcome == "expired"


def test_two_hubs_at_one_moment_send_an_order_once(county: County):
    county.order()
    with writing(county.bench.database) as connection:
        connection.execute(t.hub_life.insert().values(started_ms=1, alive_ms=1, orderly=False))
    county.round()
    county.round(orders=county.a_run(county.bench.recalled.run + 1))
    assert len(county.sent()) == 1


def test_an_answer_is_stored_then_acknowledged_and_told(county: County):
    county.order()
    county.round()
    county.answer(Answer("first", "done", "", {"took_ms": 41.0}, a_picture(fault="covered")))
    told = county.now()
    assert (told.outcome, told.measures, told.answered_ms) == ("done", {"took_ms": 41.0}, county.at_ms)
    assert (told.camera, told.fault, told.width_px, told.height_px) == ("hall", "covered", 640, 360)
    assert county.bench.edge.acknowledged == [1]
    assert county.reader.picture("first") == a_picture(fault="covered")


def test_no_answer_is_acknowledged_while_nothing_can_be_stored(county: County):
    county.order()
    county.round()
    blocker = Database(str(county.bench.database.writer.url))
    with writing(blocker) as connection:
        connection.execute(t.hub_life.insert().values(started_ms=1, alive_ms=1, orderly=False))
        county.answer(Answer("first", "done"))
        assert county.bench.edge.acknowledged == []
        county.round(60_000)
    blocker.stop()
    assert county.now().outcome is None


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        pytest.param(["done", "failed"], "done", id="the first counts"),
        pytest.param(["done", "done"], "done", id="once more the same"),
        pytest.param(["done", "repeated"], "done", id="done, and then: I had that already"),
        pytest.param(["repeated", "done"], "done", id="delivered twice: the second delivery was answered sooner"),
        pytest.param(["repeated"], "repeated", id="the answer proper was lost"),
    ],
)
def test_an_answer_that_comes_again_changes_nothing(county: County, answers: list[str], outcome: str):
    county.order()
    county.round()
    for word in answers:
        county.answer(Answer("first", word, note=word))
    assert (county.now().outcome, county.now().note) == (outcome, outcome)
    assert county.bench.view.counters().answers_unknown == 0
    assert len(county.bench.edge.acknowledged) == len(answers)


def test_an_answer_that_comes_after_all_counts_more_than_that_none_came(county: County):
    county.order()
    county.round()
    county.round(60_000)
    assert county.now().outcome == "expired"
    county.answer(Answer("first", "done"))
    assert county.now().outcome == "done"


@pytest.mark.parametrize(
    ("station", "payload", "unknown"),
    [
        pytest.param(OTHER, Answer("first", "done", picture=a_picture()), 1, id="the id of another station's order"),
        pytest.param(STATION, Answer("nobodys", "done"), 1, id="an id nobody gave out"),
        pytest.param(STATION, b"\x00" * 65_536, 0, id="64 KiB of nothing"),
        pytest.param(STATION, b'{"id":"first","outcome":"' + b"x" * 65_000 + b'"}', 0, id="64 KiB of one word"),
        pytest.param(STATION, b'{"id":"first","outcome":"done","picture":{}}', 0, id="a picture without anything"),
        pytest.param("999999109999", Answer("first", "done"), 0, id="a station of nobody's list"),
    ],
)
def test_a_hostile_answer_harms_nothing(county: County, station: str, payload: Answer | bytes, unknown: int):
    county.order()
    county.round()
    county.bench.edge.put("answer", payload, station=station, at_ms=county.at_ms)
    county.bench.round()
    assert county.now().outcome is None
    assert county.bench.edge.acknowledged == [1], "nothing comes again for ever"
    assert county.bench.view.counters().answers_unknown == unknown
    county.answer(Answer("first", "done"))
    assert county.now().outcome == "done"


def test_a_picture_is_deleted_when_its_time_is_up_and_what_was_done_stays_known(county: County):
    county.order()
    county.round()
    box = os.urandom(2_000)
    county.answer(Answer("first", "done", picture=a_picture(box=box)))
    with writing(county.bench.database) as connection:
        note_viewing(connection, Viewing("first", "测试员", "核实", county.at_ms))
    county.round(7 * DAY_MS - 1_000)
    assert county.reader.picture("first") is not None
    county.round(61_000)
    assert county.reader.picture("first") is None
    ((order, viewings),) = county.reader.pictures()
    assert (order.outcome, order.camera, order.deleted_ms) == ("done", "hall", county.at_ms)
    assert [(viewing.who, viewing.reason) for viewing in viewings] == [("测试员", "核实")]
    with reading(county.bench.database.reader) as connection:
        assert connection.execute(select(t.command.c.picture_box)).scalar() is None
    county.answer(Answer("first", "done", picture=a_picture(box=box)))
    assert county.reader.picture("first") is None, "nor does it come back"


def test_a_deleted_picture_is_nowhere_in_the_databases_files(county: County, tmp_path: Path):
    box = os.urandom(40_000)

    def anywhere() -> bool:
        return any(box[:64] in path.read_bytes() for path in tmp_path.rglob("*.sqlite3*"))

    county.order()
    county.round()
    county.answer(Answer("first", "done", picture=a_picture(box=box)))
    assert anywhere()
    county.round(8 * DAY_MS)
    wait_for(lambda: not anywhere(), "the log emptied", within_s=10)
