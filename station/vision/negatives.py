"""What happens before good cameras every day, drawn over good frames: the doctor must stay silent."""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np

from station.vision.faults import Effect, with_clock
from station.vision.features import Frame, clipped
from station.vision.scenes import grainy, infrared


def _lit(frame: Frame, gain: float, t_s: float, noise: float = 0.0) -> Frame:
    picture = clipped(frame * gain)
    return grainy(picture, noise, 21, t_s) if noise else picture


def clean(frame: Frame, _t_s: float) -> Frame:
    """Change nothing at all."""
    return frame


def clocked(frame: Frame, t_s: float) -> Frame:
    """Draw the recorder's clock over a living picture."""
    return with_clock(frame, t_s)


def infrared_switch(frame: Frame, t_s: float) -> Frame:
    """Go over to the camera's lamp, with a flash."""
    night = grainy(infrared(frame), 3.0, 22, t_s)
    return _lit(night, 2.5, t_s) if t_s < 0.6 else night


def dusk(frame: Frame, t_s: float) -> Frame:
    """Take half a minute for what takes half an hour."""
    return _lit(frame, 1 - 0.65 * min(1.0, t_s / 30), t_s, 2.0)


def lights_off(frame: Frame, t_s: float) -> Frame:
    """Turn the lamps off; the window remains, the sensor's noise grows."""
    return _lit(frame, 0.32, t_s, 3.0)


def exposure_step(frame: Frame, t_s: float) -> Frame:
    """Think again about the exposure, twice."""
    return _lit(frame, 1.35 if t_s % 16 < 8 else 0.8, t_s)


def _figure(frame: Frame, middle: float, *, wide: float = 0.36, sway: float = 0.0) -> Frame:
    picture = frame.copy()
    height, width = frame.shape[:2]
    x, half = int((middle + sway) * width), int(wide * width / 2)
    cv2.rectangle(picture, (x - half, int(height * 0.35)), (x + half, height), (70, 60, 50), -1)
    for n in range(4):
        y = int(height * (0.45 + n * 0.13))
        cv2.line(picture, (x - half, y), (x + half, y + height // 20), (95, 80, 70), 3)
    cv2.ellipse(picture, (x, int(height * 0.24)), (half // 2, int(height * 0.18)), 0, 0, 360, (120, 150, 190), -1)
    cv2.ellipse(picture, (x, int(height * 0.14)), (half // 2, int(height * 0.10)), 0, 0, 360, (30, 30, 35), -1)
    return picture


def walks_close(frame: Frame, t_s: float) -> Frame:
    """Let a person pass close to the lens, again and again."""
    along = t_s % 10 / 6
    return _figure(frame, along * 1.5 - 0.25, wide=0.45) if along < 1 else frame


def stands_close(frame: Frame, t_s: float) -> Frame:
    """Let a person stand before the camera for 8 s."""
    return _figure(frame, 0.45, wide=0.5, sway=0.006 * np.sin(t_s * 2)) if 2 <= t_s < 10 else frame


def jitter(frame: Frame, t_s: float) -> Frame:
    """Shake it as the wind shakes a mast."""
    height, width = frame.shape[:2]
    right, down = 0.006 * width * np.sin(t_s * 7.3), 0.005 * width * np.sin(t_s * 9.1 + 1)
    matrix = np.array([[1, 0, right], [0, 1, down]], np.float32)
    return cv2.warpAffine(frame, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)  # type: ignore[return-value]


def heavy_jpeg(frame: Frame, _t_s: float) -> Frame:
    """Press it as a camera does that saves."""
    _, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, 18])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)  # type: ignore[return-value]


def cloud(frame: Frame, t_s: float) -> Frame:
    """Let the shadow of a cloud go over."""
    height, width = frame.shape[:2]
    edge = (np.arange(width) / width - (t_s - 6) / 9) * 6
    shade = 1 - 0.4 / (1 + np.exp(np.clip(edge, -30, 30))) * (1 if t_s < 20 else max(0.0, 1 - (t_s - 20) / 5))
    return clipped(frame * np.repeat(shade[None, :, None], height, 0))


def rain(frame: Frame, t_s: float) -> Frame:
    """Let drops fall before the lens."""
    picture = frame.copy()
    height, width = frame.shape[:2]
    rng = np.random.default_rng([31, round(t_s * 1000)])
    for x, y, long in zip(
        rng.integers(0, width, 90), rng.integers(0, height, 90), rng.integers(8, 26, 90), strict=True
    ):
        cv2.line(picture, (int(x), int(y)), (int(x) + int(long) // 4, int(y) + int(long)), (205, 205, 205), 1)
    return cv2.addWeighted(picture, 0.6, frame, 0.4, 0)  # type: ignore[return-value]


def quiet_night(frame: Frame, t_s: float) -> Frame:
    """Leave little light: not frozen."""
    return _lit(frame, 0.45, t_s, 2.5)


def two_people_sit(frame: Frame, t_s: float) -> Frame:
    """Let two people sit down before the desk and talk."""
    one = _figure(frame, 0.3, wide=0.16, sway=0.01 * np.sin(t_s * 1.3))
    return _figure(one, 0.62, wide=0.16, sway=0.012 * np.sin(t_s * 1.7 + 2))


NEGATIVES: Final[dict[str, Callable[[Frame, float], Frame]]] = {
    "clean": clean,
    "clock over a living picture": clocked,
    "infrared switch with flash": infrared_switch,
    "dusk": dusk,
    "lights off": lights_off,
    "exposure step": exposure_step,
    "a person walks close": walks_close,
    "a person stands 8 s": stands_close,
    "jitter": jitter,
    "heavy JPEG": heavy_jpeg,
    "cloud shadow": cloud,
    "rain": rain,
    "two people sit": two_people_sit,
}

__all__ = ["NEGATIVES", "Effect", "quiet_night"]
