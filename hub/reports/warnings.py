"""Warnings 红/橙/黄 by rules on trends: each says the figures behind it, and ends when its figures do (pure).

**A kind of matter, or calls for help, that surge**: the last 7 days of a town against its 8 weeks before. Counts of
rare, independent events are Poisson; the rate is not known but estimated from m = 8 weeks that hold S, so the next week
is negative binomial (Poisson under a gamma rate with Jeffreys' prior): P(X >= n) with r = S + 1/2, p = m/(m + 1). Where
the weeks differ more than Poisson allows, n and S are divided by their dispersion (variance/mean, as in quasi-Poisson
models of outbreak detection after Farrington). A county asks some hundred such questions every hour, so a warning needs
P < 1/1,000, at least 5 and twice the usual; fewer than 4 weeks of history ask nothing. An EWMA would need a standing
deviation that counts as small as these do not give.

**A rate that is low**: 在线率 of 7 days, of what is known, where at least half is known. **满意率 that fell**: 28 days
against the 84 before, by a one-sided test of two shares, at least 20 grades on both sides. **Answers that come late**:
of 7 days, at least 10.
"""

from collections.abc import Iterable, Sequence
from math import exp, lgamma, log, sqrt
from statistics import NormalDist, mean, variance
from typing import Final, Literal, NamedTuple

from hub.reports.figures import Counts, Share
from hub.reports.names import MATTERS, named

Level = Literal["red", "orange", "yellow"]
Rule = Literal["matter", "emergency", "offline", "satisfaction", "late"]
LEVELS: Final[dict[Level, tuple[str, str]]] = {
    "red": ("红色预警", "red"),
    "orange": ("橙色预警", "orange"),
    "yellow": ("黄色预警", "yellow"),
}
RULES: Final[dict[Rule, tuple[str, str]]] = {
    "matter": ("矛盾纠纷增多", "more of one matter"),
    "emergency": ("紧急求助增多", "more calls for help"),
    "offline": ("在线率低", "low online rate"),
    "satisfaction": ("满意率下降", "satisfaction fell"),
    "late": ("答复不及时", "answers late"),
}
RANKS: Final[tuple[Level, ...]] = ("red", "orange", "yellow")
LEAST: Final = 5
LEAST_WEEKS: Final = 4
WEEKS: Final = 8
_SURGE: Final[tuple[tuple[Level, float, float, int], ...]] = (
    ("red", 1e-6, 4, 10), ("orange", 1e-4, 3, 7), ("yellow", 1e-3, 2, LEAST),
)  # fmt: skip
"""Chance under, so many times the usual, and at least so many."""
_KEEPS: Final = 0.02
"""One that stands goes on while its chance is under this: it does not come and go."""
_ONLINE: Final[tuple[tuple[Level, float], ...]] = (("red", 0.80), ("orange", 0.90), ("yellow", 0.95))
_LATE: Final[tuple[tuple[Level, float], ...]] = (("red", 0.50), ("orange", 0.70), ("yellow", 0.85))
_FELL: Final[tuple[tuple[Level, float, float], ...]] = (("red", 15, 1e-4), ("orange", 10, 1e-3), ("yellow", 5, 1e-2))
_SLACK: Final = 0.01
"""A low rate ends this much over its limit."""
LEAST_RATED: Final = 20
LEAST_ANSWERS: Final = 10
_COVERED: Final = 0.5


class Found(NamedTuple):
    """A rule that speaks."""

    rule: Rule
    town: str
    """Empty for the county."""
    subject: str
    """Of a matter its code."""
    level: Level
    figures: str
    """The figures behind it, in Chinese."""

    @property
    def key(self) -> str:
        """Name what is warned of; at most one warning of a key stands."""
        return f"{self.rule} {self.town} {self.subject}"


class Trend(NamedTuple):
    """What the rules look at, of a town or the county."""

    town: str
    week: Counts
    """The last 7 days, with availability."""
    weeks: Sequence[Counts]
    """The 8 weeks before, the oldest first, without availability; those before anything was kept are not among them."""
    rated: Share
    """Satisfied of 28 days."""
    rated_before: Share
    """Of the 84 days before."""


def found(trends: Iterable[Trend], standing: frozenset[str] = frozenset()) -> list[Found]:
    """Return what the rules say, the worst first; `standing` are keys that were warned of already."""
    said: list[Found] = []
    for trend in trends:
        said += _surges(trend, standing)
        said += [
            one for one in (_offline(trend, standing), _satisfaction(trend, standing), _late(trend, standing)) if one
        ]
    # What a town is warned of is not said once more of the county it is in.
    of_towns = {(one.rule, one.subject) for one in said if one.town}
    said = [one for one in said if one.town or (one.rule, one.subject) not in of_towns]
    return sorted(said, key=lambda one: (RANKS.index(one.level), one.key))


def chance_of(n: int, history: Sequence[int]) -> float:
    """Return how probable it is that a week holds `n` or more, after these weeks."""
    usual = mean(history)
    spread = variance(history) / usual if len(history) > 1 and usual > 0 else 1.0
    by = max(1.0, spread)
    r, m = sum(history) / by + 0.5, len(history)
    p = m / (m + 1)
    below, k = 0.0, 0
    least = -(-n // by)
    while k < least:
        below += exp(lgamma(k + r) - lgamma(k + 1) - lgamma(r) + r * log(p) + k * log(1 - p))
        k += 1
    return max(0.0, 1 - below)


def _surges(trend: Trend, standing: frozenset[str]) -> list[Found]:
    said = []
    for matter, number in trend.week.matters.items():
        history = [one.matters.get(matter, 0) for one in trend.weeks]
        said.append(_surge("matter", trend.town, matter, number, history, standing))
    history = [one.earnest for one in trend.weeks]
    said.append(_surge("emergency", trend.town, "", trend.week.earnest, history, standing))
    return [one for one in said if one is not None]


def _surge(
    rule: Rule, town: str, subject: str, number: int, history: Sequence[int], standing: frozenset[str]
) -> Found | None:
    if len(history) < LEAST_WEEKS or number < LEAST:
        return None
    usual, chance = mean(history), chance_of(number, history)
    level = next(
        (level for level, under, times, least in _SURGE if chance < under and number >= max(least, times * usual)), None
    )
    what = f"{named(MATTERS, subject)}类事项" if rule == "matter" else "紧急求助"
    one = Found(rule, town, subject, level or "yellow", "")
    if level is None and not (one.key in standing and chance < _KEEPS and number > usual):
        return None
    rare = "不足百万分之一" if chance < 1e-6 else f"约{100 * chance:.2g}%"
    text = (
        f"近7天{what}{number}件，前{len(history)}周平均每周{usual:.1f}件；按以往水平，一周内达到这个数的可能性{rare}。"
    )
    return one._replace(figures=text)


def _low(
    rule: Rule, trend: Trend, share: Share, limits: Sequence[tuple[Level, float]], standing: frozenset[str], text: str
) -> Found | None:
    rate = share[0] / share[1]
    one = Found(rule, trend.town, "", "yellow", text)
    for level, limit in limits:
        if rate < limit:
            return one._replace(level=level)
    return one if one.key in standing and rate < limits[-1][1] + _SLACK else None


def _offline(trend: Trend, standing: frozenset[str]) -> Found | None:
    online, share = trend.week.online, trend.week.online_share
    if not share[1] or online.known_ms < _COVERED * online.service_ms:
        return None
    text = (
        f"近7天在线率{share[0] / share[1]:.2%}（有据时间占{online.known_ms / online.service_ms:.0%}），"
        f"离线{online.outages}次，累计{online.down_ms / 3_600_000:.1f}小时；预警线95%。"
    )
    return _low("offline", trend, share, _ONLINE, standing, text)


def _late(trend: Trend, standing: frozenset[str]) -> Found | None:
    part, whole = share = trend.week.answered
    if whole < LEAST_ANSWERS:
        return None
    text = f"近7天应答复{whole}件，按时{part}件，及时率{part / whole:.1%}；预警线85%。"
    return _low("late", trend, share, _LATE, standing, text)


def _satisfaction(trend: Trend, standing: frozenset[str]) -> Found | None:
    (part, whole), (part_before, before) = trend.rated, trend.rated_before
    if whole < LEAST_RATED or before < LEAST_RATED:
        return None
    now, then = part / whole, part_before / before
    pooled = (part + part_before) / (whole + before)
    error = sqrt(pooled * (1 - pooled) * (1 / whole + 1 / before))
    chance = NormalDist().cdf((now - then) / error) if error else 1.0
    points = 100 * (then - now)
    level = next((level for level, fell, under in _FELL if points >= fell and chance < under), None)
    text = f"近28天评价{whole}件，满意率{now:.1%}；此前84天{before}件，满意率{then:.1%}，下降{points:.1f}个百分点。"
    one = Found("satisfaction", trend.town, "", level or "yellow", text)
    if level is None and not (one.key in standing and points >= _FELL[-1][1] / 2):
        return None
    return one


class Standing(NamedTuple):
    """A warning that stands, as it was stored."""

    id: int
    key: str
    level: Level


class Judged(NamedTuple):
    """What becomes of warnings."""

    opened: list[Found]
    changed: list[tuple[int, Found, bool]]
    """The row, what it says now, and whether it grew worse: then it is to be acknowledged again."""
    ended: list[int]


def judge(standing: Sequence[Standing], now: Sequence[Found]) -> Judged:
    """Return what opens, goes on and ends."""
    there = {one.key: one for one in standing}
    said = {one.key: one for one in now}
    return Judged(
        [one for key, one in said.items() if key not in there],
        [
            (there[key].id, one, RANKS.index(one.level) < RANKS.index(there[key].level))
            for key, one in said.items()
            if key in there
        ],
        [one.id for key, one in there.items() if key not in said],
    )
