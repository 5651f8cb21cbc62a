"""A copy of everything the county has of a person's visits (PIPL 45), opened in memory and kept nowhere."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from hub.desks.casework import Opened, opened_of
from hub.local_time import written
from hub.store.cases import CasesReader, Found, VisitViewing
from hub.store.casework import Inbox, Work
from hub.store.casework_calls import CallBack, CallsReader
from hub.store.casework_tickets import TicketOf
from hub.store.engine import Database
from hub.visits.opening import Unsealer
from hub.visits.rights import as_table


class Note(NamedTuple):
    """What somebody of the centre wrote for the centre only: why it was handed over, what was said on the telephone."""

    at_ms: int
    who: str
    about: str
    """`assigned`, `call` or `put_right`."""
    text: str

    def __repr__(self) -> str:
        return f"Note({self.about})"


class Copied(NamedTuple):
    """One visit, in the clear."""

    visit: Found
    work: Work
    opened: Opened
    call_backs: Sequence[CallBack]
    notes: Sequence[Note]
    viewings: Sequence[VisitViewing]

    def __repr__(self) -> str:
        return "Copied(…)"

    def as_object(self) -> dict[str, Any]:
        """Return it as JSON has it; times are UTC ms and, for people, China's."""
        visit, opened = self.visit, self.opened
        return {
            "number": visit.number,
            "station": visit.station,
            "village": visit.name,
            "town": visit.town,
            "at_ms": visit.shown_ms,
            "at": written(visit.shown_ms),
            "service": visit.service,
            "matter": visit.matter,
            "who": visit.who,
            "language": visit.language,
            "identity": None if opened.identity is None else msgspec.to_builtins(opened.identity),
            "words": None if opened.words is None else msgspec.to_builtins(opened.words),
            "unreadable": opened.damaged,
            "steps": [
                {"at": written(step.at_ms), "by": step.who, "state": step.state, "note": note}
                | ({} if step.withdrawn_ms is None else {"taken_back": written(step.withdrawn_ms)})
                for step, note in opened.steps
            ],
            "grade": self.work.grade,
            "call_backs": [
                {
                    "opened": written(one.opened_ms),
                    "calls": [
                        {"at": written(call.at_ms), "by": call.who, "result": call.result, "satisfied": call.satisfied}
                        for call in one.calls
                    ],
                    "put_right": None if one.fixed_ms is None else written(one.fixed_ms),
                }
                for one in self.call_backs
            ],
            "notes": [
                {"at": written(one.at_ms), "by": one.who, "about": one.about, "text": one.text} for one in self.notes
            ],
            "opened_by": [{"at": written(one.at_ms), "who": one.who, "why": one.reason} for one in self.viewings],
        }

    def as_row(self) -> dict[str, object]:
        """Return it as a row of `hub.visits.rights.COLUMNS`."""
        told, opened = self.as_object(), self.opened
        identity = told["identity"] or {}
        others = {key: value for key, value in identity.items() if key not in {"name", "id_number"}}
        return told | {
            "name": identity.get("name", ""),
            "id_number": identity.get("id_number", ""),
            "person": _lines(others),
            "words": "" if opened.words is None else opened.words.text,
            "steps": "\n".join(f"{one['at']} {one['by']} {one['state']} {one['note'] or ''}" for one in told["steps"]),
            "ratings": "\n".join(
                [f"{told['grade']}"] * (told["grade"] is not None)
                + [f"{call['at']} {call['by']} {call['result']}" for one in told["call_backs"] for call in one["calls"]]
                + [f"{note['at']} {note['by']} {note['text']}" for note in told["notes"]]
            ),
            "viewings": "\n".join(f"{one['at']} {one['who']} {one['why']}" for one in told["opened_by"]),
        }


def copy_of(database: Database, unsealer: Unsealer, visits: Sequence[int]) -> list[Copied]:
    """Return these visits; whoever calls this has logged who looks and why, and that stands. Raises StoreError."""
    cases, inbox, calls = CasesReader(database.reader), Inbox(database.reader), CallsReader(database.reader)
    copied = []
    for key in visits:
        visit, work = cases.by_key(key), inbox.one(key)
        if visit is not None and work is not None:
            opened = opened_of(visit.person, visit.words, work.steps, unsealer)
            call_backs = calls.of_visits([key])
            notes = notes_of(inbox, call_backs, key, unsealer)
            copied.append(Copied(visit, work, opened, call_backs, notes, cases.viewings(key)))
    return copied


def notes_of(inbox: Inbox, call_backs: Sequence[CallBack], visit: int, unsealer: Unsealer) -> list[Note]:
    """Return, opened, what was written about a visit for the centre only, oldest first; as `copy_of`."""
    sealed = [(one.at_ms, one.by, "assigned", one.note) for _, one in inbox.assignments(visit)]
    for one in call_backs:
        sealed += [(call.at_ms, call.who, "call", call.note) for call in one.calls]
        sealed += [(one.fixed_ms or 0, one.fixed_by or "", "put_right", one.note)]
    return sorted(
        Note(at_ms, who, about, unsealer.note(note) or "") for at_ms, who, about, note in sealed if note is not None
    )


def ticket_object(one: TicketOf, unsealer: Unsealer) -> dict[str, Any]:
    """Return a ticket of another platform as JSON has it, opened; as `copy_of`."""
    opened = opened_of(one.person, one.said, (), unsealer)
    return {
        "platform": one.platform,
        "number": one.external_id,
        "town": one.town,
        "at": written(one.at_ms),
        "service": one.service,
        "matter": one.matter,
        "state": one.state,
        "identity": None if opened.identity is None else msgspec.to_builtins(opened.identity),
        "words": None if opened.words is None else opened.words.text,
    }


def ticket_row(told: dict[str, Any]) -> dict[str, object]:
    """Return what `ticket_object` says as a row of `hub.visits.rights.COLUMNS`."""
    identity = told["identity"] or {}
    return told | {
        "station": told["platform"],
        "name": identity.get("name", ""),
        "id_number": identity.get("id_number", ""),
        "person": _lines({key: value for key, value in identity.items() if key not in {"name", "id_number"}}),
        "steps": told["state"],
    }


def file_of_copy(
    kind: str, visits: Sequence[Copied], tickets: Sequence[dict[str, Any]], head: Mapping[str, Any]
) -> bytes:
    """Return a copy as `csv`, or as JSON that begins with `head`; `tickets` as `ticket_object` says them."""
    if kind == "csv":
        return as_table([*(one.as_row() for one in visits), *map(ticket_row, tickets)])
    told = {**head, "visits": [one.as_object() for one in visits], "tickets": tickets}
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _lines(fields: dict[str, object]) -> str:
    return "\n".join(f"{key}: {value}" for key, value in fields.items())
