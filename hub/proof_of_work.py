"""Whether the hub's work moves, told to systemd: the writer's rounds and the web's loop, each from within itself.

A writer that hangs while pages still answer, or the other way round, is a hub that does not work: it is started afresh.
A database or a broker that takes nothing is no hang: rounds go on, and a fresh start would help nobody.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, Literal

from wire.notify import Notifier

Part = Literal["writer", "web"]
PARTS: Final[frozenset[Part]] = frozenset({"writer", "web"})
EVERY_S: Final = 2.0


class ProofOfWork:
    """Feeds the watchdog once every part has come round since the last word; parts may be of different threads."""

    def __init__(self, notifier: Notifier, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        """Take whom to tell."""
        self._notifier, self._monotonic_s = notifier, monotonic_s
        self._lock = threading.Lock()
        self._came_round: set[Part] = set()
        self._due_s = monotonic_s()

    def came_round(self, part: Part) -> None:
        """Hear that `part` did a whole round; in a few µs."""
        with self._lock:
            self._came_round.add(part)
            if self._came_round == PARTS and self._monotonic_s() >= self._due_s:
                self._came_round.clear()
                self._due_s = self._monotonic_s() + EVERY_S
                self._notifier.alive()

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Be the writer's last chore: whoever comes to it has worked."""
        self.came_round("writer")

    def ready(self) -> None:
        """Say that the web answers."""
        self._notifier.ready()

    def stopping(self) -> None:
        """Say that the stop has begun."""
        self._notifier.stopping()


@contextmanager
def telling_systemd() -> Iterator[ProofOfWork]:
    """Give what tells whoever started this process, silent where nobody listens."""
    notifier = Notifier.from_environment()
    try:
        yield ProofOfWork(notifier)
    finally:
        notifier.close()
