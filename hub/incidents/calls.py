"""A call for help (紧急求助): it stands until a person of the centre took it, then until it is closed (pure).

Whoever presses again while nobody took it is the same call; after that it is another, which rings anew. If nobody
takes it within a minute those on duty are told, then the next rank, then the leader, and so on until somebody does.
"""

from typing import Final, Literal, NamedTuple

from hub.errors import HubError
from hub.incidents.duty import COUNTY, Duty, Roster, names_of
from hub.incidents.trouble import Node
from hub.local_time import UNIT_MS

State = Literal["waiting", "acknowledged", "closed"]
Outcome = Literal["handled", "false_alarm", "drill"]
Matter = Literal["sudden", "dispute", "other"]
StepName = Literal["called", "again", "withdrawn", "escalated", "acknowledged", "dispatched", "noted", "closed"]
MACHINE: Final = ""
NOBODY: Final = "无人值班 nobody on duty"
"""Whom the step of an escalation names where none could be told."""
WAITS_MS: Final = (UNIT_MS["m"], 2 * UNIT_MS["m"], 7 * UNIT_MS["m"])
"""How long it waits for each telling: 1, 3 and 10 min after it came,"""
AGAIN_MS: Final = 10 * UNIT_MS["m"]
"""and then every 10 min."""
MOST_NOTE: Final = 200
MOST_WHO: Final = 64

OUTCOMES: Final[dict[Outcome, tuple[str, str]]] = {
    "handled": ("已处置", "handled"),
    "false_alarm": ("误报", "false alarm"),
    "drill": ("演练", "drill"),
}
"""What came of it."""
MATTERS: Final[dict[Matter, tuple[str, str]]] = {
    "sudden": ("突发事件", "sudden event"),
    "dispute": ("重大纠纷", "major dispute"),
    "other": ("其他求助", "other help"),
}
"""What it was, as 应急指挥 counts it; only of what was handled."""
STATES: Final[dict[State, tuple[str, str]]] = {
    "waiting": ("待签收", "waiting"),
    "acknowledged": ("处理中", "in hand"),
    "closed": ("已办结", "closed"),
}
STEPS: Final[dict[StepName, tuple[str, str]]] = {
    "called": ("求助", "called for help"),
    "again": ("再次求助", "called again"),
    "withdrawn": ("求助人取消", "taken back at the kiosk"),
    "escalated": ("升级", "escalated"),
    "acknowledged": ("签收", "acknowledged"),
    "dispatched": ("派人", "somebody sent"),
    "noted": ("备注", "noted"),
    "closed": ("办结", "closed"),
}


class CallError(HubError):
    """An act that cannot be done, with what is so."""


class Call(NamedTuple):
    """One call for help as it stands now."""

    id: int
    station: str
    name: str
    town: str
    at_ms: int
    """When it was first made, as far as its date can be believed."""
    received_ms: int
    """When the county learnt of it first."""
    rung_ms: int
    """Since when those told last have not answered."""
    state: State = "waiting"
    presses: int = 1
    """How often it was made."""
    withdrawn_ms: int | None = None
    """Since when every one of them is taken back at the kiosk; it is still to be acknowledged: somebody else may have
    pressed cancel."""
    level: int = 0
    """How often it was escalated."""
    rank: int = 0
    """The level of the duty roster that was told last (`hub/incidents/duty.py`); 0 is none yet."""
    acknowledged_by: str | None = None
    acknowledged_ms: int | None = None
    dispatched_to: str | None = None
    outcome: Outcome | None = None
    matter: Matter | None = None
    closed_by: str | None = None
    closed_ms: int | None = None


class Entry(NamedTuple):
    """One step of its history."""

    step: StepName
    who: str
    """MACHINE where the village or time did it."""
    note: str = ""


class Change(NamedTuple):
    """What it became, and the step that tells of it."""

    call: Call
    step: Entry
    told: tuple[Duty, ...] = ()
    """Who of the roster is told of it now."""


class Acknowledge(NamedTuple):
    """Somebody has it from now on."""

    who: str


class Dispatch(NamedTuple):
    """Somebody was sent there, or called: police, ambulance, the village's mediator."""

    who: str
    to: str
    note: str = ""


class Note(NamedTuple):
    """Something to know about it."""

    who: str
    note: str


class Close(NamedTuple):
    """It is over, and this came of it."""

    who: str
    outcome: Outcome
    matter: Matter | None = None
    """Needed of what was handled."""
    note: str = ""


Act = Acknowledge | Dispatch | Note | Close
WORD_OF: Final[dict[type[Act], str]] = {
    Acknowledge: "call.ack", Dispatch: "call.dispatch", Note: "call.note", Close: "call.close",
}  # fmt: skip
"""What the audit log calls them."""


def due_ms(call: Call) -> int | None:
    """Return when it is escalated next if nobody takes it; None when never.

    What was taken back at the kiosk stays on every screen, but wakes nobody.
    """
    if call.state != "waiting" or call.withdrawn_ms is not None:
        return None
    return call.rung_ms + (WAITS_MS[call.level] if call.level < len(WAITS_MS) else AGAIN_MS)


def next_told(call: Call, roster: Roster, at_ms: int) -> tuple[int, tuple[Duty, ...]]:
    """Return which rank of the roster its next telling goes to, and who that is now.

    Each telling goes one rank on; where nobody is further along, the last are told again; with nobody on duty at all
    none are, and the step says so.
    """
    areas = areas_of(call)
    rank = roster.next_level(areas, call.rank, at_ms) or roster.next_level(areas, max(0, call.rank - 1), at_ms)
    rank = rank or roster.next_level(areas, 0, at_ms)
    return (call.rank, ()) if rank is None else (max(rank, call.rank), roster.on_duty(areas, rank, at_ms))


def passed(call: Call, roster: Roster, at_ms: int) -> Change | None:
    """Return what time has done to it by now, one level at a time; None when nothing is due."""
    limit_ms = due_ms(call)
    if limit_ms is None or at_ms < limit_ms:
        return None
    rank, people = next_told(call, roster, at_ms)
    names = names_of(people) or NOBODY
    now = call._replace(level=call.level + 1, rank=rank, rung_ms=at_ms)
    return Change(now, Entry("escalated", MACHINE, f"→ {names}"), people)


def pressed_again(call: Call, at_ms: int) -> Change:
    """Return a waiting call that was made once more; one that was taken back stands again, and waits anew."""
    rung_ms = call.rung_ms if call.withdrawn_ms is None else at_ms
    now = call._replace(presses=call.presses + 1, withdrawn_ms=None, rung_ms=rung_ms)
    return Change(now, Entry("again", MACHINE, f"× {now.presses}"))


def withdrawn(call: Call, at_ms: int) -> Change:
    """Return a call of which everything is taken back at the kiosk; who took it, and what became of it, stays."""
    return Change(call._replace(withdrawn_ms=at_ms), Entry("withdrawn", MACHINE))


def possible(call: Call) -> tuple[str, ...]:
    """Return what people may do now."""
    return {"waiting": ("ack",), "acknowledged": ("dispatch", "close", "note"), "closed": ("note",)}[call.state]


def act(call: Call, deed: Act, at_ms: int) -> Change:
    """Return what it becomes by what somebody does.

    Raises CallError E-CALL-02 (another person was first), -03 (nobody has taken it yet), -04 (it is closed) or -05
    (what was handled without what it was).
    """
    if isinstance(deed, Note):
        return Change(call, Entry("noted", deed.who, deed.note))
    if call.state == "closed":
        raise CallError("E-CALL-04", f"closed by {call.closed_by} 已由 {call.closed_by} 办结，只能备注")
    if isinstance(deed, Acknowledge):
        if call.state == "acknowledged":
            first = call.acknowledged_by
            raise CallError("E-CALL-02", f"{first} was first and has it 已由 {first} 签收，正在处理")
        now = call._replace(state="acknowledged", acknowledged_by=deed.who, acknowledged_ms=at_ms)
        return Change(now, Entry("acknowledged", deed.who))
    if call.state == "waiting":
        raise CallError("E-CALL-03", "acknowledge it first, so that others know who has it 请先签收，再处理")
    if isinstance(deed, Dispatch):
        return Change(
            call._replace(dispatched_to=deed.to), Entry("dispatched", deed.who, f"→ {deed.to} {deed.note}".rstrip())
        )
    if (deed.outcome == "handled") == (deed.matter is None):
        raise CallError("E-CALL-05", "what was handled needs what it was, and only that 已处置的须注明事项，其余不填")
    now = call._replace(
        state="closed", outcome=deed.outcome, matter=deed.matter, closed_by=deed.who, closed_ms=at_ms
    )  # fmt: skip
    said = " ".join(part for part in (deed.outcome, deed.matter, deed.note) if part)
    return Change(now, Entry("closed", deed.who, said))


def areas_of(call: Call) -> tuple[Node, ...]:
    """Return the areas it is in, the closest first."""
    return Node("station", call.station), Node("town", call.town), COUNTY
