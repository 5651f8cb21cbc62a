"""When a line deserves a closer look: loss or delay of the last minute that chance does not explain. Pure."""

from collections import deque
from collections.abc import Iterable
from math import comb, sqrt
from typing import Final, Literal, NamedTuple

RECENT: Final = 60
"""Probes that are judged; at one a second, a minute."""
RECENT_ANSWERED: Final = 20
BEFORE: Final = 600
"""Probes before them, by which they are judged."""
BEFORE_AT_LEAST: Final = 60
CHANCE: Final = 1e-5
"""What would happen by chance this seldom is no chance. Judged each second, that errs about once in a week."""
LOSS_AT_LEAST: Final = 0.005
"""Nobody's line is taken to be better than this: a lucky hour must not make one loss suspicious."""
SLOW_SHARE: Final = 0.05
SLOWER_MS, SLOWER_SHARE = 5.0, 0.2
"""Slow is past the 95th percentile of before by both: what nobody would notice is not looked into."""
OUTAGE: Final = 10
"""So many losses on end are an outage: no closer look tells more, and what comes after is judged anew."""

Reason = Literal["loss", "delay"]


class Suspicion(NamedTuple):
    """Why a closer look is worth it: of the last `of` probes `bad` were lost or slow, where `expected` is usual."""

    reason: Reason
    bad: int
    of: int
    expected: float


class Recent:
    """The last probes of one leg, in the order in which they were sent."""

    def __init__(self) -> None:
        """Begin without any."""
        self._recent: deque[float | None] = deque()
        self._before: deque[float | None] = deque(maxlen=BEFORE)
        self._lost_on_end = 0

    def note(self, rtt_ms: float | None) -> None:
        """Take the next probe: its time in ms, None when it was lost."""
        self._lost_on_end = self._lost_on_end + 1 if rtt_ms is None else 0
        self._recent.append(rtt_ms)
        if self._lost_on_end >= OUTAGE:
            self._recent.clear()
        if len(self._recent) > RECENT:
            self._before.append(self._recent.popleft())

    def suspicion(self) -> Suspicion | None:
        """Return what is suspicious; None for nothing, for a line too new to judge, and while nothing comes back."""
        if len(self._before) < BEFORE_AT_LEAST or not self._recent or self._recent[-1] is None:
            return None
        return self._loss() or self._delay()

    def _loss(self) -> Suspicion | None:
        bad = sum(rtt_ms is None for rtt_ms in self._recent)
        before, of = sum(rtt_ms is None for rtt_ms in self._before), len(self._recent)
        # Two standard errors above what was counted: the truth may be that much worse.
        share = max(LOSS_AT_LEAST, (before + 2 * sqrt(before + 1)) / len(self._before))
        if share < 1 and bad > of * share and tail(of, bad, share) < CHANCE:
            return Suspicion("loss", bad, of, round(of * share, 1))
        return None

    def _delay(self) -> Suspicion | None:
        usual_ms = sorted(_answered(self._before))
        recent_ms = list(_answered(self._recent))[-RECENT_ANSWERED:]
        if len(usual_ms) < BEFORE_AT_LEAST or len(recent_ms) < RECENT_ANSWERED:
            return None
        p95_ms = usual_ms[min(len(usual_ms) - 1, int(len(usual_ms) * (1 - SLOW_SHARE)))]
        limit_ms = p95_ms + max(SLOWER_MS, p95_ms * SLOWER_SHARE)
        bad = sum(rtt_ms > limit_ms for rtt_ms in recent_ms)
        if bad and tail(RECENT_ANSWERED, bad, SLOW_SHARE) < CHANCE:
            return Suspicion("delay", bad, RECENT_ANSWERED, RECENT_ANSWERED * SLOW_SHARE)
        return None


def tail(of: int, at_least: int, share: float) -> float:
    """Return how probable it is that of `of` independent cases, each with this `share`, `at_least` happen."""
    return sum(comb(of, bad) * share**bad * (1 - share) ** (of - bad) for bad in range(at_least, of + 1))


def _answered(probes: Iterable[float | None]) -> Iterable[float]:
    return (rtt_ms for rtt_ms in probes if rtt_ms is not None)
