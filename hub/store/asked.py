"""The log of stations' questions: which station asked when and what it was answered, and nobody's name."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Engine, insert, select

from hub.store import tables as t
from hub.store.engine import reading


class Asking(NamedTuple):
    """One question, or `times` that were refused together."""

    station: str
    at_ms: int
    outcome: str
    person_key: bytes | None = None
    cases: int = 0
    times: int = 1


def note_asked(connection: Connection, asked: Sequence[Asking], station_ids: Mapping[str, int]) -> None:
    """Log questions."""
    rows = [
        {
            "station_id": station_ids[one.station],
            "at_ms": one.at_ms,
            "person_key": one.person_key,
            "outcome": one.outcome,
            "cases": one.cases,
            "times": one.times,
        }
        for one in asked
    ]
    if rows:
        connection.execute(insert(t.asked), rows)


def asked_since(engine: Engine, since_ms: int, but: str) -> list[tuple[str, int]]:
    """Return station and time of each question since then that had another outcome than `but`, oldest first.

    Raises StoreError.
    """
    query = (
        select(t.station.c.code, t.asked.c.at_ms)
        .join(t.station, t.station.c.id == t.asked.c.station_id)
        .where(t.asked.c.at_ms >= since_ms, t.asked.c.outcome != but)
        .order_by(t.asked.c.at_ms)
    )
    with reading(engine) as connection:
        return [(row[0], row[1]) for row in connection.execute(query)]
