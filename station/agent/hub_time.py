"""The hub's clock as a station without a clock battery can know it: from what its messages say. Pure."""

from collections import deque
from typing import Final

from station.clock import Stamp

SAMPLES: Final = 16
STEP_MS: Final = 50
"""A better estimate is told only when it differs by this much."""


class HubTime:
    """A message only ever arrives late, so the highest of the last offsets is the nearest to the truth."""

    def __init__(self) -> None:
        """Know nothing."""
        self._offsets_ms: deque[int] = deque(maxlen=SAMPLES)
        self._told_ms: int | None = None

    def learn(self, hub_ms: int, at: Stamp) -> int | None:
        """Take the hub's time; return UTC minus the running count when that is news."""
        self._offsets_ms.append(hub_ms - at.mono_ms)
        best_ms = max(self._offsets_ms)
        if self._told_ms is not None and abs(best_ms - self._told_ms) < STEP_MS:
            return None
        self._told_ms = best_ms
        return best_ms

    def now_ms(self, at: Stamp) -> int | None:
        """Return UTC by the hub's clock, by the station's own before the hub's is known, else None."""
        return at.mono_ms + max(self._offsets_ms) if self._offsets_ms else at.at_ms

    def skew_ms(self, at: Stamp) -> int | None:
        """Return how far the station's clock is ahead of the hub's."""
        if at.at_ms is None or not self._offsets_ms:
            return None
        return at.at_ms - at.mono_ms - max(self._offsets_ms)
