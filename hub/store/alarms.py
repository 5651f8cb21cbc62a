"""Calls for help and for staff, as the wall and the interface show them."""

from typing import Any

from sqlalchemy import Engine, exists, false, select

from hub.store import tables as t
from hub.store.engine import reading
from hub.store.intake import CALL_STAFF
from hub.view import Alarm


class AlarmsReader:
    """Reads on connections of its own; safe from any thread. Everything here is newest first."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def emergencies(self, since_ms: int, limit: int, *, withdrawn: bool = True) -> list[Alarm]:
        """Return calls for help that arrived from `since_ms` on, each once, `withdrawn` ones only if wanted.

        What counts is when the county learnt of it: a call that waited days for a line is news when it comes.
        Raises StoreError when the database cannot be read, as all of these do.
        """
        first, again = t.emergency.alias("first"), t.emergency.alias("again")
        taken_back = exists().where(
            again.c.station_id == first.c.station_id, again.c.call == first.c.call, again.c.withdrawn.is_(True)
        )
        earlier = exists().where(
            again.c.station_id == first.c.station_id, again.c.call == first.c.call, again.c.id < first.c.id
        )
        query = (
            select(
                first.c.id, t.station.c.code, t.station.c.name, t.station.c.town, first.c.call, first.c.shown_ms,
                first.c.received_ms, taken_back,
            )
            .join(t.station, t.station.c.id == first.c.station_id)
            .where(first.c.received_ms >= since_ms, ~earlier)
            .order_by(first.c.id.desc())
            .limit(limit)
        )  # fmt: skip
        return self._read(query if withdrawn else query.where(~taken_back))

    def staff_calls(self, since_ms: int, limit: int) -> list[Alarm]:
        """Return calls for staff that were made from `since_ms` on."""
        visit = t.visit.c
        query = (
            select(
                visit.id, t.station.c.code, t.station.c.name, t.station.c.town, visit.number, visit.shown_ms,
                visit.received_ms, false(),
            )
            .join(t.station, t.station.c.id == visit.station_id)
            .where(visit.shown_ms >= since_ms, visit.service == CALL_STAFF)
            .order_by(visit.id.desc())
            .limit(limit)
        )  # fmt: skip
        return self._read(query)

    def _read(self, query: Any) -> list[Alarm]:
        with reading(self._engine) as connection:
            return [Alarm._make(row) for row in connection.execute(query)]
