"""What an alert says, as whoever gets it reads it."""

import json
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.incidents.acts import Acknowledge, Dispatch
from hub.incidents.alert_texts import MOST_LINES, MOST_SUBJECT, alert, announced, digest, event_of
from hub.incidents.alerting import Collected
from hub.incidents.incident import STEPS
from hub.incidents.lifecycle import HOUR_MS
from hub.incidents.trouble import KINDS, Node, Trouble
from tests.hub.incidents.made_up import HUB, T0, TOWN, VILLAGES, after, new
from wire.codec import decode, encode
from wire.health import Incident as Announced

TOWN_DOWN = Trouble("down", Node("town", TOWN))


def test_a_town_as_it_begins() -> None:
    text = alert("opened", replace(new(TOWN_DOWN, *VILLAGES), name=TOWN), "测试县", T0)
    assert text.subject == "[村村通] 发现：测试1镇 离线 3 村 · opened: offline"
    assert text.body == (
        "事件 What: 离线 offline · 发现 opened\n"
        "地点 Where: 测试1镇\n"
        "影响 Affected: 3 村 3 villages\n"
        "开始 Since: 2026-11-28 11:59（5 s）\n"
        "依据 Why: 连接突然中断 its connection broke off · 2/2\n"
        "状态 State: 待签收 new（截至 as of 2026-11-28 12:00）\n"
        "责任 With: 无人 nobody yet\n"
        "下一步 Next: 请签收并研判 acknowledge it and look into it\n"
        "编号 Number: 261128-001\n"
    )


def test_a_village_is_named_with_its_town_and_says_who_has_it_and_by_when() -> None:
    sent = after(new(), Acknowledge("甲", T0 + HOUR_MS, "私话"), Dispatch("甲", "维修员", T0 + HOUR_MS, "私话"))
    text = alert("supervised", sent, "测试县", T0 + 2 * HOUR_MS)
    assert "测试1镇 第1村 离线" in text.subject
    assert "时限 Repair by: 2026-11-28 13:00" in text.body
    assert "责任 With: 维修员" in text.body
    assert "已超期" in text.body
    assert "私话" not in text.body


def test_an_end_says_how_long_it_was() -> None:
    over = replace(new(), recovered_ms=T0 + HOUR_MS, stations=(), state="resolved", times=2)
    text = alert("recovered", over, "测试县", T0 + 2 * HOUR_MS)
    assert "恢复 Over: 2026-11-28 13:00" in text.body
    assert "1 h 00 min" in text.body
    assert "1 村 1 village\n" in text.body
    assert "次数 Times: 2" in text.body


def test_what_is_next_fits_how_it_stands() -> None:
    over = {"recovered_ms": T0, "stations": ()}
    back = replace(new(), owner="甲", **over)
    assert "下一步 Next: 请签收并研判" in alert("reopened", back, "测试县", T0).body, "somebody says it is not over"
    sent = replace(after(new(), Dispatch("甲", "维修员", T0 + HOUR_MS)), **over)
    for event in ("recovered", "supervised"):
        assert "下一步 Next: 已恢复，请催报原因后办结" in alert(event, sent, "测试县", T0 + HOUR_MS).body
    assert "签收已到期" in alert("expired", new(), "测试县", T0).body


def test_the_hub_itself() -> None:
    text = alert("opened", replace(new(HUB), name="", town="", stations=(), affected=0), "测试县", T0)
    assert "测试县 县级中心中断" in text.subject
    assert "县级中心 the county centre" in text.body


@pytest.mark.parametrize("event", sorted(STEPS))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_and_step_has_words(event: str, kind: str) -> None:
    text = alert(event, replace(new(), kind=kind), "测试县", T0)
    assert re.search(r"[\u4e00-\u9fff]", text.subject)
    assert KINDS[kind][1] in text.subject  # type: ignore[index]


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_name_breaks_a_header_or_steers_a_screen(name: str, note: str) -> None:
    text = alert("opened", replace(new(), name=name, note=note), "测试县", T0)
    assert text.subject.isprintable()
    assert len(text.subject) <= MOST_SUBJECT
    assert len(text.body.splitlines()) == 9
    assert text.body.replace("\n", "").isprintable()


def collected(number: int, event: str, incident: int, where: str = TOWN, kind: str = "down") -> Collected:
    return Collected(number, event, "minor", f"i{incident}", kind, where, T0)


def test_a_digest_counts_each_incident_once_and_by_kind_and_town() -> None:
    text = digest(
        [
            collected(1, "opened", 1),
            collected(2, "recovered", 1),
            collected(3, "returned", 1),
            collected(4, "opened", 2),
            collected(5, "recovered", 2),
            collected(6, "opened", 3, "测试2镇", "line"),
            collected(7, "escalated", 3, "测试2镇", "line"),
            collected(8, "recovered", 4),
            collected(9, "absorbed", 5),
            collected(10, "opened", 6),
            collected(11, "absorbed", 6),
        ],
        T0,
    )
    assert text.subject == ("[村村通] 汇总：4 起事件（离线 3、线路质量差 1），恢复 2 起 · digest: 4 incidents, 2 over")
    assert "4，其中已恢复 of which over: 1，待督促 overdue or not acknowledged: 1" in text.body
    assert "before that are over: 1\n并入上级事件 Part of a greater one: 2\n" in text.body, "that is no good news"
    assert "测试1镇 离线 3 起 · offline 3" in text.body
    assert "测试2镇 线路质量差 1 起 · poor line 1" in text.body
    assert "恢复 测试1镇 离线 1 起 · over: offline 1" in text.body
    assert "并入上级 测试1镇 离线 1 起 · part of a greater one: offline 1" in text.body


@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 200), st.integers(0, 60)), max_size=400))
def test_the_numbers_of_a_digest_add_up(events: list[tuple[str, int, int]]) -> None:
    told = [collected(n, step, i, f"镇{i % (town + 1)}") for n, (step, i, town) in enumerate(events)]
    lines = digest(told, T0).body.splitlines()
    numbers = [
        int(line.rpartition(" ")[2]) if "more" not in line else int(line.split()[-2])
        for line in lines
        if "起 ·" in line
    ]
    assert sum(numbers) == len({one.incident for one in told})
    assert len(lines) <= 3 * MOST_LINES + 11


def test_programs_read_what_monitors_read_and_nothing_of_people() -> None:
    sent = after(new(), Acknowledge("甲某", T0 + HOUR_MS, "私话"), Dispatch("甲某", "维修员", T0 + HOUR_MS))
    told = announced(sent, "测试县", T0)
    assert decode(encode(told), Announced) == told
    assert (told.where, told.state, told.stations) == ("测试1镇 第1村", "dispatched", [VILLAGES[0]])
    event = json.loads(event_of("dispatched", sent, "测试县", T0).body)
    assert event["type"] == "incident.dispatched"
    assert event["timestamp"] == "2026-11-28T04:00:00.000Z"
    assert msgspec.convert(event["data"], Announced) == told
    assert not any(word in json.dumps(event, ensure_ascii=False) for word in ("甲某", "维修员", "私话"))


def test_an_incident_of_a_whole_province_still_fits_a_message() -> None:
    many = tuple(f"999999{number:06d}" for number in range(20_000))
    told = announced(replace(new(), stations=many), "测试县", T0)
    assert decode(encode(told), Announced) == told
