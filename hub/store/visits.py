"""Reading visits, newest first, with who came still sealed."""

from typing import NamedTuple

from sqlalchemy import Engine, and_, func, select

from hub.store.engine import reading
from hub.store.tables import epoch, rating, record, station, visit
from wire.codec import decode_trusted_size
from wire.errors import WireError
from wire.records import SealedPerson, Visit


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

    def __repr__(self) -> str:
        return f"VisitRow({self.station} {self.epoch} {self.seq})"


class VisitsReader:
    """Reads on connections of its own; safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def recent(self, limit: int, before: int | None = None, station_code: str | None = None) -> list[VisitRow]:
        """Return up to `limit` visits that arrived before the row `before`, newest first, of one station or all.

        Raises StoreError when the database cannot be read.
        """
        latest = (
            select(rating.c.grade)
            .where(and_(rating.c.epoch_id == visit.c.epoch_id, rating.c.visit_seq == visit.c.seq))
            .order_by(rating.c.seq.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = (
            select(
                visit.c.id,
                station.c.code,
                station.c.name,
                station.c.town,
                visit.c.number,
                visit.c.service,
                visit.c.who,
                visit.c.language,
                visit.c.at_ms,
                visit.c.received_ms,
                latest,
                record.c.body,
                epoch.c.epoch,
                visit.c.seq,
            )
            .join(station, station.c.id == visit.c.station_id)
            .join(epoch, epoch.c.id == visit.c.epoch_id)
            .join(record, and_(record.c.epoch_id == visit.c.epoch_id, record.c.seq == visit.c.seq))
            .order_by(visit.c.id.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(visit.c.id < before)
        if station_code is not None:
            query = query.where(station.c.code == station_code)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return [VisitRow(*row[:11], _person(row[11]), row[12], row[13]) for row in rows]

    def count_since(self, from_ms: int) -> int:
        """Return how many visits were made at or after `from_ms` (those without a date: arrived).

        Raises StoreError when the database cannot be read.
        """
        with reading(self._engine) as connection:
            return int(
                connection.execute(
                    select(func.count()).select_from(visit).where(visit.c.shown_ms >= from_ms)
                ).scalar_one()
            )

    def total(self) -> int:
        """Return how many visits there are.

        Raises StoreError when the database cannot be read.
        """
        with reading(self._engine) as connection:
            return int(connection.execute(select(func.count()).select_from(visit)).scalar_one())


def _person(body: bytes) -> SealedPerson | None:
    try:
        return decode_trusted_size(body, Visit).person
    except WireError:
        return None
