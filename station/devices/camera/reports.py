"""What a camera's supervisor and its worker process say to each other, one JSON line each."""

import os
from collections import deque
from typing import Literal

import msgspec
from msgspec import Struct, field

from wire.video import FaultKind, Light

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
    looks_per_s: float = 2.0
    """How often the doctor looks at a picture."""
    learn_s: float = 60.0
    background_file: str | None = None
    """Where the camera's background is kept over restarts."""
    preview_px: int = 0
    """Width of the pictures sent with each look, for a technician who watches; 0 for none."""

    def __repr__(self) -> str:
        return "Order(…)"


class Relearn(Struct, frozen=True, tag_field="ask", tag="relearn"):
    """Take what is seen from now on as right: somebody says that this is the new view."""


class TakeStill(Struct, frozen=True, tag_field="ask", tag="still"):
    """Send a Picture of what is seen now."""

    max_width_px: int
    max_bytes: int


class FindCard(Struct, frozen=True, tag_field="ask", tag="card"):
    """Look for a 便民服务卡 in the picture; the last one asked for counts."""

    reply_to: bytes
    """The public key its number is sealed to; it names the request as well."""
    within_s: float


Request = Relearn | TakeStill | FindCard
"""What a running worker may be asked, one line each, on its standard input."""


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
    decoder_errors: int = 0
    """Lines of complaint of the decoder so far."""
    bits_per_s: float | None = None
    keyframe_every_s: float | None = None
    """Between the last two keyframes, in the stream's own time; None where every frame is one or none is told."""
    media_rate: float | None = None
    """Seconds of the stream's own time (PTS) that passed per second, over RATE_WINDOW_S."""
    looking: bool = False
    """A look is under way: no frame can be taken meanwhile."""


class FaultNow(Struct, frozen=True):
    """A fault that is raised; `since_mono_s` is on CLOCK_MONOTONIC, which all processes share."""

    kind: FaultKind
    since_mono_s: float
    severity: float
    confidence: float


class Looked(Struct, frozen=True, tag_field="word", tag="looked"):
    """What the doctor thinks after a look: the whole of it each time, so that none that is lost matters."""

    at_mono_s: float
    faults: list[FaultNow]
    """In order of precedence: the first is the cause."""
    learning: bool
    light: Light
    measures: dict[str, float] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    """1 is the limit. Measures and scores only when previews are asked for."""
    preview: bytes = b""
    """RGB, three bytes a pixel, row by row."""
    preview_width_px: int = 0
    preview_height_px: int = 0


class Picture(Struct, frozen=True, tag_field="word", tag="picture"):
    """A JPEG picture: of what was seen when `fault` was raised, or, without one, the answer to TakeStill."""

    jpeg: bytes
    width_px: int
    height_px: int
    at_mono_s: float
    fault: FaultKind | None = None


class CardFound(Struct, frozen=True, tag_field="word", tag="card"):
    """The card's number, readable to whoever asked alone."""

    reply_to: bytes
    box: bytes


class Failure(Struct, frozen=True, tag_field="word", tag="failure"):
    """The worker gives up, and why; it ends after this."""

    code: str


Word = Report | Looked | Picture | CardFound | Failure


def write_line(out: int, value: Struct) -> None:
    """Write a value as one whole line of JSON, however little a pipe takes at a time.

    Raises OSError when nobody reads it.
    """
    line = memoryview(msgspec.json.encode(value) + b"\n")
    while line:
        line = line[os.write(out, line) :]


class RateMeter:
    """Frames, or whatever else is counted, per second over the last RATE_WINDOW_S, from a running count."""

    def __init__(self) -> None:
        """Begin without a rate."""
        self._counts: deque[tuple[float, float]] = deque()

    def rate(self, frames: float, at_s: float) -> float:
        """Take the count at this time and return the rate; 0 until two counts are known."""
        self._counts.append((at_s, frames))
        while len(self._counts) > 2 and self._counts[1][0] <= at_s - RATE_WINDOW_S:
            self._counts.popleft()
        from_s, before = self._counts[0]
        return (frames - before) / (at_s - from_s) if at_s > from_s else 0.0
