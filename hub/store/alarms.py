"""Calls for help and for staff, as the wall and the interface show them."""

from typing import Any, NamedTuple

from sqlalchemy import Engine, Select, and_, exists, false, select
from sqlalchemy.sql.selectable import NamedFromClause

from hub.store import tables as t
from hub.store.calls_tables import help_call, help_press
from hub.store.engine import reading
from hub.store.intake import CALL_STAFF
from hub.view import Alarm


class CallSaid(NamedTuple):
    """One call for help as a station made it, and what became of it at the centre; nothing of who called."""

    id: int
    station: str
    name: str
    town: str
    call: str
    """As the station names it."""
    at_ms: int
    received_ms: int
    withdrawn: bool
    number: int | None
    """The call at the centre that it belongs to (`hub/incidents/calls.py`); None for a second until it is taken up."""
    state: str | None
    level: int | None
    acknowledged_by: str | None
    acknowledged_ms: int | None
    closed_by: str | None
    closed_ms: int | None
    outcome: str | None


class AlarmsReader:
    """Reads on connections of its own; safe from any thread. Everything here is newest first."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def emergencies(self, since_ms: int, limit: int) -> list[CallSaid]:
        """Return calls for help that arrived from `since_ms` on, each once, with what became of each at the centre.

        What counts is when the county learnt of it: a call that waited days for a line is news when it comes. Raises
        StoreError when the database cannot be read, as all of these do.
        """
        first, again = t.emergency.alias("first"), t.emergency.alias("again")
        same = and_(again.c.station_id == first.c.station_id, again.c.call == first.c.call)
        taken_back = exists().where(same, again.c.withdrawn.is_(True))
        earlier = exists().where(same, again.c.id < first.c.id)
        pressed = and_(help_press.c.station_id == first.c.station_id, help_press.c.call == first.c.call)
        h = help_call.c
        query = (
            select(
                first.c.id, t.station.c.code, t.station.c.name, t.station.c.town, first.c.call, first.c.shown_ms,
                first.c.received_ms, taken_back, h.id, h.state, h.level, h.acknowledged_by, h.acknowledged_ms,
                h.closed_by, h.closed_ms, h.outcome,
            )
            .select_from(
                t.station.join(first, t.station.c.id == first.c.station_id)
                .outerjoin(help_press, pressed)
                .outerjoin(help_call, h.id == help_press.c.help_call_id)
            )
            .where(first.c.received_ms >= since_ms, ~earlier)
            .order_by(first.c.id.desc())
            .limit(limit)
        )  # fmt: skip
        with reading(self._engine) as connection:
            return [CallSaid._make(row) for row in connection.execute(query)]

    def staff_calls(self, since_ms: int, limit: int, *, of_each: int) -> list[Alarm]:
        """Return calls for staff that were made from `since_ms` on, of each station only the last `of_each`."""
        visit, its = t.visit.alias("called"), t.visit.alias("last")
        last = _last(its, of_each).where(its.c.service == CALL_STAFF)
        query = (
            select(
                visit.c.id, t.station.c.code, t.station.c.name, t.station.c.town, visit.c.number, visit.c.shown_ms,
                visit.c.received_ms, false(),
            )
            .select_from(t.station.join(visit, visit.c.id.in_(last)))
            .where(visit.c.shown_ms >= since_ms)
            .order_by(visit.c.id.desc())
            .limit(limit)
        )  # fmt: skip
        with reading(self._engine) as connection:
            return [Alarm(*row) for row in connection.execute(query)]


def _last(table: NamedFromClause, most: int) -> Select[Any]:
    """Return the keys of the last `most` rows of the station that the query around it looks at."""
    c = table.c
    return select(c.id).where(c.station_id == t.station.c.id).order_by(c.id.desc()).limit(most).correlate(t.station)
