"""What the decoder complains of: counted where it is written, since its text may hold a password."""

import fcntl
import os
import sys
from collections import deque
from typing import Final

WITHIN_S: Final = 5.0
TO_TELL: Final = 2
"""Error lines of the decoder: a clean stream has none, a corrupted one 1-2 a second."""
HARMLESS: Final = (b"extraneous bytes before marker",)
"""libjpeg says so of every picture of many a cheap webcam, and shows it whole."""


class DecoderErrors:
    """Counts what the decoder writes to standard error, as soon as it does."""

    def __init__(self) -> None:
        """Take standard error over; a full pipe loses lines rather than to block the decoder."""
        self._read, write = os.pipe()
        for end in (self._read, write):
            fcntl.fcntl(end, fcntl.F_SETFL, os.O_NONBLOCK)
        os.dup2(write, sys.stderr.fileno())
        os.close(write)
        self.lines = 0
        self._at_s: deque[float] = deque()

    def take(self, at_s: float) -> bool:
        """Read what was written and say whether the stream is corrupted."""
        try:
            said = os.read(self._read, 65_536)
        except BlockingIOError:
            said = b""
        new = said.count(b"\n") - sum(said.count(words) for words in HARMLESS)
        self.lines += max(0, new)
        self._at_s.extend([at_s] * min(new, TO_TELL))
        while self._at_s and self._at_s[0] < at_s - WITHIN_S:
            self._at_s.popleft()
        return len(self._at_s) >= TO_TELL

    def forget(self, at_s: float) -> None:
        """Count what was written, but hold none of it against the stream: it was joined between two keyframes."""
        self.take(at_s)
        self._at_s.clear()
