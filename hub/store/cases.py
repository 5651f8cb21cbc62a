"""Visits as cases: finding them, what the county did about each, and who opened which."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, insert, or_, select, update

from hub.store import tables as t
from hub.store.engine import reading
from hub.visits.matters import Matter, Step, ends
from wire.codec import decode_trusted_size
from wire.errors import WireError
from wire.records import SealedPerson, SealedWords, Visit
from wire.topics import village_of

_STEP = t.visit_step.c


class Found(NamedTuple):
    """One visit as its number names it; who came and what they said stay sealed."""

    id: int
    station: str
    name: str
    town: str
    epoch: str
    number: str
    service: str
    who: str
    language: str
    matter: str | None
    at_ms: int | None
    received_ms: int
    named: bool
    """Whether a kiosk can show its person what became of it."""
    person: SealedPerson | None
    words: SealedWords | None
    shown_ms: int
    """When it counts as made: its clocks begin."""
    ended_ms: int | None

    def __repr__(self) -> str:
        return f"Found({self.station} {self.number})"


class VisitViewing(NamedTuple):
    """Somebody opens a visit."""

    visit: int
    who: str
    reason: str
    at_ms: int


class NewStep(NamedTuple):
    """What the county did; `note` is sealed (`Unsealer.seal_note`)."""

    visit: int
    at_ms: int
    who: str
    state: str
    note: bytes | None


def add_step(connection: Connection, step: NewStep) -> int:
    """Write a step down, and whether it ends the county's work on the visit; return its key."""
    made = connection.execute(
        insert(t.visit_step).values(
            visit_id=step.visit, at_ms=step.at_ms, who=step.who, state=step.state, note=step.note
        )
    )
    _note_end(connection, step.visit)
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])


def withdraw_last(connection: Connection, visit: int, who: str, now_ms: int) -> str | None:
    """Take back the last standing step of `who`, whose row stays; return its state, or None when there is none."""
    last = connection.execute(
        select(_STEP.id, _STEP.state)
        .where(_STEP.visit_id == visit, _STEP.who == who, _STEP.withdrawn_ms.is_(None))
        .order_by(_STEP.id.desc())
        .limit(1)
    ).first()
    if last is None:
        return None
    withdraw(connection, visit, last[0], now_ms)
    return str(last[1])


def withdraw(connection: Connection, visit: int, step: int, now_ms: int) -> bool:
    """Take back one step, whose row stays; False, and nothing is written, when it was taken back before."""
    stands = (_STEP.id == step, _STEP.visit_id == visit, _STEP.withdrawn_ms.is_(None))
    if connection.execute(update(t.visit_step).where(*stands).values(withdrawn_ms=now_ms)).rowcount != 1:
        return False
    _note_end(connection, visit)
    return True


def _note_end(connection: Connection, visit: int) -> None:
    """Bring `visit.ended_ms` to the steps that stand: the last of them says whether the visit is through."""
    last = connection.execute(
        select(_STEP.state, _STEP.at_ms, t.visit.c.service)
        .join(t.visit, t.visit.c.id == _STEP.visit_id)
        .where(_STEP.visit_id == visit, _STEP.withdrawn_ms.is_(None))
        .order_by(_STEP.id.desc())
        .limit(1)
    ).first()
    ended_ms = last[1] if last is not None and ends(last[2], last[0]) else None
    connection.execute(update(t.visit).where(t.visit.c.id == visit).values(ended_ms=ended_ms))


def note_visit_viewing(connection: Connection, viewing: VisitViewing) -> None:
    """Log that somebody is about to open a visit; it may be opened once this is committed, not before."""
    note_visit_viewings(connection, [viewing])


def note_visit_viewings(connection: Connection, viewings: Sequence[VisitViewing]) -> None:
    """Log that somebody is about to open several."""
    rows = [{"visit_id": one.visit, "who": one.who, "reason": one.reason, "at_ms": one.at_ms} for one in viewings]
    if rows:
        connection.execute(insert(t.visit_viewing), rows)


class CasesReader:
    """Reads on connections of its own; safe from any thread. Everything raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def find(self, station: str, number: str) -> list[Found]:
        """Return the visits of this number at this station: more than one after its memory was made anew."""
        return self._found(t.station.c.code == station, t.visit.c.number == number)

    def by_key(self, visit: int) -> Found | None:
        """Return the visit of this row, or None when there is none."""
        return next(iter(self._found(t.visit.c.id == visit)), None)

    def viewings(self, visit: int) -> list[VisitViewing]:
        """Return who opened a visit and why, oldest first."""
        seen = t.visit_viewing.c
        query = select(seen.visit_id, seen.who, seen.reason, seen.at_ms).where(seen.visit_id == visit)
        with reading(self._engine) as connection:
            return [VisitViewing._make(row) for row in connection.execute(query.order_by(seen.id))]

    def _found(self, *which: ColumnElement[bool]) -> list[Found]:
        visit = t.visit.c
        query = (
            select(
                visit.id, t.station.c.code, t.station.c.name, t.station.c.town, t.epoch.c.epoch, visit.number,
                visit.service, visit.who, visit.language, visit.matter, visit.at_ms, visit.received_ms,
                visit.person_key, visit.shown_ms, visit.ended_ms, t.record.c.body,
            )
            .join(t.station, t.station.c.id == visit.station_id)
            .join(t.epoch, t.epoch.c.id == visit.epoch_id)
            .join(t.record, and_(t.record.c.epoch_id == visit.epoch_id, t.record.c.seq == visit.seq))
            .where(*which)
            .order_by(visit.id)
        )  # fmt: skip
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [Found._make((*row[:12], bool(row[12]), *sealed_of(row[15]), row[13], row[14])) for row in rows]

    def steps(self, visits: Sequence[int]) -> dict[int, list[Step]]:
        """Return what the county did about each of these, oldest first, also what was taken back."""
        with reading(self._engine) as connection:
            return steps_of(connection, visits)

    def of_person(self, key: bytes, station: str, most: int) -> tuple[list[Matter], dict[int, list[Step]], int]:
        """Return the visits of a person made in the village of `station`, newest first, their steps, and how many more.

        All kiosks of one village (the same 12 digits) count; no other village's visit is ever among them.
        """
        visit, village = t.visit.c, village_of(station)
        here = or_(t.station.c.code == village, t.station.c.code.startswith(village + "-", autoescape=True))
        theirs = and_(visit.person_key == key, here)
        joined = t.visit.join(t.station, t.station.c.id == visit.station_id)
        query = (
            select(visit.id, visit.number, visit.service, visit.shown_ms)
            .select_from(joined)
            .where(theirs)
            .order_by(visit.shown_ms.desc(), visit.id.desc())
            .limit(most)
        )
        with reading(self._engine) as connection:
            matters = [Matter._make(row) for row in connection.execute(query)]
            steps = steps_of(connection, [matter.visit for matter in matters])
            total = len(matters)
            if total == most:
                total = connection.execute(select(func.count()).select_from(joined).where(theirs)).scalar_one()
        return matters, steps, total - len(matters)


def steps_of(connection: Connection, visits: Sequence[int]) -> dict[int, list[Step]]:
    """Return what the county did about each of these, oldest first, also what was taken back."""
    found: dict[int, list[Step]] = {}
    if visits:
        query = select(
            _STEP.id, _STEP.visit_id, _STEP.at_ms, _STEP.who, _STEP.state, _STEP.note, _STEP.withdrawn_ms
        ).where(_STEP.visit_id.in_(visits))
        # In the order of the index: for some hundred matters at once SQLite would rather walk the whole table by id.
        for row in connection.execute(query.order_by(_STEP.visit_id, _STEP.id)):
            found.setdefault(row[1], []).append(Step._make(row))
    return found


def sealed_of(body: bytes) -> tuple[SealedPerson | None, SealedWords | None]:
    """Return who came and what they said, sealed, of a visit's record; nothing of one that was erased."""
    try:
        visit = decode_trusted_size(body, Visit)
    except WireError:
        return None, None
    return visit.person, visit.words
