"""What a session-sender saw over a while (values only)."""

from typing import NamedTuple


class Figures(NamedTuple):
    """One leg. Times are ms on one clock each: no clocks are compared."""

    lasted_ms: int
    sent: int
    reached: int
    """Of those sent, how many the reflector counted (stateful, RFC 8762): the rest was lost on the way there."""
    received: int
    """Replies, each once: what is missing of those reached was lost on the way back."""
    duplicated: int = 0
    reordered: int = 0
    rtt_min_ms: float | None = None
    rtt_p50_ms: float | None = None
    rtt_p95_ms: float | None = None
    rtt_max_ms: float | None = None
    jitter_ms: float | None = None
    """RFC 3550 section 6.4.1, of (T4-T1)-(T3-T2)."""

    @property
    def loss_there(self) -> float | None:
        """Return the share lost on the way to the reflector; None when nothing was sent."""
        return None if self.sent == 0 else 1 - self.reached / self.sent

    @property
    def loss_back(self) -> float | None:
        """Return the share of replies lost; None when none can be told."""
        return None if self.reached == 0 else 1 - self.received / self.reached
