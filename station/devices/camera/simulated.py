"""The simulated twin of a camera: draws a room with somebody walking through, and misbehaves when told to."""

import os
import signal
import time
from collections.abc import Callable
from typing import Final

from station.devices.camera.codes import CANNOT_OPEN
from station.devices.camera.feed import FeedError, Pace
from station.devices.camera.sources import Twin
from station.vision import faults, scenes
from station.vision.faults import Effect
from station.vision.features import Frame

SWELL_BYTES: Final = 16_000_000
MOST_SWELLING: Final = 100
"""Should nobody stop it, it stops before the machine suffers."""
ROOM: Final = 7
PICTURE_FAULTS: Final[dict[str, Callable[[], Effect]]] = {
    "black": faults.black,
    "no_signal": faults.no_signal,
    "white": faults.white,
    "dark": faults.dark,
    "frozen": faults.frozen,
    "flicker": faults.flicker,
    "noise": faults.noise,
    "moved": faults.moved,
    "blur": lambda: faults.blur(4.0),
    "covered": faults.covered,
    "cast": faults.cast,
    "stripes": faults.stripes,
}


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
        self._room = scenes.draw("office", ROOM, width_px, height_px)
        self._effect = PICTURE_FAULTS[twin.fault]() if twin.fault in PICTURE_FAULTS else None
        self._frames = 0
        self._swollen: list[bytes] = []

    def grab(self) -> bool:
        """Wait for the next frame's time."""
        match self._twin.fault if self._due() else "":
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

    def _due(self) -> bool:
        return time.monotonic() - self._begun_s >= self._twin.after_s

    def told(self) -> tuple[float | None, bool | None]:
        """Return the time of the frame just grabbed; there are no keyframes."""
        return self._frames / self._frames_per_s, None

    def picture(self) -> Frame:
        """Draw the frame just grabbed."""
        at_s = self._frames / self._frames_per_s
        frame = scenes.at(self._room, at_s)
        return frame if self._effect is None or not self._due() else self._effect(frame, at_s - self._twin.after_s)

    def close(self) -> None:
        """Nothing is held open."""
