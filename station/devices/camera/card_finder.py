"""Looking for a 便民服务卡, in the camera's process: its number leaves this process sealed, and nothing else does."""

import time
from collections.abc import Callable
from typing import Any, Final

from station.devices.camera.reports import CardFound, FindCard
from station.sealing import seal_to
from station.vision.qr_codes import CodeReader
from wire.service_card import read_card

LOOKS_PER_S: Final = 5.0
REST: Final = 2.0
"""On a slow machine: at least so many times as long as a look took is left for everything else."""


class CardFinder:
    """Looks while somebody asks; a code that is no card of the county is forgotten where it was read."""

    def __init__(self, mono_s: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing to look for; `mono_s` tells how long a look takes."""
        self._mono_s = mono_s
        self._asked: FindCard | None = None
        self._until_s = self._due_s = 0.0
        self._reader: CodeReader | None = None

    def ask(self, request: FindCard, now_s: float) -> None:
        """Look from now on for this one; whoever asked before waits no more."""
        self._asked, self._due_s, self._until_s = request, now_s, now_s + request.within_s
        self._reader = CodeReader()

    def due(self, now_s: float) -> bool:
        """Say whether to look now; the request ends with its time."""
        if self._asked is not None and now_s >= self._until_s:
            self._end()
        return self._asked is not None and now_s >= self._due_s

    def look(self, frame: Any) -> CardFound | None:
        """Look at one frame; return the card's number, sealed to whoever asked, and end."""
        if self._asked is None or self._reader is None:
            return None
        begun_s = self._mono_s()
        numbers = [number for text in self._reader.read(frame) if (number := read_card(text)) is not None]
        ended_s = self._mono_s()
        self._due_s = max(begun_s + 1 / LOOKS_PER_S, ended_s + REST * (ended_s - begun_s))
        if not numbers:
            return None
        reply_to = self._asked.reply_to
        self._end()
        return CardFound(reply_to, seal_to(reply_to, numbers[0].encode("ascii")))

    def _end(self) -> None:
        self._asked = self._reader = None
