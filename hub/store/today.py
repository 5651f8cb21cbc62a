"""What the county's day has seen so far, counted in the database: visits by service, their grades, calls for help."""

from typing import NamedTuple

from sqlalchemy import Engine, and_, func, select

from hub.store import tables as t
from hub.store.engine import reading


class DaySeen(NamedTuple):
    """Counts of a day; nothing of who came."""

    services: dict[str, int]
    """Visits by service."""
    grades: dict[int, int]
    """The last grade of each visit that has one, 5 the best."""
    emergencies: int
    """Calls for help, each once,"""
    withdrawn: int
    """of them those taken back."""


class TodayReader:
    """Reads on connections of its own; safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def since(self, from_ms: int) -> DaySeen:
        """Return what was seen from a time on (what has no date of its own: when it arrived).

        Raises StoreError when the database cannot be read.
        """
        visit, rating, call = t.visit.c, t.rating.c, t.emergency.c
        today = visit.shown_ms >= from_ms
        services = select(visit.service, func.count()).where(today).group_by(visit.service)
        last = (
            select(func.max(rating.seq))
            .where(rating.epoch_id == visit.epoch_id, rating.visit_seq == visit.seq)
            .correlate(t.visit)
            .scalar_subquery()
        )
        graded = t.visit.join(t.rating, and_(rating.epoch_id == visit.epoch_id, rating.seq == last))
        grades = select(rating.grade, func.count()).select_from(graded).where(today).group_by(rating.grade)
        calls = (
            select(func.max(call.withdrawn))
            .where(call.received_ms >= from_ms)
            .group_by(call.station_id, call.call)
            .subquery()
        )
        called = select(func.count(), func.coalesce(func.sum(calls.c[0]), 0))
        with reading(self._engine) as connection:
            seen = connection.execute(called).one()
            return DaySeen(
                dict(connection.execute(services).tuples().all()),
                dict(connection.execute(grades).tuples().all()),
                int(seen[0]),
                int(seen[1]),
            )
