"""Whatever happens in whatever order: no incident is as it cannot be, and its steps tell how it came to be so."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from hub.incidents.acts import (
    CAUSES_OF_PEOPLE,
    PEOPLES,
    Acknowledge,
    Act,
    Close,
    Dispatch,
    IncidentError,
    Note,
    Reopen,
    Resolve,
    Supervise,
    Undo,
    act,
    possible,
)
from hub.incidents.duty import LEADER, Duty, Roster
from hub.incidents.escalation import due_ms, passed
from hub.incidents.incident import Incident, State, Step
from hub.incidents.lifecycle import (
    HOUR_MS,
    Change,
    Entry,
    absorbed,
    began_again,
    ended,
    may_return,
    opened,
    spread,
)
from hub.incidents.trouble import Node
from tests.hub.incidents.made_up import T0, TOWN, VILLAGES, began, trouble

DAYS = "mon,tue,wed,thu,fri,sat,sun"
ROSTER = Roster(
    Duty(level, Node("county"), who, None, DAYS, 0, 1440) for level, who in ((1, "甲"), (3, "乙"), (LEADER, "局长"))
)
PEOPLE = st.sampled_from(["张三", "李四"])
SOME = st.sets(st.sampled_from(VILLAGES))
SPAN = st.integers(1, 50).map(lambda hours: hours * HOUR_MS)
DEEDS: st.SearchStrategy[Act] = st.one_of(
    st.builds(Acknowledge, PEOPLE, SPAN, st.just(""), st.booleans()),
    st.builds(Dispatch, PEOPLE, st.just("电工"), st.none() | SPAN, st.just(""), st.booleans()),
    st.builds(Resolve, PEOPLE, st.sampled_from(CAUSES_OF_PEOPLE), st.sampled_from(["", "已查"]), st.booleans()),
    st.builds(Close, PEOPLE),
    st.builds(Reopen, PEOPLE),
    st.builds(Supervise, PEOPLE),
    st.builds(Note, PEOPLE, st.just("电话已打")),
)
LEADS_TO: dict[Step, State] = {
    "opened": "new", "expired": "new", "reopened": "new", "acknowledged": "acknowledged", "dispatched": "dispatched",
    "resolved": "resolved", "closed": "closed",
}  # fmt: skip


class AnIncident(RuleBasedStateMachine):
    """One incident, and a log of it that is read by rules of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.now_ms = T0
        self.log: list[Entry] = []
        self.standing: list[tuple[Step, str]] = []
        """What people did and did not take back, as the database has it."""
        self.refusals: list[str] = []
        self.told: State = "new"
        self.before: State = "new"
        self.incident: Incident

    @initialize(stations=SOME.filter(bool))
    def begins(self, stations: set[str]) -> None:
        change = opened(began(trouble(place=TOWN), *sorted(stations)), TOWN, TOWN, "261128-001", T0)
        self.incident = change.incident
        self.log += change.steps

    def take(self, change: Change | None) -> None:
        if change is None:
            return
        was, self.incident = self.incident, change.incident
        assert change.steps, "nothing changes without a step"
        for entry in change.steps:
            self.log.append(entry)
            if entry.who and entry.step in PEOPLES:
                self.standing.append((entry.step, entry.who))
                if entry.step != "noted":
                    self.before = self.told
            if entry.step == "undone":
                mine = [one for one in self.standing if one[1] == entry.who][-1]
                assert mine[0] == entry.note
                self.standing.remove(mine)
                self.told = self.told if mine[0] == "noted" else self.before
            elif entry.step == "returned":
                self.told = "dispatched" if self.told == "dispatched" else "new"
            else:
                self.told = LEADS_TO.get(entry.step, self.told)
        assert self.told == self.incident.state, "the steps alone tell the state"
        assert self.incident.id == was.id
        assert self.incident.priority <= was.priority
        returned = sum(entry.step == "returned" for entry in change.steps)
        assert self.incident.times == was.times + returned

    @rule(span_ms=st.sampled_from([1_000, 600_000, HOUR_MS, HOUR_MS + 1, 5 * HOUR_MS, 24 * HOUR_MS]))
    def time_passes(self, span_ms: int) -> None:
        self.now_ms += span_ms

    @rule()
    def time_does_what_is_due(self) -> None:
        due, was = due_ms(self.incident), self.incident
        change = passed(was, ROSTER, self.now_ms)
        if due is None or due > self.now_ms:
            assert change is None
        elif change is None:
            assert was.state == "new"
        else:
            self.take(change)
            assert passed(self.incident, ROSTER, self.now_ms) is None, "each once"

    @precondition(lambda self: may_return(self.incident, self.now_ms))
    @rule(stations=SOME.filter(bool))
    def it_begins_again(self, stations: set[str]) -> None:
        was = self.incident
        self.take(began_again(was, began(trouble(place=TOWN), *sorted(stations), since_ms=self.now_ms), self.now_ms))
        assert set(self.incident.stations) == stations
        assert self.incident.state not in {"resolved", "closed"}

    @precondition(lambda self: self.incident.state != "closed")
    @rule(joined=SOME, left=SOME)
    def villages_come_and_go(self, joined: set[str], left: set[str]) -> None:
        self.take(spread(self.incident, joined, left - joined, self.now_ms))

    @precondition(lambda self: self.incident.state != "closed")
    @rule()
    def it_ends(self) -> None:
        self.take(ended(self.incident, self.now_ms, "recovered", self.now_ms))
        assert self.incident.state in {"resolved", "dispatched"} or self.reopened_by_hand()

    @rule()
    def it_is_absorbed(self) -> None:
        self.take(absorbed(self.incident, "261128-002", self.now_ms))
        assert self.incident.state in {"closed", "dispatched"}

    @rule(deed=DEEDS)
    def somebody_acts(self, deed: Act) -> None:
        timed: dict[str, Any] = {
            name: getattr(deed, name) + self.now_ms
            for name in ("until_ms", "deadline_ms")
            if getattr(deed, name, None) is not None
        }
        self.attempt(deed._replace(**timed), None)

    @rule(who=PEOPLE)
    def somebody_takes_back(self, who: str) -> None:
        mine = [step for step, by in self.standing if by == who]
        self.attempt(Undo(who), mine[-1] if mine else None)

    def attempt(self, deed: Act, mine: Step | None) -> None:
        was = self.incident
        try:
            change = act(was, deed, self.now_ms, mine)
        except IncidentError as error:
            self.refusals.append(str(error))
            return
        final = not may_return(was, self.now_ms)
        self.take(change)
        if final:
            assert self.incident == was, "what is closed for good never changes"
        if isinstance(deed, Note):
            assert self.incident == was

    @invariant()
    def a_refusal_says_what_can_be_done(self) -> None:
        assert all("现在可以" in said for said in self.refusals)

    def reopened_by_hand(self) -> bool:
        return any(entry.step == "reopened" for entry in self.log)

    @invariant()
    def it_is_as_it_can_be(self) -> None:
        if not self.log:
            return
        one = self.incident
        assert (one.closed_ms is not None) == (one.state == "closed")
        assert (one.waiting_ms is not None) == (one.state == "new")
        assert (one.acknowledged_until_ms is not None) == (one.state == "acknowledged")
        assert (one.resolved_ms is not None) == (one.state in {"resolved", "closed"})
        assert (one.cause is not None) == (one.state in {"resolved", "closed"})
        assert one.recovered_ms is None or one.stations == ()
        assert one.recovered_ms is not None or one.stations != ()
        assert one.state in {"new", "acknowledged", "dispatched"} or not one.supervised
        if one.state == "dispatched":
            assert one.dispatched_to is not None
            assert one.deadline_ms is not None
        if one.state == "closed":
            assert one.recovered_ms is not None, "nothing is closed that is still bad"
        if one.recovered_ms is not None and one.state in {"new", "acknowledged"}:
            assert self.reopened_by_hand(), "only a person holds open what the machine sees no more"
        assert "note" in possible(one, self.now_ms)
        assert replace(one, before=None).told() == one.told()


TestAnIncident = AnIncident.TestCase
TestAnIncident.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
