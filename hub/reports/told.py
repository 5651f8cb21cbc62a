"""What a draft is written from, and how its figures are put into words (pure)."""

from typing import Final, NamedTuple

from msgspec import Struct

from hub.health.availability import Tally, percent
from hub.local_time import written
from hub.reports import compare
from hub.reports.figures import Counts, Figures
from hub.reports.names import MATTERS, named
from hub.reports.period import Period
from hub.reports.scores import Weights
from hub.reports.warnings import Level, Rule
from hub.visits.day import DAY_MS

LAST_YEAR: Final = "去年同期"
LOW_ONLINE: Final = 0.95
"""A town under this is named."""


class Warned(Struct, frozen=True):
    """A warning that stood in the period."""

    rule: Rule
    town: str
    subject: str
    level: Level
    figures: str
    ended: bool


class Frozen(Struct, frozen=True):
    """All that a report is drafted from; kept as it was."""

    figures: Figures
    before: Figures | None
    """Of these only the sums are kept, not the villages."""
    last_year: Figures | None
    warnings: list[Warned]
    weights: Weights


class Told(NamedTuple):
    """Figures with the words for what they are compared with."""

    frozen: Frozen
    period: Period
    whole: Counts
    place: str

    def number(self, now: int, what: str) -> str:
        """Return how a count changed against the period before and last year's."""
        said = []
        for past, of in ((self.frozen.before, self.period.last_word), (self.frozen.last_year, LAST_YEAR)):
            then = None if past is None or past.nothing else _number(past.whole, what)
            partial = past is not None and past.partial
            said.append(compare.count_words(compare.counts(now, then, partial=partial), of))
        return "，".join(said)

    def rate(self, what: str, *, sampled: bool) -> str:
        """Return how a rate changed."""
        said = []
        for past, of in ((self.frozen.before, self.period.last_word), (self.frozen.last_year, LAST_YEAR)):
            then = None if past is None or past.nothing else getattr(past.whole, what)
            partial = past is not None and past.partial
            now = getattr(self.whole, what)
            said.append(
                compare.rate_words(compare.rates(now, then, partial=partial, sampled=sampled), of, sampled=sampled)
            )
        return "，".join(said)


def clear_changes(told: Told) -> list[str]:
    """Return the matters whose number changed by more than chance often does, the largest change first."""
    before = told.frozen.before
    if before is None or before.nothing or before.partial:
        return []
    found = []
    for key in {*told.whole.matters, *before.whole.matters}:
        now, then = told.whole.matters.get(key, 0), before.whole.matters.get(key, 0)
        change = compare.counts(now, then)
        if change.clear and not change.few:
            found.append(
                (abs(now - then), f"{named(MATTERS, key)}{now}件，{compare.count_words(change, told.period.last_word)}")
            )
    return [said for _, said in sorted(found, reverse=True)[:3]]


def low_towns(figures: Figures) -> list[tuple[str, tuple[int, int]]]:
    """Return the towns whose online rate is low, with it, the lowest first."""
    low = [
        (town, counts.online_share)
        for town, counts in figures.towns.items()
        if counts.online_share[1] and counts.online_share[0] < LOW_ONLINE * counts.online_share[1]
    ]
    return sorted(low, key=lambda one: one[1][0] / one[1][1])


def availability_words(tally: Tally) -> str:
    """Return a rate with how much is known, and the bounds of what is not."""
    if not tally.known_ms:
        return "无数据"
    rate = share_words((tally.up_ms, tally.known_ms))
    low, high = (
        share_words((tally.up_ms, tally.service_ms)),
        share_words((tally.service_ms - tally.down_ms, tally.service_ms)),
    )
    covered = share_words((tally.known_ms, tally.service_ms))
    return f"{rate}（有据时间占{covered}" + (f"，上下限{low}—{high}）" if low != high else "）")


def share_words(share: tuple[int, int]) -> str:
    """Return a share as text, 无数据 of nothing."""
    return percent(share).replace(" ", "") if share[1] else "无数据"


def _number(counts: Counts, what: str) -> int:
    number: int = getattr(counts, what)
    return number


def since_words(figures: Figures) -> str:
    """Return since when anything is kept."""
    return "（尚无）" if figures.since_ms is None else written(figures.since_ms)


def day_words(figures: Figures, at: int) -> str:
    """Return what a day of the period is called."""
    month, day = written(figures.from_ms + at * DAY_MS)[5:10].split("-")
    return f"{int(month)}月{int(day)}日"
