"""What is known of every line now: written by the ingest side, read by wall, interface and judge (thread-safe)."""

from collections.abc import Mapping
from typing import NamedTuple

from hub.health.seen import LegState
from wire.records import LinkSummary


class LegNow(NamedTuple):
    """A village's line to the county, over its last summaries (some minutes)."""

    state: LegState
    since_ms: int
    reason: str
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
        return None if self.sent == 0 else 1 - self.reached / self.sent

    @property
    def loss_down(self) -> float | None:
        """Return the share lost from the county to the village."""
        return None if self.reached == 0 else 1 - self.received / self.reached


class Lines:
    """Every leg of the county as it is now."""

    def take(self, station: str, summary: LinkSummary, ended_ms: int, now_ms: int) -> None:
        """Take a summary that was stored; one of long ago (an outbox that waited) is no news of now."""
        raise NotImplementedError

    def legs(self) -> Mapping[str, LegNow]:
        """Return every leg that was ever measured, by station."""
        raise NotImplementedError

    def leg(self, station: str) -> LegNow | None:
        """Return one leg."""
        raise NotImplementedError
