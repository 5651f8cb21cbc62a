"""An incident from its first sign to its close: what the machine, people and time make of it."""

import pytest
from msgspec.structs import replace

from hub.incidents.acts import (
    Acknowledge,
    Act,
    Close,
    Dispatch,
    IncidentError,
    Note,
    Reopen,
    Resolve,
    Undo,
    act,
    possible,
)
from hub.incidents.incident import CAUSES, STATES, STEPS, Incident
from hub.incidents.lifecycle import (
    HOUR_MS,
    absorbed,
    began_again,
    ended,
    expired,
    may_return,
    opened,
    priority,
    repair_ms,
    spread,
)
from hub.incidents.trouble import Began, Node, Trouble
from tests.hub.incidents.made_up import HUB, MINUTE_MS, T0, TOWN, VILLAGES, after, began, new, trouble

ACK = Acknowledge("张三", T0 + 4 * HOUR_MS, "去看看")
SEND = Dispatch("张三", "电信装维")
OTHER = Acknowledge("李四", T0 + HOUR_MS)


def over(incident: Incident, at_ms: int = T0 + MINUTE_MS) -> Incident:
    change = ended(incident, at_ms - 2_000, "recovered", at_ms)
    assert change is not None
    return change.incident


def closed(incident: Incident | None = None, at_ms: int = T0 + 2 * MINUTE_MS) -> Incident:
    return after(over(new() if incident is None else incident), Close("王五"), at_ms=at_ms)


def refused(incident: Incident, deed: Act, at_ms: int = T0) -> str:
    with pytest.raises(IncidentError) as caught:
        act(incident, deed, at_ms)
    assert incident.id in str(caught.value)
    return caught.value.code


def test_the_whole_way_is_written_down_step_by_step() -> None:
    incident, (step,) = opened(began(), "第1村", TOWN, "261128-001", T0)
    assert (incident.state, incident.stations, incident.times, step.step) == ("new", VILLAGES[:1], 1, "opened")
    assert step.note == "died 2/2"
    incident, (step,) = act(incident, ACK, T0)
    assert (incident.state, incident.owner, step) == ("acknowledged", "张三", ("acknowledged", "张三", "去看看"))
    incident, (step,) = act(incident, SEND, T0)
    assert (incident.state, incident.dispatched_to, incident.deadline_ms) == (
        "dispatched",
        "电信装维",
        T0 + 24 * HOUR_MS,
    )
    assert step.note == "→ 电信装维"
    incident = over(incident)
    assert (incident.state, incident.stations) == ("dispatched", ()), "who was sent has to report"
    incident, (step,) = act(incident, Resolve("张三", "broadband", "换光猫"), T0 + HOUR_MS)
    assert (incident.state, incident.cause, step.note) == ("resolved", "broadband", "broadband 换光猫")
    incident, (step,) = act(incident, Close("王五"), T0 + 2 * HOUR_MS)
    assert (incident.state, incident.closed_ms, incident.cause, step.who) == (
        "closed",
        T0 + 2 * HOUR_MS,
        "broadband",
        "王五",
    )


@pytest.mark.parametrize(
    ("what", "villages", "rank"),
    [
        pytest.param(trouble(), 1, 3, id="one village"),
        pytest.param(trouble("flapping"), 1, 3, id="one that flaps"),
        pytest.param(trouble("video"), 1, 3, id="one picture"),
        pytest.param(trouble(place=TOWN), 3, 2, id="a small town"),
        pytest.param(trouble(place=TOWN), 19, 2, id="a town, just below the limit"),
        pytest.param(trouble(place=TOWN), 20, 1, id="a large town"),
        pytest.param(trouble("line", TOWN), 45, 2, id="a large town's line is bad, but there"),
        pytest.param(Trouble("down", Node("county")), 0, 1, id="the county"),
        pytest.param(Trouble("line", Node("county")), 248, 2, id="the county's line is bad"),
        pytest.param(HUB, 0, 1, id="the hub"),
        pytest.param(Trouble("broker", Node("hub")), 0, 1, id="the broker"),
    ],
)
def test_how_important_it_is_comes_from_kind_scope_and_villages(what: Trouble, villages: int, rank: int) -> None:
    assert priority(what, villages) == rank


@pytest.mark.parametrize(("what", "hours"), [(trouble(), 24), (trouble(place=TOWN), 48), (HUB, 2)])
def test_repair_deadlines_as_operators_use_them(what: Trouble, hours: int) -> None:
    assert repair_ms(new(what)) == hours * HOUR_MS


def test_a_deadline_of_ones_own_is_taken() -> None:
    assert after(new(), Dispatch("张三", "电工", T0 + 5)).deadline_ms == T0 + 5


def test_what_recovers_by_itself_is_resolved_and_waits_for_somebody_to_confirm() -> None:
    change = ended(after(new(), ACK), T0 + 1_000, "recovered", T0 + 2_000)
    assert change is not None
    incident = change.incident
    assert (incident.state, incident.cause, incident.recovered_ms) == ("resolved", "recovered", T0 + 1_000)
    assert [step.step for step in change.steps] == ["recovered", "resolved"]
    assert (incident.owner, incident.acknowledged_until_ms) == ("张三", None)
    assert ended(incident, T0 + 3_000, "recovered", T0 + 3_000) is None, "told twice is no news"


def test_whoever_confirms_a_dispatched_one_that_recovered_closes_it() -> None:
    sent = after(new(), SEND)
    assert refused(sent, Close("王五")) == "E-INC-03"
    incident = after(over(sent), Close("王五"))
    assert (incident.state, incident.cause) == ("closed", "recovered")


def test_what_is_still_bad_is_resolved_only_by_force_and_with_a_reason() -> None:
    for incident in (new(), after(new(), ACK), after(new(), SEND)):
        assert refused(incident, Resolve("张三", "power")) == "E-INC-03"
        assert refused(incident, Resolve("张三", "power", force=True)) == "E-INC-03"
        forced = after(incident, Resolve("张三", "power", "村里停电到周一", force=True))
        assert (forced.state, forced.recovered_ms) == ("resolved", None)
        assert refused(forced, Close("王五")) == "E-INC-03", "nobody confirms what is still bad"
        assert over(forced).recovered_ms is not None
        again = began_again(forced, began(), T0)
        assert again is not None
        assert (again.incident.state, again.incident.times) == ("new", 2)


@pytest.mark.parametrize("minutes", [0, 59, 60])
def test_it_returns_while_not_closed_or_within_the_hour(minutes: int) -> None:
    for was in (over(after(new(), ACK)), closed()):
        at_ms = (was.closed_ms or T0) + minutes * MINUTE_MS
        assert may_return(was, at_ms)
        change = began_again(was, began(since_ms=at_ms - 3_000), at_ms)
        assert change is not None
        now = change.incident
        assert (now.id, now.state, now.times, now.owner) == (was.id, "new", 2, None)
        assert (now.since_ms, now.first_ms) == (at_ms - 3_000, T0 - 5_000)
        assert (now.recovered_ms, now.resolved_ms, now.closed_ms, now.cause) == (None, None, None, None)
        assert (now.stations, now.waiting_ms) == (VILLAGES[:1], at_ms)
        assert [step.step for step in change.steps] == ["returned"]
    assert not may_return(closed(), T0 + 2 * MINUTE_MS + 60 * MINUTE_MS + 1)


def test_one_that_returns_under_repair_stays_with_whoever_was_sent() -> None:
    change = began_again(over(after(new(), SEND)), began(), T0)
    assert change is not None
    assert (change.incident.state, change.incident.dispatched_to, change.incident.times) == (
        "dispatched",
        "电信装维",
        2,
    )


def test_what_lasts_and_is_told_again_is_no_news() -> None:
    assert began_again(new(), began(), T0) is None
    change = began_again(new(), began(None, *VILLAGES[:2]), T0)
    assert change is not None
    assert (change.incident.times, change.incident.stations) == (1, VILLAGES[:2])


def test_villages_come_and_go_and_it_only_grows_more_important() -> None:
    town = new(trouble(place=TOWN), *VILLAGES)
    many = [f"9999991020{unit:02d}" for unit in range(17)]
    change = spread(town, many, VILLAGES[:1], T0)
    assert change is not None
    assert (change.incident.priority, change.steps[0].note) == (2, "+17 -1 = 19")
    assert change.steps[0].step == "spread"
    change = spread(change.incident, VILLAGES[:1], (), T0)
    assert change is not None
    assert (change.incident.priority, change.steps[0].step) == (1, "grew"), "a step of its own: people are told"
    change = spread(change.incident, (), many, T0)
    assert change is not None
    assert (change.incident.priority, change.incident.stations) == (1, VILLAGES)
    assert spread(change.incident, VILLAGES, many, T0) is None
    change = spread(change.incident, (), VILLAGES, T0)
    assert change is not None
    assert (change.incident.state, change.incident.cause) == ("resolved", "recovered"), "nothing of it is left"
    change = spread(change.incident, VILLAGES[:1], (), T0)
    assert change is not None
    assert (change.incident.state, change.incident.times) == ("new", 2)


def test_what_is_part_of_a_greater_one_ends_in_that_and_may_return_alone() -> None:
    change = absorbed(after(new(), ACK), "261128-002", T0)
    assert change is not None
    assert (change.incident.state, change.incident.cause) == ("closed", "absorbed")
    assert [(step.step, step.note) for step in change.steps] == [("absorbed", "261128-002"), ("closed", "261128-002")]
    again = began_again(change.incident, began(), T0 + HOUR_MS)
    assert again is not None
    assert again.incident.state == "new"
    sent = absorbed(after(new(), SEND), "261128-002", T0)
    assert sent is not None
    assert (sent.incident.state, sent.incident.recovered_ms) == ("dispatched", T0)
    assert absorbed(closed(), "261128-002", T0) is None


def test_an_acknowledgement_that_expires_makes_it_new() -> None:
    change = expired(after(new(), ACK), T0 + 4 * HOUR_MS)
    assert (change.incident.state, change.incident.waiting_ms) == ("new", T0 + 4 * HOUR_MS)
    assert change.steps == (("expired", "", "张三"),)


NOW = {
    "new": new(),
    "acknowledged": after(new(), ACK),
    "dispatched": after(new(), SEND),
    "dispatched, recovered": over(after(new(), SEND)),
    "resolved": over(new()),
    "closed": closed(),
}
DEEDS = {
    "ack": Acknowledge("张三", T0 + HOUR_MS),
    "dispatch": SEND,
    "resolve": Resolve("张三", "power", "已查", force=True),
    "close": Close("张三"),
    "reopen": Reopen("张三"),
    "note": Note("张三", "电话已打"),
}


@pytest.mark.parametrize("state", NOW)
def test_what_can_be_done_is_said_and_all_else_refused(state: str) -> None:
    incident = NOW[state]
    for name, deed in DEEDS.items():
        if name in possible(incident, T0):
            assert act(incident, deed, T0).steps[0].who == "张三"
        else:
            with pytest.raises(IncidentError, match=r"possible now 现在可以: .*note") as caught:
                act(incident, deed, T0)
            assert caught.value.code in {"E-INC-02", "E-INC-03"}


def test_what_was_closed_for_an_hour_is_closed_for_good() -> None:
    incident, late = closed(), T0 + 2 * MINUTE_MS + HOUR_MS
    assert after(incident, Reopen("张三", "没修好"), at_ms=late).state == "new"
    assert refused(incident, Reopen("张三"), late + 1) == "E-INC-04"
    assert possible(incident, late + 1) == ("note",)
    with pytest.raises(IncidentError, match="E-INC-04"):
        act(incident, Undo("王五"), late + 1, "closed")
    assert act(incident, Note("张三", "查明是施工挖断"), late + 1).incident == incident


def test_what_another_person_has_is_taken_over_only_by_force() -> None:
    mine = after(new(), ACK)
    assert refused(mine, OTHER) == "E-INC-06"
    assert after(mine, OTHER._replace(force=True)).owner == "李四"
    assert after(mine, ACK._replace(until_ms=T0 + 9)).acknowledged_until_ms == T0 + 9, "one's own is renewed"
    sent = after(mine, SEND)
    assert refused(sent, Dispatch("李四", "电工")) == "E-INC-06"
    assert after(sent, Dispatch("李四", "电工", force=True)).dispatched_to == "电工"
    assert after(sent, Dispatch("张三", "电工")).dispatched_to == "电工"
    assert after(mine, Dispatch("李四", "电工")).owner == "李四", "who looks into it need not be who sends somebody"


def test_the_cause_may_be_corrected() -> None:
    alone = over(new())
    known = after(alone, Resolve("张三", "power"))
    assert (known.cause, known.resolved_ms) == ("power", alone.resolved_ms)
    assert refused(known, Resolve("李四", "damp")) == "E-INC-06"
    assert after(known, Resolve("李四", "damp", force=True)).cause == "damp"
    assert after(known, Resolve("张三", "damp")).cause == "damp"
    for cause in ("absorbed", "moon", ""):
        assert refused(alone, Resolve("张三", cause)) == "E-INC-08"


@pytest.mark.parametrize("until_ms", [T0, T0 - 1, T0 + 7 * 24 * HOUR_MS + 1])
def test_a_time_that_cannot_be_meant_is_refused(until_ms: int) -> None:
    assert refused(new(), Acknowledge("张三", until_ms)) == "E-INC-08"
    assert (
        refused(new(), Dispatch("张三", "电工", until_ms + (23 * 24 * HOUR_MS if until_ms > T0 else 0))) == "E-INC-08"
    )


def undone(incident: Incident, who: str, step: str | None, at_ms: int = T0) -> Incident:
    change = act(incident, Undo(who), at_ms, step)  # type: ignore[arg-type]
    assert change.steps[0] == ("undone", who, step)
    return change.incident


def test_whoever_slipped_takes_it_back() -> None:
    first = new()
    assert undone(after(first, ACK), "张三", "acknowledged") == first
    acked = after(first, ACK)
    back = undone(after(acked, SEND), "张三", "dispatched")
    assert replace(back, before=None) == replace(acked, before=None)
    resolved = after(over(after(acked, SEND)), Resolve("张三", "dirt"))
    assert undone(resolved, "张三", "resolved").state == "dispatched"
    shut = after(resolved, Close("王五"), at_ms=T0 + 9)
    back = undone(shut, "王五", "closed", T0 + HOUR_MS)
    assert (back.state, back.cause, back.closed_ms) == ("resolved", "dirt", None)
    assert back.resolved_ms == T0 + HOUR_MS, "it has its whole day to return once more"
    again = after(back, Reopen("张三"))
    assert undone(again, "张三", "reopened").state == "resolved"
    assert undone(again, "张三", "noted") == again
    reopened = after(closed(), Reopen("张三"), at_ms=T0 + HOUR_MS)
    back = undone(reopened, "张三", "reopened", T0 + HOUR_MS + 9)
    assert (back.state, back.closed_ms, back.cause) == ("closed", T0 + HOUR_MS + 9, "recovered")


def test_what_recovered_while_it_stood_ends_when_it_is_taken_back() -> None:
    change = act(over(after(new(), SEND)), Undo("张三"), T0, "dispatched")
    assert (change.incident.state, change.incident.cause) == ("resolved", "recovered")
    assert [step.step for step in change.steps] == ["undone", "resolved"]
    # What somebody reopened though the machine sees nothing is not ended by that.
    reopened = after(after(over(new()), Reopen("李四")), SEND)
    assert undone(reopened, "张三", "dispatched").state == "new"


@pytest.mark.parametrize(
    ("incident", "who", "step"),
    [
        pytest.param(new(), "张三", None, id="nobody did anything"),
        pytest.param(after(new(), ACK), "李四", None, id="another person's"),
        pytest.param(after(new(), ACK, Dispatch("李四", "电工")), "张三", "acknowledged", id="another went on"),
        pytest.param(over(after(new(), ACK)), "张三", "acknowledged", id="it recovered since"),
        pytest.param(expired(after(new(), ACK), T0).incident, "张三", "acknowledged", id="it expired since"),
    ],
)
def test_nothing_else_is_taken_back(incident: Incident, who: str, step: str | None) -> None:
    with pytest.raises(IncidentError, match="E-INC-05"):
        act(incident, Undo(who), T0, step)  # type: ignore[arg-type]


def test_every_state_step_and_cause_has_both_words() -> None:
    for chinese, english in (*STATES.values(), *STEPS.values(), *CAUSES.values()):
        assert not chinese.isascii()
        assert english.isascii()


def test_an_unsorted_beginning_is_sorted() -> None:
    told = Began(trouble(place=TOWN), T0, (VILLAGES[2], VILLAGES[0]), "cut_together")
    assert opened(told, TOWN, TOWN, "261128-001", T0).incident.stations == (VILLAGES[0], VILLAGES[2])
