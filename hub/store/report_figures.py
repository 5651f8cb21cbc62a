"""What the figures of a period are made of: each question one walk over an index of times; nothing personal is read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, func, select

from hub.health.availability import Tally, fared, total
from hub.incidents.incident import Incident
from hub.local_time import day_of
from hub.reports.figures import Counts, Effective, Figures, Linked, Repair, Village, by_town, incidents_of, summed
from hub.reports.period import Period
from hub.store import tables as t
from hub.store.calls_tables import help_call
from hub.store.engine import bare, reading
from hub.store.exchanges_tables import ticket
from hub.store.incident_tables import incident
from hub.store.intervals import IntervalsReader
from hub.visits.clocks import clocks_of
from hub.visits.day import CHINA_AHEAD_MS, DAY_MS
from hub.visits.matters import Step

CLOCKED: Final = ("legal_advice", "mediation", "legal_aid")
"""Services that the county answers."""
_V, _R, _H, _S = t.visit.c, t.rating.c, help_call.c, t.visit_step.c


class _Place(NamedTuple):
    code: str
    name: str
    town: str
    listed: bool


class _Bare:
    """Counts of one station while they are collected."""

    def __init__(self) -> None:
        self.services: dict[str, int] = defaultdict(int)
        self.matters: dict[str, int] = defaultdict(int)
        self.who: dict[str, int] = defaultdict(int)
        self.grades = [0] * 5
        self.clocks = [0, 0, 0]
        """In time, late, pending."""
        self.calls: dict[str, int] = defaultdict(int)
        self.withdrawn = 0

    def counts(self, online: Tally, intact: Tally) -> Counts:
        visits, grades = sum(self.services.values()), self.grades
        return Counts(
            villages=1,
            active=int(visits > 0),
            visits=visits,
            services=dict(self.services),
            matters=dict(self.matters),
            who=dict(self.who),
            grades=(grades[0], grades[1], grades[2], grades[3], grades[4]),
            in_time=self.clocks[0],
            late=self.clocks[1],
            pending=self.clocks[2],
            emergencies=sum(self.calls.values()),
            withdrawn=self.withdrawn,
            calls=dict(self.calls),
            online=online,
            intact=intact,
        )


class FiguresReader:
    """Reads on connections of its own; safe from any thread. Everything raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine
        self._intervals = IntervalsReader(engine)

    def since_ms(self) -> int | None:
        """Return since when a hub has run here: before, nothing is known."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.min(t.hub_life.c.started_ms))).scalar()

    def towns(self) -> list[str]:
        """Return the towns of the county's list, in its order."""
        s = t.station.c
        query = select(s.town).where(s.enrolled.is_(True)).group_by(s.town).order_by(func.min(s.code))
        with reading(self._engine) as connection:
            return [row[0] for row in connection.execute(query)]

    def figures(
        self,
        period: Period,
        now_ms: int,
        town: str = "",
        linked: Linked | None = None,
        effective: Effective | None = None,
    ) -> Figures:
        """Return the figures of a period as far as it is over, of a town or the county."""
        part = period.cut(now_ms)
        since_ms = self.since_ms()
        availability = self._availability(part.from_ms, part.until_ms, now_ms, town)
        with reading(self._engine) as connection:
            places = _places(connection, town)
            counted = _counted(connection, part.from_ms, part.until_ms, now_ms, town)
            days = _days(connection, part, town)
            repairs = _repairs(connection, part.from_ms, part.until_ms, town)
            tickets = _tickets(connection, part.from_ms, part.until_ms, town)
        villages = []
        for key, place in places.items():
            online, intact = availability.get(place.code, (Tally(), Tally()))
            if key in counted or online.service_ms or place.listed:
                counts = counted.get(key, _EMPTY).counts(online, intact)
                villages.append(Village(place.code, place.name, place.town, counts))
        return Figures(
            period.name,
            part.from_ms,
            part.until_ms,
            now_ms,
            period.until_ms <= now_ms,
            town,
            summed(one.counts for one in villages),
            by_town(villages),
            villages,
            days,
            incidents_of(repairs),
            since_ms,
            linked,
            tickets,
            effective,
        )

    def spell(self, from_ms: int, until_ms: int, now_ms: int, *, measured: bool = False) -> dict[str, Counts]:
        """Return the counts of a stretch of time by town; availability and answers only where it is `measured`."""
        availability = self._availability(from_ms, until_ms, now_ms, "") if measured else {}
        with reading(self._engine) as connection:
            places = _places(connection, "")
            counted = _counted(connection, from_ms, until_ms, now_ms, "", answers=measured)
        villages = [
            Village(
                place.code,
                place.name,
                place.town,
                counted.get(key, _EMPTY).counts(*availability.get(place.code, (Tally(), Tally()))),
            )
            for key, place in places.items()
            if place.listed
        ]
        return by_town(villages)

    def _availability(self, from_ms: int, until_ms: int, now_ms: int, town: str) -> dict[str, tuple[Tally, Tally]]:
        recorded = self._intervals.between(from_ms, until_ms, now_ms, town or None)
        found = {}
        for place, village in recorded.villages:
            one = fared(village, (from_ms, until_ms), recorded.blind)
            found[place.code] = (one.online, total(one.cameras.values()))
        return found


_EMPTY: Final = _Bare()


def _places(connection: Connection, town: str) -> dict[int, _Place]:
    s = t.station.c
    query = select(s.id, s.code, s.name, s.town, s.enrolled).order_by(s.code)
    if town:
        query = query.where(s.town == town)
    return {row[0]: _Place(*row[1:]) for row in connection.execute(query)}


def _counted(
    connection: Connection, from_ms: int, until_ms: int, now_ms: int, town: str, *, answers: bool = True
) -> dict[int, _Bare]:
    found: dict[int, _Bare] = defaultdict(_Bare)
    made = _within(_V.shown_ms, from_ms, until_ms)
    # One walk for each: together they would be nearly as many groups as visits.
    for column, name in ((_V.service, "services"), (_V.who, "who"), (_V.matter, "matters")):
        query = select(_V.station_id, column, func.count()).where(made).group_by(_V.station_id, column)
        for station, key, number in bare(connection, _of_town(query, _V.station_id, town)):
            if key:
                getattr(found[station], name)[key] += number
    # The last grade of each visit that was rated: whoever thinks again counts once.
    given = select(_R.station_id, _R.epoch_id, _R.visit_seq, _R.grade).where(_within(_R.shown_ms, from_ms, until_ms))
    last = {row[1:3]: row for row in bare(connection, _of_town(given, _R.station_id, town).order_by(_R.seq))}
    for station, _, _, grade in last.values():
        if 1 <= grade <= 5:
            found[station].grades[grade - 1] += 1
    for station, place in _clocks(connection, made, now_ms, town) if answers else ():
        found[station].clocks[place] += 1
    # However often somebody pressed while nobody came, it is one call (`hub/incidents/calls.py`).
    query = select(_H.station_id, _H.matter, _H.outcome, _H.withdrawn_ms).where(_within(_H.at_ms, from_ms, until_ms))
    for station, matter, outcome, withdrawn_ms in connection.execute(_of_town(query, _H.station_id, town)):
        found[station].withdrawn += withdrawn_ms is not None
        found[station].calls[matter or outcome or ("open" if withdrawn_ms is None else "withdrawn")] += 1
    return dict(found)


def _clocks(connection: Connection, made: ColumnElement[bool], now_ms: int, town: str) -> Iterable[tuple[int, int]]:
    """Give of each visit that the county answers its station, and 0 (in time), 1 (late) or 2 (not due yet)."""
    wanted = and_(made, _V.service.in_(CLOCKED))
    query = _of_town(
        select(_V.id, _V.station_id, _V.service, _V.matter, _V.shown_ms).where(wanted), _V.station_id, town
    )
    visits = bare(connection, query)
    steps: dict[int, list[Step]] = defaultdict(list)
    query = select(_S.id, _S.visit_id, _S.at_ms, _S.state).join(t.visit, _V.id == _S.visit_id)
    query = query.where(wanted, _S.withdrawn_ms.is_(None)).order_by(_S.id)
    for key, visit, at_ms, state in bare(connection, _of_town(query, _V.station_id, town)):
        steps[visit].append(Step(key, visit, at_ms, "", state, None, None))
    for visit, station, service, matter, at_ms in visits:
        standing = clocks_of(service, matter, at_ms, steps.get(visit, ()), now_ms)[0].standing(now_ms)
        yield station, 0 if standing == "met" else 1 if standing in {"met_late", "overdue"} else 2


def _days(connection: Connection, part: Period, town: str) -> list[int]:
    day = ((_V.shown_ms + CHINA_AHEAD_MS) // DAY_MS).label("day")
    # Inside, so that what is grouped by is a column: bound numbers are never the same expression twice.
    each = _of_town(
        select(day).where(_within(_V.shown_ms, part.from_ms, part.until_ms)), _V.station_id, town
    ).subquery()
    rows = connection.execute(select(each.c.day, func.count()).group_by(each.c.day))
    counted = {int(number): count for number, count in rows}
    return [counted.get(number, 0) for number in range(day_of(part.from_ms), day_of(part.until_ms - 1) + 1)]


def _tickets(connection: Connection, from_ms: int, until_ms: int, town: str) -> dict[str, int]:
    """Return how many matters other platforms told of, by platform and channel."""
    k = ticket.c
    query = select(k.platform, k.channel, func.count()).where(_within(k.at_ms, from_ms, until_ms))
    if town:
        query = query.where(k.town == town)
    rows = connection.execute(query.group_by(k.platform, k.channel))
    return {f"{platform} {channel}": number for platform, channel, number in rows}


def _repairs(connection: Connection, from_ms: int, until_ms: int, town: str) -> list[Repair]:
    i = incident.c
    rows: Sequence[Any] = connection.execute(select(i.body).where(_within(i.opened_ms, from_ms, until_ms))).all()
    every = (msgspec.json.decode(row[0], type=Incident) for row in rows)
    return [_repair(one) for one in every if not town or one.town == town]


def _repair(one: Incident) -> Repair:
    began_ms = one.first_ms or one.since_ms
    lasted_ms = None if one.recovered_ms is None else max(0, one.recovered_ms - began_ms)
    return Repair(one.kind, one.town, one.cause, one.affected, lasted_ms, one.supervised)


def _within(column: ColumnElement[int], from_ms: int, until_ms: int) -> ColumnElement[bool]:
    return and_(column >= from_ms, column < until_ms)


def _of_town(query: Select[Any], station: ColumnElement[int], town: str) -> Select[Any]:
    if not town:
        return query
    return query.where(station.in_(select(t.station.c.id).where(t.station.c.town == town)))
