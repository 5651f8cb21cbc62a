"""One clock for packets and schedule that is never set, though the machine's is, soon after the start of a Pi."""

import time
from collections.abc import Callable
from typing import Final

SET_NS: Final = 5_000_000
"""UTC and the running count part by this much only when UTC is set: both are slewed together (clock_gettime(2))."""


class Steady:
    """UTC as it was thought to be at the start, running on from there."""

    def __init__(
        self, utc_ns: Callable[[], int] = time.time_ns, mono_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        """Begin with the machine's clock as it is."""
        self._utc_ns, self._mono_ns = utc_ns, mono_ns
        self._first_ns = self._ahead_ns = self._ahead()

    def now_ns(self) -> int:
        """Return this instant."""
        return self.of(self._utc_ns())

    def of(self, utc_ns: int) -> int:
        """Return the instant of a moment just passed by the machine's clock, such as a packet's arrival."""
        if abs(self._ahead() - self._ahead_ns) > SET_NS:
            ahead_ns = self._ahead()  # asked again: the first pair of readings may have been torn apart
            if abs(ahead_ns - self._ahead_ns) > SET_NS:
                self._ahead_ns = ahead_ns
        return utc_ns - self._ahead_ns + self._first_ns

    def _ahead(self) -> int:
        return self._utc_ns() - self._mono_ns()
