"""What only several looks show: that nothing moves any more, or that the light does not stand still."""

from collections import deque
from typing import Any

import numpy as np

from station.vision import limits
from station.vision.features import Blocks, Features, difference, grain


class Rhythm:
    """The differences between the last looks."""

    def __init__(self) -> None:
        """Have seen nothing."""
        self._before: Features | None = None
        self._differences: deque[tuple[float, float]] = deque()
        self._steps: deque[tuple[float, float]] = deque()
        self.last: float = 255.0
        """Gray levels between the last two looks."""
        self.still = np.zeros((9, 16), np.float32)
        """The same per block, over the last seconds."""
        self.grain = np.zeros((9, 16), np.float32)
        """The finest of it, finer than what moves: mean over the last seconds."""
        self.fine = np.zeros((9, 16), np.float32)
        """Fine detail, mean over the same seconds: a codec gives its noise to some pictures and not to others."""
        self._grains: deque[tuple[float, Blocks, Blocks]] = deque()

    def take(self, seen: Features, at_s: float) -> None:
        """Take the next look."""
        before, self._before = self._before, seen
        if before is None:
            return
        blocks = difference(before, seen)
        self.still = np.maximum(self.still * np.float32(limits.STILL_FADES), blocks)
        self._grains.append((at_s, grain(before, seen), seen.fine))
        _forget(self._grains, at_s - limits.NOISE_WINDOW_S)
        self.grain = np.mean([one[1] for one in self._grains], axis=0)
        self.fine = np.mean([one[2] for one in self._grains], axis=0)
        self.last = float(np.percentile(blocks, limits.FROZEN_BLOCK_RANK))
        self._differences.append((at_s, self.last))
        ratio = np.log((seen.luma + 4) / (before.luma + 4))
        common = float(np.median(ratio))
        agree = float(np.mean(np.sign(ratio) == np.sign(common)))
        self._steps.append((at_s, common if agree >= 0.8 else 0.0))
        _forget(self._differences, at_s - limits.FROZEN_WINDOW_S)
        _forget(self._steps, at_s - limits.FLICKER_WINDOW_S)

    def stillness(self) -> float:
        """Return the gray levels that 60 % of the differences stay below; 255 until the window is full."""
        if not _full(self._differences, limits.FROZEN_WINDOW_S):
            return 255.0
        return float(np.percentile([value for _, value in self._differences], limits.FROZEN_RANK))

    def unrest(self) -> float:
        """Return how far the light went there and back, per look, more than once: a switch or a cloud goes once.

        No rate of looks keeps step with every lamp: now and then looks in a row see it the same.
        """
        if not _full(self._steps, limits.FLICKER_WINDOW_S):
            return 0.0
        steps = np.array([value for _, value in self._steps])
        way = np.cumsum([0.0, *steps])
        return max(0.0, float(np.abs(steps).sum() - 2 * np.ptp(way)) / len(steps))


def _forget(values: deque[Any], before_s: float) -> None:
    while values and values[0][0] < before_s:
        values.popleft()


def _full(values: deque[tuple[float, float]], window_s: float) -> bool:
    return len(values) >= 4 and values[-1][0] - values[0][0] >= 0.75 * window_s
