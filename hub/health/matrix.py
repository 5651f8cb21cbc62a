"""村村通率, and who can see whom: villages and towns against each other (pure; made for 500 villages).

A pair is two villages, whichever calls. It *can* hold a video call when both villages are online, the estimated score
of the picture is at least 2.5 both ways and the RTT is at most 400 ms (`hub/health/mos.py`). It *cannot* when either
is offline, or both are online and measured and it is worse. Else it is *unknown*: a village's state is, or its line was
not measured lately or by too few packets. Pairs of a village in maintenance are *excused*. Of a village with several
kiosks the one that fares best counts; to each other they are no pair.

    村村通率 = can / (can + cannot)        coverage = (can + cannot) / (can + cannot + unknown)
"""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Final, Literal, NamedTuple

from hub.health.lines import LegNow
from hub.health.mos import CALL, CALL_MOS, CALL_RTT_MS
from wire.health import StationHealth
from wire.topics import village_of

Word = Literal["can", "cannot", "unknown", "excused"]
Why = Literal["", "offline", "loss", "slow", "not_measured", "state_unknown", "maintenance"]
"""`loss`: the picture's score is under 2.5. Empty for a pair that can."""
MEASURED_BY: Final = 90
"""Packets: of fewer, one or two lost by chance would be more than a call bears. A line that is shown to be degraded or
lost needs no more of them."""
LEAST_KNOWN: Final = 0.5
"""Of the pairs of two towns, or of the county."""
_LEAST_THROUGH: Final = 1 - CALL.most_loss(CALL_MOS)
"""A direction that brings less than this is no call: the score falls with the loss, so this needs no score."""


class Village(NamedTuple):
    """A village as its pairs see it."""

    code: str
    name: str
    town: str
    state: str
    up: float | None = None
    """The share that reaches the county; None where its line was not measured lately."""
    down: float | None = None
    rtt_ms: float | None = None


class Rate(NamedTuple):
    """How many pairs can hold a video call."""

    can: int = 0
    cannot: int = 0
    unknown: int = 0
    excused: int = 0

    @property
    def counted(self) -> tuple[int, int]:
        """Return those that can and all that are known: 村村通率 as `hub/health/availability.py` prints shares."""
        return self.can, self.can + self.cannot

    @property
    def share(self) -> float | None:
        """Return 村村通率, 0 to 1, of the pairs that are known; None where none is."""
        return None if self.can + self.cannot == 0 else self.can / (self.can + self.cannot)

    @property
    def says_something(self) -> bool:
        """Say whether so many pairs are known that their share may stand for all.

        A village that is away is known at once, a good line only when it is proved: of the first pairs none can call.
        """
        known = self.can + self.cannot
        return known > 0 and known >= LEAST_KNOWN * (known + self.unknown)

    @property
    def coverage(self) -> float | None:
        """Return the share of pairs that are known; None where there are none but excused ones."""
        counted = self.can + self.cannot + self.unknown
        return None if counted == 0 else (self.can + self.cannot) / counted


class Cell(NamedTuple):
    """One pair of villages."""

    word: Word
    why: Why
    mos: float | None = None
    """Estimated score of the worse direction, 1 to 5; None unless both are online and measured."""
    rtt_ms: float | None = None


_BY_STATE: Final = {
    "maintenance": Cell("excused", "maintenance"),
    "offline": Cell("cannot", "offline"),
    "unknown": Cell("unknown", "state_unknown"),
}
"""What decides before any line does: the first that either village is in."""


class TownCell(NamedTuple):
    """All pairs between two towns, or within one."""

    rate: Rate
    mos_median: float | None
    """Over the pairs that are online and measured; None where there are none, as for the rest."""
    mos_worst: float | None
    worst: tuple[str, str] | None
    """The two stations of the worst pair."""
    rtt_median_ms: float | None


def villages_of(healths: Iterable[StationHealth], legs: Mapping[str, LegNow], now_ms: int) -> list[Village]:
    """Return every village with its line, where that was measured lately; `now_ms` is UTC."""
    return [_village(health, legs.get(health.station), now_ms) for health in healths]


def rate_of(villages: Sequence[Village]) -> Rate:
    """Return the county's 村村通率: 500 villages are 124,750 pairs."""
    villages = _each_once(villages)
    states = [one.state for one in villages]
    usual = [one for one in villages if one.state == "online"]
    lines = [(one.up, one.down, one.rtt_ms) for one in usual if one.up is not None and one.down is not None]
    known, blank = len(lines), len(usual) - len(lines) + states.count("unknown")
    offline, excused = states.count("offline"), states.count("maintenance")
    everywhere, others = len(states), known + blank
    can = 0
    for index, (up, down, rtt_ms) in enumerate(lines):
        if rtt_ms is None or up == 0 or down == 0:
            continue
        least_down, least_up, left_ms = _LEAST_THROUGH / up, _LEAST_THROUGH / down, CALL_RTT_MS - rtt_ms
        for other_up, other_down, other_ms in lines[index + 1 :]:
            if other_down >= least_down and other_up >= least_up and other_ms is not None and other_ms <= left_ms:
                can += 1
    cannot = known * (known - 1) // 2 - can + offline * (offline - 1) // 2 + offline * others
    unknown = blank * (blank - 1) // 2 + blank * known
    return Rate(can, cannot, unknown, excused * (excused - 1) // 2 + excused * (everywhere - excused))


def cell_of(a: Village, b: Village) -> Cell:
    """Return what two villages are to each other."""
    if a.state != "online" or b.state != "online":
        return next(cell for state, cell in _BY_STATE.items() if state in {a.state, b.state})
    if a.up is None or b.up is None or a.down is None or b.down is None:
        return Cell("unknown", "not_measured")
    through = min(a.up * b.down, b.up * a.down)
    rtt_ms = None if a.rtt_ms is None or b.rtt_ms is None else a.rtt_ms + b.rtt_ms
    mos = CALL.mos(1 - through)
    if through < _LEAST_THROUGH:
        return Cell("cannot", "loss", mos, rtt_ms)
    slow = rtt_ms is None or rtt_ms > CALL_RTT_MS
    return Cell("cannot" if slow else "can", "slow" if slow else "", mos, rtt_ms)


def village_matrix(rows: Sequence[Village], columns: Sequence[Village]) -> list[list[Cell | None]]:
    """Return what every village of `rows` is to each of `columns`; None for itself."""
    if rows is not columns:
        return [[None if a.code == b.code else cell_of(a, b) for b in columns] for a in rows]
    matrix: list[list[Cell | None]] = [[None] * len(rows) for _ in rows]
    for index, a in enumerate(rows):
        for other in range(index + 1, len(rows)):
            matrix[index][other] = matrix[other][index] = cell_of(a, rows[other])
    return matrix


def town_matrix(villages: Sequence[Village]) -> dict[tuple[str, str], TownCell]:
    """Return what the towns are to each other and within themselves, both ways round, in the order they come."""
    towns: dict[str, list[Village]] = {}
    for one in _each_once(villages):
        towns.setdefault(one.town, []).append(one)
    names = list(towns)
    cells: dict[tuple[str, str], TownCell] = {}
    for index, town in enumerate(names):
        for other in names[index:]:
            cells[town, other] = cells[other, town] = _between(towns[town], towns[other], same=town == other)
    return cells


def _each_once(stations: Iterable[Village]) -> list[Village]:
    """Return the best kiosk of each village."""
    best: dict[str, Village] = {}
    for one in stations:
        village = village_of(one.code)
        best[village] = max(best.get(village, one), one, key=_fares)
    return list(best.values())


def _fares(one: Village) -> tuple[int, float]:
    """Return how well a kiosk fares: one that is away counts before one that is planned to be."""
    through = -1.0 if one.up is None or one.down is None else min(one.up, one.down)
    return ("maintenance", "offline", "unknown", "online").index(one.state), through


def _village(health: StationHealth, leg: LegNow | None, now_ms: int) -> Village:
    place = Village(health.station, health.name, health.town, health.state)
    if leg is None or leg.state == "unmeasured" or not leg.is_fresh(now_ms):
        return place
    if leg.state == "ok" and leg.sent < MEASURED_BY:
        return place
    if leg.state == "lost":
        return place._replace(up=0.0, down=0.0)
    return place._replace(up=1 - (leg.loss_up or 0.0), down=1 - (leg.loss_down or 0.0), rtt_ms=leg.rtt_p50_ms)


def _between(these: Sequence[Village], those: Sequence[Village], *, same: bool) -> TownCell:
    counts = {"can": 0, "cannot": 0, "unknown": 0, "excused": 0}
    scores: list[tuple[float, str, str]] = []
    rtts: list[float] = []
    for index, a in enumerate(these):
        for b in those[index + 1 :] if same else those:
            cell = cell_of(a, b)
            counts[cell.word] += 1
            if cell.mos is not None:
                scores.append((cell.mos, a.code, b.code))
            if cell.rtt_ms is not None:
                rtts.append(cell.rtt_ms)
    worst = min(scores) if scores else None
    return TownCell(
        Rate(**counts),
        median(score for score, *_ in scores) if scores else None,
        worst[0] if worst else None,
        worst[1:] if worst else None,
        median(rtts) if rtts else None,
    )
