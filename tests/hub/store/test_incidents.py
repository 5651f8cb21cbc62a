"""Incidents in a real database: what is told, done and due becomes rows, once, whoever writes at the same time."""

import threading
from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from hub.incidents.acts import Acknowledge, Act, Close, Dispatch, IncidentError, Note, Reopen, Resolve, Undo
from hub.incidents.duty import Duty, Roster
from hub.incidents.incident import Incident
from hub.incidents.lifecycle import HOUR_MS
from hub.incidents.trouble import Absorbed, Began, Ended, Node, Spread, Told, Trouble
from hub.store.engine import Database, writing
from hub.store.incident_rows import read_incidents
from hub.store.incident_tables import incident, incident_station, incident_step
from hub.store.incidents import IncidentsReader, act, pass_time, take
from hub.store.stations import Village, enrol
from tests.hub.incidents.made_up import MINUTE_MS, T0
from tests.hub.store.conftest import STATIONS

FIRST, SECOND = STATIONS
TOWN = "测试镇"
NAMES = {"": "测试县", FIRST: "第1村", SECOND: "第2村"}
ALONE, WHOLE = Trouble("down", Node("station", FIRST)), Trouble("down", Node("town", TOWN))
ROSTER = Roster([Duty(1, Node("county"), "值班员", None, "mon,tue,wed,thu,fri,sat,sun", 0, 1440)])
ACK = Acknowledge("张三", T0 + 4 * HOUR_MS)


class Desk:
    """A hub's watch and the people of the centre, on one database."""

    def __init__(self, database: Database, ids: dict[str, int]) -> None:
        self.database, self.ids = database, ids
        self.reader = IncidentsReader(database.reader)

    def told(self, *news: Told, at_ms: int = T0) -> list[Incident]:
        with writing(self.database) as connection:
            return take(connection, news, self.ids, NAMES, at_ms)

    def does(self, key: str, deed: Act, at_ms: int = T0) -> Incident:
        with writing(self.database) as connection:
            return act(connection, key, deed, at_ms)

    def time(self, at_ms: int, roster: Roster = ROSTER) -> list[Incident]:
        with writing(self.database) as connection:
            return pass_time(connection, roster, at_ms)

    def steps(self, key: str) -> list[str]:
        return [step.step for step in self.reader.steps(key)]


@pytest.fixture
def desk(database: Database, ids: dict[str, int]) -> Desk:
    return Desk(database, ids)


def began(what: Trouble = ALONE, *stations: str, since_ms: int = T0 - 4_000) -> Began:
    return Began(what, since_ms, stations or (FIRST,), "died", "2/2")


def test_what_began_is_there_with_its_village_and_first_step(desk: Desk) -> None:
    (told,) = desk.told(began())
    (shown,) = desk.reader.open_incidents()
    assert shown == told == desk.reader.find("261128-001")
    assert (shown.name, shown.town, shown.stations, shown.affected) == ("第1村", TOWN, (FIRST,), 1)
    (step,) = desk.reader.steps(shown.id)
    assert (step.id, step.incident, step.step, step.who, step.note) == (1, shown.id, "opened", "", "died 2/2")
    (member,) = desk.reader.members(shown.id)
    assert member == (FIRST, "第1村", TOWN, T0 - 4_000, None)
    assert desk.reader.open_troubles() == [(ALONE, T0 - 4_000, (FIRST,))]


def test_places_are_called_as_people_call_them(desk: Desk) -> None:
    county, hub, line = (
        Trouble("down", Node("county")),
        Trouble("hub", Node("hub")),
        Trouble("line", Node("town", TOWN)),
    )
    desk.told(began(county, FIRST, SECOND), Began(hub, T0, (), "hub_was_away"), began(line, FIRST, SECOND))
    names = {one.scope: (one.name, one.town, one.affected) for one in desk.reader.open_incidents()}
    assert names == {"county": ("测试县", "", 2), "hub": ("测试县", "", 0), "town": (TOWN, TOWN, 2)}


def test_told_twice_it_is_one(desk: Desk) -> None:
    desk.told(began())
    assert desk.told(began()) == []
    desk.told(Ended(ALONE, T0 + 1_000), at_ms=T0 + 2_000)
    assert desk.told(Ended(ALONE, T0 + 1_000), at_ms=T0 + 3_000) == []
    assert desk.steps("261128-001") == ["opened", "recovered", "resolved"]
    assert desk.reader.open_troubles() == []
    assert desk.told() == []


def test_within_the_hour_it_returns_and_later_it_is_another(desk: Desk) -> None:
    desk.told(began())
    for hour in (1, 2):
        desk.told(Ended(ALONE, T0), at_ms=T0)
        closed = desk.does("261128-001", Close("王五"), T0)
        assert closed.stations == ()
        at_ms = T0 + HOUR_MS + (hour == 2)
        (back,) = desk.told(began(since_ms=at_ms), at_ms=at_ms)
        assert (back.id, back.times) == (("261128-001", 2), ("261128-002", 1))[hour - 1]
    assert desk.steps("261128-001").count("returned") == 1
    intervals = [(one.from_ms, one.until_ms) for one in desk.reader.members("261128-001")]
    assert intervals == [(T0 - 4_000, T0), (T0 + HOUR_MS, T0)]


def test_numbers_are_of_the_countys_day(desk: Desk) -> None:
    midnight = T0 + 12 * HOUR_MS
    desk.told(began(), at_ms=midnight - 1)
    desk.told(began(WHOLE), at_ms=midnight)
    desk.told(began(Trouble("line", Node("station", SECOND)), SECOND), at_ms=midnight)
    assert {one.id for one in desk.reader.open_incidents()} == {"261128-001", "261129-001", "261129-002"}


def test_villages_join_leave_and_come_back_each_with_its_time(desk: Desk) -> None:
    desk.told(began(WHOLE))
    desk.told(Spread(WHOLE, T0 + 1_000, (SECOND,), (FIRST,)), at_ms=T0 + 1_500)
    (town,) = desk.told(Spread(WHOLE, T0 + 2_000, (FIRST,)), at_ms=T0 + 2_500)
    assert (town.stations, town.affected) == ((FIRST, SECOND), 2)
    times = [(one.station, one.from_ms, one.until_ms) for one in desk.reader.members(town.id)]
    assert times == [(FIRST, T0 - 4_000, T0 + 1_000), (FIRST, T0 + 2_000, None), (SECOND, T0 + 1_000, None)]
    desk.told(Spread(WHOLE, T0 + 3_000, (), (FIRST, SECOND)), at_ms=T0 + 3_500)
    assert desk.steps(town.id) == ["opened", "spread", "spread", "recovered", "resolved"]


def test_a_spread_of_what_is_not_open_opens_it_and_an_end_does_not(desk: Desk) -> None:
    assert desk.told(Ended(ALONE, T0), Spread(ALONE, T0, (), (FIRST,)), Absorbed(ALONE, WHOLE, T0)) == []
    (one,) = desk.told(Spread(WHOLE, T0, (SECOND,)))
    assert (one.stations, one.state) == ((SECOND,), "new")


def test_a_village_the_county_no_longer_lists_is_left_out(desk: Desk) -> None:
    (one,) = desk.told(began(WHOLE, FIRST, "999999101999"))
    assert (one.stations, one.affected) == ((FIRST,), 1)


def test_what_is_part_of_a_greater_one_says_of_which(desk: Desk) -> None:
    desk.told(began())
    desk.told(began(WHOLE, FIRST, SECOND), Absorbed(ALONE, WHOLE, T0))
    assert [(step.step, step.note) for step in desk.reader.steps("261128-001")][1:] == [
        ("absorbed", "261128-002"),
        ("closed", "261128-002"),
    ]
    assert [one.id for one in desk.reader.open_incidents()] == ["261128-002"]


def test_what_is_refused_leaves_nothing_behind(desk: Desk) -> None:
    desk.told(began())
    for key, deed, code in (
        ("261128-009", ACK, "E-INC-01"),
        ("261128-001", Resolve("张三", "power"), "E-INC-03"),
        ("261128-001", Undo("张三"), "E-INC-05"),
    ):
        with pytest.raises(IncidentError) as caught:
            desk.does(key, deed)
        assert caught.value.code == code
    assert desk.steps("261128-001") == ["opened"]


def test_what_is_taken_back_stays_marked(desk: Desk) -> None:
    desk.told(began())
    desk.does("261128-001", ACK)
    desk.does("261128-001", Note("张三", "电话没人接"), T0 + 1)
    assert desk.does("261128-001", Undo("张三"), T0 + 2).state == "acknowledged", "the note"
    assert desk.does("261128-001", Undo("张三"), T0 + 3).state == "new", "then what came before it"
    rows = [(step.step, step.note, step.withdrawn_ms) for step in desk.reader.steps("261128-001")]
    assert rows == [
        ("opened", "died 2/2", None),
        ("acknowledged", "", T0 + 3),
        ("noted", "电话没人接", T0 + 2),
        ("undone", "noted", None),
        ("undone", "acknowledged", None),
    ]
    with pytest.raises(IncidentError, match="E-INC-05"):
        desk.does("261128-001", Undo("张三"))


def test_one_closed_is_not_opened_again_beside_a_newer_one(desk: Desk) -> None:
    desk.told(began())
    desk.told(Ended(ALONE, T0))
    desk.does("261128-001", Close("王五"), T0)
    with writing(desk.database) as connection:  # as if it had been closed long ago when the newer one began
        connection.execute(incident.update().values(closed_ms=T0 - 2 * HOUR_MS))
    desk.told(began(), at_ms=T0 + MINUTE_MS)
    for deed in (Reopen("张三"), Undo("王五")):
        with pytest.raises(IncidentError, match=r"E-INC-07 261128-001: 261128-002 is open"):
            desk.does("261128-001", deed, T0 + MINUTE_MS)
    assert desk.reader.steps("261128-001")[-1].step == "closed"


def test_time_does_each_thing_once_and_looks_again_where_nobody_was(desk: Desk) -> None:
    desk.told(began())
    assert desk.time(T0 + 2 * HOUR_MS - 1) == []
    assert desk.time(T0 + 2 * HOUR_MS) == [], "nobody further along is on duty"
    leader = Roster([*ROSTER.duties, Duty(9, Node("county"), "局长", None, "mon,tue,wed,thu,fri,sat,sun", 0, 1440)])
    assert desk.time(T0 + 2 * HOUR_MS + MINUTE_MS - 1, leader) == []
    (one,) = desk.time(T0 + 2 * HOUR_MS + MINUTE_MS, leader)
    assert (one.level, desk.reader.steps(one.id)[-1].note) == (9, "→ 局长")
    desk.does(one.id, Dispatch("张三", "电工", T0 + 5 * HOUR_MS), T0 + 3 * HOUR_MS)
    (one,) = desk.time(T0 + 5 * HOUR_MS, leader)
    assert one.supervised
    desk.told(Ended(ALONE, T0 + 6 * HOUR_MS), at_ms=T0 + 6 * HOUR_MS)
    desk.does(one.id, Resolve("张三", "power"), T0 + 6 * HOUR_MS)
    assert desk.time(T0 + 30 * HOUR_MS - 1) == []
    (one,) = desk.time(T0 + 30 * HOUR_MS)
    assert (one.state, one.cause) == ("closed", "power")
    assert desk.steps(one.id) == [
        "opened", "escalated", "dispatched", "supervised", "recovered", "resolved", "closed",
    ]  # fmt: skip
    assert desk.time(T0 + 999 * HOUR_MS) == []


def test_pages_of_what_fits(desk: Desk) -> None:
    video, hub = Trouble("video", Node("station", SECOND)), Trouble("hub", Node("hub"))
    desk.told(began(), at_ms=T0)
    desk.told(began(WHOLE, FIRST, SECOND), at_ms=T0 + 1)
    desk.told(began(video, SECOND), Began(hub, T0, (), "hub_was_away"), at_ms=T0 + 2)
    desk.told(Ended(ALONE, T0 + 3), at_ms=T0 + 3)
    desk.does("261128-001", Close("王五"), T0 + 4)

    def found(limit: int = 10, **which: object) -> str:
        return " ".join(one.id[-1] for one in desk.reader.page(limit, **which))  # type: ignore[arg-type]

    assert found() == "4 3 2 1"
    assert found(3) == "4 3 2"
    assert found(3, before="261128-002") == "1"
    assert found(before="261128-001") == found(before="nobody") == ""
    assert found(state="new") == "4 3 2"
    assert found(state="closed") == "1"
    assert found(kind="video") == "3"
    assert found(town=TOWN) == "3 2 1"
    assert found(town="别镇") == ""
    assert found(station=FIRST) == "2 1", "also what no longer affects it"
    assert found(station=SECOND) == "3 2"
    assert found(since_ms=T0 + 5) == "4 3 2"
    assert found(since_ms=T0 + 4, kind="down") == "2 1"
    assert found(is_open=True) == "4 3 2"
    assert found(is_open=False) == "1"


def test_the_log_is_followed_from_anywhere(desk: Desk) -> None:
    assert desk.reader.last_step() == 0
    desk.told(began(), began(WHOLE))
    desk.does("261128-001", ACK)
    every = desk.reader.steps_after(0, 10)
    assert [(step.id, step.incident[-1], step.step) for step in every] == [
        (1, "1", "opened"),
        (2, "2", "opened"),
        (3, "1", "acknowledged"),
    ]
    assert desk.reader.steps_after(1, 1) == every[1:2]
    assert desk.reader.steps_after(desk.reader.last_step(), 10) == []


def at_once(*doing: Callable[[], object]) -> list[object]:
    """Do these at the same time, each in a thread; return what each came to: a value, or a stable code."""
    outcome: list[object] = [None] * len(doing)
    gate = threading.Barrier(len(doing))

    def run(number: int) -> None:
        gate.wait()
        try:
            outcome[number] = doing[number]()
        except IncidentError as error:
            outcome[number] = error.code

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(doing))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


def test_of_two_who_act_at_once_the_second_is_told_so(desk: Desk) -> None:
    other = Desk(Database(str(desk.database.writer.url)), desk.ids)
    try:
        desk.told(began())
        for round_ in range(6):
            at_ms = T0 + round_
            outcome = at_once(
                lambda at_ms=at_ms: desk.does("261128-001", ACK, at_ms),
                lambda at_ms=at_ms: other.does("261128-001", Acknowledge("李四", T0 + HOUR_MS), at_ms),
            )
            assert sorted(isinstance(one, Incident) for one in outcome) == [False, True]
            assert "E-INC-06" in outcome
            desk.does("261128-001", Undo(desk.reader.open_incidents()[0].owner or ""), at_ms)
    finally:
        other.database.stop()
    ids = [step.id for step in desk.reader.steps_after(0, 100)]
    assert ids == list(range(1, 14)), "one opened, and each round one act and its undoing"


def test_two_hubs_that_tell_the_same_open_one_incident(desk: Desk) -> None:
    other = Desk(Database(str(desk.database.writer.url)), desk.ids)
    try:
        at_once(lambda: desk.told(began()), lambda: other.told(began()))
    finally:
        other.database.stop()
    assert [one.id for one in desk.reader.open_incidents()] == ["261128-001"]
    assert desk.steps("261128-001") == ["opened"]


class Everybody(RuleBasedStateMachine):
    """The watch, people and time on one database: every step is kept, and of one trouble one incident is open."""

    database: Database
    ids: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.now_ms, self.steps = T0, 0
        self.final: dict[str, Incident] = {}
        self.connection = self.database.writer.connect()
        self.transaction = self.connection.begin()

    def teardown(self) -> None:
        self.transaction.rollback()
        self.connection.close()

    @initialize()
    def one_is_there(self) -> None:
        self.begins(ALONE)

    @rule(what=st.sampled_from([ALONE, WHOLE]))
    def begins(self, what: Trouble) -> None:
        take(self.connection, [began(what, since_ms=self.now_ms)], self.ids, NAMES, self.now_ms)

    @rule(what=st.sampled_from([ALONE, WHOLE]))
    def ends(self, what: Trouble) -> None:
        take(self.connection, [Ended(what, self.now_ms)], self.ids, NAMES, self.now_ms)

    @rule(joins=st.booleans())
    def spreads(self, joins: bool) -> None:
        told = Spread(WHOLE, self.now_ms, *(((SECOND,), ()) if joins else ((), (SECOND,))))
        take(self.connection, [told], self.ids, NAMES, self.now_ms)

    @rule()
    def is_absorbed(self) -> None:
        take(self.connection, [Absorbed(ALONE, WHOLE, self.now_ms)], self.ids, NAMES, self.now_ms)

    @rule(span_ms=st.sampled_from([MINUTE_MS, HOUR_MS, 25 * HOUR_MS]))
    def time_passes(self, span_ms: int) -> None:
        self.now_ms += span_ms
        pass_time(self.connection, ROSTER, self.now_ms)

    @rule(number=st.integers(1, 3), who=st.sampled_from(["张三", "李四"]), what=st.integers(0, 6))
    def somebody_acts(self, number: int, who: str, what: int) -> None:
        deeds: list[Act] = [
            Acknowledge(who, self.now_ms + HOUR_MS), Dispatch(who, "电工"), Resolve(who, "power"), Close(who),
            Reopen(who), Note(who, "已问"), Undo(who),
        ]  # fmt: skip
        key = f"261128-{number:03d}"
        before = self.counted()
        try:
            act(self.connection, key, deeds[what], self.now_ms)
        except IncidentError:
            assert self.counted() == before, "what is refused writes nothing"
        else:
            assert self.counted() > before

    def counted(self) -> int:
        return int(self.connection.execute(select(func.count()).select_from(incident_step)).scalar_one())

    @invariant()
    def nothing_is_lost_and_one_is_open(self) -> None:
        step = incident_step.c
        ids = list(self.connection.execute(select(step.id).order_by(step.id)).scalars())
        assert ids == list(range(1, len(ids) + 1)), "no step is lost, none is before another that came later"
        assert len(ids) >= self.steps
        self.steps = len(ids)
        every = read_incidents(self.connection, incident.c.id.is_not(None))
        standing = [one.trouble.key for one in every if one.state != "closed"]
        assert len(set(standing)) == len(standing)
        for one in every:
            columns = self.connection.execute(
                select(incident.c.open_key, incident.c.state, incident.c.closed_ms).where(incident.c.id == one.id)
            ).one()
            assert columns == (None if one.state == "closed" else one.trouble.key, one.state, one.closed_ms)
            if one.closed_ms is not None and self.now_ms - one.closed_ms > HOUR_MS:
                assert self.final.setdefault(one.id, one) == one, "closed for good is not changed"
        member = incident_station.c
        twice = select(func.count()).where(member.until_ms.is_(None)).group_by(member.incident_id, member.station_id)
        assert set(self.connection.execute(twice).scalars()) <= {1}


def test_whatever_happens_every_step_is_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('many') / 'hub.sqlite3'}")
    try:
        with writing(database) as connection:
            Everybody.ids = enrol(connection, [Village(code, NAMES[code], TOWN) for code in STATIONS])
        Everybody.database = database
        case = Everybody.TestCase
        case.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
        case().runTest()
    finally:
        database.stop()
