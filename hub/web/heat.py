"""The pairs of villages as a picture: how each cell of the matrix looks, and the lines and pairs to look at (pure)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from hub.health.lines import LegNow, Measured, shown_state
from hub.health.matrix import Cell, TownCell, Village
from hub.health.pairs import Comparison, Pair, compare, direct_of, is_odd, predict
from hub.health.seen import LegState

Level = Literal["good", "fair", "poor", "bad", "off", "unknown", "excused", "same"]
"""How a cell looks (pages.css): each has a figure or a sign of its own besides its colour."""

GOOD_MOS: Final = 3.2
"""About 0.8 % of packets lost in all; nothing lost is 3.5 (`hub/health/mos.py`)."""
BAD_MOS: Final = 1.8
FAIR_SHARE, POOR_SHARE = 0.9, 0.5
MOST_LEGS, LEAST_LEGS = 30, 10
"""So many lines that are not in order are listed; where they are fewer, those that lose most fill the list."""
MOST_PAIRS: Final = 30
MOST_OF_ONE: Final = 5
"""Of them by one village: where it finds nobody as predicted, it is to be looked at, not the others."""
RECENT_MS: Final = 3_600_000
"""A measured pair is compared with what its legs are now; one of longer ago saw other legs."""
SIGNS: Final[dict[Level, str]] = {"off": "×", "unknown": "?", "excused": "◆", "same": "—"}
_LEG_ORDER: Final[dict[LegState, int]] = {"lost": 0, "degraded": 1, "ok": 2, "unmeasured": 3}


class Shown(NamedTuple):
    """One cell."""

    level: Level
    figure: str
    """What stands in it large: a score, a share in percent, or the sign of its level."""
    score: str = ""
    """Of two towns: the median score below it."""
    slow: bool = False
    """Too long there and back for a call, whatever the score."""


class LegRow(NamedTuple):
    """One line that is not as it should be."""

    village: Village
    leg: LegNow

    @property
    def worse(self) -> Literal["up", "down", "rtt", ""]:
        """Return what makes it bad: the direction that loses more, or how long an answer takes."""
        up, down = self.leg.loss_up or 0.0, self.leg.loss_down or 0.0
        if self.leg.reason == "slow":
            return "rtt"
        return "" if up == down else "up" if up > down else "down"


class PairRow(NamedTuple):
    """One measured pair that parts from its prediction."""

    a: Village
    b: Village
    measured: Measured
    predicted: Pair
    comparison: Comparison


class Measurements(NamedTuple):
    """What true tests of the last hour say."""

    tested: int
    unreachable: int
    """In how many of them B's own reflector is not reached by A."""
    differing: Sequence[PairRow]
    """Worse than predicted first, each group the newest first."""
    more: int
    """So many besides."""


def town_cell(cell: TownCell) -> Shown:
    """Return all pairs of two towns as one cell: 100 is said of all only."""
    share = cell.rate.share if cell.rate.says_something else None
    if share is None:
        level: Level = "excused" if cell.rate.excused and not cell.rate.unknown else "unknown"
        return Shown(level, SIGNS[level])
    score = "" if cell.mos_median is None else _score(cell.mos_median)
    figure = str(cell.rate.can * 100 // (cell.rate.can + cell.rate.cannot))
    if share == 1:
        return Shown("good", figure, score)
    if share == 0:
        return Shown("off", figure, score)
    return Shown("fair" if share >= FAIR_SHARE else "poor" if share >= POOR_SHARE else "bad", figure, score)


def village_cell(cell: Cell | None) -> Shown:
    """Return one pair of villages as a cell; None is a village and itself."""
    level = _level(cell)
    if cell is None or cell.mos is None:
        return Shown(level, SIGNS[level])
    return Shown(level, _score(cell.mos), slow=cell.why == "slow")


def legs_to_look_at(
    villages: Iterable[Village], legs: Mapping[str, LegNow], now_ms: int
) -> tuple[Sequence[LegRow], Counter[LegState]]:
    """Return the worst lines that were measured lately, and how many there are of each state."""
    counts: Counter[LegState] = Counter()
    rows = []
    for village in villages:
        leg = legs.get(village.code)
        state = shown_state(leg, village.state, now_ms)
        counts[state] += 1
        if leg is None or state == "unmeasured":
            continue
        if leg.state in {"lost", "degraded"} or _worst_loss(leg) > 0:
            rows.append(LegRow(village, leg))
    rows.sort(key=lambda row: (_LEG_ORDER[row.leg.state], -_worst_loss(row.leg), row.village.code))
    bad = sum(row.leg.state != "ok" for row in rows)
    return rows[: min(MOST_LEGS, max(bad, LEAST_LEGS))], counts


def pairs_to_look_at(
    villages: Iterable[Village],
    legs: Mapping[str, LegNow],
    measured: Mapping[tuple[str, str], Measured],
    now_ms: int,
) -> Measurements:
    """Return what the tests of the last hour found beside what the legs say; those measured longest ago come first."""
    places = {village.code: village for village in villages}
    tested = unreachable = 0
    rows: list[PairRow] = []
    for (a, b), test in reversed(list(measured.items())):
        if now_ms - test.at_ms > RECENT_MS:  # not the last such: one told late stands among the newest
            continue
        tested += 1
        unreachable += direct_of(test) == "unreachable"
        ends = [legs[code] for code in (a, b) if code in places and code in legs and legs[code].is_fresh(now_ms)]
        if len(ends) < 2 or test.reached_ms is None:
            continue
        predicted = predict(*ends)
        comparison = compare(test, predicted)
        if comparison.parts:
            rows.append(PairRow(places[a], places[b], test, predicted, comparison))
    rows.sort(key=lambda row: not is_odd(row.measured, row.predicted))
    by: Counter[str] = Counter()
    shown = []
    for row in rows:
        by[row.a.code] += 1
        if by[row.a.code] <= MOST_OF_ONE:
            shown.append(row)
    shown = shown[:MOST_PAIRS]
    return Measurements(tested, unreachable, shown, len(rows) - len(shown))


def _level(cell: Cell | None) -> Level:
    if cell is None:
        return "same"
    if cell.word == "can":
        return "good" if cell.mos is not None and cell.mos >= GOOD_MOS else "fair"
    if cell.word == "cannot":
        if cell.mos is None:
            return "off"
        return "bad" if cell.mos < BAD_MOS else "poor"
    return "excused" if cell.word == "excused" else "unknown"


def _worst_loss(leg: LegNow) -> float:
    return 1.0 if leg.state == "lost" else max(leg.loss_up or 0.0, leg.loss_down or 0.0)


def _score(mos: float) -> str:
    """Return a score, cut so that one that is too low for a call never reads as enough."""
    return f"{int(mos * 10 + 1e-9) / 10:.1f}"
