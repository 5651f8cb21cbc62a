"""Who is told what: the rules one by one, just inside and just past each limit."""

import pytest

from hub.incidents.alerting import (
    BEGINNINGS,
    ENDINGS,
    MINOR_WAITS_MS,
    MOST_IN_PERIOD,
    OVERFLOW_WAITS_MS,
    PROGRESS,
    REASONS,
    Audience,
    Budget,
    Collected,
    Decision,
    decide,
    digest_is_due,
    mailboxes,
)
from hub.incidents.duty import LEADER, Duty, Roster
from hub.incidents.incident import STEPS, Step
from hub.incidents.trouble import Node
from tests.hub.incidents.made_up import HUB, T0, TOWN, new

A, B = "a@county.test", "b@county.test"


def audience(*boxes: str, programs: tuple[str, ...] = (), **knows: bool) -> Audience:
    return Audience(boxes, programs, {("mail", f"{name}@county.test"): told for name, told in knows.items()})


def used(alerts: int, digests: int = 0) -> Budget:
    return Budget([(A, False)] * alerts + [(A, True)] * digests)


@pytest.mark.parametrize(
    ("event", "priority", "alerts", "how"),
    [
        pytest.param("opened", 1, 8, "now", id="the highest: its ninth"),
        pytest.param("opened", 1, 9, "collect", id="the highest: a tenth is the digest's"),
        pytest.param("opened", 2, 6, "now", id="the second: its seventh"),
        pytest.param("opened", 2, 7, "collect", id="the second: an eighth is kept for the highest"),
        pytest.param("returned", 2, 6, "now", id="back again is as new"),
        pytest.param("grew", 1, 8, "now", id="more important than was told"),
        pytest.param("reopened", 1, 0, "now", id="somebody says it is not over"),
        pytest.param("opened", 3, 0, "collect", id="a minor one waits for the digest"),
        pytest.param("escalated", 3, 0, "now", id="nobody answered: at once, whatever it is"),
        pytest.param("supervised", 3, 6, "now", id="overdue: at once"),
        pytest.param("supervised", 3, 7, "collect", id="overdue, and much else"),
        pytest.param("supervised", 1, 8, "now", id="overdue and of the highest"),
    ],
)
def test_what_begins_goes_at_once_while_there_is_room(event: Step, priority: int, alerts: int, how: str) -> None:
    (one,) = decide(event, priority, audience(A), used(alerts))
    assert (one.port, one.recipient, one.how) == ("mail", A, how)


def test_a_decision_uses_what_it_takes() -> None:
    budget = Budget()
    hows = [decide("opened", 1, audience(A, B), budget) for _ in range(12)]
    assert [decision.how for decisions in hows for decision in decisions] == ["now"] * 18 + ["collect"] * 6


@pytest.mark.parametrize(
    ("priority", "told", "alerts", "how"),
    [
        pytest.param(1, True, 4, "now", id="good news with room"),
        pytest.param(1, True, 5, "collect", id="good news gives way"),
        pytest.param(3, True, 0, "collect", id="a minor one"),
        pytest.param(1, False, 0, "collect", id="the beginning waits for a digest still: both in that"),
    ],
)
def test_the_end_is_told_to_whom_the_beginning_was(priority: int, told: bool, alerts: int, how: str) -> None:
    (one,) = decide("recovered", priority, audience(B, a=told), used(alerts))
    assert (one.recipient, one.how) == (A, how)


def test_part_of_a_greater_one_is_only_counted() -> None:
    (one,) = decide("absorbed", 1, audience(A, a=True), Budget())
    assert one == Decision("mail", A, "collect", "good_news")


def test_an_end_that_nobody_knew_the_beginning_of() -> None:
    assert decide("recovered", 1, audience(A), Budget()) == [Decision("none", "", "not", "not_told")]


@pytest.mark.parametrize("event", sorted(BEGINNINGS))
def test_planned_times_hold_what_begins(event: Step) -> None:
    told = decide(event, 1, audience(A, programs=("dispatch",)), Budget(), suppressed=True)
    assert told == [Decision("none", "", "hold", "suppressed")]


@pytest.mark.parametrize("event", sorted(ENDINGS))
def test_planned_times_never_hold_an_end(event: Step) -> None:
    assert decide(event, 1, audience(a=True), Budget(), suppressed=True)[0].recipient == A


def test_nobody_there_is_said_and_looked_at_again_only_where_that_may_change() -> None:
    for why, how in (("nobody_on_duty", "hold"), ("no_address", "not"), ("no_port", "not")):
        (one,) = decide("opened", 1, Audience((), (), {}, why), Budget())  # type: ignore[arg-type]
        assert (one.port, one.how, one.reason) == ("none", how, why)


def test_programs_have_no_budget_and_hear_of_progress_once_they_know() -> None:
    knows = {("webhook", "dispatch"): True, ("webhook", "gone"): True}
    there = Audience((), ("dispatch", "other"), knows)
    assert [one.recipient for one in decide("opened", 3, there, Budget()) if one.port == "webhook"] == [
        "dispatch", "other",
    ]  # fmt: skip
    for event in sorted(PROGRESS | ENDINGS):
        assert decide(event, 3, there, Budget()) == [Decision("webhook", "dispatch", "now", "at_once")]


@pytest.mark.parametrize("event", sorted(set(STEPS) - BEGINNINGS - ENDINGS - PROGRESS))
def test_what_is_no_news(event: Step) -> None:
    assert decide(event, 1, audience(A, programs=("dispatch",), a=True), Budget()) == []


def waits(reason: str, since_ms: int) -> list[Collected]:
    return [Collected(1, "opened", reason, "261128-001", "down", TOWN, since_ms)]


@pytest.mark.parametrize(
    ("reason", "waited_ms", "digests", "due"),
    [
        pytest.param("over_budget", OVERFLOW_WAITS_MS - 1, 0, False, id="gathering"),
        pytest.param("over_budget", OVERFLOW_WAITS_MS, 0, True, id="a minute"),
        pytest.param("over_budget", MINOR_WAITS_MS, 1, False, id="one digest in ten minutes"),
        pytest.param("minor", MINOR_WAITS_MS - 1, 0, False, id="minor, gathering"),
        pytest.param("minor", MINOR_WAITS_MS, 0, True, id="minor, ten minutes"),
        pytest.param("good_news", OVERFLOW_WAITS_MS, 0, False, id="good news has time"),
    ],
)
def test_when_a_digest_goes(reason: str, waited_ms: int, digests: int, due: bool) -> None:
    assert digest_is_due(waits(reason, T0), A, used(MOST_IN_PERIOD - 1, digests), T0 + waited_ms) == due


def a_duty(who: str, mail: str | None, level: int = 1, node: Node | None = None) -> Duty:
    return Duty(level, node or Node("county"), who, mail, "mon,tue,wed,thu,fri,sat,sun", 0, 1440)


def test_one_person_has_one_mailbox() -> None:
    roster = Roster([a_duty("甲", A), a_duty("甲", B, node=Node("town", TOWN)), a_duty("乙", A)])
    assert mailboxes("opened", new(), roster, T0)[0] == [A]
    assert mailboxes("opened", new(HUB), roster, T0)[0] == [A]


def test_overdue_concerns_the_leader_too() -> None:
    roster = Roster([a_duty("甲", A), a_duty("领导", B, level=LEADER)])
    assert mailboxes("supervised", new(), roster, T0)[0] == [B, A]
    assert mailboxes("opened", new(), roster, T0)[0] == [A]


def test_nobody_and_nobody_with_an_address() -> None:
    assert mailboxes("opened", new(), Roster(), T0) == ([], "nobody_on_duty")
    assert mailboxes("opened", new(), Roster([a_duty("甲", None)]), T0) == ([], "no_address")


def test_every_reason_has_its_words() -> None:
    assert all(len(words) == 2 and all(words) for words in REASONS.values())
