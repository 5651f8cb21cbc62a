"""What a camera's supervisor and its worker process say to each other, one JSON line each."""

from collections import deque
from typing import Literal

from msgspec import Struct

RATE_WINDOW_S = 3.0


class Order(Struct, frozen=True):
    """The one line a worker is given, on its standard input: the source may hold a password."""

    source: str
    width_px: int
    height_px: int
    frames_per_s: float
    open_within_s: float
    no_frame_after_s: float
    report_every_s: float

    def __repr__(self) -> str:
        return "Order(…)"


class Report(Struct, frozen=True, tag_field="word", tag="report"):
    """How the stream is: every `report_every_s`, and at once when stage or size changes."""

    stage: Literal["opening", "streaming"]
    frames: int
    frames_per_s: float
    """Measured over the last RATE_WINDOW_S."""
    expected_frames_per_s: float | None
    """What the source should deliver; None where it says nothing that can be trusted."""
    width_px: int
    height_px: int
    last_frame_age_ms: int | None


class Failure(Struct, frozen=True, tag_field="word", tag="failure"):
    """The worker gives up, and why; it ends after this."""

    code: str


Word = Report | Failure


class RateMeter:
    """Frames per second over the last RATE_WINDOW_S, from a running count."""

    def __init__(self) -> None:
        """Begin without a rate."""
        self._counts: deque[tuple[float, int]] = deque()

    def rate(self, frames: int, at_s: float) -> float:
        """Take the count at this time and return the rate; 0 until two counts are known."""
        self._counts.append((at_s, frames))
        while len(self._counts) > 2 and self._counts[1][0] <= at_s - RATE_WINDOW_S:
            self._counts.popleft()
        from_s, before = self._counts[0]
        return (frames - before) / (at_s - from_s) if at_s > from_s else 0.0
