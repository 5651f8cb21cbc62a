"""What people planned reaches the county in memory; a first birth puts a station into service."""

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from hub.health.station import Known
from hub.health.windows import Effect, Window, WindowKind
from hub.incidents.trouble import Node
from hub.ingest.items import Sees
from hub.ingest.planned import LOOK_EVERY_MS, Planned
from hub.ingest.recall import recall
from hub.store.engine import writing
from hub.store.service import ServiceReader, change_service
from hub.store.windows import Planned as Row
from hub.store.windows import WindowsReader, add_window, end_window
from tests.hub.ingest.conftest import STATION, VILLAGES, Bench
from wire.life import Beat, Birth, CameraInfo, Death, DeviceState, OutboxDepth

OTHER = VILLAGES[1].code
TOWN = Node("town", VILLAGES[0].town)
HOUR = 3_600_000


class Centre:
    """A hub's writer and the chore, with a clock that is turned by hand."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.county = bench, bench.recalled.county
        self.now_ms = bench.clock.now_ms()
        self.planned = self.begin()

    def begin(self) -> Planned:
        return Planned(self.bench.database, self.county, self.bench.recalled.ids, self.now_ms)

    def later(self, ms: int = LOOK_EVERY_MS) -> None:
        self.now_ms += ms
        self.planned.round(self.now_ms, connected=True)

    def plan(self, from_ms: int, until_ms: int, node: Node = TOWN, kind: WindowKind = "fixed", **more: object) -> None:
        """Plan something; times count from now."""
        effect: Effect = more.pop("effect", "maintenance")  # type: ignore[assignment]
        window = Window("w", effect, node, kind, self.now_ms + from_ms, self.now_ms + until_ms, **more)  # type: ignore[arg-type]
        with writing(self.bench.database) as connection:
            add_window(connection, Row(window, "换电源", "测试员", self.now_ms))

    def end(self, *, withdrawn: bool = False) -> None:
        with writing(self.bench.database) as connection:
            assert end_window(connection, "w", "测试员", "提前完成", self.now_ms, withdrawn=withdrawn)

    def say(self, family: str, message: object, station: str = STATION, *, retain: bool = False) -> None:
        at_ms = self.bench.clock.now_ms()
        if not self.bench.edge.items:
            self.bench.edge.items.append(Sees(at_ms))
        self.bench.edge.put(family, message, station=station, at_ms=at_ms, retain=retain)  # type: ignore[arg-type]
        self.bench.round()

    def be_born(self, station: str = STATION, *, retain: bool = False) -> None:
        birth = Birth(1, "a" * 16, "test 1", 30, 30.0, [CameraInfo("hall", "simulated")])
        self.say("life", birth, station, retain=retain)

    def state(self, station: str = STATION) -> tuple[str, int, str]:
        health = self.county.members[station].health()
        return health.state, health.since_ms, health.reason

    def in_service(self) -> dict[str, int | None]:
        told = {one.station: one.commissioned_ms for one in ServiceReader(self.bench.database.reader).all()}
        assert told == {code: member.commissioned_ms for code, member in self.county.members.items()}
        return {code: since_ms for code, since_ms in told.items() if since_ms is not None}

    def began(self) -> int | None:
        found = WindowsReader(self.bench.database.reader).find("w")
        assert found is not None
        return found.window.began_ms


@pytest.fixture
def centre(bench: Bench) -> Centre:
    return Centre(bench)


def test_a_window_shows_maintenance_from_its_beginning_to_its_end(centre: Centre):
    begin_ms = centre.now_ms + 10_000
    centre.plan(10_000, 20_000)
    centre.later()
    assert centre.state()[0] == "unknown"
    centre.later(7_000)
    assert centre.state() == ("maintenance", begin_ms, "maintenance")
    centre.later(9_999)
    assert centre.state()[0] == "maintenance"
    centre.later(1)
    assert centre.state()[0] == "unknown"


def test_one_ended_early_is_over_and_a_new_hub_begins_with_what_holds(centre: Centre):
    centre.plan(-HOUR, HOUR)
    again = centre.begin()
    assert centre.state() == ("maintenance", centre.now_ms - HOUR, "maintenance"), "without waiting for a round"
    assert again.calendar.maintenance_since_ms(OTHER, centre.now_ms) == centre.now_ms - HOUR
    centre.later()
    centre.end()
    centre.later()
    assert centre.state()[0] == "unknown"


def test_a_clock_set_back_takes_back_what_had_begun(centre: Centre):
    centre.plan(10_000, HOUR)
    centre.later()
    centre.later(20_000)
    assert centre.state()[0] == "maintenance"
    centre.later(-15_000)
    assert centre.state()[0] == "unknown"


class TestFlexible:
    """One that waits for a trouble of its stations."""

    def test_a_death_within_it_begins_it(self, centre: Centre):
        centre.be_born(OTHER)
        centre.plan(-1_000, HOUR, kind="flexible", lasts_ms=2 * HOUR)
        centre.later()
        assert (centre.state(OTHER)[0], centre.began()) == ("online", None)
        centre.say("life", Death(1, orderly=True), OTHER)
        died_ms = centre.county.members[OTHER].known.since_ms
        centre.later()
        centre.later()
        assert centre.began() == died_ms
        assert centre.state(OTHER) == ("maintenance", died_ms, "maintenance")
        assert centre.state(STATION)[0] == "maintenance", "it is its town's"

    def test_a_village_dead_before_does_not_begin_it(self, centre: Centre):
        centre.be_born(OTHER)
        centre.say("life", Death(1, orderly=True), OTHER)
        centre.plan(60_000, HOUR, kind="flexible", lasts_ms=HOUR)
        centre.later(120_000)
        centre.later()
        assert centre.began() is None

    def test_one_dead_for_long_of_which_a_new_hub_says_so_within_it_does_not_begin_it(self, centre: Centre):
        centre.be_born(OTHER)
        centre.plan(-60_000, HOUR, kind="flexible", lasts_ms=HOUR)
        centre.later()
        dead = Known("offline", centre.now_ms, "silent", silent_after_ms=52_500, heard_ms=centre.now_ms - HOUR)
        centre.county.members[OTHER].known = dead
        centre.later()
        assert centre.began() is None

    def test_one_out_of_service_does_not_begin_it(self, centre: Centre):
        centre.be_born(OTHER)
        centre.later()
        key = centre.bench.recalled.ids[OTHER]
        with writing(centre.bench.database) as connection:
            change_service(connection, [(key, centre.now_ms)], starts=False, how="person", now_ms=centre.now_ms)
        centre.plan(-60_000, HOUR, kind="flexible", lasts_ms=HOUR)
        centre.later()
        centre.say("life", Death(1, orderly=True), OTHER)
        centre.later()
        assert centre.began() is None

    def test_a_picture_that_becomes_bad_begins_it(self, centre: Centre):
        centre.be_born()
        centre.plan(-1_000, HOUR, kind="flexible", lasts_ms=HOUR)
        centre.later()
        centre.later()
        hall = DeviceState("camera/hall", "failed", None, "E-VQD-12")
        centre.say("beat", Beat(1, 1, OutboxDepth(0, 0), devices=[hall]))
        centre.later()
        assert centre.began() == centre.now_ms

    def test_a_withdrawn_one_waits_for_nothing(self, centre: Centre):
        centre.be_born()
        centre.plan(-1_000, HOUR, kind="flexible", lasts_ms=HOUR)
        centre.end(withdrawn=True)
        centre.later()
        centre.say("life", Death(1, orderly=True))
        centre.later()
        assert centre.began() is None


class TestService:
    """A station never born is not in service; its first live birth puts it in."""

    def test_a_first_birth_puts_it_into_service_as_of_then(self, centre: Centre):
        assert centre.in_service() == {}
        centre.be_born()
        centre.later()
        assert centre.in_service() == {STATION: centre.county.members[STATION].known.since_ms}

    def test_what_the_broker_kept_is_no_live_birth(self, centre: Centre):
        centre.be_born(retain=True)
        centre.later()
        assert centre.in_service() == {}

    def test_one_that_somebody_took_out_stays_out_through_its_next_birth(self, centre: Centre):
        centre.be_born()
        centre.later()
        key = centre.bench.recalled.ids[STATION]
        with writing(centre.bench.database) as connection:
            change_service(
                connection, [(key, centre.now_ms)], starts=False, how="person", now_ms=centre.now_ms, who="测试员"
            )
        centre.later()
        centre.be_born()
        centre.later()
        assert centre.in_service() == {}
        shown = centre.county.members[STATION].health()
        assert (shown.state, shown.reason) == ("maintenance", "not_in_service"), "nothing is expected of it"
        assert [row.how for row in ServiceReader(centre.bench.database.reader).history(STATION)] == ["person", "born"]

    def test_one_that_leaves_the_list_is_out_until_it_is_born_again(self, centre: Centre):
        centre.be_born()
        centre.later()
        recall(centre.bench.database, "999999", VILLAGES[1:], centre.now_ms)
        reader = ServiceReader(centre.bench.database.reader)
        assert STATION not in {one.station for one in reader.all()}
        recall(centre.bench.database, "999999", VILLAGES, centre.now_ms)
        (mine,) = [one for one in reader.all() if one.station == STATION]
        assert mine.commissioned_ms is None
        assert mine.waits_for_birth


def test_a_database_that_gives_nothing_stops_no_round(centre: Centre):
    centre.plan(-HOUR, HOUR)
    centre.later()
    event.listen(centre.bench.database.reader, "before_cursor_execute", _fail)
    centre.later()
    centre.later(HOUR)
    event.remove(centre.bench.database.reader, "before_cursor_execute", _fail)
    assert centre.state()[0] == "unknown", "what was read goes on"


def _fail(*_: object) -> None:
    raise OperationalError("", {}, Exception("gone"))
