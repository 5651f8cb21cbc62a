"""The course of one incident: its four stages, and its steps in words (pure)."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

from hub.access.caller import Caller
from hub.incidents.incident import Incident, State, Step
from hub.incidents.reasons import evidence, moved
from hub.store.incidents import StepRow
from hub.web.pages import Words

Stage = Literal["collected", "judged", "handled", "checked"]
Standing = Literal["done", "here", "to_come"]
HERE: Final[dict[State, int]] = {"new": 1, "acknowledged": 1, "dispatched": 2, "resolved": 3, "closed": 4}
"""Which stage an incident is in: 采集 is done once it is opened, and all are once it is closed."""
ENDS: Final[tuple[tuple[Stage, frozenset[Step]], ...]] = (
    ("collected", frozenset({"opened", "returned"})),
    ("judged", frozenset({"acknowledged", "dispatched"})),
    ("handled", frozenset({"resolved"})),
    ("checked", frozenset({"closed"})),
)
"""The four stages, each with the steps that tell when and by whom it was done."""
_FIRST: Final = re.compile(r"(\S+)\s*(.*)", re.DOTALL)


class StageShown(NamedTuple):
    """One stage, and how it stands."""

    stage: Stage
    standing: Standing
    at_ms: int | None
    """When it was done; None when it is not, or nobody did it."""
    who: str
    """Empty where the hub or nobody did it."""


def stages_of(incident: Incident, steps: Sequence[StepRow]) -> list[StageShown]:
    """Return the four stages; a step that was taken back, or done before it began anew, is none of them."""
    standing = [step for step in steps if step.withdrawn_ms is None]
    anew = max((index for index, step in enumerate(standing) if step.step in {"returned", "reopened"}), default=0)
    shown: list[StageShown] = []
    for number, (stage, ends) in enumerate(ENDS):
        here = HERE[incident.state]
        if number >= here:
            shown.append(StageShown(stage, "here" if number == here else "to_come", None, ""))
            continue
        done = next((step for step in reversed(standing[anew:]) if step.step in ends), None)
        at_ms = done.at_ms if done is not None else incident.noticed_ms if number == 0 else None
        shown.append(StageShown(stage, "done", at_ms, "" if done is None else done.who))
    return shown


def note_of(step: StepRow, said: Words) -> str:
    """Return what a step tells besides its name: codes that the hub put first are said as words."""
    match step.step:
        case "opened" | "returned":
            return moved(_first_said(step.note, said["why_incident"], said["evidence"]), said["moved"])
        case "resolved" | "recovered":
            return moved(
                _first_said(step.note, {**said["why_incident"], **said["cause"]}, said["evidence"]), said["moved"]
            )
        case "spread" | "grew":
            return moved(step.note, said["moved"])
        case "undone":
            return said["step"].get(step.note, step.note)
        case "closed" if step.note == "no return":
            return said["page"]["no_return"]
        case _:
            return step.note


def shown_to(caller: Caller, steps: Sequence[StepRow]) -> Sequence[StepRow]:
    """Return steps as this caller may see them: what people wrote is not for a screen on a wall, it may hold anything.

    Who did what and when stays; so does what the hub itself wrote.
    """
    if caller.kind != "screen":
        return steps
    return [step._replace(note="") if step.who and step.step != "undone" else step for step in steps]


def reason_of(incident: Incident, said: Words) -> str:
    """Return why it was decided, in words; a code that has none stays one (docs/errors.md)."""
    return said["why_incident"].get(incident.reason, incident.reason)


def figures_of(incident: Incident, said: Words) -> str:
    """Return what the decision went by, in words; empty where nothing is noted."""
    return evidence(incident.note, said["evidence"])


def _first_said(note: str, words: Mapping[str, str], figures: Mapping[str, str]) -> str:
    found = _FIRST.fullmatch(note)
    if found is None:
        return note
    code, rest = found.groups()
    return f"{words.get(code, code)} {evidence(rest, figures)}".strip()
