"""The stream without its pixels: bits, keyframes and its own clock. Pure; counts and times come in."""

from typing import Final

from station.devices.camera.reports import RateMeter

CLOCK_STEP_MAX_S: Final = 10.0
"""A longer step of a stream's clock is a jump, not time that passed."""


class KeyframeMeter:
    """How far keyframes are apart in the stream's own time."""

    def __init__(self) -> None:
        """Begin without one."""
        self.every_s: float | None = None
        self._key_s: float | None = None
        self._others = 0

    def take(self, clock_s: float, *, is_key: bool) -> None:
        """Take the next frame; between neighbours that are both keyframes there is nothing to measure."""
        if not is_key:
            self._others += 1
            return
        before_s, others = self._key_s, self._others
        self._key_s, self._others = clock_s, 0
        if before_s is not None and others == 0:
            self.every_s = None
        elif before_s is not None and clock_s > before_s:
            self.every_s = round(clock_s - before_s, 3)


class MediaClock:
    """Seconds of the stream's own time that passed, whatever its clock says when it jumps."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.passed_s = 0.0
        self._clock_s: float | None = None

    def take(self, clock_s: float) -> None:
        """Take the time of the next frame."""
        step_s = 0.0 if self._clock_s is None else clock_s - self._clock_s
        if 0 < step_s <= CLOCK_STEP_MAX_S:
            self.passed_s += step_s
        self._clock_s = clock_s


class StreamMeter:
    """All that is measured of one open stream."""

    def __init__(self) -> None:
        """Begin without a frame."""
        self._keyframes = KeyframeMeter()
        self._clock = MediaClock()
        self._media = RateMeter()
        self._bytes = RateMeter()

    def frame(self, clock_s: float | None, is_key: bool | None) -> None:
        """Take the next frame, as far as its source tells of it."""
        if clock_s is None:
            return
        self._clock.take(clock_s)
        if is_key is not None:
            self._keyframes.take(clock_s, is_key=is_key)

    @property
    def keyframe_every_s(self) -> float | None:
        """Between the last two keyframes."""
        return self._keyframes.every_s

    def media_rate(self, at_s: float) -> float | None:
        """Return how fast the stream's own time passes, 1 when all is well; None while it never did."""
        rate = self._media.rate(self._clock.passed_s, at_s)
        return round(rate, 3) if self._clock.passed_s > 0 else None

    def bits_per_s(self, received_bytes: int | None, at_s: float) -> float | None:
        """Take how many bytes came so far and return their rate."""
        if received_bytes is None:
            return None
        return round(8 * self._bytes.rate(received_bytes, at_s))
