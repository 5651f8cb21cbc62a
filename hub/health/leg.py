"""One leg of the star, a village's line to the county: ok, degraded or lost, since when and why (pure).

A summary is a window of some 30 probes. Each is judged alone (soft); what two of the last three say counts (hard). A
loss is one only where chance does not explain it: with LOSS_LIMIT the true share, so many lost packets or more would
come in fewer than ALPHA of all windows (binomial, exact). So 1 of 30 is nothing (26 %), 2 of 30 is a window over the
limit (3.6 %), and two such windows of three are degraded: at 1 % true loss 0.4 % of all triples, at 0.1 % one in two
million. A loss that stays small, 3 %, shows in no single window: there the last POOL windows are judged together.
"""

from statistics import fmean, median
from typing import Final, NamedTuple

from hub.health.chance import at_least
from hub.health.seen import LegState

LOSS_LIMIT: Final = 0.01
"""Of one direction. Two legs of it and a call still has a score of 2.8 of 3.5 (`hub/health/mos.py`)."""
ALPHA: Final = 0.05
"""Of one window."""
POOL_ALPHA: Final = 0.01
RTT_LIMIT_MS: Final = 200.0
"""Half of what a video call bears: its other half is the other village's leg."""
FEWEST: Final = 5
"""A window of fewer packets says nothing."""
HARD, LOOKED_AT = 2, 3
"""Two of three."""
POOL: Final = 10


class Window(NamedTuple):
    """One summary: what became of `sent` packets in the `lasted_ms` before `ended_ms`."""

    ended_ms: int
    lasted_ms: int
    sent: int
    reached: int
    received: int
    rtt_p50_ms: float | None = None
    jitter_ms: float | None = None

    @property
    def began_ms(self) -> int:
        """Return when it began."""
        return self.ended_ms - self.lasted_ms


class Soft(NamedTuple):
    """What one window says, or several taken as one."""

    state: LegState
    reason: str
    """`answered`, `loss_up`, `loss_down`, `slow`, `no_answer`, `too_few`."""


class Leg(NamedTuple):
    """What is known of a leg."""

    state: LegState
    since_ms: int
    reason: str
    windows: tuple[Window, ...] = ()
    """Up to POOL of the present state, the newest last."""


UNMEASURED: Final = Leg("unmeasured", 0, "too_few")


def soft(window: Window, alpha: float = ALPHA) -> Soft:
    """Return what a window says: the direction that loses more where both do, loss before slowness."""
    if window.sent < FEWEST:
        return Soft("unmeasured", "too_few")
    if window.received == 0:
        return Soft("lost", "no_answer")
    up, down = window.sent - window.reached, window.reached - window.received
    over_up = at_least(up, window.sent, LOSS_LIMIT) < alpha
    over_down = at_least(down, window.reached, LOSS_LIMIT) < alpha
    if over_up or over_down:
        more_up = up * window.reached >= down * window.sent
        return Soft("degraded", "loss_up" if over_up and (more_up or not over_down) else "loss_down")
    if window.rtt_p50_ms is not None and window.rtt_p50_ms > RTT_LIMIT_MS:
        return Soft("degraded", "slow")
    return Soft("ok", "answered")


def step(leg: Leg, window: Window) -> Leg:
    """Return what is known after the next window; one that says nothing changes nothing.

    A change is dated at the beginning of the first window that shows it. On a change older windows are dropped: the
    figures are those of the state.
    """
    if soft(window).state == "unmeasured":
        return leg
    windows = (*leg.windows, window)[-POOL:]
    verdict = _bad(leg, windows) or _steady(leg, windows) or _fine(leg, windows)
    if verdict is None:
        return leg._replace(windows=windows)
    state, reason, first = verdict
    if state == leg.state:
        return leg._replace(reason=reason, windows=windows)
    return Leg(state, max(leg.since_ms, first.began_ms), reason, windows[windows.index(first) :])


def together(windows: tuple[Window, ...]) -> Window:
    """Return windows as one: counts added, the median of their RTTs, the mean of their jitters."""
    rtts = [one.rtt_p50_ms for one in windows if one.rtt_p50_ms is not None]
    jitters = [one.jitter_ms for one in windows if one.jitter_ms is not None]
    return Window(
        windows[-1].ended_ms,
        sum(one.lasted_ms for one in windows),
        sum(one.sent for one in windows),
        sum(one.reached for one in windows),
        sum(one.received for one in windows),
        median(rtts) if rtts else None,
        fmean(jitters) if jitters else None,
    )


_Verdict = tuple[LegState, str, Window]
"""The hard state, its reason, and the first window of those that show it."""


def _bad(leg: Leg, windows: tuple[Window, ...]) -> _Verdict | None:
    """Say what two of the last three say; where nothing comes back nothing is in order, so lost counts as degraded."""
    last = [(one, soft(one)) for one in windows[-LOOKED_AT:]]
    lost = [one for one, said in last if said.state == "lost"]
    if len(lost) >= HARD:
        return "lost", "no_answer", lost[0]
    degraded = [(one, said.reason) for one, said in last if said.state == "degraded"]
    if not degraded or len(lost) + len(degraded) < HARD:
        return None
    began = degraded[0][0] if leg.state == "lost" or not lost else min(lost[0], degraded[0][0])
    return "degraded", degraded[-1][1], began


def _steady(leg: Leg, windows: tuple[Window, ...]) -> _Verdict | None:
    """Find a loss too small for one window: over the limit in all together, and spread over at least half of them."""
    if leg.state != "ok" or len(windows) < POOL:
        return None
    said = soft(together(windows), POOL_ALPHA)
    losing = [one for one in windows if one.received < one.sent]
    if not said.reason.startswith("loss") or 2 * len(losing) < len(windows):
        return None
    return said.state, said.reason, losing[0]


def _fine(leg: Leg, windows: tuple[Window, ...]) -> _Verdict | None:
    """Say in order when two of the last three are, and after trouble only once their loss is within the limit."""
    fine = [one for one in windows[-LOOKED_AT:] if soft(one).state == "ok"]
    if not fine or (leg.state != "unmeasured" and len(fine) < HARD):
        return None
    whole = together(tuple(fine))
    within = max(whole.sent - whole.reached, whole.reached - whole.received) <= LOSS_LIMIT * whole.sent
    return ("ok", "answered", fine[0]) if within or leg.state in {"ok", "unmeasured"} else None
