"""How much of what waits may be of one station, so that a flood of one costs the others nothing."""

import threading
from collections import Counter
from typing import Final

MOST_OF_ONE: Final = 128
"""An honest station has four batches under way, and few other messages: more than this is a flood."""


def sender_of(topic: str) -> str:
    """Return what stands in a topic where the station stands: the broker holds everybody to their own."""
    return topic.split("/", 2)[1] if "/" in topic else ""


class Shares:
    """Counts what waits, by sender; safe from any thread."""

    def __init__(self, most: int = MOST_OF_ONE) -> None:
        """Begin with nothing waiting."""
        self._most = most
        self._waiting: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, topic: str) -> bool:
        """Count one more, or say no when its sender has its whole share."""
        sender = sender_of(topic)
        with self._lock:
            if self._waiting[sender] >= self._most:
                return False
            self._waiting[sender] += 1
            return True

    def give_back(self, topic: str) -> None:
        """One of this sender waits no more."""
        sender = sender_of(topic)
        with self._lock:
            self._waiting[sender] -= 1
            if self._waiting[sender] <= 0:
                del self._waiting[sender]

    def clear(self) -> None:
        """Nothing waits any more."""
        with self._lock:
            self._waiting.clear()
