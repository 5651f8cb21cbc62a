"""A roll-out at a running hub: it orders, hears what became of it, goes on to the next wave, or stops."""

import msgspec
import pytest

from hub.desks.rolling_out import cancel, resume, start, without
from hub.ingest.items import Sees
from hub.ingest.orders import Orders
from hub.ingest.rolling import LOOK_EVERY_MS, Rolling
from hub.rollout.waves import HOUR_MS
from hub.store.engine import writing
from hub.store.rollouts import Release, RolloutsReader, add_release
from tests.hub.ingest.conftest import VILLAGES, Bench
from wire.codec import decode
from wire.life import Birth
from wire.orders import Answer, Command
from wire.records import Batch, DeviceEvent, Record

SOAK = 2 * HOUR_MS
NEW = 7


class Fleet:
    """Four stations that are online, the chore, and a clock that is turned by hand."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.now_ms, self._seq = bench, bench.clock.now_ms(), 0
        self.reader = RolloutsReader(bench.database.reader)
        bench.edge.items.append(Sees(self.now_ms))
        for village in VILLAGES:
            self.be_born(village.code, 6)
        self.begin()
        release = Release(0, "r7", NEW, "ab" * 32, 1000, "", "测试员", self.now_ms)
        stations = [(village.code, village.town, bench.recalled.ids[village.code]) for village in VILLAGES]
        with writing(bench.database) as connection:
            add_release(connection, release)
        _, doing = start(
            self.reader.release("r7"), stations, waves="1,100%", soak_ms=SOAK, most_failed=0, by="测试员",
            reason="新版", now_ms=self.now_ms,
        )  # fmt: skip
        with writing(bench.database) as connection:
            doing.change(connection)
        self.first = self.reader.parts(1)[0].station
        self.others = [part.station for part in self.reader.parts(1)[1:]]

    def begin(self) -> None:
        """Let a hub begin (again)."""
        self.rolling = Rolling(self.bench.database, self.bench.recalled.county.members, self.bench.recalled.ids)

    def be_born(self, station: str, release: int) -> None:
        birth = Birth(1, "a" * 16, "test 1", 30, 30.0, release=release)
        self.bench.edge.put("life", birth, station=station, at_ms=self.bench.clock.now_ms())
        self.bench.round()

    def later(self, ms: int = LOOK_EVERY_MS) -> list[str]:
        """Let time pass; return who is ordered."""
        before = len(self.bench.edge.published)
        self.now_ms += ms
        self.rolling.round(self.now_ms, connected=True)
        Orders(self.bench.database, self.bench.edge, self.bench.recalled.run, 7).round(self.now_ms, connected=True)
        return [one.topic.split("/")[1] for one in self.bench.edge.published[before:] if one.topic.endswith("command")]

    def order(self, station: str) -> Command:
        return next(
            decode(one.payload, Command)
            for one in reversed(self.bench.edge.published)
            if one.topic == f"v1/{station}/down/command"
        )

    def answer(self, station: str, outcome: str = "done") -> None:
        answer = Answer(self.order(station).id, outcome)
        self.bench.edge.put("answer", answer, station=station, at_ms=self.bench.clock.now_ms())
        self.bench.round()

    def fail(self, station: str, code: str = "E-UPD-05", note: str = "r7") -> None:
        self._seq += 1
        raw = msgspec.Raw(msgspec.json.encode(Record(self._seq, DeviceEvent("software", code, note=note))))
        batch = Batch("a" * 16, self._seq - 1, [raw])
        self.bench.edge.put("records", batch, station=station, at_ms=self.bench.clock.now_ms())
        self.bench.round()

    def outcomes(self) -> dict[str, str | None]:
        return {part.station: part.outcome for part in self.reader.parts(1)}

    @property
    def state(self) -> str:
        return self.reader.rollout(1).state


@pytest.fixture
def fleet(bench: Bench) -> Fleet:
    return Fleet(bench)


def test_a_release_goes_out_in_waves_and_ends(fleet: Fleet) -> None:
    assert fleet.later() == [fleet.first]
    command = fleet.order(fleet.first)
    assert (command.name, command.arguments["release"], command.arguments["sequence"]) == ("update", "r7", NEW)
    fleet.answer(fleet.first)
    assert fleet.later() == [], "taken: it is not ordered again"
    fleet.be_born(fleet.first, NEW)
    assert fleet.later() == []
    assert fleet.later(SOAK - LOOK_EVERY_MS) == [], "not yet long enough"
    fleet.begin()  # a hub that starts anew goes on where it was
    assert sorted(fleet.later(2 * LOOK_EVERY_MS)) == sorted(fleet.others)
    for station in fleet.others:
        fleet.answer(station)
        fleet.be_born(station, NEW)
    fleet.later()
    fleet.later(SOAK + LOOK_EVERY_MS)
    assert (fleet.state, set(fleet.outcomes().values())) == ("done", {"settled"})
    assert [step.what for step in fleet.reader.steps(1)] == ["begin", "wave", "done"]
    assert fleet.later(SOAK) == []


def test_a_failure_in_the_first_wave_stops_it_until_people_go_on(fleet: Fleet) -> None:
    fleet.later()
    fleet.answer(fleet.first)
    fleet.fail(fleet.first)
    assert (fleet.later(), fleet.state) == ([], "paused")
    assert fleet.later(SOAK) == []
    assert fleet.reader.parts(1)[0].code == "E-UPD-05"
    one = fleet.reader.rollout(1)
    with writing(fleet.bench.database) as connection:
        without(one, fleet.others[0], "测试员", "在修", fleet.now_ms).change(connection)
        resume(one, fleet.reader.parts(1), "测试员", "已修好", fleet.now_ms).change(connection)
    assert fleet.later() == [], "nobody runs it well yet: no next wave by itself"
    assert fleet.state == "running"


def test_a_station_that_goes_back_to_the_old_release_has_failed(fleet: Fleet) -> None:
    fleet.later()
    fleet.answer(fleet.first)
    fleet.be_born(fleet.first, NEW)
    fleet.later()
    fleet.be_born(fleet.first, 6)
    fleet.later()
    assert (fleet.reader.parts(1)[0].code, fleet.state) == ("rolled_back", "paused")


def test_what_it_says_of_another_release_counts_for_nothing(fleet: Fleet) -> None:
    fleet.later()
    fleet.fail(fleet.first, note="r6")
    fleet.fail(fleet.others[0], note="r7")
    fleet.later()
    assert set(fleet.outcomes().values()) == {None}, "another release, and a station that was never ordered"


def test_an_order_that_did_not_arrive_is_given_again(fleet: Fleet) -> None:
    fleet.later()
    first = fleet.order(fleet.first).id
    with writing(fleet.bench.database) as connection:
        connection.exec_driver_sql("UPDATE command SET outcome = 'expired'")
    assert fleet.later() == [fleet.first]
    assert fleet.order(fleet.first).id != first


def test_a_station_whose_software_is_too_old_for_the_order_has_failed(fleet: Fleet) -> None:
    fleet.later()
    fleet.answer(fleet.first, "unknown_command")
    fleet.later()
    assert fleet.reader.parts(1)[0].code == "order_refused"


def test_after_the_end_by_hand_nobody_is_ordered_and_another_may_begin(fleet: Fleet) -> None:
    fleet.later()
    with writing(fleet.bench.database) as connection:
        cancel(fleet.reader.rollout(1), "测试员", "换版本", fleet.now_ms).change(connection)
    assert fleet.later(SOAK) == []
    assert (fleet.state, fleet.reader.open_one()) == ("cancelled", None)
