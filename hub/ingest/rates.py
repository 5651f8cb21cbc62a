"""How often a station may ask (pure)."""

from collections import deque
from collections.abc import Iterable
from typing import Final

MINUTE_MS, DAY_MS = 60_000, 86_400_000
MOST_A_MINUTE: Final = 12
MOST_A_DAY: Final = 200
"""One kiosk serves one person at a time: whoever asks more is trying numbers."""


class Rates:
    """Remembers when each station asked in the last day."""

    def __init__(self, asked: Iterable[tuple[str, int]] = ()) -> None:
        """Begin with what each station asked before, oldest first."""
        self._asked: dict[str, deque[int]] = {}
        for station, at_ms in asked:
            self._of(station).append(at_ms)

    def admit(self, station: str, now_ms: int) -> bool:
        """Say whether `station` may ask now, and if so count it."""
        asked = self._of(station)
        while asked and asked[0] <= now_ms - DAY_MS:
            asked.popleft()
        while asked and asked[-1] > now_ms:
            asked.pop()  # of a clock that was set back since
        last_minute = sum(at_ms > now_ms - MINUTE_MS for at_ms in asked)
        if len(asked) >= MOST_A_DAY or last_minute >= MOST_A_MINUTE:
            return False
        asked.append(now_ms)
        return True

    def _of(self, station: str) -> deque[int]:
        return self._asked.setdefault(station, deque(maxlen=MOST_A_DAY))
