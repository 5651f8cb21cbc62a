"""From what happens to incidents to what is queued for whom: lost never, twice never, too much never."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from hub.health.windows import Calendar, Window
from hub.incidents.acts import Acknowledge, Act, Dispatch, Reopen, Resolve
from hub.incidents.alerting import MOST_IN_PERIOD, PERIOD_MS
from hub.incidents.delivery.letter import Later, Letter, Never, Outcome, Taken
from hub.incidents.delivery.ports import Ports
from hub.incidents.delivery.sender import Sender
from hub.incidents.duty import LEADER, Duty, Roster
from hub.incidents.trouble import Absorbed, Began, Ended, Kind, Node, Told, Trouble
from hub.ingest.telling import County, Telling
from hub.store import incident_tables as t
from hub.store.deliveries import DeliveriesReader, Delivery
from hub.store.engine import Database, StoreError, writing
from hub.store.incidents import act, pass_time, take
from hub.store.stations import Village, enrol
from tests.hub.fresh_database import fresh_database

T0 = 1_795_838_400_000
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
TOWNS = {f"99999910{town}{unit:03d}": f"测试{town}镇" for town in (1, 2, 3) for unit in range(1, 9)}
CODES = sorted(TOWNS)
NAMES = {code: f"第{code[-1]}村" for code in CODES} | {"": "测试县"}
EVERY_DAY = "mon,tue,wed,thu,fri,sat,sun"
COUNTY = Node("county")


def on_duty(who: str, mail: str | None, level: int = 1, node: Node = COUNTY, until: int = 1440) -> Duty:
    return Duty(level, node, who, mail, EVERY_DAY, 0, until)


def town_down(number: int) -> Began:
    stations = tuple(code for code in CODES if TOWNS[code] == f"测试{number}镇")
    return Began(Trouble("down", Node("town", f"测试{number}镇")), T0, stations, "died", "8/8")


def village(index: int, kind: Kind = "down") -> Began:
    return Began(Trouble(kind, Node("station", CODES[index])), T0, (CODES[index],), "died", "3/3")


class Office:
    """A county whose incidents we make, with a roster, planned times and a clock of ours."""

    def __init__(self, database: Database, *, mail: bool = True, hooks: Sequence[str] = ()) -> None:
        self.database, self.at_ms = database, T0
        self.roster = Roster([on_duty("值班甲", "first@county.test")])
        self.windows: list[Window] = []
        self.sent: list[tuple[int, Letter]] = []
        self.answer: Outcome = Taken()
        self.ports = Ports(self if mail else None, dict.fromkeys(hooks, self))
        self.sender = Sender(database, self.ports, lambda: self.at_ms, seed=3)
        self.wakes = 0
        self.telling = self.another()
        with writing(database) as connection:
            self.ids = enrol(connection, [Village(code, NAMES[code], TOWNS[code]) for code in CODES])

    def another(self) -> Telling:
        county = County("999999", "测试县", TOWNS, lambda: self.roster, lambda: Calendar(self.windows, TOWNS))
        return Telling(self.database, county, self.ports, self.wake)

    def wake(self) -> None:
        self.wakes += 1

    def trouble(self) -> str | None:
        return None

    def send(self, letter: Letter, now_ms: int) -> Outcome:
        if isinstance(self.answer, Taken):
            self.sent.append((self.at_ms, letter))
        return self.answer

    def tell(self, *told: Told) -> list[str]:
        with writing(self.database) as connection:
            return [one.id for one in take(connection, told, self.ids, NAMES, self.at_ms)]

    def do(self, key: str, deed: Act) -> None:
        with writing(self.database) as connection:
            act(connection, key, deed, self.at_ms)

    def time_passes(self, ms: int) -> None:
        self.at_ms += ms
        with writing(self.database) as connection:
            pass_time(connection, self.roster, self.at_ms, Calendar(self.windows, TOWNS))

    def round(self, after_ms: int = 5_000) -> None:
        self.at_ms += after_ms
        self.telling.round(self.at_ms, connected=False)
        self.sender.turn()

    def rows(self) -> list[Delivery]:
        return DeliveriesReader(self.database.reader).recent(0)[::-1]

    def told(self) -> list[tuple[str, str, str]]:
        return [(row.event, row.recipient, f"{row.state} {row.reason}") for row in self.rows()]

    def subjects(self) -> list[str]:
        return [letter.subject for _, letter in self.sent]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = fresh_database(tmp_path / "hub.sqlite3")
    yield opened
    opened.stop()


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def test_a_town_down_is_one_mail_to_who_is_on_duty_and_one_when_it_is_over(office: Office) -> None:
    office.tell(town_down(1))
    office.round()
    office.tell(Ended(town_down(1).trouble, office.at_ms))
    office.round()
    (_, began), (_, over) = office.sent
    assert began.recipient == over.recipient == "first@county.test"
    assert began.subject == "[村村通] 发现：测试1镇 离线 8 村 · opened: offline"
    assert over.subject == "[村村通] 恢复：测试1镇 离线 8 村 · recovered: offline"
    assert over.thread == began.key, "the second answers the first"
    assert "测试1镇" in began.body
    assert "8 村 8 villages" in began.body
    assert "无人 nobody yet" in began.body
    assert office.wakes == 2


def test_a_village_waits_for_the_digest_and_is_counted_there(office: Office) -> None:
    office.tell(village(0), village(1), village(9, "video"))
    office.round()
    assert office.sent == []
    office.tell(Ended(village(1).trouble, office.at_ms))
    office.round(PERIOD_MS)
    ((_, letter),) = office.sent
    assert letter.subject == ("[村村通] 汇总：3 起事件（离线 2、画面异常 1），恢复 1 起 · digest: 3 incidents, 1 over")
    assert "测试1镇 离线 2 起 · offline 2" in letter.body
    assert "测试2镇 画面异常 1 起 · picture fault 1" in letter.body
    assert {row.digest for row in office.rows() if row.event != "digest"} == {office.rows()[-1].id}


def test_nobody_is_told_of_an_end_who_was_not_told_of_the_beginning(office: Office) -> None:
    office.tell(town_down(1))
    office.round()
    office.roster = Roster([on_duty("值班乙", "second@county.test")])
    office.tell(Ended(town_down(1).trouble, office.at_ms))
    office.round()
    assert [letter.recipient for _, letter in office.sent] == ["first@county.test"] * 2


def test_who_was_told_the_first_time_is_not_told_the_end_of_the_second(office: Office) -> None:
    office.tell(town_down(1), Ended(town_down(1).trouble, office.at_ms))
    office.round()
    office.roster = Roster([on_duty("值班乙", "second@county.test")])
    office.tell(town_down(1)._replace(since_ms=office.at_ms))
    office.round()
    office.tell(Ended(town_down(1).trouble, office.at_ms))
    office.round()
    told = [(letter.recipient, letter.subject.split()[1]) for _, letter in office.sent]
    assert told == [
        ("first@county.test", "发现：测试1镇"),
        ("first@county.test", "恢复：测试1镇"),
        ("second@county.test", "再次发生：测试1镇"),
        ("second@county.test", "恢复：测试1镇"),
    ]


def test_the_closest_roster_counts_and_each_mailbox_once(office: Office) -> None:
    office.roster = Roster(
        [
            on_duty("值班甲", "first@county.test"),
            on_duty("镇员乙", "town@county.test", node=Node("town", "测试1镇")),
            on_duty("镇员丙", "town@county.test", node=Node("town", "测试1镇")),
        ]
    )
    office.tell(town_down(1), town_down(2))
    office.round()
    assert [letter.recipient for _, letter in office.sent] == ["town@county.test", "first@county.test"]


def test_escalated_goes_to_the_next_and_overdue_to_the_leader_too(office: Office) -> None:
    office.roster = Roster(
        [
            on_duty("值班甲", "first@county.test"),
            on_duty("主任", "second@county.test", level=2),
            on_duty("分片领导", "leader@county.test", level=LEADER),
        ]
    )
    (key,) = office.tell(town_down(1))
    office.round()
    office.time_passes(HOUR_MS)
    office.round()
    assert (office.sent[-1][1].recipient, "无人签收" in office.sent[-1][1].body) == ("second@county.test", True)
    office.do(key, Dispatch("主任", "维修员", office.at_ms + HOUR_MS))
    office.round()
    office.time_passes(2 * HOUR_MS)
    office.round()
    late = [letter for _, letter in office.sent if "督办" in letter.subject]
    assert {letter.recipient for letter in late} == {"leader@county.test", "first@county.test"}
    assert "维修员" in late[0].body


def test_planned_times_stop_the_telling_and_only_that(office: Office) -> None:
    window = Window("w1", "no_alerts", Node("town", "测试1镇"), "fixed", T0 - 1, T0 + HOUR_MS)
    office.windows = [window]
    office.tell(town_down(1), town_down(2))
    office.round()
    assert [letter.subject for _, letter in office.sent] == ["[村村通] 发现：测试2镇 离线 8 村 · opened: offline"]
    assert office.told()[0] == ("opened", "", "held suppressed")
    office.round(HOUR_MS)
    assert [subject[:13] for subject in office.subjects()] == ["[村村通] 发现：测试2镇", "[村村通] 发现：测试1镇"]
    assert office.told()[0] == ("opened", "", "told suppressed")


def test_nobody_is_asked_why_they_did_not_answer_what_they_were_not_told(office: Office) -> None:
    office.roster = Roster([on_duty("值班甲", "first@county.test"), on_duty("主任", "second@county.test", level=2)])
    office.windows = [Window("w1", "no_alerts", COUNTY, "fixed", T0 - 1, T0 + HOUR_MS - 1)]
    office.tell(town_down(1))
    office.round()
    for _ in range(12):
        office.time_passes(5 * MINUTE_MS)
        office.round()
    assert [letter.recipient for _, letter in office.sent] == ["first@county.test"]
    office.time_passes(HOUR_MS)
    office.round()
    assert [letter.recipient for _, letter in office.sent] == ["first@county.test", "second@county.test"]


def test_what_was_over_before_the_planned_time_ended_is_told_to_nobody(office: Office) -> None:
    office.windows = [Window("w1", "maintenance", COUNTY, "fixed", T0 - 1, T0 + HOUR_MS)]
    office.tell(town_down(1))
    office.round()
    office.tell(Ended(town_down(1).trouble, office.at_ms))
    office.round()
    office.round(HOUR_MS)
    assert office.sent == []
    assert office.told() == [("opened", "", "over suppressed"), ("recovered", "", "over not_told")]


def test_of_all_that_was_held_of_an_incident_only_the_last_is_told(office: Office) -> None:
    office.roster = Roster([on_duty("分片领导", "leader@county.test", level=LEADER)])
    office.tell(town_down(1))
    for _ in range(8):
        office.time_passes(5 * MINUTE_MS)
        office.round()
    assert office.subjects() == ["[村村通] 升级：测试1镇 离线 8 村 · escalated: offline"]
    assert office.told()[0] == ("opened", "", "over nobody_on_duty")


def test_overdue_and_reopened_are_told_later_though_it_recovered(office: Office) -> None:
    everybody, office.roster = office.roster, Roster()
    first, second = office.tell(town_down(1), town_down(2))
    office.do(first, Dispatch("主任", "维修员", office.at_ms + HOUR_MS))
    office.tell(*(Ended(town_down(number).trouble, office.at_ms) for number in (1, 2)))
    office.do(second, Reopen("主任"))
    office.time_passes(HOUR_MS)
    office.round()
    assert office.sent == []
    office.roster = everybody
    office.round()
    assert [subject.split()[1] for subject in office.subjects()] == ["退回：测试2镇", "督办：测试1镇"]


def test_an_acknowledgement_that_expired_is_told_to_who_is_on_duty(office: Office) -> None:
    (key,) = office.tell(town_down(1))
    office.round()
    office.do(key, Acknowledge("值班甲", office.at_ms + HOUR_MS))
    office.time_passes(HOUR_MS)
    office.round()
    assert office.subjects()[1:] == ["[村村通] 签收到期：测试1镇 离线 8 村 · acknowledgement expired: offline"]


def test_who_comes_on_duty_later_is_told_what_lasts(office: Office) -> None:
    office.roster = Roster([on_duty("值班甲", "first@county.test", until=721)])  # until 12:01
    office.at_ms += 2 * MINUTE_MS
    office.tell(town_down(1))
    office.round()
    assert office.told() == [("opened", "", "held nobody_on_duty")]
    office.round(12 * HOUR_MS)
    assert [letter.recipient for _, letter in office.sent] == ["first@county.test"]


@pytest.mark.parametrize(
    ("duty", "mail", "reason"),
    [
        pytest.param([on_duty("值班甲", None)], True, "over no_address", id="no address"),
        pytest.param([on_duty("值班甲", "first@county.test")], False, "over no_port", id="no mail server"),
    ],
)
def test_why_nobody_is_told_stands_in_the_list(database: Database, duty: list[Duty], mail: bool, reason: str) -> None:
    office = Office(database, mail=mail)
    office.roster = Roster(duty)
    office.tell(town_down(1))
    office.round()
    assert office.told() == [("opened", "", reason)]


def test_programs_are_told_everything_and_no_names(database: Database) -> None:
    office = Office(database, mail=False, hooks=["dispatch"])
    (key,) = office.tell(village(0))
    office.round()
    office.do(key, Acknowledge("值班甲", office.at_ms + HOUR_MS, "私下的话"))
    office.do(key, Dispatch("值班甲", "维修员", office.at_ms + HOUR_MS))
    office.tell(Ended(village(0).trouble, office.at_ms))
    office.do(key, Resolve("值班甲", "power"))
    office.round()
    bodies = [json.loads(letter.body) for _, letter in office.sent]
    assert [body["type"] for body in bodies] == [
        "incident.opened", "incident.acknowledged", "incident.dispatched", "incident.recovered", "incident.resolved",
    ]  # fmt: skip
    assert bodies[0]["data"]["where"] == "测试1镇 第1村"
    assert len({letter.key for _, letter in office.sent}) == 5
    assert not any(word in letter.body for _, letter in office.sent for word in ("值班甲", "维修员", "私下"))


def test_a_program_that_was_not_told_of_the_beginning_hears_no_more(database: Database) -> None:
    office = Office(database, mail=False, hooks=["dispatch"])
    office.windows = [Window("w1", "no_alerts", COUNTY, "fixed", T0 - 1, T0 + HOUR_MS)]
    (key,) = office.tell(village(0))
    office.do(key, Acknowledge("值班甲", office.at_ms + HOUR_MS))
    office.round()
    assert office.sent == []


def test_part_of_a_greater_one_is_no_letter_of_its_own(office: Office) -> None:
    office.tell(village(0))
    office.round()
    office.tell(town_down(1), Absorbed(village(0).trouble, town_down(1).trouble, office.at_ms))
    office.round()
    office.round(PERIOD_MS)
    assert [subject[:11] for subject in office.subjects()] == ["[村村通] 发现：测试", "[村村通] 汇总：1 "]


def test_a_hub_killed_at_any_moment_queues_each_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.tell(town_down(1), village(9))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("hub.store.deliveries.note_position", killed)
        with pytest.raises(KeyboardInterrupt):
            office.round()
    assert office.rows() == []
    office.telling = office.another()
    office.round()
    office.telling = office.another()
    office.round()
    assert [row.event for row in office.rows()] == ["opened", "opened"]
    assert len(office.sent) == 1


def test_a_database_that_takes_nothing_delays_and_loses_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    office.tell(town_down(1))

    def full(*_: object) -> None:
        raise StoreError("E-STORE-03", "disk full")

    with monkeypatch.context() as broken:
        broken.setattr("hub.store.deliveries.queue", full)
        for _ in range(5):
            office.round()
    assert caplog.text.count("E-STORE-03") == 1, "said once"
    office.round()
    assert len(office.sent) == 1


def test_a_step_that_cannot_be_queued_holds_up_no_other(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.roster = Roster(
        [
            on_duty("值班甲", "first@county.test"),
            on_duty("镇员乙", "\udcff@county.test", node=Node("town", "测试2镇")),
        ]
    )
    office.tell(town_down(1), town_down(2), town_down(3))
    for _ in range(6):
        office.round()
    assert "E-SEND-15" in caplog.text
    assert [subject[6:13] for subject in office.subjects()] == ["发现：测试1镇", "发现：测试3镇"]


def test_a_town_storm_is_nine_letters_and_a_digest_however_long_the_server_was_away(office: Office) -> None:
    office.answer = Later("E-SEND-01 away", None, True)
    for _ in range(6):
        for number in (1, 2, 3):
            office.tell(town_down(number))
            office.round()
            office.tell(Ended(town_down(number).trouble, office.at_ms))
            office.round(PERIOD_MS // 2)
    office.answer = Taken()
    for _ in range(40):
        office.round(MINUTE_MS)
    assert busiest(office) <= MOST_IN_PERIOD
    assert not [row for row in office.rows() if row.state in {"queued", "waiting"}], "all was told in the end"


def busiest(office: Office) -> int:
    """Return the most letters that one mailbox got in any ten minutes, ends included."""
    most = 0
    for mailbox in {letter.recipient for _, letter in office.sent}:
        times = [at_ms for at_ms, letter in office.sent if letter.recipient == mailbox]
        most = max(most, *(sum(at_ms <= other <= at_ms + PERIOD_MS for other in times) for at_ms in times))
    return most


TROUBLES = [town_down(1), town_down(2), town_down(3), *(village(index) for index in range(0, 24, 3))]
TROUBLES += [Began(Trouble("broker", Node("hub")), T0, (), "lost"), Began(Trouble("down", COUNTY), T0, (), "lost")]
ANSWERS: list[Any] = [
    Taken(), Taken(), Taken(), Later("E-SEND-01 away", None, True), Later("E-SEND-06 later"), Never("E-SEND-07 no")
]  # fmt: skip
THINGS = st.one_of(
    st.tuples(st.just("begin"), st.sets(st.integers(0, len(TROUBLES) - 1), min_size=1, max_size=8)),
    st.tuples(st.just("end"), st.sets(st.integers(0, len(TROUBLES) - 1), min_size=1, max_size=8)),
    st.tuples(st.just("wait"), st.sampled_from([300, 5_000, 59_000, 61_000, PERIOD_MS, 25 * MINUTE_MS])),
    st.tuples(st.just("storm"), st.integers(4, 14)),
    st.tuples(st.just("answer"), st.integers(0, len(ANSWERS) - 1)),
    st.tuples(st.just("restart"), st.none()),
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = fresh_database(tmp_path_factory.mktemp("telling") / "hub.sqlite3")
    yield opened
    opened.stop()


def happens(office: Office, what: str, how: Any) -> None:
    if what == "begin":
        office.tell(*(TROUBLES[index] for index in sorted(how)))
    elif what == "end":
        office.tell(*(Ended(TROUBLES[index].trouble, office.at_ms) for index in sorted(how)))
    elif what == "storm":
        for number in range(how):
            office.tell(town_down(number % 3 + 1))
            office.round(1_000)
            office.tell(Ended(town_down(number % 3 + 1).trouble, office.at_ms))
            office.round(1_000)
    elif what == "answer":
        office.answer = ANSWERS[how]
    elif what == "restart":
        office.telling = office.another()
    else:
        office.time_passes(how)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(THINGS, max_size=16))
def test_whatever_happens_nobody_gets_eleven_in_ten_minutes_and_everything_is_counted(
    kept: Database, things: list[tuple[str, Any]]
) -> None:
    with writing(kept) as connection:
        for table in (t.delivery, t.followed, t.incident_step, t.incident_station, t.incident):
            connection.execute(delete(table))
    office = Office(kept)
    office.roster = Roster(
        [
            on_duty("值班甲", "first@county.test"),
            on_duty("镇员乙", "town@county.test", node=Node("town", "测试1镇")),
            on_duty("主任", "second@county.test", level=2),
        ]
    )
    for what, how in things:
        happens(office, what, how)
        office.round(300)
    office.answer = Taken()
    for _ in range(8):
        office.round(11 * MINUTE_MS)
    assert busiest(office) <= MOST_IN_PERIOD if office.sent else True
    rows = office.rows()
    assert not [row for row in rows if row.state in {"queued", "waiting", "held"}]
    letters = {row.id: row for row in rows if row.due_ms is not None}
    for row in rows:
        assert row.state in {"sent", "refused", "over", "told"} or letters[row.digest or 0].event == "digest"
    beginnings = {row.incident for row in rows if row.event == "opened"}
    with kept.reader.connect() as connection:
        opened = {row[0] for row in connection.execute(t.incident.select())}
    assert beginnings == opened, "each incident stands in some letter or digest"
    assert max(Counter(row.id for row in rows).values(), default=1) == 1
    sent = Counter(letter.key for _, letter in office.sent)
    assert max(sent.values(), default=1) == 1, "nothing was sent twice"


def test_many_that_are_held_are_looked_at_a_few_at_a_time_and_all_in_turn(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.ingest.telling.MOST_STEPS", 5)
    office.roster = Roster()
    office.tell(*(village(index) for index in range(12)))
    for _ in range(4):
        office.round()
    assert {row.state for row in office.rows()} == {"held"}
    office.roster = Roster([on_duty("值班甲", "first@county.test")])
    for _ in range(4):
        office.round()
    assert sorted({row.state for row in office.rows()}) == ["told", "waiting"]
    assert len([row for row in office.rows() if row.state == "told"]) == 12
