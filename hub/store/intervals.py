"""What was said of stations and cameras over a time, as availability takes it: few queries, each short, none kept open.

Read is also what was said within LOOK_BACK_MS before, and the last word before that: a clock that was set back by less
dated a later word earlier, and the later counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Select, select

from hub.health.availability import (
    CAMERA_LEVELS,
    STATION_LEVELS,
    Camera,
    ServiceChange,
    Village,
    Word,
    blind_spans,
    service_spans,
)
from hub.health.faults import FaultSaid, Interval, pair
from hub.health.intervals import Span
from hub.health.windows import Calendar, Window
from hub.local_time import UNIT_MS
from hub.store import tables as t
from hub.store.engine import Bare, bare, reading
from hub.store.history import Remembered, read_lives, read_states
from hub.store.line_tables import camera_change
from hub.store.service import service_rows
from hub.store.windows import WindowsReader
from wire.life import CAMERA

Which = ColumnElement[bool] | None
"""Stations that are asked for; None is all."""
LOOK_BACK_MS: Final = 2 * UNIT_MS["d"]
FAULT_MARGIN_MS: Final = 32 * UNIT_MS["d"]
"""A fault is looked for among what was said so long before and after; what lasts longer its camera's state tells."""
MOST_CAMERAS: Final = 32
"""Of one station in a period: it may name 16 at a time (`wire/life.py`), and have replaced each."""


class Place(NamedTuple):
    """A village, also one that is no longer listed."""

    code: str
    name: str
    town: str
    listed: bool


class Recorded(NamedTuple):
    """Everything availability needs of a period."""

    villages: list[tuple[Place, Village]]
    blind: list[Span]
    """When no hub looked."""


class _Told(NamedTuple):
    """Rows of the database, by station."""

    places: dict[int, Place]
    service: dict[int, list[tuple[int, bool]]]
    states: dict[int, list[Word]]
    changes: dict[int, list[Bare]]
    faults: dict[int, list[Bare]]
    remembered: dict[str, Remembered]
    lives: list[Span]


class IntervalsReader:
    """Reads on connections of its own; safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine
        self._windows = WindowsReader(engine)

    def between(
        self, from_ms: int, until_ms: int, now_ms: int, town: str | None = None, station: str | None = None
    ) -> Recorded:
        """Return what was said of all villages, of a town's, or of one station, in a period.

        Raises StoreError E-STORE-05.
        """
        planned = self._windows.overlapping(from_ms, until_ms, "maintenance")
        with reading(self._engine) as connection:
            told = _told(connection, from_ms, until_ms, _which(town, station))
        windows = [one.window for one in planned]
        calendars: dict[str, list[Span]] = {}
        towns = {place.code: place.town for place in told.places.values()}
        own = {one.node.place for one in windows if one.node.scope == "station"}
        villages = []
        for key, place in told.places.items():
            spot = place.code if place.code in own else place.town
            if spot not in calendars:
                calendars[spot] = _maintenance(windows, towns, place.code, (from_ms, until_ms))
            villages.append((place, _village(told, key, calendars[spot])))
        return Recorded(villages, blind_spans(told.lives, now_ms))


def _maintenance(windows: Sequence[Window], towns: dict[str, str], code: str, period: Span) -> list[Span]:
    return Calendar(windows, towns).maintenance(code, *period) if windows else []


def _village(told: _Told, key: int, maintenance: list[Span]) -> Village:
    place = told.places[key]
    remembered = told.remembered.get(place.code)
    service = service_spans(ServiceChange(*one) for one in told.service.get(key, ()))
    return Village(told.states.get(key, ()), service, maintenance, _cameras(told, key, remembered))


def _cameras(told: _Told, key: int, remembered: Remembered | None) -> dict[str, Camera]:
    """Return the station's cameras; one that its last birth does not name is gone since the last word of it.

    One of which no change is stored (it is as it was when changes were not kept yet) is as its last beat says, and
    since then.
    """
    birth = None if remembered is None else remembered.birth
    expected = None if birth is None else {camera.name for camera in birth.cameras}
    said: dict[str, list[Word]] = defaultdict(list, {name: [] for name in sorted(expected or ())})
    for _, _, _, name, now, at_ms in told.changes.get(key, ()):
        said[name].append((at_ms, CAMERA_LEVELS.get(now, "unknown")))
    for state in () if remembered is None or remembered.beat is None else remembered.beat.devices:
        name = state.device.removeprefix(CAMERA)
        if state.since_ms is not None and said.get(name) == []:
            said[name].append((state.since_ms, CAMERA_LEVELS.get(state.state, "unknown")))
    found: dict[str, list[Interval]] = {}
    for one in pair(FaultSaid._make(row[3:]) for row in told.faults.get(key, ())):
        found.setdefault(one.camera, []).append(one)
    last = {
        name: max([0, *(at_ms for at_ms, _ in said.get(name, ())), *(one.said_ms for one in found.get(name, ()))])
        for name in {*said, *found}
    }
    cameras = {}
    for name in sorted(_counted(last, expected or ())):
        faults = found.get(name, [])
        camera = Camera(said.get(name, []), faults)
        if expected is not None and name not in expected:
            camera = camera._replace(gone_ms=last[name])
        cameras[name] = camera
    return cameras


def _counted(last: Mapping[str, int], expected: Iterable[str]) -> list[str]:
    """Return the cameras that count of those spoken of, by when they were last: those there are now, then the newest.

    Whoever makes up cameras by the thousand must not drown the county's in them.
    """
    now = set(expected)
    return sorted(last, key=lambda name: (name in now, last[name], name), reverse=True)[:MOST_CAMERAS]


def _which(town: str | None, station: str | None) -> Which:
    if station is not None:
        return t.station.c.code == station
    return None if town is None else t.station.c.town == town


def _told(connection: Connection, from_ms: int, until_ms: int, which: Which) -> _Told:
    s = t.station.c
    wanted = select(s.id, s.code, s.name, s.town, s.enrolled).order_by(s.code)
    places = {row[0]: Place(*row[1:]) for row in connection.execute(_of(wanted, which))}
    remembered = read_states(connection, {place.code: key for key, place in places.items()})
    changes = _changes(connection, from_ms, until_ms, which, places, remembered)
    fault = t.camera_fault.c
    wanted = select(
        fault.station_id, fault.epoch_id, fault.seq, fault.id, fault.camera, fault.fault, fault.change,
        fault.severity, fault.confidence, fault.began_ms, fault.shown_ms,
    ).where(fault.shown_ms >= from_ms - FAULT_MARGIN_MS, fault.shown_ms < until_ms + FAULT_MARGIN_MS)  # fmt: skip
    if which is not None:
        wanted = wanted.where(fault.station_id.in_(list(places)))
    faults = bare(connection, wanted)
    return _Told(
        places,
        service_rows(connection),
        _states(connection, from_ms, until_ms, which),
        changes,
        _by_station(faults),
        remembered,
        read_lives(connection),
    )


def _states(connection: Connection, from_ms: int, until_ms: int, which: Which) -> dict[int, list[Word]]:
    """Return what was said of each station in the order of saying, with the last word before what is looked at."""
    c, since_ms = t.transition.c, from_ms - LOOK_BACK_MS
    before = (
        select(c.id)
        .where(c.station_id == t.station.c.id, c.at_ms < since_ms)
        .order_by(c.at_ms.desc(), c.id.desc())
        .limit(1)
        .correlate(t.station)
        .scalar_subquery()
    )
    columns = (c.station_id, c.id, c.at_ms, c.state)
    last = select(*columns).join(t.station, c.id == before)
    # Each station's own stretch of the index, not the whole table.
    later = select(*columns).select_from(t.station).join(t.transition, c.station_id == t.station.c.id)
    later = later.where(c.at_ms >= since_ms, c.at_ms < until_ms)
    rows = [row for query in (last, later) for row in bare(connection, _of(query, which))]
    said: dict[int, list[Word]] = defaultdict(list)
    for key, _, at_ms, state in sorted(rows):
        said[key].append((at_ms, STATION_LEVELS.get(state, "unknown")))
    return said


def _changes(
    connection: Connection,
    from_ms: int,
    until_ms: int,
    which: Which,
    places: dict[int, Place],
    remembered: dict[str, Remembered],
) -> dict[int, list[Bare]]:
    """Return what each station said of its cameras' states, in the order of saying."""
    c, since_ms = camera_change.c, from_ms - LOOK_BACK_MS
    columns = (c.station_id, c.epoch_id, c.seq, c.camera, c.now, c.shown_ms)
    later = select(*columns).select_from(t.station).join(camera_change, c.station_id == t.station.c.id)
    later = later.where(c.shown_ms >= since_ms, c.shown_ms < until_ms)
    rows = bare(connection, _of(later, which))
    # The last word before, of those cameras whose state at the beginning is not told yet: those of now, and others
    # of which anything was said since.
    last_ms: dict[int, dict[str, int]] = {key: {} for key in places}
    for key, _, _, name, _, at_ms in rows:
        last_ms[key][name] = max(at_ms, last_ms[key].get(name, 0))
    cameras: set[tuple[int, str]] = set()
    for key, place in places.items():
        one = remembered.get(place.code)
        named = [] if one is None or one.birth is None else [camera.name for camera in one.birth.cameras]
        cameras |= {(key, name) for name in _counted(dict.fromkeys(named, 0) | last_ms[key], named)}
    rows = [row for row in rows if (row[0], row[3]) in cameras]
    told = {(key, name) for key, _, _, name, _, at_ms in rows if at_ms <= from_ms}
    for key, name in sorted(cameras - told):
        last = select(*columns).where(c.station_id == key, c.camera == name, c.shown_ms < since_ms)
        rows += bare(connection, last.order_by(c.shown_ms.desc(), c.id.desc()).limit(1))
    return _by_station(rows)


def _by_station(rows: Iterable[Bare]) -> dict[int, list[Bare]]:
    """Return the rows of each station as it counts them: an epoch that came later was made later."""
    in_order = sorted(rows)
    return {key: list(group) for key, group in groupby(in_order, key=itemgetter(0))}


def _of(query: Select[Any], which: Which) -> Select[Any]:
    return query if which is None else query.where(which)
