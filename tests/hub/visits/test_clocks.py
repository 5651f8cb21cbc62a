"""The county's clocks: each limit just inside, on and past it; what stops one; in China's time."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.local_time import CHINA
from hub.visits import calls_back
from hub.visits.calls_back import Call
from hub.visits.clocks import HOUR_MS, Clock, clocks_of, end_of_day, most_urgent
from hub.visits.day import DAY_MS
from hub.visits.matters import STATES, Step, ends


def at(text: str) -> int:
    """Return a time of the county, `11-28 09:00`, in 2026."""
    return round(dt.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=CHINA).timestamp() * 1000)


def steps(*told: tuple[str, str]) -> list[Step]:
    return [Step(key, 1, at(when), "测试员", state, None, None) for key, (state, when) in enumerate(told, 1)]


def one(service: str, *told: tuple[str, str], now: str, matter: str | None = None, made: str = "11-20 09:00") -> Clock:
    return clocks_of(service, matter, at(made), steps(*told), at(now))[-1]


@pytest.mark.parametrize(
    ("service", "matter", "told", "now", "name", "standing"),
    [
        pytest.param("legal_advice", None, [], "11-20 12:00", "answer", "running", id="a message of the morning"),
        pytest.param("legal_advice", None, [], "11-21 05:00", "answer", "near", id="four hours left"),
        pytest.param("legal_advice", None, [], "11-21 08:59", "answer", "near", id="a minute left"),
        pytest.param("mediation", None, [], "11-21 09:00", "answer", "overdue", id="24 h are over on the minute"),
        pytest.param(
            "legal_advice", None, [("answered", "11-21 08:59")], "11-30 00:00", "answer", "met", id="in time"
        ),
        pytest.param(
            "legal_advice", None, [("answered", "11-21 09:00")], "11-22 00:00", "answer", "met_late", id="late"
        ),
        pytest.param(
            "mediation", None, [("assigned", "11-20 10:00")], "11-21 10:00", "answer", "overdue", id="assigned"
        ),
        pytest.param("legal_aid", None, [], "11-27 23:59", "decide", "near", id="the seventh day is whole"),
        pytest.param("legal_aid", None, [], "11-28 00:00", "decide", "overdue", id="the eighth day is too late"),
        pytest.param("legal_aid", None, [], "11-26 20:00", "decide", "running", id="more than a day left"),
        pytest.param("legal_aid", "wages", [], "11-20 23:59", "wages", "near", id="wages: the same day"),
        pytest.param("legal_aid", "wages", [], "11-21 00:00", "wages", "overdue", id="wages: not the next"),
        pytest.param(
            "legal_aid", None, [("refused", "11-27 10:00")], "12-30 00:00", "decide", "met", id="refused is decided"
        ),
        pytest.param(
            "legal_aid", None, [("accepted", "11-22 10:00")], "11-25 23:59", "assign", "near", id="third day after"
        ),
        pytest.param(
            "legal_aid", None, [("accepted", "11-22 10:00")], "11-26 00:00", "assign", "overdue", id="fourth day after"
        ),
        pytest.param(
            "legal_aid",
            None,
            [("assigned", "11-21 10:00"), ("accepted", "11-22 10:00")],
            "11-26 00:00",
            "assign",
            "overdue",
            id="who looked at the application is nobody assigned to help",
        ),
        pytest.param(
            "legal_aid",
            None,
            [("accepted", "11-22 10:00"), ("assigned", "11-24 10:00")],
            "11-26 00:00",
            "assign",
            "met",
            id="assigned after the decision",
        ),
        pytest.param(
            "legal_aid", None, [("need_papers", "11-22 10:00")], "12-20 00:00", "decide", "stopped", id="no papers"
        ),
        pytest.param(
            "legal_aid",
            None,
            [("need_papers", "11-22 10:00"), ("papers_in", "11-25 10:00")],
            "11-30 23:59",
            "decide",
            "near",
            id="three days of waiting are added",
        ),
        pytest.param(
            "legal_aid",
            None,
            [("need_papers", "11-22 10:00"), ("papers_in", "11-25 10:00")],
            "12-01 00:00",
            "decide",
            "overdue",
            id="and no more than three",
        ),
        pytest.param(
            "legal_aid",
            None,
            [("need_papers", "11-22 10:00"), ("papers_in", "11-25 10:00"), ("need_papers", "11-26 10:00")],
            "12-01 00:00",
            "decide",
            "overdue",
            id="papers are asked for once: a second notice stops nothing",
        ),
        pytest.param(
            "legal_aid",
            None,
            [("need_papers", "11-28 10:00")],
            "11-29 00:00",
            "decide",
            "overdue",
            id="a notice after the end stops nothing",
        ),
    ],
)  # fmt: skip
def test_a_clock(
    service: str, matter: str | None, told: list[tuple[str, str]], now: str, name: str, standing: str
) -> None:
    clock = one(service, *told, now=now, matter=matter)
    assert (clock.name, clock.standing(at(now))) == (name, standing)


def test_a_day_is_the_county_s_and_not_utc_s() -> None:
    assert end_of_day(at("11-20 00:30"), 0) == end_of_day(at("11-20 23:30"), 0) == at("11-21 00:00")


def test_services_served_at_the_kiosk_have_no_clock() -> None:
    assert clocks_of("document", None, 0, [], DAY_MS) == []


def test_a_step_taken_back_meets_nothing() -> None:
    taken_back = [step._replace(withdrawn_ms=1) for step in steps(("answered", "11-20 10:00"))]
    (clock,) = clocks_of("legal_advice", None, at("11-20 09:00"), taken_back, at("11-20 11:00"))
    assert clock.met_ms is None


def test_the_most_urgent_is_the_first_to_run_out_and_stopped_ones_come_last() -> None:
    late, soon, stopped = Clock("answer", 0, 10), Clock("answer", 0, 20), Clock("decide", 0, 5, None, 1)
    assert most_urgent([stopped, soon, late]) == late
    assert most_urgent([stopped, Clock("answer", 0, 1, met_ms=0)]) == stopped
    assert most_urgent([Clock("answer", 0, 1, met_ms=0)]) is None


def test_a_call_back_is_due_the_next_day_and_put_right_in_fifteen() -> None:
    opened = at("11-10 09:00")
    call, right = calls_back.clocks(opened, (), None)
    assert (call.due_ms, right.due_ms) == (at("11-12 00:00"), at("11-26 00:00"))
    unanswered = Call(at("11-10 10:00"), "测试员", "no_answer", None, None)
    reached = Call(at("11-11 10:00"), "测试员", "reached", False, None)
    assert calls_back.stage_of([unanswered], None) == "to_call"
    assert calls_back.clocks(opened, [unanswered], None)[0].met_ms is None
    assert calls_back.stage_of([unanswered, reached], None) == "to_fix"
    assert calls_back.clocks(opened, [unanswered, reached], None)[0].met_ms == reached.at_ms
    assert calls_back.satisfied_now([reached, unanswered]) is False
    assert calls_back.stage_of([reached], 1) == "fixed"


moments = st.integers(at("11-01 00:00"), at("11-30 00:00"))
histories = st.lists(st.tuples(st.sampled_from(STATES), moments), max_size=6).map(
    lambda told: [
        Step(key, 1, when, "x", state, None, None) for key, (state, when) in enumerate(sorted(told, key=lambda t: t[1]))
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    service=st.sampled_from(("legal_advice", "mediation", "legal_aid")),
    matter=st.sampled_from((None, "wages")),
    made=moments,
    history=histories,
    now=moments,
    later=st.integers(0, 20 * DAY_MS),
)
def test_whatever_was_done_clocks_are_sound(
    service: str, matter: str | None, made: int, history: list[Step], now: int, later: int
) -> None:
    history = [step for step in history if made <= step.at_ms <= now]
    before = clocks_of(service, matter, made, history, now)
    after = clocks_of(service, matter, made, history, now + later)
    assert [clock.name for clock in before] == [clock.name for clock in after]
    for clock, then in zip(before, after, strict=True):
        assert clock.began_ms < clock.due_ms  # nobody is late at once
        assert then.due_ms >= clock.due_ms  # waiting for papers only ever gives time
        if clock.standing(now) == "overdue":
            assert then.standing(now + later) == "overdue"  # nothing but a step ends it
        if clock.name in {"answer", "decide"} and clock.met_ms is None:
            assert not any(step.state == "closed" for step in history)
    if any(ends(service, step.state) for step in history[-1:]) and service != "legal_aid":
        assert most_urgent(before) is None
    without = [step for step in history if step.state not in {"need_papers", "papers_in"}]
    plain = clocks_of(service, matter, made, without, now)
    if service == "legal_aid":
        assert before[0].due_ms >= plain[0].due_ms
    assert all(clock.due_ms - clock.began_ms <= 40 * DAY_MS + 24 * HOUR_MS for clock in before)
