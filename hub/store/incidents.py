"""Incidents in the database: what the machine tells, what time does and what people do becomes rows, each in one go.

All of it may run in several processes at once (`Casebook`): an act that came second is refused by what stands then.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, func, or_, select, true

from hub.health.windows import Calendar
from hub.incidents.acts import PEOPLES, Act, IncidentError, Undo
from hub.incidents.acts import act as acted
from hub.incidents.duty import Roster
from hub.incidents.escalation import passed
from hub.incidents.incident import Incident, State, Step, by_rank
from hub.incidents.lifecycle import RETURNS_WITHIN_MS, Change, opened, took
from hub.incidents.trouble import Absorbed, Began, Node, Spread, Told, Trouble
from hub.store import tables as t
from hub.store.engine import reading
from hub.store.incident_rows import Casebook, of_station, of_town, read_incidents
from hub.store.incident_tables import incident, incident_station, incident_step

LOOK_AGAIN_MS: Final = 60_000
"""How soon after nobody was on duty somebody is looked for again."""
NOTHING_PLANNED: Final = Calendar((), {})
_C, _MEMBER, _STEP = incident.c, incident_station.c, incident_step.c


class StepRow(NamedTuple):
    """One step as it stands: of one incident, or of all as the log of what happened."""

    id: int
    """Grows with the order in which they were committed."""
    incident: str
    at_ms: int
    who: str
    """Empty where nobody did it (`MACHINE`)."""
    step: Step
    note: str
    withdrawn_ms: int | None
    """When whoever did it took it back."""


class Member(NamedTuple):
    """A station while it was affected."""

    station: str
    name: str
    town: str
    from_ms: int
    until_ms: int | None


def take(
    connection: Connection, told: Iterable[Told], ids: Mapping[str, int], names: Mapping[str, str], now_ms: int
) -> list[Incident]:
    """Write what the watch told, in its order, and return each incident that changed, as it became.

    `ids` are the stations' keys; `names` say what people call a station's code, and the county ("" there). What is told
    twice changes nothing the second time.
    """
    news = list(told)
    if not news:
        return []
    changed: dict[str, Incident] = {}
    book = Casebook(connection)
    for heard in news:
        one, was = heard, book.open_of(heard.trouble)
        if isinstance(one, Spread) and was is None and one.joined:
            one = Began(one.trouble, one.at_ms, tuple(sorted(one.joined)), "spread")
        if isinstance(one, Began):
            became = _begin(connection, book, was, one, ids, names, now_ms)
        else:
            change = None if was is None else _heard(book, was, one, now_ms)
            became = _write(book, was, change, now_ms, ids, one.at_ms)
        if became is not None:
            changed[became.id] = became
    return list(changed.values())


def pass_time(
    connection: Connection, roster: Roster, now_ms: int, calendar: Calendar = NOTHING_PLANNED
) -> list[Incident]:
    """Do to each incident what is due by now (`escalation.py`) and return those that changed; cheap when nothing is.

    Where nobody was told, by the calendar, when one began to wait or is now, nobody is asked why they did not answer.
    """
    if connection.execute(select(_C.id).where(_C.due_ms <= now_ms).limit(1)).first() is None:
        return []
    book = Casebook(connection)
    changed = []
    for was in book.due(now_ms):
        silent = any(calendar.silences(was.stations, at_ms) for at_ms in (now_ms, was.waiting_ms or now_ms))
        change = passed(was, roster, now_ms, silent=silent)
        if change is None:
            book.put_off(was.id, now_ms + LOOK_AGAIN_MS)
        else:
            changed.append(book.write(was, change, now_ms, ids={}))
    return changed


def act(connection: Connection, key: str, deed: Act, now_ms: int) -> Incident:
    """Write what somebody did and return the incident as it became.

    Raises IncidentError E-INC-01 (no such incident), -07 (a newer one of the same trouble is open), and as
    `acts.act` does; then nothing is written.
    """
    book = Casebook(connection)
    was = book.find(key)
    if was is None:
        raise no_such_incident(key)
    mine = book.last_of(key, deed.who, PEOPLES) if isinstance(deed, Undo) else None
    change = acted(was, deed, now_ms, None if mine is None else mine[1])
    if was.state == "closed" and change.incident.state != "closed":
        newer = book.open_of(was.trouble)
        if newer is not None:
            what = (
                f"{key}: {newer.id} is open of the same trouble; go on with that 同一问题已另立事件，请在该事件上处理"
            )
            raise IncidentError("E-INC-07", what)
    if mine is not None:
        book.withdraw(mine[0], now_ms)
    return book.write(was, change, now_ms, ids={})


def called(node: Node, names: Mapping[str, str]) -> str:
    """Return what people call a place; `names` as `take` has them."""
    return node.place if node.scope == "town" else names.get(node.place, node.place)


def no_such_incident(key: str) -> IncidentError:
    """Return the refusal of an id that is no incident's."""
    return IncidentError("E-INC-01", f"{key}: no such incident; see `hub incident list` 没有这个事件，请核对编号")


def _heard(book: Casebook, was: Incident, told: Told, now_ms: int) -> Change | None:
    into = ""
    if isinstance(told, Absorbed):
        greater = book.open_of(told.into)
        into = told.into.key if greater is None else greater.id
    return took(was, told, into, now_ms)


def _begin(
    connection: Connection,
    book: Casebook,
    was: Incident | None,
    began: Began,
    ids: Mapping[str, int],
    names: Mapping[str, str],
    now_ms: int,
) -> Incident | None:
    known = was or book.closed_of(began.trouble, now_ms - RETURNS_WITHIN_MS)
    if known is not None:
        return _write(book, known, took(known, began, "", now_ms), now_ms, ids, began.since_ms)
    scope, place = began.trouble.node
    town = place if scope == "town" else ""
    if scope == "station":
        town = str(connection.execute(select(t.station.c.town).where(t.station.c.code == place)).scalar() or "")
    change = opened(began, called(began.trouble.node, names), town, book.fresh_key(now_ms), now_ms)
    return _write(book, None, change, now_ms, ids, began.since_ms)


def _write(
    book: Casebook, was: Incident | None, change: Change | None, now_ms: int, ids: Mapping[str, int], event_ms: int
) -> Incident | None:
    return None if change is None else book.write(was, change, now_ms, ids=ids, event_ms=event_ms)


class IncidentsReader:
    """Reads on connections of its own; safe from any thread. Everything raises StoreError E-STORE-05."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def open_incidents(self) -> tuple[Incident, ...]:
        """Return every incident that is not closed, the most important and newest first."""
        with reading(self._engine) as connection:
            found = read_incidents(connection, _C.open_key.is_not(None))
        return tuple(sorted(found, key=by_rank))

    def open_troubles(self) -> list[tuple[Trouble, int, tuple[str, ...]]]:
        """Return every trouble that lasts, with since when and its stations: what a restarted watch resumes."""
        return [(one.trouble, one.since_ms, one.stations) for one in self.open_incidents() if one.recovered_ms is None]

    def find(self, key: str) -> Incident | None:
        """Return one incident, or None when there is none of this id."""
        with reading(self._engine) as connection:
            return next(iter(read_incidents(connection, _C.id == key)), None)

    def these(self, keys: Sequence[str]) -> dict[str, Incident]:
        """Return the incidents of these ids as they stand, those there are."""
        with reading(self._engine) as connection:
            return {one.id: one for one in read_incidents(connection, _C.id.in_(keys))}

    def page(
        self,
        limit: int,
        *,
        before: str | None = None,
        state: State | None = None,
        kind: str | None = None,
        town: str | None = None,
        station: str | None = None,
        since_ms: int | None = None,
        is_open: bool | None = None,
    ) -> list[Incident]:
        """Return incidents that fit, those opened last first; `before` is the id the page before ended with.

        `town` and `station` fit what ever affected them; `since_ms` what was not closed before it; `is_open` what is,
        or with False is not, open.
        """
        fits: list[ColumnElement[bool]] = [true()]
        if state is not None:
            fits.append(_C.state == state)
        if kind is not None:
            fits.append(_C.kind == kind)
        if town is not None:
            fits.append(of_town(town))
        if station is not None:
            fits.append(of_station(station))
        if since_ms is not None:
            fits.append(or_(_C.closed_ms.is_(None), _C.closed_ms >= since_ms))
        if is_open is not None:
            fits.append(_C.open_key.is_not(None) if is_open else _C.open_key.is_(None))
        with reading(self._engine) as connection:
            if before is not None:
                last = connection.execute(select(_C.opened_ms).where(_C.id == before)).scalar()
                if last is None:
                    return []
                fits.append(or_(_C.opened_ms < last, and_(_C.opened_ms == last, _C.id < before)))
            return read_incidents(connection, and_(*fits), limit=limit)

    def steps(self, key: str) -> list[StepRow]:
        """Return what happened to one incident, in order."""
        return self._steps(_steps().where(_STEP.incident_id == key).order_by(_STEP.id))

    def steps_after(self, step: int, limit: int) -> list[StepRow]:
        """Return the steps of all incidents after this one (0 for the first), in order: none is ever missed."""
        return self._steps(_steps().where(_STEP.id > step).order_by(_STEP.id).limit(limit))

    def last_step(self) -> int:
        """Return the id of the last step; 0 when there is none."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(_STEP.id))).scalar() or 0

    def members(self, key: str) -> list[Member]:
        """Return which stations an incident affected from when until when, by code."""
        station = t.station.c
        query = (
            select(station.code, station.name, station.town, _MEMBER.from_ms, _MEMBER.until_ms)
            .join(t.station, station.id == _MEMBER.station_id)
            .where(_MEMBER.incident_id == key)
            .order_by(station.code, _MEMBER.id)
        )
        with reading(self._engine) as connection:
            return [Member._make(row) for row in connection.execute(query)]

    def _steps(self, query: Select[tuple[int, str, int, str, str, str, int | None]]) -> list[StepRow]:
        with reading(self._engine) as connection:
            return [StepRow._make(row) for row in connection.execute(query)]


def _steps() -> Select[tuple[int, str, int, str, str, str, int | None]]:
    c = _STEP
    return select(c.id, c.incident_id, c.at_ms, c.who, c.step, c.note, c.withdrawn_ms)
