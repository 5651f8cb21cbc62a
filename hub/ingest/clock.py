"""The hub's time: UTC that runs evenly, so that setting the machine's clock does not make stations look silent."""

import time

from hub.clock import now_ms

STEP_MS = 1_000


class HubClock:
    """Counts from the wall clock as it was at the start; follows a step of it only when told to."""

    def __init__(self) -> None:
        """Begin with the wall clock's time."""
        self._offset_ms = now_ms() - _running_ms()

    def now_ms(self) -> int:
        """Return UTC in ms."""
        return _running_ms() + self._offset_ms

    def follow(self) -> int:
        """Return by how much the wall clock was set since the last call, 0 for less than STEP_MS, and follow it."""
        by_ms = now_ms() - self.now_ms()
        if abs(by_ms) < STEP_MS:
            return 0
        self._offset_ms += by_ms
        return by_ms


def _running_ms() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
