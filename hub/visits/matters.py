"""What a person may know of their own matters: visits, and what the county did about each (pure)."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from hub.visits.opening import Unsealer
from wire.asking import MOST_STEPS, Case, Cases, CaseStep

RECEIVED: Final = "received"
"""The state of every visit by itself: the hub has it."""

STATES: Final = ("assigned", "accepted", "need_papers", "papers_in", "answered", "refused", "closed")
"""What the county may say of it after that. `accepted` is the decision to help (受理, 予以援助), `refused` 不予受理.

`need_papers` is the one-time notice of missing papers (一次性告知), `papers_in` that they came.
"""

CASES: Final = ("legal_advice", "mediation", "legal_aid")
"""Services whose visits wait for somebody at the county; the others were served at the kiosk."""


MUST_SAY: Final = frozenset({"answered", "need_papers", "refused"})
"""Steps that say nothing without words for the villager."""


def choices(service: str) -> tuple[str, ...]:
    """Return which steps somebody may write down about a visit of this service; `assigned` goes with a name."""
    if service in {"mediation", "legal_aid"}:
        return ("accepted", "need_papers", "papers_in", "answered", "refused", "closed")
    return ("answered", "need_papers", "papers_in", "refused", "closed")


def ends(service: str, state: str) -> bool:
    """Say whether a step of this state ends the county's work: advice that is given needs nothing more."""
    return state in {"closed", "refused"} or (service == "legal_advice" and state == "answered")


MOST_NOTE: Final = 600
"""Characters of a note (`wire/asking.py`)."""


class Matter(NamedTuple):
    """One visit of a person."""

    visit: int
    number: str
    service: str
    at_ms: int


class Step(NamedTuple):
    """One step of the county; `note` stays sealed."""

    id: int
    visit: int
    at_ms: int
    who: str
    state: str
    note: bytes | None
    withdrawn_ms: int | None

    def __repr__(self) -> str:
        return f"Step({self.id} {self.state})"


def cases(matters: Sequence[Matter], steps: Mapping[int, Sequence[Step]], more: int, unsealer: Unsealer) -> Cases:
    """Return `matters` (newest first) with the steps that stand, each note opened; `more` were left out already.

    A long history keeps its beginning and its newest steps.
    """
    return Cases([_case(matter, steps.get(matter.visit, ()), unsealer) for matter in matters], more)


def fitted(whole: Cases, most_bytes: int) -> Cases:
    """Return of `whole` what fits `most_bytes` as JSON: without its oldest notes, then without its oldest cases."""
    noted = sorted(
        (step.at_ms, row, place)
        for row, case in enumerate(whole.cases)
        for place, step in enumerate(case.steps)
        if step.note
    )
    few, enough = 0, len(noted)
    while few < enough:  # how many of the oldest notes must go, by halves
        half = (few + enough) // 2
        if _size(_without(whole, noted[:half])) <= most_bytes:
            enough = half
        else:
            few = half + 1
    kept = _without(whole, noted[:few])
    while kept.cases and _size(kept) > most_bytes:
        kept = Cases(kept.cases[:-1], kept.more + 1)
    return kept


def _case(matter: Matter, steps: Sequence[Step], unsealer: Unsealer) -> Case:
    standing = [step for step in steps if step.withdrawn_ms is None][-(MOST_STEPS - 1) :]
    told = [CaseStep(step.at_ms, step.state, _note(step, unsealer)) for step in standing]
    return Case(matter.number, matter.service, matter.at_ms, [CaseStep(matter.at_ms, RECEIVED), *told])


def _note(step: Step, unsealer: Unsealer) -> str:
    return "" if step.note is None else (unsealer.note(step.note) or "")


def _without(whole: Cases, notes: Sequence[tuple[int, int, int]]) -> Cases:
    gone = {(row, place) for _, row, place in notes}
    return Cases(
        [
            msgspec.structs.replace(
                case,
                steps=[
                    msgspec.structs.replace(step, note="") if (row, place) in gone else step
                    for place, step in enumerate(case.steps)
                ],
            )
            for row, case in enumerate(whole.cases)
        ],
        whole.more,
    )


def _size(told: Cases) -> int:
    return len(msgspec.json.encode(told))
