"""What is known of every line now: written by the ingest side, read by wall, interface and judge (thread-safe)."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from hub.health.leg import UNMEASURED, Leg, Window, step, together
from hub.health.seen import LegState
from wire.probe import COUNTY_LEG, PAIR
from wire.records import LinkSummary
from wire.topics import is_station_id

NEWS_MS: Final = 25_000
"""A summary that ended longer ago waited in an outbox: it is history, not news of now. Less than a window of 30 s: of
an outage, told when it is over, no more than one counts for the line as it is then, and one decides nothing."""
FRESH_MS: Final = 300_000
"""For so long the last summary still tells how a line is: ten of them, should some be late."""
MOST_PAIRS: Final = 50_000
"""Measured pairs kept in memory; the one measured longest ago makes room."""
MOST_SENT: Final = 10_000
"""By one window: no sender of ours comes near. A station that claims more is not believed: the exact sums of
`hub/health/chance.py` over what it may claim, 2⁵³, would never end."""
LONGEST_MS: Final = 3_600_000
"""The same for how long a window lasted."""
PAIRS_MS: Final = 7 * 86_400_000
"""A pass over all pairs of a large county takes weeks: what was measured days ago still says something, before that it
is history, or of a clock that is all wrong."""
MOST_MS: Final = 60_000.0
"""A round trip is no longer (`stamp/sender.py`), nor its jitter."""


class LegNow(NamedTuple):
    """A village's line to the county, over its last summaries (some minutes)."""

    state: LegState
    since_ms: int
    reason: str
    """`answered`, `loss_up`, `loss_down`, `slow`, `no_answer` (`hub/health/leg.py`)."""
    at_ms: int
    """When the last of them ended."""
    sent: int
    reached: int
    received: int
    rtt_p50_ms: float | None
    jitter_ms: float | None

    @property
    def loss_up(self) -> float | None:
        """Return the share lost from the village to the county."""
        return None if self.sent == 0 else (self.sent - self.reached) / self.sent

    @property
    def loss_down(self) -> float | None:
        """Return the share lost from the county to the village."""
        return None if self.reached == 0 else (self.reached - self.received) / self.reached

    def is_fresh(self, now_ms: int) -> bool:
        """Say whether it still tells how the line is."""
        return abs(now_ms - self.at_ms) <= FRESH_MS  # later than now: the clock was set back


def shown_state(leg: LegNow | None, station_state: str, now_ms: int) -> LegState:
    """Return how a line is called: one whose village is away or unknown carries nothing to show that it still does."""
    if leg is None or not leg.is_fresh(now_ms):
        return "unmeasured"
    return "unmeasured" if station_state in {"offline", "unknown"} and leg.state != "lost" else leg.state


class Measured(NamedTuple):
    """A true A→B test: the last one, and whether B's own reflector can be reached from A at all."""

    at_ms: int
    sent: int
    reached: int
    received: int
    rtt_p50_ms: float | None
    jitter_ms: float | None
    reached_ms: int | None
    """When an answer came last; None while none ever did."""
    unreachable_since_ms: int | None
    """Since when no test had an answer; None while they have."""


class Lines:
    """Every leg of the county as it is now, and every pair of villages that was measured.

    One thread takes, any thread reads: what is handed out is a value or a copy, never what is still written to.
    """

    def __init__(self) -> None:
        """Begin with nothing measured."""
        self._judged: dict[str, Leg] = {}
        self._legs: dict[str, LegNow] = {}
        self._measured: dict[tuple[str, str], Measured] = {}
        self._version = 0

    def take(self, station: str, summary: LinkSummary, ended_ms: int, now_ms: int) -> None:
        """Take a summary that was stored; one of long ago (an outbox that waited) is no news of now.

        One that no sender of ours can have made is not believed, whatever is wrong with its station.
        """
        if summary.sent > MOST_SENT or summary.lasted_ms > LONGEST_MS:
            return
        if summary.leg == COUNTY_LEG:
            self._take_leg(station, summary, min(ended_ms, now_ms), now_ms)
            return
        other = summary.leg.removeprefix(PAIR)
        if summary.leg.startswith(PAIR) and is_station_id(other) and now_ms - ended_ms <= PAIRS_MS:
            self._take_pair((station, other), summary, min(ended_ms, now_ms), now_ms)

    def legs(self) -> Mapping[str, LegNow]:
        """Return every leg that was ever measured, by station."""
        return self._legs.copy()

    def leg(self, station: str) -> LegNow | None:
        """Return one leg."""
        return self._legs.get(station)

    def measured(self) -> dict[tuple[str, str], Measured]:
        """Return every pair that was measured, by who probed and who answered, those measured longest ago first."""
        return self._measured.copy()

    def measured_pair(self, a: str, b: str) -> Measured | None:
        """Return the last true test that A made of B."""
        return self._measured.get((a, b))

    def version(self) -> int:
        """Return a number that grows with everything taken."""
        return self._version

    def _take_leg(self, station: str, summary: LinkSummary, ended_ms: int, now_ms: int) -> None:
        window = window_of(summary, ended_ms)
        known = self._judged.get(station, UNMEASURED)
        if known.windows and known.windows[-1].ended_ms > now_ms:  # the clock was set back: begin anew by it
            known = known._replace(since_ms=min(known.since_ms, window.began_ms), windows=())
        newer = not known.windows or ended_ms > known.windows[-1].ended_ms
        if now_ms - ended_ms > NEWS_MS or not newer:
            return
        known = self._judged[station] = step(known, window)
        if known.windows:
            whole = together(known.windows)
            self._legs[station] = LegNow(
                known.state, known.since_ms, known.reason, ended_ms,
                whole.sent, whole.reached, whole.received, whole.rtt_p50_ms, whole.jitter_ms,
            )  # fmt: skip
            self._version += 1

    def _take_pair(self, pair: tuple[str, str], summary: LinkSummary, ended_ms: int, now_ms: int) -> None:
        before = self._measured.get(pair)
        if before is not None and before.at_ms > now_ms:
            before = None
        if summary.sent == 0 or (before is not None and ended_ms <= before.at_ms):
            return
        window = window_of(summary, ended_ms)
        answered = window.received > 0
        reached_ms = ended_ms if answered else (before.reached_ms if before else None)
        silent_ms = None if answered else (before.unreachable_since_ms if before else None) or window.began_ms
        self._measured.pop(pair, None)
        self._measured[pair] = Measured(
            ended_ms, window.sent, window.reached, window.received, window.rtt_p50_ms, window.jitter_ms,
            reached_ms, silent_ms,
        )  # fmt: skip
        if len(self._measured) > MOST_PAIRS:
            del self._measured[next(iter(self._measured))]
        self._version += 1


def window_of(summary: LinkSummary, ended_ms: int) -> Window:
    """Return a summary as what a leg is judged by; counts that cannot be are cut to what can."""
    reached = min(summary.reached, summary.sent)
    received = min(summary.received, reached)
    rtt, jitter = (_span_ms(summary.measures.get(name)) for name in ("rtt_p50_ms", "jitter_ms"))
    return Window(ended_ms, summary.lasted_ms, summary.sent, reached, received, rtt, jitter)


def _span_ms(said_ms: float | None) -> float | None:
    return said_ms if said_ms is not None and 0 <= said_ms <= MOST_MS else None
