"""What probes of lines saw, read back; and forgetting it when its time is up."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Row, and_, delete, func, literal_column, select

from hub.health.availability import blind_spans
from hub.health.intervals import Span
from hub.health.lines import FRESH_MS, LONGEST_MS, MOST_PAIRS, PAIRS_MS, Lines
from hub.store import tables as t
from hub.store.details import MEASURES
from hub.store.engine import reading
from hub.store.history import read_lives
from hub.store.line_tables import OF_PAIRS
from hub.store.line_tables import link_summary as link
from wire.health import StationHealth
from wire.probe import COUNTY_LEG, PAIR
from wire.records import LinkSummary

MOST_OF_ONE: Final = 1_000
"""Tests by one station that a starting hub reads: four times what a week brings, and no station crowds out others."""
MOST_AT_ONCE: Final = 250_000
"""Summaries of the last minutes that are read at once: 20,000 villages make no more."""
NEWEST_FIRST: Final = (link.c.shown_ms.desc(), link.c.id.desc())
IS_LINK: Final = t.record.c.kind == literal_column("'link'")
"""As the index of the ledger's summaries has it."""


class Summary(NamedTuple):
    """One summary as it was stored."""

    id: int
    """The cursor of `of_station`."""
    station: str
    ended_ms: int
    dated: bool
    """False where the station had no clock: then it is shown as received at, and is no news of then."""
    said: LinkSummary


class LinksReader:
    """Reads on connections of its own; safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def lines(self, now_ms: int) -> Lines:
        """Return what is known of every line at `now_ms`: the last minutes of each leg, the pairs of a week."""
        lines, known = Lines(), {COUNTY_LEG, *(PAIR + one.station for one in self.villages(now_ms, hub_runs=False))}
        away = self._away(now_ms)
        legs = [one for one in self.since(now_ms - FRESH_MS) if not _overlaps(one, away)]
        for one in (*self.pairs_since(now_ms - PAIRS_MS), *legs):
            if one.dated and one.ended_ms <= now_ms and one.said.leg in known:
                lines.take(one.station, one.said, one.ended_ms, one.ended_ms)
        return lines

    def villages(self, now_ms: int, *, hub_runs: bool) -> list[StationHealth]:
        """Return every enrolled station as it was last known, by code; without a running hub none is known now."""
        s, known = t.station.c, t.station_state.c
        query = select(s.code, s.name, s.town, known.state, known.since_ms, known.reason).join(
            t.station_state, known.station_id == s.id, isouter=True
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query.where(s.enrolled.is_(True)).order_by(s.code)).all()
        return [
            StationHealth(
                code, name, town, state if hub_runs and state else "unknown", since_ms or now_ms, reason or ""
            )
            for code, name, town, state, since_ms, reason in rows
        ]

    def since(self, from_ms: int) -> list[Summary]:
        """Return what ended from `from_ms` on, of enrolled stations, the oldest first; of very many the newest.

        Raises StoreError when the database cannot be read, as all of these do.
        """
        query = _summaries().where(link.c.shown_ms >= from_ms, t.station.c.enrolled.is_(True))
        return self._read(query.order_by(*NEWEST_FIRST).limit(MOST_AT_ONCE))[::-1]

    def pairs_since(self, from_ms: int) -> list[Summary]:
        """Return the true tests of pairs that ended from `from_ms` on, the oldest first; of very many the newest."""
        nth = func.row_number().over(partition_by=link.c.station_id, order_by=NEWEST_FIRST).label("nth")
        ranked = select(link.c.id, nth).where(OF_PAIRS, link.c.shown_ms >= from_ms).subquery()
        query = _summaries().join(ranked, and_(ranked.c.id == link.c.id, ranked.c.nth <= MOST_OF_ONE))
        query = query.where(t.station.c.enrolled.is_(True)).order_by(*NEWEST_FIRST)
        return self._read(query.limit(MOST_PAIRS))[::-1]

    def of_station(self, station: str, limit: int, *, before: tuple[int, int] | None = None) -> list[Summary]:
        """Return up to `limit` summaries of a station's leg to the county, newest first.

        `before` is `ended_ms` and `id` of the one before the first.
        """
        query = _summaries().where(t.station.c.code == station, link.c.leg == COUNTY_LEG)
        if before is not None:
            ended_ms, key = before
            same_time = and_(link.c.shown_ms == ended_ms, link.c.id < key)
            query = query.where(link.c.shown_ms <= ended_ms, (link.c.shown_ms < ended_ms) | same_time)
        return self._read(query.order_by(*NEWEST_FIRST).limit(limit))

    def _away(self, now_ms: int) -> list[Span]:
        """Return when no hub was there lately: what was lost then, no line lost."""
        with reading(self._engine) as connection:
            lives = read_lives(connection)
        return [span for span in blind_spans(lives, now_ms) if span[1] > now_ms - LONGEST_MS - FRESH_MS]

    def _read(self, query: Any) -> list[Summary]:
        with reading(self._engine) as connection:
            return list(_told(connection.execute(query)))


def _overlaps(one: Summary, spans: Iterable[Span]) -> bool:
    began_ms = one.ended_ms - one.said.lasted_ms
    return any(began_ms < until_ms and one.ended_ms > from_ms for from_ms, until_ms in spans)


def forget_summaries(connection: Connection, before_ms: int, most: int) -> int:
    """Delete up to `most` summaries that ended before `before_ms`, the oldest first; return how many."""
    old = select(link.c.id).where(link.c.shown_ms < before_ms).order_by(link.c.shown_ms).limit(most)
    return connection.execute(delete(link).where(link.c.id.in_(old))).rowcount


def forget_ledger(connection: Connection, before_ms: int, most: int) -> int:
    """Delete up to `most` summaries from the ledger that arrived before `before_ms`; return how many.

    Only those that are receipted: above, the ledger is what tells up to where a station's records are without a gap.
    One that is sent again is stored again, changes no summary that is there, and goes the same way.
    """
    r = t.record
    receipted = and_(t.epoch.c.id == r.c.epoch_id, r.c.seq <= t.epoch.c.stored_to)
    old = select(r.c.id).join(t.epoch, receipted).where(IS_LINK, r.c.received_ms < before_ms)
    return connection.execute(delete(r).where(r.c.id.in_(old.order_by(r.c.received_ms).limit(most)))).rowcount


def _summaries() -> Any:
    c = link.c
    return select(
        c.id, t.station.c.code, c.shown_ms, c.at_ms, c.leg, c.lasted_ms, c.sent, c.reached, c.received,
        *(c[name] for name in MEASURES),
    ).join(t.station, t.station.c.id == c.station_id)  # fmt: skip


def _told(rows: Iterable[Row[Any]]) -> Iterator[Summary]:
    for key, code, shown_ms, at_ms, leg, lasted_ms, sent, reached, received, *figures in rows:
        measures = {name: figure for name, figure in zip(MEASURES, figures, strict=True) if figure is not None}
        said = LinkSummary(leg, lasted_ms, sent, reached, received, measures)
        yield Summary(key, code, shown_ms, at_ms is not None, said)
