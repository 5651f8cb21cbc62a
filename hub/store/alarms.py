"""Calls for help and for staff, as the wall and the interface show them."""

from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, exists, false, select
from sqlalchemy.sql.selectable import NamedFromClause

from hub.store import tables as t
from hub.store.engine import reading
from hub.store.intake import CALL_STAFF
from hub.view import Alarm


class AlarmsReader:
    """Reads on connections of its own; safe from any thread. Everything here is newest first."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def emergencies(
        self, since_ms: int, limit: int, *, withdrawn: bool = True, of_each: int | None = None
    ) -> list[Alarm]:
        """Return calls for help that arrived from `since_ms` on, each once, `withdrawn` ones only if wanted.

        What counts is when the county learnt of it: a call that waited days for a line is news when it comes. With
        `of_each` only what the last so many messages of each station say, at the same cost however many there are.
        Raises StoreError when the database cannot be read, as all of these do.
        """
        first, again = t.emergency.alias("first"), t.emergency.alias("again")
        same = and_(again.c.station_id == first.c.station_id, again.c.call == first.c.call)
        taken_back = exists().where(same, again.c.withdrawn.is_(True))
        earlier = exists().where(same, again.c.id < first.c.id)
        last = None if of_each is None else _last(t.emergency.alias("last"), of_each)
        query = (
            select(
                first.c.id, t.station.c.code, t.station.c.name, t.station.c.town, first.c.call, first.c.shown_ms,
                first.c.received_ms, taken_back,
            )
            .select_from(t.station.join(first, _of_station(first, last)))
            .where(first.c.received_ms >= since_ms, ~earlier)
            .order_by(first.c.id.desc())
            .limit(limit)
        )  # fmt: skip
        return self._read(query if withdrawn else query.where(~taken_back))

    def staff_calls(self, since_ms: int, limit: int, *, of_each: int) -> list[Alarm]:
        """Return calls for staff that were made from `since_ms` on, of each station only the last `of_each`."""
        visit, its = t.visit.alias("called"), t.visit.alias("last")
        last = _last(its, of_each).where(its.c.service == CALL_STAFF)
        query = (
            select(
                visit.c.id, t.station.c.code, t.station.c.name, t.station.c.town, visit.c.number, visit.c.shown_ms,
                visit.c.received_ms, false(),
            )
            .select_from(t.station.join(visit, _of_station(visit, last)))
            .where(visit.c.shown_ms >= since_ms)
            .order_by(visit.c.id.desc())
            .limit(limit)
        )  # fmt: skip
        return self._read(query)

    def _read(self, query: Any) -> list[Alarm]:
        with reading(self._engine) as connection:
            return [Alarm._make(row) for row in connection.execute(query)]


def _last(table: NamedFromClause, most: int) -> Select[Any]:
    """Return the keys of the last `most` rows of the station that the query around it looks at."""
    c = table.c
    return select(c.id).where(c.station_id == t.station.c.id).order_by(c.id.desc()).limit(most).correlate(t.station)


def _of_station(table: NamedFromClause, last: Select[Any] | None) -> ColumnElement[bool]:
    return table.c.station_id == t.station.c.id if last is None else table.c.id.in_(last)
