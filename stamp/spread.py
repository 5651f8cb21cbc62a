"""How values are spread (values only)."""

import math
from collections.abc import Sequence
from typing import NamedTuple


class Spread(NamedTuple):
    """None where there are no values."""

    least: float | None = None
    median: float | None = None
    p95: float | None = None
    most: float | None = None


def spread(ordered: Sequence[float]) -> Spread:
    """Return the spread of values in ascending order; the 95th percentile is by nearest rank."""
    if not ordered:
        return Spread()
    half = len(ordered) // 2
    median = ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
    return Spread(ordered[0], median, ordered[math.ceil(0.95 * len(ordered)) - 1], ordered[-1])
