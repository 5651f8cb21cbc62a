"""What people do about an incident: which acts there are, when each can be done, and what it becomes (pure)."""

from typing import Final, NamedTuple

from msgspec.structs import replace

from hub.errors import HubError
from hub.incidents.incident import CAUSES, STATES, Before, Incident, State, Step
from hub.incidents.lifecycle import Change, Entry, closed, may_return, renewed, repair_ms, settled
from hub.local_time import UNIT_MS

DAY_MS: Final = UNIT_MS["d"]
MOST_ACKNOWLEDGED_MS: Final = 7 * DAY_MS
MOST_DEADLINE_MS: Final = 30 * DAY_MS
CAUSES_OF_PEOPLE: Final = tuple(cause for cause in CAUSES if cause != "absorbed")


class IncidentError(HubError):
    """An act that cannot be done, with what can."""


class Acknowledge(NamedTuple):
    """研判: somebody looks into it; if nothing is done until then it counts as new again."""

    who: str
    until_ms: int
    note: str = ""
    force: bool = False
    """Although another person has it."""


class Dispatch(NamedTuple):
    """派单: somebody is sent to repair it."""

    who: str
    to: str
    deadline_ms: int | None = None
    """None takes what is usual (`lifecycle.repair_ms`)."""
    note: str = ""
    force: bool = False
    """Although another person sent somebody."""


class Resolve(NamedTuple):
    """It is repaired, and this was the cause; or the cause that was given is corrected."""

    who: str
    cause: str
    note: str = ""
    force: bool = False
    """Although it is still bad (then the note says why), or another person gave a cause."""


class Close(NamedTuple):
    """办结: confirmed."""

    who: str
    note: str = ""


class Reopen(NamedTuple):
    """It is not over, whatever the machine sees."""

    who: str
    note: str = ""


class Note(NamedTuple):
    """Something to know about it."""

    who: str
    note: str


class Supervise(NamedTuple):
    """督办: whoever has it is pressed, and the leader of its area is told, until somebody is sent or it is repaired."""

    who: str
    note: str = ""


class Undo(NamedTuple):
    """Whoever did something takes it back."""

    who: str


Act = Acknowledge | Dispatch | Resolve | Close | Reopen | Note | Supervise | Undo
NAMES: Final[dict[type, str]] = {
    Acknowledge: "ack", Dispatch: "dispatch", Resolve: "resolve", Close: "close", Reopen: "reopen", Note: "note",
    Supervise: "supervise",
}  # fmt: skip
ALLOWED: Final[dict[State, tuple[str, ...]]] = {
    "new": ("ack", "dispatch", "resolve", "note", "supervise"),
    "acknowledged": ("ack", "dispatch", "resolve", "note", "supervise"),
    "dispatched": ("dispatch", "resolve", "close", "note", "supervise"),
    "resolved": ("resolve", "close", "reopen", "note"),
    "closed": ("reopen", "note"),
}
"""What people may do in each state; who did something last may also `undo` it."""
PEOPLES: Final[tuple[Step, ...]] = (
    "acknowledged",
    "dispatched",
    "resolved",
    "closed",
    "reopened",
    "noted",
    "supervised",
)
"""The steps that somebody may take back."""
KEPT: Final = (
    "state", "owner", "acknowledged_until_ms", "dispatched_to", "deadline_ms", "cause", "supervised", "level",
)  # fmt: skip
"""What a person's act changes, and taking it back restores."""


def possible(incident: Incident, at_ms: int) -> tuple[str, ...]:
    """Return what people may do now, as the commands are called."""
    without = set() if may_return(incident, at_ms) else {"reopen"}
    if incident.recovered_ms is None:
        without.add("close")
    if incident.supervised:
        without.add("supervise")
    return tuple(name for name in ALLOWED[incident.state] if name not in without)


def act(incident: Incident, deed: Act, at_ms: int, mine: Step | None = None) -> Change:
    """Return what an incident becomes by what somebody does; `mine` is their last step that stands, for `Undo`.

    Raises IncidentError E-INC-02 (not in this state), -03 (still bad), -04 (closed for good), -05 (nothing to take
    back), -06 (another person was first) or -08 (a cause or time that cannot be); each says what can be done.
    """
    if isinstance(deed, Undo):
        return _undone(incident, deed.who, mine, at_ms)
    _check_state(incident, deed, at_ms)
    match deed:
        case Acknowledge():
            change = _acknowledged(incident, deed, at_ms)
        case Dispatch():
            change = _dispatched(incident, deed, at_ms)
        case Resolve():
            change = _resolved(incident, deed, at_ms)
        case Close():
            change = _confirmed(incident, deed, at_ms)
        case Reopen():
            fresh = replace(renewed(incident, at_ms), owner=deed.who)
            change = _by(incident, fresh, Entry("reopened", deed.who, deed.note))
        case Supervise():
            change = _by(incident, replace(incident, supervised=True), Entry("supervised", deed.who, deed.note))
        case Note():
            change = Change(incident, (Entry("noted", deed.who, deed.note),))
    return change


def _check_state(incident: Incident, deed: Act, at_ms: int) -> None:
    name = NAMES[type(deed)]
    if name not in ALLOWED[incident.state] or (incident.supervised and isinstance(deed, Supervise)):
        word = STATES[incident.state]
        what = f"{name}: not while it is {word[1]} “{word[0]}”的事件不能这样做"
        raise _refusal("E-INC-02", incident, what, at_ms)
    if not may_return(incident, at_ms) and isinstance(deed, Reopen):
        raise _final(incident, at_ms)


def _acknowledged(incident: Incident, deed: Acknowledge, at_ms: int) -> Change:
    if incident.state == "acknowledged":
        _check_owner(incident, deed.who, at_ms, force=deed.force)
    _check_time(incident, deed.until_ms, at_ms, MOST_ACKNOWLEDGED_MS)
    now = replace(
        incident, state="acknowledged", owner=deed.who, acknowledged_until_ms=deed.until_ms, waiting_ms=None, level=0
    )
    return _by(incident, now, Entry("acknowledged", deed.who, deed.note))


def _dispatched(incident: Incident, deed: Dispatch, at_ms: int) -> Change:
    if incident.state == "dispatched":
        _check_owner(incident, deed.who, at_ms, force=deed.force)
    deadline_ms = at_ms + repair_ms(incident) if deed.deadline_ms is None else deed.deadline_ms
    _check_time(incident, deadline_ms, at_ms, MOST_DEADLINE_MS)
    now = replace(
        incident, state="dispatched", owner=deed.who, dispatched_to=deed.to, deadline_ms=deadline_ms,
        acknowledged_until_ms=None, waiting_ms=None, level=0, supervised=False,
    )  # fmt: skip
    return _by(incident, now, Entry("dispatched", deed.who, f"→ {deed.to} {deed.note}".rstrip()))


def _resolved(incident: Incident, deed: Resolve, at_ms: int) -> Change:
    if deed.cause not in CAUSES_OF_PEOPLE:
        what = f"cause: one of 原因应为其中之一: {', '.join(CAUSES_OF_PEOPLE)}"
        raise _refusal("E-INC-08", incident, what, at_ms)
    if incident.state == "resolved" and incident.cause != "recovered":
        _check_owner(incident, deed.who, at_ms, force=deed.force)
    if incident.recovered_ms is None and not (deed.force and deed.note):
        raise _still_bad(incident, at_ms)
    now = replace(
        incident, state="resolved", owner=deed.who, cause=deed.cause, resolved_ms=incident.resolved_ms or at_ms,
        acknowledged_until_ms=None, waiting_ms=None, supervised=False,
    )  # fmt: skip
    return _by(incident, now, Entry("resolved", deed.who, f"{deed.cause} {deed.note}".rstrip()))


def _confirmed(incident: Incident, deed: Close, at_ms: int) -> Change:
    if incident.recovered_ms is None:
        raise _still_bad(incident, at_ms)
    told = replace(
        incident, owner=deed.who, cause=incident.cause or "recovered", resolved_ms=incident.resolved_ms or at_ms
    )
    return _by(incident, closed(told, at_ms), Entry("closed", deed.who, deed.note))


def _undone(incident: Incident, who: str, mine: Step | None, at_ms: int) -> Change:
    before = incident.before
    if mine == "noted":
        return Change(incident, (Entry("undone", who, mine),))
    if mine is None or before is None or (before.who, before.step) != (who, mine):
        what = "nothing of this person's to take back, or more happened since 没有此人可撤回的操作，或其后已有变化"
        raise _refusal("E-INC-05", incident, what, at_ms)
    if not may_return(incident, at_ms):
        raise _final(incident, at_ms)
    fields = {name: getattr(before, name) for name in KEPT}
    over = at_ms if before.state in {"resolved", "closed"} else None  # it gets its whole time to return once more
    back = replace(
        incident, **fields, before=None, resolved_ms=over,
        waiting_ms=at_ms if before.state == "new" else None,
        closed_ms=at_ms if before.state == "closed" else None,
    )  # fmt: skip
    steps = (Entry("undone", who, mine),)
    # It recovered while what is taken back stood: then it ends as it would have.
    recovered = before.recovered_ms is None and incident.recovered_ms is not None
    return settled(back, steps, at_ms) if recovered else Change(back, steps)


def _by(was: Incident, now: Incident, step: Entry) -> Change:
    before = Before(step.who, step.step, recovered_ms=was.recovered_ms, **{name: getattr(was, name) for name in KEPT})
    return Change(replace(now, before=before), (step,))


def _check_owner(incident: Incident, who: str, at_ms: int, *, force: bool) -> None:
    if incident.owner not in {None, who} and not force:
        word = STATES[incident.state]
        what = (
            f"{incident.owner} was first: {word[1]}; --force goes over it {incident.owner} 已先处理，确需覆盖请加此项"
        )
        raise _refusal("E-INC-06", incident, what, at_ms)


def _check_time(incident: Incident, until_ms: int, at_ms: int, most_ms: int) -> None:
    if not 0 < until_ms - at_ms <= most_ms:
        days = most_ms // DAY_MS
        raise _refusal("E-INC-08", incident, f"a time to come, within {days} d 应为今后 {days} 天之内", at_ms)


def _still_bad(incident: Incident, at_ms: int) -> IncidentError:
    what = (
        "it is still bad, and would open at once again; only resolve --force with a --note goes over that"
        " 故障仍在，办结后会立即重开；确需处置完毕请加 --force 并说明理由"
    )
    return _refusal("E-INC-03", incident, what, at_ms)


def _final(incident: Incident, at_ms: int) -> IncidentError:
    what = "closed for good; what comes again is an incident of its own 已办结超过 1 小时，再次发生另立事件"
    return _refusal("E-INC-04", incident, what, at_ms)


def _refusal(code: str, incident: Incident, what: str, at_ms: int) -> IncidentError:
    return IncidentError(code, f"{incident.id}: {what}; possible now 现在可以: {', '.join(possible(incident, at_ms))}")
