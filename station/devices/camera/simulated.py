"""The simulated twin of a camera: draws a room with somebody walking through, and misbehaves when told to."""

import os
import signal
import time
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from station.devices.camera.codes import CANNOT_OPEN
from station.devices.camera.feed import FeedError, Pace
from station.devices.camera.sources import Twin

SWELL_BYTES: Final = 16_000_000
MOST_SWELLING: Final = 100
"""Should nobody stop it, it stops before the machine suffers."""


class SimulatedFeed:
    """Frames at its own pace, until `twin.after_s` has passed and the fault begins."""

    def __init__(self, twin: Twin, width_px: int, height_px: int, frames_per_s: float) -> None:
        """Open it.

        Raises FeedError E-CAM-02 when told to refuse.
        """
        if twin.fault == "refuse":
            raise FeedError(CANNOT_OPEN)
        self.expected_frames_per_s: float | None = frames_per_s
        self._frames_per_s = frames_per_s
        self._twin = twin
        self._begun_s = time.monotonic()
        self._pace = Pace(frames_per_s)
        self._slow_pace = Pace(frames_per_s / 4)
        self._room = _room(width_px, height_px)
        self._frames = 0
        self._swollen: list[bytes] = []

    def grab(self) -> bool:
        """Wait for the next frame's time."""
        due = time.monotonic() - self._begun_s >= self._twin.after_s
        match self._twin.fault if due else "":
            case "hang":
                os.kill(os.getpid(), signal.SIGSTOP)
            case "crash":
                os.abort()
            case "stall":
                while True:
                    time.sleep(1)
            case "swell" if len(self._swollen) < MOST_SWELLING:
                self._swollen.append(b"\x01" * SWELL_BYTES)
            case "slow":
                self._slow_pace.wait()
                self._frames += 1
                return True
        self._pace.wait()
        self._frames += 1
        return True

    def told(self) -> tuple[float | None, bool | None]:
        """Return the time of the frame just grabbed; there are no keyframes."""
        return self._frames / self._frames_per_s, None

    def picture(self) -> NDArray[Any]:
        """Draw the frame just grabbed."""
        picture = self._room.copy()
        height_px, width_px, _ = picture.shape
        body_px = max(1, width_px // 12)
        left_px = self._frames * 4 % max(1, width_px - body_px)
        picture[height_px // 3 : height_px * 9 // 10, left_px : left_px + body_px] = (60, 80, 160)
        head_px = left_px + body_px // 4
        picture[height_px // 5 : height_px // 3, head_px : head_px + max(1, body_px // 2)] = (150, 180, 220)
        return picture

    def close(self) -> None:
        """Nothing is held open."""


def _room(width_px: int, height_px: int) -> NDArray[Any]:
    room = np.empty((height_px, width_px, 3), np.uint8)
    room[:] = np.linspace(150, 205, height_px, dtype=np.uint8)[:, None, None]
    room[height_px * 3 // 4 :] = (90, 110, 130)
    room[height_px // 8 : height_px // 2, width_px // 8 : width_px // 3] = (235, 225, 200)
    return room
