"""A call for help is never silently gone, wakes one rank after the other, and nobody once a person has it."""

from contextlib import suppress
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.incidents.calls import (
    AGAIN_MS,
    Acknowledge,
    Act,
    Call,
    CallError,
    Close,
    Dispatch,
    Note,
    act,
    due_ms,
    passed,
    possible,
    pressed_again,
    withdrawn,
)
from hub.incidents.duty import COUNTY, LEADER, Duty, Roster
from hub.incidents.trouble import Node

MIN_MS = 60_000
AT_MS = 1_795_545_000_000
DAYS = "fri,mon,sat,sun,thu,tue,wed"
NEW = Call(1, "999999101001", "测试1镇第1村", "测试1镇", AT_MS - 2_000, AT_MS, rung_ms=AT_MS)


def duty(level: int, who: str, node: Node = COUNTY) -> Duty:
    return Duty(level, node, who, f"{level}@mail.test", DAYS, 0, 1440)


ROSTER = Roster(
    [duty(1, "测试甲"), duty(2, "测试乙"), duty(LEADER, "测试丙"), duty(1, "测试丁", Node("town", "测试1镇"))]
)


def test_it_is_escalated_at_1_3_and_10_min_along_the_roster_and_every_10_min_after() -> None:
    call, told = NEW, []
    for second in range(31 * 60):
        change = passed(call, ROSTER, AT_MS + second * 1000)
        if change is not None:
            call = change.call
            told.append((second // 60, change.step.note, [one.who for one in change.told]))
    assert told == [
        (1, "→ 测试丁", ["测试丁"]),
        (3, "→ 测试乙", ["测试乙"]),
        (10, "→ 测试丙", ["测试丙"]),
        (20, "→ 测试丙", ["测试丙"]),
        (30, "→ 测试丙", ["测试丙"]),
    ]


def test_with_nobody_on_duty_that_is_said_and_it_goes_on() -> None:
    change = passed(NEW, Roster(), AT_MS + MIN_MS)
    assert change is not None
    assert "无人值班" in change.step.note
    assert due_ms(change.call) == AT_MS + 3 * MIN_MS


@pytest.mark.parametrize(
    ("after_ms", "escalates"),
    [
        pytest.param(MIN_MS - 1, False, id="just inside the minute"),
        pytest.param(MIN_MS, True, id="on it"),
        pytest.param(99 * MIN_MS, True, id="far past it: one level, not all at once"),
    ],
)
def test_a_minute_is_a_minute(after_ms: int, *, escalates: bool) -> None:
    change = passed(NEW, ROSTER, AT_MS + after_ms)
    assert (change is not None) == escalates
    assert change is None or change.call.level == 1


def test_what_was_taken_back_wakes_nobody_but_is_still_to_be_acknowledged_and_pressed_again_it_rings() -> None:
    back = withdrawn(NEW, AT_MS + 5_000).call
    assert passed(back, ROSTER, AT_MS + 99 * MIN_MS) is None
    assert possible(back) == ("ack",)
    again = pressed_again(back, AT_MS + 10 * MIN_MS).call
    assert (again.withdrawn_ms, again.presses) == (None, 2)
    assert due_ms(again) == AT_MS + 11 * MIN_MS


def test_the_second_person_is_told_who_was_first() -> None:
    mine = act(NEW, Acknowledge("测试甲"), AT_MS + 9_000).call
    assert (mine.acknowledged_by, mine.acknowledged_ms) == ("测试甲", AT_MS + 9_000)
    with pytest.raises(CallError, match="E-CALL-02 测试甲"):
        act(mine, Acknowledge("测试乙"), AT_MS + 10_000)


@pytest.mark.parametrize(
    ("deeds", "refused"),
    [
        pytest.param([Close("甲", "drill")], "E-CALL-03", id="closed before anybody took it"),
        pytest.param([Dispatch("甲", "乙")], "E-CALL-03", id="somebody sent before anybody took it"),
        pytest.param([Acknowledge("甲"), Close("甲", "handled")], "E-CALL-05", id="handled, but what was it?"),
        pytest.param([Acknowledge("甲"), Close("甲", "drill", "sudden")], "E-CALL-05", id="a drill is no event"),
        pytest.param([Acknowledge("甲"), Close("甲", "drill"), Close("乙", "drill")], "E-CALL-04", id="twice"),
    ],
)
def test_what_cannot_be_done_is_refused_and_says_why(deeds: list[Act], refused: str) -> None:
    call = NEW
    for deed in deeds[:-1]:
        call = act(call, deed, AT_MS).call
    with pytest.raises(CallError, match=refused):
        act(call, deeds[-1], AT_MS)


EVENTS = st.one_of(
    st.integers(0, 2 * AGAIN_MS),
    st.sampled_from(["press", "back"]),
    st.sampled_from(
        [Acknowledge("甲"), Acknowledge("乙"), Dispatch("甲", "丙"), Note("乙", "。"), Close("乙", "false_alarm")]
    ),
)


@settings(max_examples=150)
@given(st.lists(EVENTS, max_size=30))
def test_whatever_happens_in_whatever_order(events: list[object]) -> None:
    call, at_ms = NEW, AT_MS
    for event in events:
        was, change = call, None
        if isinstance(event, int):
            at_ms += event
            change = passed(call, ROSTER, at_ms)
            waits = call.state == "waiting" and call.withdrawn_ms is None
            assert waits or change is None, "nobody is woken for what somebody has, or was taken back"
            assert not waits or (change is not None) == (at_ms >= cast("int", due_ms(call)))
            assert change is None or change.told, "somebody is on duty, so somebody is told"
        elif event == "press" and call.state == "waiting":
            change = pressed_again(call, at_ms)
        elif event == "back" and call.withdrawn_ms is None:
            change = withdrawn(call, at_ms)
        elif not isinstance(event, str):
            with suppress(CallError):
                change = act(call, cast("Act", event), at_ms)
        call = call if change is None else change.call
        order = ("waiting", "acknowledged", "closed")
        assert order.index(call.state) in {order.index(was.state), order.index(was.state) + 1}, "step by step"
        assert call.level >= was.level
        assert call.rank >= was.rank
        assert call.state == was.state or (change is not None and change.step.who), "only a person ends its waiting"
        assert (call.acknowledged_by is None) == (call.state == "waiting")
        assert (call.closed_by is None) == (call.state != "closed")
        assert was.acknowledged_by in {None, call.acknowledged_by}
        assert possible(call)
        assert call.state == "waiting" or due_ms(call) is None
