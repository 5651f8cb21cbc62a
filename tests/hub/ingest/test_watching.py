"""The watch in the running hub: a trouble is stored once and shown, also while the database takes nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from hub.health.county import County, Place
from hub.health.lines import Lines
from hub.health.seen import Probes
from hub.health.station import Born, ClockStepped, Died, Heard, HubBlind, HubSees, Tick
from hub.health.windows import Calendar, Window
from hub.incidents.duty import Roster
from hub.incidents.trouble import Node
from hub.ingest.watching import Watching
from hub.store.engine import Database, StoreError, writing
from hub.store.incidents import IncidentsReader
from hub.store.stations import Village, enrol
from hub.view import View
from tests.hub.fresh_database import fresh_database
from wire.probe import COUNTY_LEG
from wire.records import LinkSummary

BEGUN_MS = 1_795_545_000_000
VILLAGES = [
    Village(f"99999910{town}{unit:03d}", f"测试{town}镇第{unit}村", f"测试{town}镇")
    for town in (1, 2, 3)
    for unit in range(1, 5)
]
TOWN = "测试2镇"
CUT = [village.code for village in VILLAGES if village.town == TOWN]


class Probing:
    def __init__(self) -> None:
        self.silent: set[str] = set()

    def probes(self, station: str, now_ms: int) -> Probes:
        return "silent" if station in self.silent else "coming"


class Bench:
    """A county in memory whose time is moved by hand."""

    def __init__(self, database: Database, now_ms: int = BEGUN_MS) -> None:
        self.database, self.now_ms = database, now_ms
        with writing(database) as connection:
            ids = enrol(connection, VILLAGES)
        self.county = County("999999", [Place(*village) for village in VILLAGES], now_ms)
        self.probing, self.connected = Probing(), True
        self.calendar, self.lines = Calendar((), {}), Lines()
        self.alive: set[str] = set()
        self.view = View(self.county.figures(now_ms))
        self.watching = Watching(
            database=database,
            county=self.county,
            county_name="测试县",
            ids=ids,
            lines=self.lines,
            probes=self.probing,
            calendar=lambda: self.calendar,
            roster=Roster,
            view=self.view,
            now_ms=now_ms,
        )
        self.county.tell_all(HubSees(), now_ms)
        for village in VILLAGES:
            self.county.commission(village.code, now_ms)

    def born(self, codes: list[str]) -> None:
        for code in codes:
            self.alive.add(code)
            self.probing.silent.discard(code)
            self.county.tell(code, [Born(1, "a" * 16, 30, 30.0, retained=False)], self.now_ms)

    def cut(self, codes: list[str]) -> None:
        for code in codes:
            self.alive.discard(code)
            self.probing.silent.add(code)
            self.county.tell(code, [Died(1, orderly=False, retained=False)], self.now_ms)

    def run(self, seconds: float) -> None:
        for _ in range(int(seconds * 4)):
            self.now_ms += 250
            if self.connected and self.now_ms % 10_000 == 0:
                for code in self.alive:
                    self.county.tell(code, [Heard()], self.now_ms)
            self.county.tell_all(Tick(), self.now_ms)
            self.watching.round(self.now_ms, connected=self.connected)

    def measure(self, code: str, received: int) -> None:
        said = LinkSummary(COUNTY_LEG, 30_000, 30, received, received)
        self.lines.take(code, said, self.now_ms, self.now_ms)

    def settle(self) -> None:
        self.born([village.code for village in VILLAGES])
        self.run(200)

    def told(self) -> list[tuple[str, str, str, str]]:
        return [(one.kind, one.scope, one.place, one.state) for one in self.view.incidents()]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = fresh_database(tmp_path / "hub.sqlite3")
    yield database
    database.stop()


def test_a_towns_cut_is_stored_and_shown_and_over_when_it_is_back(database: Database) -> None:
    bench = Bench(database)
    bench.settle()
    assert bench.told() == []
    bench.cut(CUT)
    bench.run(3)
    assert bench.told() == [("down", "town", TOWN, "new")]
    assert IncidentsReader(database.reader).open_incidents() == bench.view.incidents()
    assert bench.view.incidents()[0].stations == tuple(CUT)
    bench.born(CUT)
    bench.run(90)
    assert bench.told() == [("down", "town", TOWN, "resolved")]


def test_a_hub_started_anew_goes_on_with_what_is_open_and_opens_nothing(database: Database) -> None:
    bench = Bench(database)
    bench.settle()
    bench.cut(CUT)
    bench.run(3)
    key = bench.view.incidents()[0].id

    again = Bench(database, bench.now_ms + 2_000)
    again.born([village.code for village in VILLAGES if village.code not in CUT])
    again.run(200)
    assert [(one.id, one.recovered_ms, one.times) for one in again.view.incidents()] == [(key, None, 1)]
    again.born(CUT)
    again.run(200)
    assert [(one.id, one.state) for one in again.view.incidents()] == [(key, "resolved")]


def test_while_the_database_takes_nothing_the_wall_is_told_and_later_it_is_stored_once(database: Database) -> None:
    bench = Bench(database)
    bench.settle()
    with database.writer.connect() as connection:
        connection.execute(text("ALTER TABLE incident RENAME TO incident_away"))
        connection.commit()
    bench.cut(CUT)
    bench.run(3)
    assert bench.told() == [("down", "town", TOWN, "new")]
    with database.writer.connect() as connection:
        connection.execute(text("ALTER TABLE incident_away RENAME TO incident"))
        connection.commit()
    bench.run(2)
    assert bench.told() == [("down", "town", TOWN, "new")]
    (stored,) = IncidentsReader(database.reader).open_incidents()
    assert [step.step for step in IncidentsReader(database.reader).steps(stored.id)] == ["opened"]


def test_while_the_database_takes_nothing_the_wall_is_told_what_ends_too(database: Database) -> None:
    bench = Bench(database)
    bench.settle()
    bench.cut(CUT[:1])
    bench.run(60)
    with database.writer.connect() as connection:
        connection.execute(text("ALTER TABLE incident RENAME TO incident_away"))
        connection.commit()
    other = VILLAGES[0].code
    bench.cut([other])
    bench.born(CUT[:1])
    bench.run(60)
    shown = [(one.town, one.name, one.state) for one in bench.view.incidents()]
    assert shown == [("测试1镇", "测试1镇第1村", "new"), (TOWN, f"{TOWN}第1村", "resolved")]
    bench.born([other])
    bench.run(90)
    assert {one.state for one in bench.view.incidents()} == {"resolved"}


def test_a_database_that_takes_nothing_is_asked_ever_less(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(database)
    bench.settle()
    tries: list[int] = []

    def refuses(*_: object) -> Roster:
        tries.append(bench.now_ms)
        raise StoreError("E-STORE-05", "away")

    monkeypatch.setattr(bench.watching, "_roster", refuses)
    bench.cut(CUT)
    bench.run(60)
    assert bench.told() == [("down", "town", TOWN, "new")]
    assert len(tries) < 20
    monkeypatch.undo()
    bench.run(6)
    assert len(IncidentsReader(database.reader).open_incidents()) == 1


def test_a_lost_broker_is_the_hubs_own_trouble_and_no_villages(database: Database) -> None:
    bench = Bench(database)
    bench.settle()
    bench.connected = False
    bench.county.tell_all(HubBlind(), bench.now_ms)
    bench.run(120)
    assert bench.told() == [("broker", "hub", "", "new")]
    bench.connected = True
    bench.county.tell_all(HubSees(), bench.now_ms)
    bench.run(5)
    assert bench.told() == [("broker", "hub", "", "resolved")]


def test_a_hub_that_starts_without_a_broker_says_so_and_goes_on_with_what_was_said(database: Database) -> None:
    bench = Bench(database)
    bench.connected = False
    bench.county.tell_all(HubBlind(), bench.now_ms)
    bench.run(10)
    (away,) = bench.view.incidents()
    assert (away.kind, away.state, away.since_ms) == ("broker", "new", BEGUN_MS)
    again = Bench(database, bench.now_ms + 2_000)
    again.connected = False
    again.county.tell_all(HubBlind(), again.now_ms)
    again.run(200)
    assert again.view.incidents() == (away,), "it is away still"
    again.connected = True
    again.county.tell_all(HubSees(), again.now_ms)
    again.run(2)
    assert again.told() == [("broker", "hub", "", "resolved")]


def test_a_hub_that_was_away_for_long_says_so_of_itself(database: Database) -> None:
    bench = Bench(database)
    bench.watching.was_away(BEGUN_MS - 600_000, BEGUN_MS)
    bench.run(5)
    (away,) = bench.view.incidents()
    assert (away.kind, away.since_ms, away.state) == ("hub", BEGUN_MS - 600_000, "resolved")


def test_a_quick_restart_of_the_hub_is_no_incident(database: Database) -> None:
    bench = Bench(database)
    bench.watching.was_away(BEGUN_MS - 8_000, BEGUN_MS)
    bench.run(5)
    assert bench.told() == []


def test_what_is_not_in_service_opens_nothing(database: Database) -> None:
    bench = Bench(database)
    bench.settle()
    for code in CUT:
        bench.county.commission(code, None)
    bench.run(1)
    bench.cut(CUT)
    bench.run(60)
    assert bench.told() == []


def test_a_flexible_time_that_nothing_began_hides_nothing_once_it_is_over(database: Database) -> None:
    bench = Bench(database)
    bench.settle()
    over = Window("w", "maintenance", Node("town", TOWN), "flexible", BEGUN_MS, bench.now_ms + 60_000, 3_600_000)
    bench.calendar = Calendar([over], {village.code: village.town for village in VILLAGES})
    bench.cut(CUT)
    bench.run(50)
    assert bench.told() == []
    bench.run(30)
    assert bench.told() == [("down", "town", TOWN, "new")]


@pytest.mark.parametrize("announced", [True, False])
def test_the_trouble_that_begins_a_flexible_time_is_never_opened(database: Database, announced: bool) -> None:
    bench = Bench(database)
    bench.settle()
    waits = Window("w", "maintenance", Node("town", TOWN), "flexible", BEGUN_MS, BEGUN_MS + 36_000_000, 3_600_000)
    bench.calendar = Calendar([waits], {village.code: village.town for village in VILLAGES})
    bench.cut([VILLAGES[0].code])
    if announced:
        bench.cut(CUT)
    else:
        bench.alive.difference_update(CUT)
        bench.probing.silent.update(CUT)  # by these alone it would be told before anybody is offline
    bench.run(90)
    assert bench.told() == [("down", "station", VILLAGES[0].code, "new")]


def test_what_is_taken_out_of_service_ends_and_may_come_again(database: Database) -> None:
    bench = Bench(database)
    bench.settle()
    bench.cut(CUT[:1])
    bench.run(60)
    bench.county.commission(CUT[0], None)
    out_ms = bench.now_ms
    bench.run(5)
    (one,) = bench.view.incidents()
    assert (one.state, one.recovered_ms) == ("resolved", out_ms + 250)
    bench.county.commission(CUT[0], bench.now_ms)
    bench.run(60)
    assert [(one.state, one.times) for one in bench.view.incidents()] == [("new", 2)]


def test_a_poor_line_ends_with_the_service_of_its_station(database: Database) -> None:
    bench = Bench(database)
    bench.settle()
    for _ in range(6):
        bench.measure(CUT[0], received=20)
        bench.run(30)
    assert bench.told() == [("line", "station", CUT[0], "new")]
    bench.county.commission(CUT[0], None)
    bench.run(300)
    assert bench.told() == [("line", "station", CUT[0], "resolved")]


def test_a_village_that_left_the_list_leaves_what_lasts(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(database)
    bench.settle()
    bench.cut(CUT)
    bench.run(3)
    left = [village for village in VILLAGES if village.code != CUT[0]]
    monkeypatch.setattr("tests.hub.ingest.test_watching.VILLAGES", left)
    again = Bench(database, bench.now_ms + 2_000)
    again.born([village.code for village in left if village.code not in CUT])
    again.run(200)
    (one,) = again.view.incidents()
    assert (one.state, one.stations, one.affected) == ("new", tuple(CUT[1:]), 4)


def test_a_clock_that_is_set_opens_and_ends_nothing(database: Database) -> None:
    bench = Bench(database)
    bench.settle()
    bench.cut(CUT)
    bench.run(3)
    before = bench.view.incidents()
    bench.now_ms += 86_400_000
    bench.county.tell_all(ClockStepped(86_400_000), bench.now_ms)
    bench.watching.stepped(86_400_000)
    bench.run(10)
    assert [(one.id, one.state) for one in bench.view.incidents()] == [(one.id, one.state) for one in before]
