"""Looks at the trends every hour: opens, goes on with and ends warnings, and keeps the figures later ones need."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from anyio import to_thread

from hub.desks.reporting import ReportDesk
from hub.local_time import UNIT_MS
from hub.reports.figures import Counts, Share, summed
from hub.reports.period import last_over
from hub.reports.warnings import WEEKS, Trend, found, judge
from hub.store.engine import writing
from hub.store.patience import Patience
from hub.store.report_figures import FiguresReader
from hub.store.reports import keep_figures
from hub.store.warnings import standing, write_judged

logger = logging.getLogger(__name__)

EVERY_S: Final = 3_600
FIRST_AFTER_S: Final = 90
"""A hub that starts has other things to do."""
WEEK_MS: Final = 7 * UNIT_MS["d"]
RATED_WEEKS: Final = 4
BEFORE_WEEKS: Final = 12


def trends(reader: FiguresReader, now_ms: int) -> list[Trend]:
    """Return what the rules look at, of each town and of the county, up to the last full hour."""
    until_ms = now_ms // UNIT_MS["h"] * UNIT_MS["h"]
    since_ms = reader.since_ms()
    if since_ms is None:
        return []
    week = reader.spell(until_ms - WEEK_MS, until_ms, now_ms, measured=True)
    past: list[dict[str, Counts]] = []
    for ago in range(1, RATED_WEEKS + BEFORE_WEEKS):
        begin_ms = until_ms - (ago + 1) * WEEK_MS
        if begin_ms < since_ms:
            break
        past.append(reader.spell(begin_ms, begin_ms + WEEK_MS, now_ms))
    county = [_whole(one) for one in past]
    of_towns = [_trend(town, week[town], [one[town] for one in past if town in one]) for town in week]
    return [*of_towns, _trend("", _whole(week), county)]


def look(desk: ReportDesk, now_ms: int) -> int:
    """Bring the warnings up to date, and keep figures of periods long over; return how many warnings stand.

    Raises StoreError.
    """
    keys = frozenset(one.key for one in desk.warnings.standing())
    said = found(trends(desk.figures_reader, now_ms), keys)
    with writing(desk.database) as connection:
        write_judged(connection, judge(standing(connection), said), now_ms)
    month = last_over("month", now_ms)
    for period in (month, month.before, month.last_year):
        figures = None if period is None else desk.to_keep(period, now_ms)
        if figures is not None:
            with writing(desk.database) as connection:
                keep_figures(connection, figures)
    return len(said)


class WarningWatch:
    """Looks now and then, beside the requests; a database that gives nothing is looked at again later."""

    def __init__(self, desk: ReportDesk, clock: Callable[[], int]) -> None:
        """Take what is read, and the time."""
        self._desk, self._clock = desk, clock
        self._patience = Patience(logger)

    async def run(self) -> None:
        """Look, until cancelled."""
        await asyncio.sleep(FIRST_AFTER_S)
        while True:
            await to_thread.run_sync(self.round)
            await asyncio.sleep(EVERY_S)

    def round(self) -> None:
        """Look once."""
        with self._patience:
            look(self._desk, self._clock())


def _whole(towns: dict[str, Counts]) -> Counts:
    return summed(towns.values())


def _trend(town: str, week: Counts, past: Sequence[Counts]) -> Trend:
    """Return a trend from the last week and those before it, the newest first."""
    recent, before = [week, *past[: RATED_WEEKS - 1]], past[RATED_WEEKS - 1 :]
    return Trend(town, week, list(reversed(past[:WEEKS])), _rated(recent), _rated(before))


def _rated(weeks: Sequence[Counts]) -> Share:
    shares = [one.satisfied for one in weeks]
    return sum(part for part, _ in shares), sum(whole for _, whole in shares)
