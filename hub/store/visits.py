"""Reading visits, newest first, with who came still sealed."""

from typing import Any, NamedTuple

from sqlalchemy import Engine, Row, and_, func, select

from hub.store import tables as t
from hub.store.cases import sealed_of
from hub.store.engine import reading
from hub.visits.day import day_start_ms
from hub.visits.matters import RECEIVED
from wire.records import SealedPerson


class VisitRow(NamedTuple):
    """One visit as a list shows it; `person` stays sealed."""

    id: int
    """Grows with arrival: the cursor of `recent`."""
    station: str
    name: str
    town: str
    number: str
    service: str
    who: str
    language: str
    at_ms: int | None
    """None when the station could not date it: then it is shown as received at."""
    received_ms: int
    rating: int | None
    person: SealedPerson | None
    epoch: str
    seq: int
    matter: str | None = None
    state: str = RECEIVED
    """What the county did last (`hub/visits/matters.py`)."""

    def told(self) -> dict[str, object]:
        """Return what interface and command line tell of it, without who came."""
        return {
            "station": self.station,
            "name": self.name,
            "town": self.town,
            "number": self.number,
            "service": self.service,
            "matter": self.matter,
            "state": self.state,
            "who": self.who,
            "language": self.language,
            "at_ms": self.at_ms,
            "received_ms": self.received_ms,
            "rating": self.rating,
        }

    def __repr__(self) -> str:
        return f"VisitRow({self.station} {self.epoch} {self.seq})"


class VisitsReader:
    """Reads on connections of its own; safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def recent(
        self,
        limit: int,
        before: int | None = None,
        station: str | None = None,
        since_ms: int | None = None,
        towns: frozenset[str] = frozenset(),
    ) -> list[VisitRow]:
        """Return up to `limit` visits that arrived before the row `before`, newest first, of one station or all.

        With `since_ms` only those made from then on; with `towns` only theirs.
        Raises StoreError when the database cannot be read.
        """
        latest = (
            select(t.rating.c.grade)
            .where(and_(t.rating.c.epoch_id == t.visit.c.epoch_id, t.rating.c.visit_seq == t.visit.c.seq))
            .order_by(t.rating.c.seq.desc())
            .limit(1)
            .scalar_subquery()
        )
        state = (
            select(t.visit_step.c.state)
            .where(t.visit_step.c.visit_id == t.visit.c.id, t.visit_step.c.withdrawn_ms.is_(None))
            .order_by(t.visit_step.c.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = (
            select(
                t.visit.c.id,
                t.station.c.code,
                t.station.c.name,
                t.station.c.town,
                t.visit.c.number,
                t.visit.c.service,
                t.visit.c.who,
                t.visit.c.language,
                t.visit.c.at_ms,
                t.visit.c.received_ms,
                latest,
                t.record.c.body,
                t.epoch.c.epoch,
                t.visit.c.seq,
                t.visit.c.matter,
                state,
            )
            .join(t.station, t.station.c.id == t.visit.c.station_id)
            .join(t.epoch, t.epoch.c.id == t.visit.c.epoch_id)
            .join(t.record, and_(t.record.c.epoch_id == t.visit.c.epoch_id, t.record.c.seq == t.visit.c.seq))
            .order_by(t.visit.c.id.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(t.visit.c.id < before)
        if station is not None:
            query = query.where(t.station.c.code == station)
        if towns:
            query = query.where(t.station.c.town.in_(sorted(towns)))
        if since_ms is not None:
            query = query.where(t.visit.c.shown_ms >= since_ms)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [_visit_row(row) for row in rows]

    def today(self, now_ms: int) -> int:
        """Return how many visits the county's day that holds `now_ms` has seen (those without a date: arrived in it).

        Raises StoreError when the database cannot be read.
        """
        with reading(self._engine) as connection:
            return int(
                connection.execute(
                    select(func.count()).select_from(t.visit).where(t.visit.c.shown_ms >= day_start_ms(now_ms))
                ).scalar_one()
            )

    def total(self) -> int:
        """Return how many visits there are.

        Raises StoreError when the database cannot be read.
        """
        with reading(self._engine) as connection:
            return int(connection.execute(select(func.count()).select_from(t.visit)).scalar_one())


def _visit_row(row: Row[Any]) -> VisitRow:
    *shown, body, epoch, seq, matter, state = row
    return VisitRow._make((*shown, sealed_of(body)[0], epoch, seq, matter, state or RECEIVED))
