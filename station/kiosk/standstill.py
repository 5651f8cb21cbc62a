"""A screen that stands still is started afresh: no villager can do it, and systemd cannot see it from outside.

What a kiosk starts under cage is of PAM's session, out of its unit's control group, so systemd hears no word of it and
`WatchdogSec=` is no help: the process watches its own loop, and ends where that does no more rounds.
"""

import logging
import os
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Final

logger = logging.getLogger(__name__)

BEAT_S: Final = 1.0
MOST_MISSED: Final = 30


class Standstill:
    """Ends the process once the loop has missed `MOST_MISSED` beats; to the spool that is a power cut."""

    def __init__(
        self,
        end_process: Callable[[int], object] = os._exit,
        *,
        beat_s: float = BEAT_S,
        most_missed: int = MOST_MISSED,
    ) -> None:
        """Take how to end."""
        self._end_process, self._beat_s, self._most_missed = end_process, beat_s, most_missed
        self._missed = 0
        self._over = threading.Event()

    def watch(self, loop: AbstractEventLoop) -> None:
        """Begin, in the loop's own thread."""
        self._loop = loop
        self._beat()
        threading.Thread(target=self._count, name="standstill", daemon=True).start()

    def close(self) -> None:
        """Watch no more."""
        self._over.set()

    def _beat(self) -> None:
        self._missed = 0
        self._loop.call_later(self._beat_s, self._beat)

    def _count(self) -> None:
        # Beats are counted and no time is taken: a process that was stopped whole has missed none.
        while not self._over.wait(self._beat_s):
            self._missed += 1
            if self._missed > self._most_missed:
                logger.critical("E-KIOSK-06 the screen stood still 界面卡住，重新启动: %d beats", self._missed)
                self._end_process(1)
                return
