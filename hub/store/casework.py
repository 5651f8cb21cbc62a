"""The inbox: visits that wait for the county, visits of before, who works on each, and what must be kept."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, insert, literal_column, select, update

from hub.store import casework_tables as w
from hub.store import tables as t
from hub.store.cases import NewStep, add_step, sealed_of, steps_of
from hub.store.engine import reading
from hub.visits.matters import CASES, Step
from wire.records import SealedPerson

IS_CASE: Final = t.visit.c.service.in_([literal_column(f"'{service}'") for service in CASES])
"""As the index of open visits says it: bound values would not be found by it."""
MOST_OPEN: Final = 5_000
"""So many that wait are looked at, the newest: a county has some hundreds."""


class Assigned(NamedTuple):
    """Who works on a visit."""

    whom: str
    role: str
    """`self` of the centre, or a Role of `wire/content.py`, or `other`."""
    by: str
    at_ms: int
    note: bytes | None = None
    """Why, sealed: for the centre only."""


class Row(NamedTuple):
    """A visit as the inbox has it, without who came."""

    id: int
    station: str
    name: str
    town: str
    number: str
    service: str
    matter: str | None
    who: str
    shown_ms: int
    ended_ms: int | None
    erased: bool
    platform: str = ""
    """Of a ticket of another platform: which, and by which channel it came there (`hub/exchange/sources.py`, 2+6)."""
    channel: str = "kiosk"

    def __repr__(self) -> str:
        return f"Row({self.station} {self.number})"


class Work(NamedTuple):
    """A visit with what was done about it."""

    row: Row
    steps: Sequence[Step]
    assigned: Assigned | None
    grade: int | None


class Hold(NamedTuple):
    """What must not be erased, and why."""

    id: int
    visit: int
    at_ms: int
    who: str
    reason: str


def assign(connection: Connection, step: NewStep, whom: str, role: str, note: bytes | None) -> None:
    """Write down who works on a visit from now on; `note` is sealed."""
    key = add_step(connection, step)
    connection.execute(
        insert(w.visit_assignment).values(step_id=key, visit_id=step.visit, whom=whom, role=role, note=note)
    )


def whom_of(connection: Connection, step: int) -> str | None:
    """Return whom a step assigned; None of any other step."""
    a = w.visit_assignment.c
    return connection.execute(select(a.whom).where(a.step_id == step)).scalar()


def is_erased(connection: Connection, visit: int) -> bool:
    """Say whether what is personal of a visit was erased: nothing is written about it any more."""
    c = w.visit_erasure.c.visit_id
    return connection.execute(select(c).where(c == visit)).first() is not None


def hold(connection: Connection, visit: int, who: str, reason: str, now_ms: int) -> None:
    """Keep a visit from being erased."""
    connection.execute(insert(w.visit_hold).values(visit_id=visit, at_ms=now_ms, who=who, reason=reason))


def end_holds(connection: Connection, visit: int, who: str, now_ms: int) -> int:
    """Let a visit go again; return how many holds that ended."""
    c = w.visit_hold.c
    return connection.execute(
        update(w.visit_hold).where(c.visit_id == visit, c.ended_ms.is_(None)).values(ended_ms=now_ms, ended_by=who)
    ).rowcount


def holds_of(connection: Connection, visits: Sequence[int]) -> dict[int, Hold]:
    """Return what keeps each of these."""
    c = w.visit_hold.c
    query = select(c.id, c.visit_id, c.at_ms, c.who, c.reason).where(c.visit_id.in_(visits), c.ended_ms.is_(None))
    return {row[1]: Hold._make(row) for row in connection.execute(query.order_by(c.id))}


class Inbox:
    """Reads on connections of its own; safe from any thread. Everything raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def waiting(self, towns: frozenset[str]) -> list[Work]:
        """Return every visit that waits for the county in these towns (none is all), newest first."""
        where = (t.visit.c.ended_ms.is_(None), IS_CASE, *_in(towns))
        return self._work(_rows().where(*where).order_by(t.visit.c.id.desc()).limit(MOST_OPEN))

    def page(self, limit: int, before: int | None, towns: frozenset[str], *which: ColumnElement[bool]) -> list[Work]:
        """Return up to `limit` visits of any kind that arrived before the row `before`, newest first."""
        query = _rows().where(*_in(towns), *which).order_by(t.visit.c.id.desc()).limit(limit)
        return self._work(query if before is None else query.where(t.visit.c.id < before))

    def one(self, visit: int) -> Work | None:
        """Return one visit, or None."""
        return next(iter(self._work(_rows().where(t.visit.c.id == visit))), None)

    def persons(self, visits: Sequence[int]) -> dict[int, SealedPerson]:
        """Return who came, sealed, of those of these visits that say it."""
        query = (
            select(t.visit.c.id, t.record.c.body)
            .join(t.record, and_(t.record.c.epoch_id == t.visit.c.epoch_id, t.record.c.seq == t.visit.c.seq))
            .where(t.visit.c.id.in_(visits))
        )
        with reading(self._engine) as connection:
            found = {row[0]: sealed_of(row[1])[0] for row in connection.execute(query)}
        return {visit: person for visit, person in found.items() if person is not None}

    def assignments(self, visit: int) -> list[tuple[int, Assigned]]:
        """Return everybody who was to work on a visit, each with the key of the step."""
        with reading(self._engine) as connection:
            rows = connection.execute(_assignments().where(w.visit_assignment.c.visit_id == visit)).all()
        return [(row[0], Assigned._make(row[2:])) for row in rows]

    def held(self, visit: int) -> Hold | None:
        """Return what keeps a visit from being erased."""
        with reading(self._engine) as connection:
            return holds_of(connection, [visit]).get(visit)

    def _work(self, query: Select[Any]) -> list[Work]:
        with reading(self._engine) as connection:
            rows = [_row_of(row) for row in connection.execute(query)]
            keys = [row.id for row in rows]
            steps = steps_of(connection, keys)
            assigned: dict[int, Assigned] = {}
            standing = _assignments().where(
                w.visit_assignment.c.visit_id.in_(keys), t.visit_step.c.withdrawn_ms.is_(None)
            )
            for row in connection.execute(standing):
                assigned[row[1]] = Assigned._make(row[2:])
            grades = _grades(connection, keys)
        return [Work(row, steps.get(row.id, ()), assigned.get(row.id), grades.get(row.id)) for row in rows]


def of_station(station: str) -> ColumnElement[bool]:
    """Return the condition: made at this station."""
    return t.station.c.code == station


def of_service(service: str) -> ColumnElement[bool]:
    """Return the condition: of this service."""
    return t.visit.c.service == service


def come_as(who: str) -> ColumnElement[bool]:
    """Return the condition: came by this (card, typed, …)."""
    return t.visit.c.who == who


def is_over() -> ColumnElement[bool]:
    """Return the condition: the county is through with it."""
    return t.visit.c.ended_ms.is_not(None)


def _in(towns: frozenset[str]) -> list[ColumnElement[bool]]:
    return [t.station.c.town.in_(sorted(towns))] if towns else []


def _rows() -> Select[Any]:
    v = t.visit.c
    return (
        select(
            v.id, t.station.c.code, t.station.c.name, t.station.c.town, v.number, v.service, v.matter, v.who,
            v.shown_ms, v.ended_ms, w.visit_erasure.c.visit_id,
        )
        .join(t.station, t.station.c.id == v.station_id)
        .outerjoin(w.visit_erasure, w.visit_erasure.c.visit_id == v.id)
    )  # fmt: skip


def _row_of(row: Sequence[Any]) -> Row:
    return Row(*row[:-1], erased=row[-1] is not None)  # type: ignore[misc]


def _assignments() -> Select[Any]:
    a, step = w.visit_assignment.c, t.visit_step.c
    return (
        select(a.step_id, a.visit_id, a.whom, a.role, step.who, step.at_ms, a.note)
        .join(t.visit_step, step.id == a.step_id)
        .order_by(a.id)
    )


def _grades(connection: Connection, visits: Sequence[int]) -> dict[int, int]:
    """Return the last rating of each of these."""
    v, r = t.visit.c, t.rating.c
    query = (
        select(v.id, r.grade)
        .join(t.rating, and_(r.epoch_id == v.epoch_id, r.visit_seq == v.seq))
        .where(v.id.in_(visits))
        .order_by(r.seq)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
