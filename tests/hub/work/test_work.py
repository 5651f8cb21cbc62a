"""The list of the day, the weekly report's draft, and which villages are served in earnest: pure rules."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.work.day_list import Listed, Mark, listed
from hub.work.effective import Village, covered
from hub.work.self_report import Did, drafted, monday_of
from hub.work.sources import ROUND_DAYS, SOURCES, Facts, Waiting, bounded, is_turn
from tests.hub.web.made_up_incidents import incident
from wire.health import StationHealth

NOW = 1_795_850_000_000
DAY = 86_400_000
HERE, AWAY = "测试1镇", "测试2镇"


def anybody(_permission: str, _town: str) -> bool:
    return True


def health(code: str = "999999101001", **how: object) -> StationHealth:
    told = {"name": "第1村", "town": HERE, "state": "online", "since_ms": NOW - DAY, "reason": "born", "video": "ok"}
    return StationHealth(**({"station": code, "last_heard_ms": NOW} | told | how))


def sources(items: list[Listed]) -> list[str]:
    return [one.item.source for one in items]


def test_what_somebody_can_do_nothing_about_is_not_on_their_list() -> None:
    calls = [Waiting("1", "waiting", "第1村", HERE), Waiting("2", "waiting", "第9村", AWAY)]
    facts = Facts(calls=calls, documents=[Waiting("roster", "refused", "第1村", HERE)])
    here = listed(facts, "甲", lambda needs, town: needs == "incident" and town == HERE, [], NOW)
    assert [(one.item.source, one.item.town) for one in here] == [("call", HERE)]


def test_what_another_has_taken_is_theirs() -> None:
    taken = {"0": "甲", "1": "乙", "9": None}
    facts = Facts(matters=[Waiting(key, "answer", "村", HERE, due_ms=NOW + 1, who=who) for key, who in taken.items()])
    assert [one.item.key for one in listed(facts, "甲", anybody, [], NOW)] == ["matter:0", "matter:9"]


def test_a_call_comes_first_then_what_is_overdue_then_by_its_time_and_what_was_ticked_off_last() -> None:
    facts = Facts(
        calls=[Waiting("1", "waiting", "村", HERE)],
        matters=[
            Waiting("late", "answer", "村", HERE, due_ms=NOW),
            Waiting("soon", "answer", "村", HERE, due_ms=NOW + 1),
            Waiting("week", "decide", "村", HERE, due_ms=NOW + 5 * DAY),
        ],
        stations=[health(state="offline", video="unknown", since_ms=NOW - DAY)],
    )
    marks = [Mark("matter:late", "已电话答复", NOW)]
    found = listed(facts, "甲", anybody, marks, NOW)
    told = [(one.item.key, one.urgency) for one in found]
    assert told == [
        ("call:1", 0), ("matter:soon", 1), ("matter:week", 3), ("offline:999999101001", 3), ("matter:late", 0),
    ]  # fmt: skip
    assert found[-1].mark == marks[0]


@pytest.mark.parametrize(
    ("how", "what"),
    [
        pytest.param({"state": "new"}, "new", id="nobody took it"),
        pytest.param({"state": "dispatched", "deadline_ms": NOW - 1}, "overdue", id="past its deadline"),
        pytest.param({"state": "dispatched", "deadline_ms": NOW + 1}, None, id="somebody is on the way"),
        pytest.param({"state": "resolved"}, "to_close", id="put right, to be closed"),
        pytest.param({"state": "acknowledged", "owner": "乙"}, None, id="in hand"),
    ],
)
def test_incidents_that_wait_for_somebody(how: dict[str, object], what: str | None) -> None:
    one = incident(id="i1", kind="down", scope="station", place="999999101001", stations=("999999101001",), **how)
    found = [(item.item.what, item.urgency) for item in listed(Facts(incidents=[one]), "甲", anybody, [], NOW)]
    assert found == ([] if what is None else [(what, {"overdue": 0, "new": 1, "to_close": 3}[what])])


def test_offline_is_on_the_list_from_24_hours_on() -> None:
    for ago, there in ((DAY - 1, []), (DAY, ["offline"])):
        station = health(state="offline", video="unknown", since_ms=NOW - ago)
        assert sources(listed(Facts(stations=[station]), "甲", anybody, [], NOW)) == there


def test_every_camera_has_its_turn_once_in_a_round_and_goes_when_somebody_looked() -> None:
    codes = [f"999999{town}{unit:03d}" for town in range(101, 106) for unit in range(1, 101)]
    turns = [[code for code in codes if is_turn(code, day)] for day in range(20_000, 20_000 + ROUND_DAYS)]
    assert sorted(code for turn in turns for code in turn) == sorted(codes)
    assert max(map(len, turns)) < 40, "spread over the round, not all on one day"
    today = (NOW + 8 * 3_600_000) // DAY
    code = next(code for code in codes if is_turn(code, today))
    facts = Facts(stations=[health(code)])
    assert sources(listed(facts, "甲", anybody, [], NOW)) == ["camera"]
    assert listed(facts._replace(inspected=frozenset({code})), "甲", anybody, [], NOW) == []


def test_a_picture_at_fault_is_on_the_list_once() -> None:
    code = next(f"999999101{unit:03d}" for unit in range(100) if not is_turn(f"999999101{unit:03d}", 0))
    facts = Facts(stations=[health(code, video="fault")])
    assert sources(listed(facts, "甲", anybody, [], 0)) == ["camera"]
    held = facts._replace(incidents=[incident(kind="video", stations=(code,))])
    assert sources(listed(held, "甲", anybody, [], 0)) == ["incident"]


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_key_has_room_in_its_column_and_is_one_things_alone(key: str, other: str) -> None:
    assert len(bounded(key)) <= 90
    assert (bounded(key) == bounded(other)) == (key == other)


def test_every_source_says_where_it_is_done() -> None:
    one = [Waiting("1", "x", "村", HERE)]
    station = [health(state="offline", video="unknown", since_ms=0), health("999999101002", video="fault")]
    found = listed(
        Facts([incident(id="i1", kind="down", scope="town", place=HERE)], *[one] * 8, stations=station),
        "甲", anybody, [], NOW,
    )  # fmt: skip
    assert {each.item.source for each in found} == {source.name for source in SOURCES}
    assert all(each.item.address.startswith("/") for each in found)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)))
def test_a_week_begins_on_its_monday(date: dt.date) -> None:
    at = dt.datetime(date.year, date.month, date.day, 3, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    monday = dt.date(1970, 1, 1) + dt.timedelta(monday_of(round(at.timestamp() * 1000)))
    assert monday == date - dt.timedelta(date.weekday())


def test_a_draft_tells_what_was_done_in_both_languages_and_leaves_room_for_the_rest() -> None:
    did = Did({"acknowledged": 3, "closed": 1, "expired": 9}, {"answered": 2}, 1, 4, 5, 0, 2, {"visit.open": 7})
    zh, en = drafted(did, 6, "zh"), drafted(did, 6, "en")
    assert "处理事件 4 次：签收 3，复查销号 1。" in zh, "what time did is not theirs"
    for told in ("答复 2", "回访群众 4 次", "下发或撤回资料 5 份", "调阅画面 2 次", "还有 6 项待办", "请填写"):
        assert told in zh
    assert "指令" not in zh, "what did not happen is not told"
    assert "Incidents: acknowledged 3, closed 1." in en
    assert "没有本周的办理记录" in drafted(Did(), 0, "zh")


@pytest.mark.parametrize(
    ("how", "advisers", "ago_days", "reasons"),
    [
        pytest.param({}, ["律师"], 30, (), id="active thirty days ago, and seen"),
        pytest.param({}, ["律师"], 31, ("not_lately",), id="a day longer ago"),
        pytest.param({}, ["律师"], None, ("never_active",), id="never"),
        pytest.param({}, [], 1, ("no_adviser",), id="nobody named"),
        pytest.param({"video": "fault"}, ["律师"], 1, ("fault",), id="a black picture is no service"),
        pytest.param({"video": "unknown"}, ["律师"], 1, ("no_picture",), id="no word of its picture"),
        pytest.param({"state": "offline", "video": "unknown"}, [], 1, ("no_adviser", "offline"), id="every reason"),
    ],
)
def test_a_village_is_served_in_earnest(
    how: dict[str, object], advisers: list[str], ago_days: int | None, reasons: tuple[str, ...]
) -> None:
    active = {} if ago_days is None else {"律师": NOW - ago_days * DAY, "别人": NOW}
    found = covered(Village(health(**how), advisers, active), NOW)
    assert found.reasons == reasons
    assert found.is_there == bool(advisers)
