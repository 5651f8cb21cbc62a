"""One incident as rows: how it is read, and how what became of it is written."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Row, and_, distinct, func, insert, or_, select, update

from hub.incidents.escalation import due_ms
from hub.incidents.incident import Incident, Step
from hub.incidents.lifecycle import Change, Entry
from hub.incidents.trouble import Trouble
from hub.local_time import china
from hub.store import tables as t
from hub.store.incident_tables import incident, incident_log, incident_station, incident_step

MOST_NOTE: Final = 300
"""What people say (200), and to whom or why (64)."""
_C, _MEMBER, _STEP = incident.c, incident_station.c, incident_step.c


def read_incidents(connection: Connection, which: ColumnElement[bool], **how: Any) -> list[Incident]:
    """Return those that fit, with the stations each affects now; `how` is `order_by` and `limit`."""
    query = select(_C.id, _C.body).where(which).order_by(*how.get("order_by", (_C.opened_ms.desc(), _C.id.desc())))
    if "limit" in how:
        query = query.limit(how["limit"])
    rows = connection.execute(query).all()
    stations = _stations(connection, [row.id for row in rows])
    return [_incident(row, stations.get(row.id, ())) for row in rows]


def alone(connection: Connection) -> None:
    """Wait until no other transaction changes incidents or the roster, and let none begin before this one ends."""
    connection.execute(update(incident_log).values(last=incident_log.c.last))


class Casebook:
    """Changes incidents, alone until its transaction ends: what it read is still so when it writes.

    That holds on any engine, whatever other processes do: each begins by changing the one row of `incident_log`. So
    the steps' ids grow in the order of commits too, and whoever follows them misses none.
    """

    def __init__(self, connection: Connection) -> None:
        """Wait for any other to end its transaction."""
        self._connection = connection
        self._numbers: dict[str, int] = {}
        alone(connection)
        self._last = int(connection.execute(select(incident_log.c.last)).scalar_one())

    def find(self, key: str) -> Incident | None:
        """Return the incident of this id."""
        return next(iter(read_incidents(self._connection, _C.id == key)), None)

    def open_of(self, trouble: Trouble) -> Incident | None:
        """Return the open incident of a trouble."""
        return next(iter(read_incidents(self._connection, _C.open_key == trouble.key)), None)

    def closed_of(self, trouble: Trouble, since_ms: int) -> Incident | None:
        """Return the incident of a trouble that was closed last, from `since_ms` on."""
        node = and_(_C.kind == trouble.kind, _C.scope == trouble.node.scope, _C.place == trouble.node.place)
        order = (_C.closed_ms.desc(), _C.opened_ms.desc())
        return next(
            iter(read_incidents(self._connection, and_(node, _C.closed_ms >= since_ms), order_by=order, limit=1)), None
        )

    def due(self, now_ms: int) -> list[Incident]:
        """Return those to which time does something by now, in the order of their turn."""
        return read_incidents(self._connection, _C.due_ms <= now_ms, order_by=(_C.due_ms, _C.id))

    def fresh_key(self, at_ms: int) -> str:
        """Return an id for a new incident: the county's day, and a number people can say."""
        day = f"{china(at_ms):%y%m%d}-"
        if day not in self._numbers:
            query = select(func.count()).select_from(incident).where(_C.id.startswith(day, autoescape=True))
            self._numbers[day] = int(self._connection.execute(query).scalar_one())
        self._numbers[day] += 1
        return f"{day}{self._numbers[day]:03d}"

    def last_of(self, key: str, who: str, steps: Iterable[Step]) -> tuple[int, Step] | None:
        """Return id and name of somebody's last step of these that was not taken back."""
        mine = and_(_STEP.incident_id == key, _STEP.who == who, _STEP.withdrawn_ms.is_(None), _STEP.step.in_(steps))
        row = self._connection.execute(
            select(_STEP.id, _STEP.step).where(mine).order_by(_STEP.id.desc()).limit(1)
        ).first()
        return None if row is None else (row[0], row[1])

    def withdraw(self, step: int, now_ms: int) -> None:
        """Mark a step as taken back."""
        self._connection.execute(update(incident_step).where(_STEP.id == step).values(withdrawn_ms=now_ms))

    def put_off(self, key: str, until_ms: int) -> None:
        """Look at an incident no sooner than then: time has nothing to do to it yet."""
        self._connection.execute(update(incident).where(_C.id == key).values(due_ms=until_ms))

    def write(
        self, was: Incident | None, change: Change, at_ms: int, *, ids: Mapping[str, int], event_ms: int | None = None
    ) -> Incident:
        """Write what `was`, or was not yet, and became; stations come and go at `event_ms`, else at `at_ms`.

        One that the county no longer lists, and is not in `ids`, does not come.
        """
        before = () if was is None else was.stations
        now = change.incident
        now = replace(now, stations=tuple(code for code in now.stations if code in ids or code in before))
        if was is None:
            now = replace(now, affected=len(now.stations))
            self._connection.execute(insert(incident).values(id=now.id, opened_ms=now.noticed_ms, **_columns(now)))
        self._move(now.id, before, now.stations, at_ms if event_ms is None else event_ms, ids)
        if was is not None:
            now = now if set(now.stations) <= set(before) else replace(now, affected=self._ever(now.id))
            self._connection.execute(update(incident).where(_C.id == now.id).values(_columns(now)))
        self._add(now.id, change.steps, at_ms)
        return now

    def _move(self, key: str, was: Sequence[str], now: Sequence[str], at_ms: int, ids: Mapping[str, int]) -> None:
        """Note which stations came and went."""
        came = [ids[code] for code in now if code not in was]
        if came:
            rows = [{"incident_id": key, "station_id": station, "from_ms": at_ms} for station in came]
            self._connection.execute(insert(incident_station), rows)
        went = [code for code in was if code not in now]
        if went:
            theirs = select(t.station.c.id).where(t.station.c.code.in_(went))
            standing = and_(_MEMBER.incident_id == key, _MEMBER.until_ms.is_(None), _MEMBER.station_id.in_(theirs))
            self._connection.execute(update(incident_station).where(standing).values(until_ms=at_ms))

    def _ever(self, key: str) -> int:
        query = select(func.count(distinct(_MEMBER.station_id))).where(_MEMBER.incident_id == key)
        return int(self._connection.execute(query).scalar_one())

    def _add(self, key: str, steps: Sequence[Entry], at_ms: int) -> None:
        rows = [
            {
                "id": self._last + number, "incident_id": key, "at_ms": at_ms, "who": step.who, "step": step.step,
                "note": step.note[:MOST_NOTE],
            }
            for number, step in enumerate(steps, 1)
        ]  # fmt: skip
        if rows:
            self._last += len(rows)
            self._connection.execute(insert(incident_step), rows)
            self._connection.execute(update(incident_log).values(last=self._last))


def of_town(town: str) -> ColumnElement[bool]:
    """Return what fits incidents of a town, or that ever affected a village of it."""
    return or_(and_(_C.scope == "town", _C.place == town), _affects(t.station.c.town == town))


def of_station(station: str) -> ColumnElement[bool]:
    """Return what fits incidents of a station, or that ever affected it."""
    return or_(and_(_C.scope == "station", _C.place == station), _affects(t.station.c.code == station))


def _affects(which: ColumnElement[bool]) -> ColumnElement[bool]:
    joined = incident_station.join(t.station, t.station.c.id == _MEMBER.station_id)
    return _C.id.in_(select(_MEMBER.incident_id).select_from(joined).where(which))


def _stations(connection: Connection, keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    if keys:
        query = (
            select(_MEMBER.incident_id, t.station.c.code)
            .join(t.station, t.station.c.id == _MEMBER.station_id)
            .where(_MEMBER.incident_id.in_(keys), _MEMBER.until_ms.is_(None))
            .order_by(t.station.c.code)
        )
        for key, code in connection.execute(query):
            found.setdefault(key, []).append(code)
    return {key: tuple(codes) for key, codes in found.items()}


def _columns(now: Incident) -> dict[str, Any]:
    return {
        "open_key": None if now.state == "closed" else now.trouble.key,
        "kind": now.kind,
        "scope": now.scope,
        "place": now.place,
        "state": now.state,
        "since_ms": now.since_ms,
        "closed_ms": now.closed_ms,
        "due_ms": due_ms(now),
        "body": msgspec.json.encode(replace(now, stations=())),
    }


def _incident(row: Row[Any], stations: tuple[str, ...]) -> Incident:
    return replace(msgspec.json.decode(row.body, type=Incident), stations=stations)
