"""考核得分: points of a village, a town, the county, with the arithmetic of each line (pure).

Each criterion is a rate. It earns nothing at `floor` or under, all its points at `full` or over, and in between in
proportion. A criterion of which nothing is known, or too little, is neither good nor bad: it is left out, and what is
known is taken for the whole (score = 100 · earned / points that are known). A town's rates are ratios of sums over its
villages, not means of their scores: so a small village does not count as much as a large one, and every village of the
town stands for the town (捆绑式考核). Fewer than half of the points known: no rank.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from hub.reports.figures import Counts, Figures, Share
from hub.reports.period import ReportError

Criterion = Literal["online", "intact", "answered", "satisfied"]
NAMES: Final[dict[Criterion, tuple[str, str]]] = {
    "online": ("在线率", "online rate"),
    "intact": ("完好率", "intact rate"),
    "answered": ("答复及时率", "answered in time"),
    "satisfied": ("满意率", "satisfied"),
}
LEAST: Final[dict[Criterion, int]] = {"online": 3_600_000, "intact": 3_600_000, "answered": 3, "satisfied": 5}
"""Of less than this a rate says nothing: milliseconds that are known, answers, grades."""
LEAST_KNOWN: Final = 0.5


class Weight(Struct, frozen=True, forbid_unknown_fields=True):
    """What a criterion is worth."""

    points: float
    floor: float
    """A share, 0 to 1: here and under it earns nothing."""
    full: float
    """Here and over it earns all."""


Weights = dict[Criterion, Weight]
DEFAULT: Final[Weights] = {
    "online": Weight(35, 0.80, 0.98),
    "intact": Weight(20, 0.80, 0.98),
    "answered": Weight(25, 0.60, 0.95),
    "satisfied": Weight(20, 0.60, 0.90),
}
"""The full marks are the targets of domain.md: hotline 95 % in time, 90 % satisfied."""


class Line(NamedTuple):
    """One line of the arithmetic."""

    criterion: Criterion
    share: Share
    known: bool
    reached: float
    """How far between floor and full, 0 to 1."""
    points: float
    earned: float
    sum: str
    """The arithmetic, written out in Chinese."""


class Score(NamedTuple):
    """The score of one place."""

    scope: Literal["county", "town", "village"]
    town: str
    code: str
    name: str
    lines: tuple[Line, ...]
    known: float
    """How many of the points are known."""
    of: float
    """How many there are."""
    score: float | None
    """0 to 100; None where nothing is known."""
    rank: int | None
    """1 the best of its kind; None where less than half of the points are known."""


def check(weights: Weights) -> None:
    """Refuse weights that make no score.

    Raises ReportError E-REP-05.
    """
    for criterion, weight in weights.items():
        if not (0 <= weight.points <= 100 and 0 <= weight.floor < weight.full <= 1):
            what = "points 0 … 100, and floor under full, both 0 … 100 % 分值 0 到 100，起点应低于满分点"
            raise ReportError("E-REP-05", f"{NAMES[criterion][1]} {NAMES[criterion][0]}: {what}")
    if round(sum(weight.points for weight in weights.values()), 6) != 100:
        raise ReportError("E-REP-05", "the points must add up to 100 各项分值之和应为 100")


def scored(counts: Counts, weights: Weights) -> tuple[tuple[Line, ...], float, float | None]:
    """Return the lines of a place, how many points are known, and the score."""
    shares: Mapping[Criterion, Share] = {
        "online": counts.online_share,
        "intact": counts.intact_share,
        "answered": counts.answered,
        "satisfied": counts.satisfied,
    }
    lines = tuple(_line(criterion, shares[criterion], weight) for criterion, weight in weights.items())
    known = sum(line.points for line in lines if line.known)
    earned = sum(line.earned for line in lines if line.known)
    return lines, known, None if known == 0 else 100 * earned / known


def scores(figures: Figures, weights: Weights) -> list[Score]:
    """Return the county's score, then the towns' by rank, then the villages' by rank."""
    whole = figures.whole
    towns = [_score("town", town, "", town, counts, weights) for town, counts in figures.towns.items()]
    villages = [_score("village", one.town, one.code, one.name, one.counts, weights) for one in figures.villages]
    top = [] if figures.town else [_score("county", "", "", "", whole, weights)]
    return [*top, *_ranked(towns), *_ranked(villages)]


def _score(
    scope: Literal["county", "town", "village"], town: str, code: str, name: str, counts: Counts, weights: Weights
) -> Score:
    lines, known, score = scored(counts, weights)
    return Score(scope, town, code, name, lines, known, sum(one.points for one in weights.values()), score, None)


def _ranked(every: Sequence[Score]) -> list[Score]:
    """Return them by score; two that are shown alike share a rank."""
    able = [one for one in every if one.score is not None and one.known >= LEAST_KNOWN * one.of]
    able.sort(key=lambda one: (-round(one.score or 0, 1), one.code, one.name))
    numbers = [round(one.score or 0, 1) for one in able]
    ranked = [one._replace(rank=1 + numbers.index(round(one.score or 0, 1))) for one in able]
    return [*ranked, *(one for one in every if one not in able)]


def _line(criterion: Criterion, share: Share, weight: Weight) -> Line:
    part, whole = share
    if whole < LEAST[criterion]:
        few = "数据太少" if whole else "无数据"
        return Line(criterion, share, False, 0.0, weight.points, 0.0, f"{few}，不计入，其余各项按比例折算")
    rate = part / whole
    reached = min(1.0, max(0.0, (rate - weight.floor) / (weight.full - weight.floor)))
    earned = weight.points * reached
    span = f"({_figure(rate)}−{_figure(weight.floor)})÷({_figure(weight.full)}−{_figure(weight.floor)})"
    if rate >= weight.full:
        how = f"达到{_figure(weight.full)}，得满分 {weight.points:g}"
    elif rate <= weight.floor:
        how = f"不高于{_figure(weight.floor)}，得 0"
    else:
        how = f"{span}×{weight.points:g}＝{earned:.2f}"
    return Line(criterion, share, True, reached, weight.points, earned, f"{_figure(rate)}：{how}")


def _figure(share: float) -> str:
    text = f"{100 * share:.2f}%"
    return "<100%" if text == "100.00%" and share < 1 else text.replace(".00%", "%")
