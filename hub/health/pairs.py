"""Any village to any other: worked out from their two legs, and compared with what a true test measured (pure).

The county's network is a star, so a packet from A to B goes up A's leg and down B's:

    loss(A→B) = 1 - (1 - loss_up(A)) (1 - loss_down(B))     rtt(A,B) = rtt(A) + rtt(B) + relay
"""

import math
from typing import Final, NamedTuple

from hub.health.chance import at_least, at_most, loss_error
from hub.health.lines import LegNow, Measured
from hub.health.mos import CALL, CALL_MOS, CALL_RTT_MS

PARTS_ERRORS: Final = 3.0
"""A measurement that differs by more standard errors than this is not what the legs say."""
PARTS_CHANCE: Final = 0.00135
"""The same as a probability: with few packets a loss is not distributed normally, so both are asked."""
MATTERS_LOSS: Final = 0.01
MATTERS_MS: Final = 5.0
"""Less is real where many packets say so, and still nobody's trouble: two ways through a network are never alike."""
SKEWED: Final = 0.2
"""Medians do not quite add: delays of queues have a long tail, and the median of two such lies above both medians
together, by 0.15 of both jitters where they are exponential. So much is no difference."""
RTT_FLOOR_MS: Final = 0.3
"""How well a median of RTTs is known at best."""


class Way(NamedTuple):
    """One direction."""

    loss: float
    """0 to 1."""
    error: float
    """Its standard error."""

    @property
    def mos(self) -> float:
        """Return the estimated score of the picture, 1 to 5 (`hub/health/mos.py`)."""
        return CALL.mos(self.loss)


class Pair(NamedTuple):
    """Two villages A and B, both of whose legs are measured."""

    there: Way
    """From A to B."""
    back: Way
    rtt_ms: float | None
    """None where a leg brought no answer back."""
    rtt_error_ms: float
    jitter_ms: float = 0.0
    """Of both legs together."""

    @property
    def mos(self) -> float:
        """Return the estimated score of a call's worse direction."""
        return min(self.there.mos, self.back.mos)

    @property
    def can_call(self) -> bool:
        """Say whether a video call would do: a score of CALL_MOS both ways, an RTT of CALL_RTT_MS at most."""
        return self.rtt_ms is not None and self.rtt_ms <= CALL_RTT_MS and self.mos >= CALL_MOS


class Comparison(NamedTuple):
    """A measured pair beside its prediction."""

    reasons: tuple[str, ...]
    """`more_loss_there`, `more_loss_back`, `slower`, and `less_loss_there`, `less_loss_back`, `faster`."""

    @property
    def parts(self) -> bool:
        """Say whether it differs by more than 3 standard errors, and by enough to matter."""
        return bool(self.reasons)

    @property
    def worse(self) -> bool:
        """Say whether it is worse than predicted: something between the two that their legs do not show."""
        return any(reason.startswith("more") or reason == "slower" for reason in self.reasons)


def predict(a: LegNow, b: LegNow, *, relay_ms: float = 0.0) -> Pair:
    """Return A and B as their legs have it; a leg that is lost loses everything both ways.

    `relay_ms` is what the county's own relay adds.
    """
    rtts = [leg.rtt_p50_ms for leg in (a, b) if leg.state != "lost" and leg.rtt_p50_ms is not None]
    rtt_ms = sum(rtts) + relay_ms if len(rtts) == 2 else None
    error_ms = math.hypot(_rtt_error(a.jitter_ms, a.received), _rtt_error(b.jitter_ms, b.received))
    jitter_ms = (a.jitter_ms or 0.0) + (b.jitter_ms or 0.0)
    return Pair(_way(_up(a), _down(b)), _way(_up(b), _down(a)), rtt_ms, error_ms, jitter_ms)


def compare(measured: Measured, predicted: Pair) -> Comparison:
    """Return in what a true test differs from its prediction, and whether for the worse."""
    reasons = []
    lost_there, lost_back = measured.sent - measured.reached, measured.reached - measured.received
    for name, lost, of, way in (
        ("there", lost_there, measured.sent, predicted.there),
        ("back", lost_back, measured.reached, predicted.back),
    ):
        word = _loss_parts(lost, of, way)
        if word:
            reasons.append(f"{word}_loss_{name}")
    if measured.rtt_p50_ms is not None and predicted.rtt_ms is not None:
        error_ms = math.hypot(predicted.rtt_error_ms, _rtt_error(measured.jitter_ms, measured.received))
        differs_ms = measured.rtt_p50_ms - predicted.rtt_ms
        if abs(differs_ms) > max(PARTS_ERRORS * error_ms + SKEWED * predicted.jitter_ms, MATTERS_MS):
            reasons.append("slower" if differs_ms > 0 else "faster")
    return Comparison(tuple(reasons))


def is_odd(measured: Measured, predicted: Pair) -> bool:
    """Say whether a measured pair is an event: worse than its legs, and not just a B that nobody reaches directly."""
    if measured.unreachable_since_ms is not None and measured.reached_ms is None:
        return False
    return compare(measured, predicted).worse


def direct_of(measured: Measured) -> str:
    """Return `reached` or `unreachable`: whether B's own reflector answers A."""
    return "reached" if measured.unreachable_since_ms is None else "unreachable"


def _up(leg: LegNow) -> Way:
    return _counted(leg, leg.sent, leg.reached)


def _down(leg: LegNow) -> Way:
    return _counted(leg, leg.reached, leg.received)


def _counted(leg: LegNow, of: int, came: int) -> Way:
    lost = of if leg.state == "lost" else of - came
    return Way(lost / of if of else 1.0, loss_error(lost, of))


def _way(up: Way, down: Way) -> Way:
    """Return both one after the other; the error is that of a product of independent values."""
    through_up, through_down = 1 - up.loss, 1 - down.loss
    error = math.hypot(through_down * up.error, through_up * down.error, up.error * down.error)
    return Way(1 - through_up * through_down, error)


def _loss_parts(lost: int, of: int, way: Way) -> str | None:
    if of == 0 or abs(lost / of - way.loss) <= MATTERS_LOSS:
        return None
    expected = (1 + way.loss * of) / (of + 2)
    error = math.hypot(way.error, math.sqrt(expected * (1 - expected) / of))
    if abs(lost / of - way.loss) <= PARTS_ERRORS * error:
        return None
    if lost / of > way.loss:
        return "more" if at_least(lost, of, min(1.0, way.loss + way.error)) < PARTS_CHANCE else None
    return "less" if at_most(lost, of, max(0.0, way.loss - way.error)) < PARTS_CHANCE else None


def _rtt_error(jitter_ms: float | None, of: int) -> float:
    """Return the standard error of a median RTT.

    RFC 3550's jitter is the mean difference of neighbours, 2/√π of a standard deviation; a median's error is √(π/2) of
    that over √n. Never under RTT_FLOOR_MS.
    """
    spread_ms = (jitter_ms or 0.0) * math.sqrt(math.pi) / 2
    return math.hypot(RTT_FLOOR_MS, math.sqrt(math.pi / 2) * spread_ms / math.sqrt(max(1, of)))
