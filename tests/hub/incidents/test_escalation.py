"""What time alone does to an incident: each once, when its limit passes, and to whom."""

import pytest

from hub.incidents.acts import Acknowledge, Close, Dispatch, Resolve
from hub.incidents.duty import LEADER, Duty, Roster
from hub.incidents.escalation import UNANSWERED_MS, due_ms, passed
from hub.incidents.incident import Incident
from hub.incidents.lifecycle import HOUR_MS, ended
from hub.incidents.trouble import Node, Trouble
from tests.hub.incidents.made_up import HUB, MINUTE_MS, T0, TOWN, VILLAGES, after, new, trouble

DAYS = "mon,tue,wed,thu,fri,sat,sun"


def duty(who: str, level: int, place: str = "") -> Duty:
    return Duty(level, Node("town" if place else "county", place), who, None, DAYS, 0, 1440)


ROSTER = Roster([duty("值班员", 1), duty("科长", 2), duty("局长", LEADER), duty("包挂领导", LEADER, TOWN)])


def over(incident: Incident, at_ms: int = T0) -> Incident:
    change = ended(incident, at_ms, "recovered", at_ms)
    assert change is not None
    return change.incident


@pytest.mark.parametrize(
    ("what", "minutes"),
    [(HUB, 10), (trouble(place=TOWN), 30), (trouble(), 120)],
    ids=["the hub", "a town", "a village"],
)
def test_nobody_answers_so_the_next_level_is_told_and_the_leader_last(what: Trouble, minutes: int) -> None:
    incident, at_ms = new(what), T0
    leader = "局长" if what.node.scope == "hub" else "包挂领导"
    for level, who in ((2, "科长"), (LEADER, leader)):
        assert passed(incident, ROSTER, at_ms + minutes * MINUTE_MS - 1) is None
        at_ms += minutes * MINUTE_MS
        change = passed(incident, ROSTER, at_ms)
        assert change is not None
        incident = change.incident
        assert (incident.state, incident.level) == ("new", level)
        assert change.steps == (("escalated", "", f"→ {who}"),)
        assert passed(incident, ROSTER, at_ms) is None, "once"
    assert due_ms(incident) is None
    assert passed(incident, ROSTER, at_ms + 1000 * HOUR_MS) is None


def test_whoever_acknowledges_ends_that_and_an_expiry_begins_it_anew() -> None:
    late = passed(new(), ROSTER, T0 + 3 * HOUR_MS)
    assert late is not None
    acked = after(late.incident, Acknowledge("张三", T0 + 7 * HOUR_MS), at_ms=T0 + 3 * HOUR_MS)
    assert passed(acked, ROSTER, T0 + 7 * HOUR_MS - 1) is None
    change = passed(acked, ROSTER, T0 + 7 * HOUR_MS)
    assert change is not None
    assert (change.incident.state, change.incident.level, change.steps[0].step) == ("new", 0, "expired")
    assert due_ms(change.incident) == T0 + 7 * HOUR_MS + UNANSWERED_MS[3]


def test_with_nobody_further_along_it_goes_on_waiting() -> None:
    assert passed(new(), Roster([duty("值班员", 1)]), T0 + 3 * HOUR_MS) is None
    assert passed(new(), Roster(), T0 + 3 * HOUR_MS) is None
    # Nobody of the first level is there: whoever is there now was told first.
    change = passed(new(), Roster([duty("科长", 2), duty("局长", LEADER)]), T0 + 3 * HOUR_MS)
    assert change is not None
    assert change.incident.level == LEADER


def test_a_new_shift_is_further_along_than_the_one_that_was_told() -> None:
    day, night = duty("值班员", 1)._replace(until_minute=721), duty("夜班", 2)._replace(from_minute=721)  # 12:01
    change = passed(new(), Roster([day, night, duty("局长", LEADER)]), T0 + 2 * HOUR_MS)
    assert change is not None
    assert change.incident.level == 2


def test_whoever_could_not_be_told_until_now_has_their_whole_time() -> None:
    late = Roster([duty("值班员", 1)._replace(from_minute=780), duty("科长", 2)._replace(from_minute=780)])  # 13:00
    waits = passed(new(), late, T0 + 2 * HOUR_MS)
    assert waits is not None
    assert (waits.incident.waiting_ms, waits.incident.level, waits.steps) == (T0 + 2 * HOUR_MS, 0, ())
    change = passed(waits.incident, late, T0 + 4 * HOUR_MS)
    assert change is not None
    assert change.incident.level == 2


def test_a_planned_time_in_which_nobody_is_told_escalates_nothing() -> None:
    waits = passed(new(), ROSTER, T0 + 2 * HOUR_MS, silent=True)
    assert waits is not None
    assert waits.steps == ()
    assert due_ms(waits.incident) == T0 + 4 * HOUR_MS


def test_overdue_is_supervised_and_said_to_the_leader_of_the_area_once() -> None:
    sent = after(new(), Dispatch("张三", "电工", T0 + HOUR_MS))
    assert passed(sent, ROSTER, T0 + HOUR_MS - 1) is None
    change = passed(sent, ROSTER, T0 + HOUR_MS)
    assert change is not None
    assert change.incident.supervised
    assert change.steps[0].note == "→ 包挂领导 超期 overdue since 2026-11-28 13:00"
    assert passed(change.incident, ROSTER, T0 + 99 * HOUR_MS) is None
    again = after(change.incident, Dispatch("张三", "电工", T0 + 5 * HOUR_MS), at_ms=T0 + 2 * HOUR_MS)
    assert not again.supervised
    assert due_ms(again) == T0 + 5 * HOUR_MS


def test_one_that_recovered_without_a_report_is_supervised_too_and_said_so() -> None:
    change = passed(over(after(new(), Dispatch("张三", "电工", T0 + HOUR_MS))), Roster(), T0 + HOUR_MS)
    assert change is not None
    assert change.steps[0].note.startswith("→ - 超期")
    assert change.steps[0].note.endswith("recovered, no report")


def test_what_did_not_return_for_a_day_closes_by_itself() -> None:
    incident = over(new(), T0 + HOUR_MS)
    assert passed(incident, ROSTER, T0 + 25 * HOUR_MS - 1) is None
    change = passed(incident, ROSTER, T0 + 25 * HOUR_MS)
    assert change is not None
    assert (change.incident.state, change.incident.closed_ms) == ("closed", T0 + 25 * HOUR_MS)
    assert due_ms(change.incident) is None


def test_what_was_resolved_by_force_waits_until_it_recovered() -> None:
    forced = after(new(None, *VILLAGES), Resolve("张三", "power", "停电到周一", force=True))
    assert due_ms(forced) is None
    assert due_ms(over(forced, T0 + 50 * HOUR_MS)) == T0 + 74 * HOUR_MS
    assert due_ms(after(over(forced), Close("张三"))) is None
