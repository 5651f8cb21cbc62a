"""The simulated twin of a camera: draws a room with somebody walking through, and misbehaves when told to."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from station.devices.camera.codes import CANNOT_OPEN
from station.devices.camera.feed import FeedError, Pace
from station.devices.camera.sources import Twin
from station.vision import faults, qr_codes, scenes
from station.vision.faults import Effect
from station.vision.features import Frame

SWELL_BYTES: Final = 16_000_000
MOST_SWELLING: Final = 100
"""Should nobody stop it, it stops before the machine suffers."""
ROOM: Final = 7
CARD_MAX_BYTES: Final = 1_000_000
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


class HeldCard:
    """Whoever makes the file holds its QR code before the camera; whoever removes it takes it away."""

    def __init__(self, file: Path) -> None:
        """Watch for the file."""
        self._file = file
        self._content: bytes | None = None
        self._picture: Frame | None = None

    def before(self, frame: Frame) -> Frame:
        """Return the frame, with the card in its middle while there is one."""
        content = self._held()
        if content != self._content:
            self._content, self._picture = content, None if content is None else _pictured(content)
        return frame if self._picture is None else qr_codes.held_up(frame, self._picture)

    def _held(self) -> bytes | None:
        try:
            with self._file.open("rb") as file:
                return file.read(CARD_MAX_BYTES)
        except OSError:
            return None


def _pictured(content: bytes) -> Frame | None:
    """Return the code as text would be drawn, or the picture that the file is; None when it is neither."""
    picture = qr_codes.decoded_image(content)
    if picture is not None:
        return picture
    try:
        return qr_codes.drawn(content.decode("utf-8").strip())
    except ValueError:  # no text, empty, or more than a code holds
        return None


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
        self._card = HeldCard(Path(twin.card)) if twin.card else None
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
        if self._card is not None:
            frame = self._card.before(frame)
        return frame if self._effect is None or not self._due() else self._effect(frame, at_s - self._twin.after_s)

    def close(self) -> None:
        """Nothing is held open."""
