"""What a worker watches: frames one after another, from wherever they come."""

import time
from typing import Any, Protocol

from numpy.typing import NDArray

MOST_BEHIND_S = 1.0


class FeedError(Exception):
    """No frames can be had; `code` says why. The text never holds the source."""

    def __init__(self, code: str) -> None:
        """Keep the stable code."""
        super().__init__(code)
        self.code = code


class Feed(Protocol):
    """One open source."""

    expected_frames_per_s: float | None

    def grab(self) -> bool:
        """Wait for the next frame without decoding more than it must; False when none will come.

        Raises FeedError.
        """

    def told(self) -> tuple[float | None, bool | None]:
        """Return the stream's own time of the frame just grabbed, and whether it is a keyframe; None where untold."""

    def picture(self) -> NDArray[Any] | None:
        """Return the frame just grabbed as height × width × BGR; None when it cannot be decoded."""

    def close(self) -> None:
        """Let the source go."""


class Pace:
    """Waits so that steps come at a rate; after falling far behind it does not hurry to catch up."""

    def __init__(self, steps_per_s: float) -> None:
        """Begin with the first step due at once."""
        self._every_s = 1 / steps_per_s
        self._due_s = time.monotonic()

    def wait(self) -> None:
        """Return when the next step is due."""
        ahead_s = self._due_s - time.monotonic()
        if ahead_s > 0:
            time.sleep(ahead_s)
        elif ahead_s < -MOST_BEHIND_S:
            self._due_s = time.monotonic()
        self._due_s += self._every_s
