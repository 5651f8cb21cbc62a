"""Down and up again without end is one trouble, not a stream of them (pure; as Icinga judges it).

The last twenty checks are kept, each with whether the state changed. A newer one weighs more: from 0.8 for the oldest
to 1.15 for the newest. Above 30 % of changes it flaps, below 25 % it no longer does; in between it stays as it was.

A hub that is told changes makes no checks. So a change takes a place of its own at once, and each minute without a
change takes one: six quick changes (three outages) begin a flapping, a quarter of an hour of peace ends it.
"""

from typing import Final, NamedTuple

KEPT: Final = 20
OLDEST, NEWEST = 0.8, 1.15
WEIGHTS: Final = tuple(OLDEST + (NEWEST - OLDEST) * place / (KEPT - 1) for place in range(KEPT))
START_PERCENT: Final = 30.0
STOP_PERCENT: Final = 25.0
CHECK_EVERY_MS: Final = 60_000


class Flaps(NamedTuple):
    """The last twenty checks of one place, oldest first, and the verdict."""

    checks: tuple[bool, ...]
    at_ms: int
    """Of the newest check."""
    flapping: bool = False

    @property
    def percent(self) -> float:
        """Return how much of the last twenty checks were changes, newer ones weighing more."""
        return 100 * sum(weight for weight, changed in zip(WEIGHTS, self.checks, strict=True) if changed) / KEPT


def at_peace(at_ms: int) -> Flaps:
    """Return what is known of a place that did not change yet."""
    return Flaps((False,) * KEPT, at_ms)


def run_on(flaps: Flaps, at_ms: int) -> Flaps:
    """Add the quiet checks up to `at_ms`."""
    quiet = max(0, at_ms - flaps.at_ms) // CHECK_EVERY_MS
    if quiet == 0:
        return flaps
    checks = (*flaps.checks, *(False,) * min(quiet, KEPT))[-KEPT:]
    return _judged(Flaps(checks, flaps.at_ms + quiet * CHECK_EVERY_MS, flaps.flapping))


def changed(flaps: Flaps, at_ms: int, times: int = 1) -> Flaps:
    """Add changes that came by `at_ms`."""
    flaps = run_on(flaps, at_ms)
    for _ in range(times):
        flaps = _judged(Flaps((*flaps.checks[1:], True), at_ms, flaps.flapping))
    return flaps


def resumed(at_ms: int) -> Flaps:
    """Return a place that flaps, of which an earlier hub knew more: it must keep peace as long as any other."""
    flaps = at_peace(at_ms)
    while not flaps.flapping:
        flaps = changed(flaps, at_ms)
    return flaps


def _judged(flaps: Flaps) -> Flaps:
    limit = STOP_PERCENT if flaps.flapping else START_PERCENT
    return flaps._replace(flapping=flaps.percent > limit)
