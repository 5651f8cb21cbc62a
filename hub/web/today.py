"""今日态势: the county's day in figures, and its online rate over the last 24 hours (pure, but for `TodayWatch`)."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from hub.health.availability import Tally, fared, lived, total
from hub.health.intervals import Span, common
from hub.incidents.incident import Incident
from hub.reports.figures import SATISFIED
from hub.store.engine import StoreError
from hub.store.intervals import IntervalsReader, Recorded
from hub.store.today import DaySeen, TodayReader
from hub.visits.day import CHINA_AHEAD_MS, DAY_MS, day_start_ms

STEP_MS: Final = 1_800_000
STEPS: Final = DAY_MS // STEP_MS
MARK_MS: Final = 3 * 3_600_000
"""Between two marks of the time below the trend."""
KEPT_MS: Final = 60_000
"""The day's intervals are worked out so often at most; all screens share them."""
WIDTH, HEIGHT = 1500, 320
_LOWEST_STEP: Final = 5


class Step(NamedTuple):
    """Half an hour of the county: how long villages were up and down in it, all together."""

    from_ms: int
    service_ms: int
    up_ms: int
    down_ms: int

    @property
    def rate(self) -> float | None:
        """Return the online rate in percent; None where nothing is known."""
        known = self.up_ms + self.down_ms
        return 100 * self.up_ms / known if known else None


class Trend(NamedTuple):
    """The online rate of 24 hours as lines of an SVG of WIDTH x HEIGHT, with gaps where nothing is known."""

    lines: Sequence[str]
    """`points` of polylines."""
    floor: int
    """Percent at the bottom; 100 is at the top."""
    hours: Sequence[tuple[int, int]]
    """x and moment of each mark below."""
    lowest: Step | None


class Fared(NamedTuple):
    """The day so far, and the last 24 hours."""

    at_ms: int
    online: Tally
    intact: Tally
    trend: Trend


class Open(NamedTuple):
    """Incidents that are not closed and not over."""

    by_priority: Mapping[int, int]
    unclaimed: int
    """Nobody acknowledged them yet."""
    late: int


class Today(NamedTuple):
    """All that the view shows besides what the wall's own figures say; None where the database cannot be read."""

    seen: DaySeen | None
    fared: Fared | None


class TodayWatch:
    """Works the day out at most every minute, beside the requests of those who look; safe from any thread."""

    def __init__(self, reader: TodayReader, intervals: IntervalsReader, clock: Callable[[], int]) -> None:
        """Take what is read, and the time."""
        self._reader, self._intervals, self._clock = reader, intervals, clock
        self._fared: Fared | None = None
        self._making = threading.Lock()

    def now(self) -> Today:
        """Return the day; may take some tenths of a second."""
        now_ms = self._clock()
        try:
            seen = self._reader.since(day_start_ms(now_ms))
        except StoreError:
            seen = None
        with self._making:
            if self._fared is None or not 0 <= now_ms - self._fared.at_ms < KEPT_MS:
                try:
                    self._fared = fared_of(self._intervals.between(now_ms - DAY_MS, now_ms, now_ms), now_ms)
                except StoreError:
                    self._fared = None
            return Today(seen, self._fared)


def fared_of(recorded: Recorded, now_ms: int) -> Fared:
    """Return how the day went, from what was said of all villages in the last 24 hours."""
    today = (day_start_ms(now_ms), now_ms)
    villages = [village for place, village in recorded.villages if place.listed]
    each = [fared(village, today, recorded.blind) for village in villages]
    period = (now_ms // STEP_MS * STEP_MS + STEP_MS - DAY_MS, now_ms)
    steps = steps_of((lived(village, period, recorded.blind) for village in villages), period[0])
    cameras = (tally for one in each for tally in one.cameras.values())
    return Fared(now_ms, total(one.online for one in each), total(cameras), trend_of(steps))


def steps_of(spans: Iterable[tuple[Sequence[Span], Sequence[Span], Sequence[Span]]], from_ms: int) -> list[Step]:
    """Return the half hours from a time on; `spans` are of each village: service, up, down."""
    sums = [[0] * STEPS for _ in range(3)]
    for service, up, down in spans:
        for number, some in enumerate((service, common(service, up), common(service, down))):
            for begin_ms, end_ms in some:
                _add(sums[number], begin_ms - from_ms, end_ms - from_ms)
    return [Step(from_ms + index * STEP_MS, *each) for index, each in enumerate(zip(*sums, strict=True))]


def _add(sums: list[int], begin_ms: int, end_ms: int) -> None:
    first = max(begin_ms, 0) // STEP_MS
    for index in range(first, min(-(-end_ms // STEP_MS), STEPS)):
        sums[index] += min(end_ms, (index + 1) * STEP_MS) - max(begin_ms, index * STEP_MS)


def trend_of(steps: Sequence[Step]) -> Trend:
    """Return the lines; the bottom is low enough for the worst half hour, and never closer to 100 than 5 percent."""
    rates = [(step, step.rate) for step in steps]
    known = [(step, rate) for step, rate in rates if rate is not None]
    lowest = min(known, key=lambda one: one[1], default=None)
    worst = 100.0 if lowest is None else lowest[1]
    floor = max(0, min(95, int(worst // _LOWEST_STEP) * _LOWEST_STEP))
    wide = WIDTH / max(len(steps), 1)
    lines: list[list[str]] = [[]]
    for index, (_, rate) in enumerate(rates):
        if rate is None:
            lines.append([])
            continue
        y = round(HEIGHT * (100 - rate) / (100 - floor), 1)
        lines[-1] += [f"{index * wide:g},{y:g}", f"{(index + 1) * wide:g},{y:g}"]
    hours = [
        (round(index * wide), step.from_ms)
        for index, step in enumerate(steps)
        if (step.from_ms + CHINA_AHEAD_MS) % MARK_MS == 0
    ]
    return Trend([" ".join(line) for line in lines if line], floor, hours, None if lowest is None else lowest[0])


def open_of(incidents: Iterable[Incident], now_ms: int) -> Open:
    """Return how many incidents stand, by priority."""
    standing = [incident for incident in incidents if incident.recovered_ms is None]
    late = sum(incident.deadline_ms is not None and incident.deadline_ms < now_ms for incident in standing)
    counted = Counter(incident.priority for incident in standing)
    return Open(
        {priority: counted[priority] for priority in (1, 2, 3)}, sum(one.state == "new" for one in standing), late
    )


def satisfied(grades: Mapping[int, int]) -> tuple[int, int]:
    """Return how many graded 基本满意 or better, and how many graded."""
    return sum(n for grade, n in grades.items() if grade >= SATISFIED), sum(grades.values())
