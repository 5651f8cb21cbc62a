"""Acceptance records, written down once each; the newest of a station is what counts."""

from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Row, func, select

from hub.store.acceptance_tables import acceptance as a
from hub.store.engine import insert_new, reading
from hub.store.tables import station as s
from wire.acceptance import Verdict

MOST: Final = 2_000


class Accepted(NamedTuple):
    """One record, without what it holds."""

    id: int
    station: str
    name: str
    town: str
    digest: str
    made_ms: int | None
    filed_ms: int
    verdict: Verdict
    by: str
    witness: str


class New(NamedTuple):
    """A record to be filed."""

    station: str
    digest: str
    made_ms: int | None
    filed_ms: int
    verdict: Verdict
    by: str
    witness: str
    message: bytes
    """The SignedMessage as it came."""


_COLUMNS: Final = (
    a.c.id, s.c.code, s.c.name, s.c.town, a.c.digest, a.c.made_ms, a.c.filed_ms, a.c.verdict, a.c.accepted_by,
    a.c.witness,
)  # fmt: skip
_SELECT: Final = select(*_COLUMNS).join(s, s.c.id == a.c.station_id)


def file_record(connection: Connection, new: New) -> bool:
    """File a record; return whether it is new, False for one that is here already."""
    key = connection.execute(select(s.c.id).where(s.c.code == new.station)).scalar_one()
    if is_filed(connection, new.digest):
        return False
    row = {
        "station_id": key, "digest": new.digest, "made_ms": new.made_ms, "filed_ms": new.filed_ms,
        "verdict": new.verdict, "accepted_by": new.by, "witness": new.witness, "message": new.message,
    }  # fmt: skip
    insert_new(connection, a, [row])
    return True


def is_filed(connection: Connection, digest: str) -> bool:
    """Say whether a record is here already."""
    return connection.execute(select(a.c.id).where(a.c.digest == digest)).first() is not None


def filed_since(connection: Connection, station: str, since_ms: int) -> int:
    """Return how many records of a station came since then."""
    query = select(func.count()).select_from(a).join(s, s.c.id == a.c.station_id)
    return connection.execute(query.where(s.c.code == station, a.c.filed_ms > since_ms)).scalar_one()


class AcceptancesReader:
    """Reads on connections of its own; every method raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def newest(self) -> dict[str, Accepted]:
        """Return the newest record of each station, by its code."""
        last = select(func.max(a.c.id)).group_by(a.c.station_id)
        query = _SELECT.where(a.c.id.in_(last))
        with reading(self._engine) as connection:
            found = [_accepted(row) for row in connection.execute(query)]
        return {one.station: one for one in found}

    def listed(self, station: str | None = None, *, most: int = MOST) -> list[Accepted]:
        """Return records, the newest first, of one station or of all."""
        query = _SELECT.order_by(a.c.id.desc()).limit(most)
        if station is not None:
            query = query.where(s.c.code == station)
        with reading(self._engine) as connection:
            return [_accepted(row) for row in connection.execute(query)]

    def last(self, station: str) -> Accepted | None:
        """Return the newest record of one station."""
        return next(iter(self.listed(station, most=1)), None)

    def find(self, key: int) -> tuple[Accepted, bytes] | None:
        """Return a record with its SignedMessage."""
        query = _SELECT.add_columns(a.c.message).where(a.c.id == key)
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else (_accepted(row), bytes(row.message))


def _accepted(row: Row[Any]) -> Accepted:
    return Accepted._make(tuple(row)[: len(_COLUMNS)])
