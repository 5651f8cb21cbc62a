"""Reading what goes to another platform: visits with what became of them, incidents; of a period, or what is new."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Row, and_, func, or_, select, true
from sqlalchemy.sql.elements import ColumnElement

from hub.incidents.incident import Incident
from hub.store import tables as t
from hub.store.cases import VisitViewing, note_visit_viewings, sealed_of
from hub.store.engine import reading
from hub.store.exchanges_tables import ticket
from hub.store.incident_rows import read_incidents
from hub.store.incident_tables import incident, incident_step
from hub.visits.matters import RECEIVED
from wire.records import SealedPerson, SealedWords

Marks = dict[str, int]
"""The last row of each table that an export has seen: what comes after is new to it."""
IN_STEPS: Final = 500


class Wanted(NamedTuple):
    """What is to be exported: of a period (None is open), and only what is new since these marks."""

    from_ms: int | None = None
    until_ms: int | None = None
    since: Mapping[str, int] | None = None


class OutVisit(NamedTuple):
    """One visit with what became of it; who came and what they said stay sealed."""

    id: int
    station: str
    name: str
    town: str
    epoch: str
    number: str
    service: str
    matter: str | None
    who: str
    at_ms: int | None
    received_ms: int
    state: str
    answered_ms: int | None
    rating: int | None
    person: SealedPerson | None
    words: SealedWords | None

    def __repr__(self) -> str:
        return f"OutVisit({self.station} {self.number})"


class Entered(NamedTuple):
    """What is known of one record's entry, for completeness and delay."""

    source: str
    at_ms: int | None
    entered_ms: int
    filled: tuple[bool, ...]
    """Whether each of ENTERED stands in it."""


ENTERED: Final = ("matter", "place", "person", "answered", "rating")


class OutgoingReader:
    """Reads on connections of its own, each export in one moment of the database; everything raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def visits(self, wanted: Wanted) -> Iterator[OutVisit | Marks]:
        """Give the marks, then the visits, oldest first."""
        with reading(self._engine) as connection:
            marks = _marks(connection, visit=t.visit.c.id, step=t.visit_step.c.id, rating=t.rating.c.id)
            yield marks
            query = _visits().where(*_visits_wanted(wanted)).order_by(t.visit.c.id)
            for row in connection.execution_options(yield_per=IN_STEPS).execute(query):
                yield _out_visit(row)

    def incidents(self, wanted: Wanted) -> Iterator[Incident | Marks]:
        """Give the marks, then the incidents, oldest first."""
        fitting: list[ColumnElement[bool]] = [true()]
        if wanted.from_ms is not None:
            fitting.append(incident.c.opened_ms >= wanted.from_ms)
        if wanted.until_ms is not None:
            fitting.append(incident.c.opened_ms < wanted.until_ms)
        if wanted.since is not None:
            fresh = select(incident_step.c.incident_id).where(incident_step.c.id > wanted.since.get("step", 0))
            fitting.append(incident.c.id.in_(fresh))
        with reading(self._engine) as connection:
            yield _marks(connection, step=incident_step.c.id)
            yield from read_incidents(connection, and_(*fitting), order_by=(incident.c.opened_ms, incident.c.id))

    def entered(self, from_ms: int, until_ms: int) -> Iterator[Entered]:
        """Give what is known of every record entered in a period: visits of kiosks, then tickets."""
        with reading(self._engine) as connection:
            visits = _visits().where(t.visit.c.received_ms >= from_ms, t.visit.c.received_ms < until_ms)
            for row in connection.execution_options(yield_per=IN_STEPS).execute(visits):
                one = _out_visit(row)
                filled = (one.matter is not None, True, one.person is not None, *_done(one.answered_ms, one.rating))
                yield Entered("kiosk", one.at_ms, one.received_ms, filled)
            columns = ("platform", "at_ms", "stored_ms", "matter", "town", "mask", "answered_ms", "rating")
            tickets = select(*(ticket.c[name] for name in columns)).where(
                ticket.c.stored_ms >= from_ms, ticket.c.stored_ms < until_ms
            )
            for row in connection.execution_options(yield_per=IN_STEPS).execute(tickets):
                known = (row.matter is not None, row.town != "", row.mask is not None)
                yield Entered(row.platform, row.at_ms, row.stored_ms, (*known, *_done(row.answered_ms, row.rating)))


def note_viewings(connection: Connection, visits: list[int], who: str, reason: str, at_ms: int) -> None:
    """Log that these visits are about to be opened for an export; they may be once this is committed."""
    note_visit_viewings(connection, [VisitViewing(visit, who, reason, at_ms) for visit in visits])


def _done(answered_ms: int | None, rating: int | None) -> tuple[bool, bool]:
    return answered_ms is not None, rating is not None


def _marks(connection: Connection, **columns: ColumnElement[int]) -> Marks:
    return {name: connection.execute(select(func.max(column))).scalar() or 0 for name, column in columns.items()}


def _visits() -> Any:
    step, visit = t.visit_step.c, t.visit.c
    standing = and_(step.visit_id == visit.id, step.withdrawn_ms.is_(None))
    state = select(step.state).where(standing).order_by(step.id.desc()).limit(1).scalar_subquery()
    answered = select(func.min(step.at_ms)).where(standing, step.state == "answered").scalar_subquery()
    grade = (
        select(t.rating.c.grade)
        .where(t.rating.c.epoch_id == visit.epoch_id, t.rating.c.visit_seq == visit.seq)
        .order_by(t.rating.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            visit.id, t.station.c.code, t.station.c.name, t.station.c.town, t.epoch.c.epoch, visit.number,
            visit.service, visit.matter, visit.who, visit.at_ms, visit.received_ms, state, answered, grade,
            t.record.c.body,
        )
        .join(t.station, t.station.c.id == visit.station_id)
        .join(t.epoch, t.epoch.c.id == visit.epoch_id)
        .join(t.record, and_(t.record.c.epoch_id == visit.epoch_id, t.record.c.seq == visit.seq))
    )  # fmt: skip


def _visits_wanted(wanted: Wanted) -> list[ColumnElement[bool]]:
    visit, parts = t.visit.c, []
    if wanted.from_ms is not None:
        parts.append(visit.shown_ms >= wanted.from_ms)
    if wanted.until_ms is not None:
        parts.append(visit.shown_ms < wanted.until_ms)
    if wanted.since is not None:
        stepped = select(t.visit_step.c.visit_id).where(t.visit_step.c.id > wanted.since.get("step", 0))
        rated = (
            select(t.rating.c.id)
            .where(
                t.rating.c.id > wanted.since.get("rating", 0),
                t.rating.c.epoch_id == visit.epoch_id,
                t.rating.c.visit_seq == visit.seq,
            )
            .exists()
        )
        parts.append(or_(visit.id > wanted.since.get("visit", 0), visit.id.in_(stepped), rated))
    return parts


def _out_visit(row: Row[Any]) -> OutVisit:
    *told, state, answered_ms, rating, body = row
    return OutVisit._make((*told, state or RECEIVED, answered_ms, rating, *sealed_of(body)))
