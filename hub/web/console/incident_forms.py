"""What forms of incidents ask, and what is made of it: which acts are offered, and the act that was meant (pure)."""

from collections.abc import Mapping, Sequence
from typing import Final

from hub.access.caller import Caller
from hub.desks.ordering import MOST_REASON, MOST_WHO
from hub.incidents.acts import (
    CAUSES_OF_PEOPLE,
    PEOPLES,
    Acknowledge,
    Act,
    Close,
    Dispatch,
    Note,
    Reopen,
    Resolve,
    Supervise,
    Undo,
    possible,
)
from hub.incidents.incident import Incident
from hub.incidents.lifecycle import may_return
from hub.local_time import length_ms
from hub.store.incidents import StepRow
from hub.web.forms import Field, bad_field, needed
from hub.web.pages import Words

LASTS: Final = ("30m", "1h", "4h", "8h", "1d", "3d")
USUAL_LASTS: Final = "4h"
DEADLINES: Final = ("2h", "4h", "24h", "48h", "3d", "7d")
FIELDS: Final = {
    "act": Field(12, needed=True),
    "lasts": Field(4),
    "to": Field(MOST_WHO),
    "deadline": Field(4),
    "cause": Field(16),
    "note": Field(MOST_REASON),
    "force": Field(4),
}
NOTHING_TYPED: Final[Mapping[str, str]] = dict.fromkeys(FIELDS, "")
IN_BULK: Final = ("ack", "dispatch", "resolve", "note")


def deed_of(typed: Mapping[str, str], who: str, at_ms: int) -> Act:
    """Return the act that a form asks for.

    Raises ProblemError E-WEB-06: a field is missing, or none of its choices.
    """
    note, force = typed["note"], bool(typed["force"])
    if force and not note:
        raise bad_field("note", "going over somebody needs a reason 覆盖他人的处理须写明理由")
    match typed["act"]:
        case "ack":
            deed: Act = Acknowledge(who, at_ms + _length(typed, "lasts", LASTS), note, force)
        case "dispatch":
            until_ms = at_ms + _length(typed, "deadline", DEADLINES) if typed["deadline"] else None
            deed = Dispatch(who, needed(typed, "to"), until_ms, note, force)
        case "resolve":
            if typed["cause"] not in CAUSES_OF_PEOPLE:
                raise bad_field("cause", "choose one 请选择原因")
            deed = Resolve(who, typed["cause"], note, force)
        case _:
            deed = _plain(typed, who)
    return deed


def needs_of(act: str) -> str:
    """Return the permission an act takes."""
    return "supervise" if act == "supervise" else "incident"


def offered(incident: Incident, steps: Sequence[StepRow], caller: Caller, at_ms: int) -> tuple[str, ...]:
    """Return what this person may do now: only what the incident, their role and their area allow."""
    if caller.kind != "account" or not caller.may("incident", incident.town):
        return ()
    acts = possible(incident, at_ms)
    if not caller.may("supervise", incident.town):
        acts = tuple(name for name in acts if name != "supervise")
    return (*acts, "undo") if may_undo(incident, steps, caller.who, at_ms) else acts


def may_undo(incident: Incident, steps: Sequence[StepRow], who: str, at_ms: int) -> bool:
    """Say whether somebody can take back their last act (`hub.incidents.acts`): nothing else happened since."""
    mine = [step for step in steps if step.who == who and step.step in PEOPLES and step.withdrawn_ms is None]
    if not mine:
        return False
    if mine[-1].step == "noted":
        return True
    before = incident.before
    return before is not None and (before.who, before.step) == (who, mine[-1].step) and may_return(incident, at_ms)


def refusal_of(code: str, incident: Incident | None, said: Words, *, of_several: bool = False) -> str:
    """Return why an act was refused, as a page says it; of one of several nothing that was typed stands beside it."""
    words = said["act_refused"]
    if code == "E-INC-06" and incident is not None:
        return words["first" if of_several else code].format(incident.owner, said["incident_state"][incident.state])
    return words.get(code, code)


def _plain(typed: Mapping[str, str], who: str) -> Act:
    """Return an act that takes no more than a note."""
    match typed["act"]:
        case "close":
            return Close(who, typed["note"])
        case "reopen":
            return Reopen(who, needed(typed, "note"))
        case "note":
            return Note(who, needed(typed, "note"))
        case "supervise":
            return Supervise(who, typed["note"])
        case "undo":
            return Undo(who)
        case _:
            raise bad_field("act", "no such act 没有这种操作")


def _length(typed: Mapping[str, str], name: str, choices: Sequence[str]) -> int:
    found = length_ms(typed[name]) if typed[name] in choices else None
    if found is None:
        raise bad_field(name, f"one of 应为其中之一: {', '.join(choices)}")
    return found
