"""Every fault of the picture, drawn over good frames: what the doctor must name. Time comes in, chance is seeded."""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np

from station.vision.features import Frame, clipped
from station.vision.scenes import grainy
from wire.video import FaultKind

Effect = Callable[[Frame, float], Frame]
"""A frame and the seconds since the effect began → the frame as the camera would show it."""


def black(level: float = 4.0) -> Effect:
    """Put the lens cap on: nearly nothing, with a little noise."""
    return lambda frame, t_s: grainy(np.full_like(frame, round(level)), 1.0, 11, t_s)


def no_signal(card: str = "blue") -> Effect:
    """Draw the card of a recorder that lost its camera: blue, bars, or gray with writing."""

    def draw(frame: Frame, _t_s: float) -> Frame:
        height, width = frame.shape[:2]
        picture = np.empty_like(frame)
        if card == "bars":
            colours = [
                (191, 191, 191),
                (0, 191, 191),
                (191, 191, 0),
                (0, 191, 0),
                (191, 0, 191),
                (0, 0, 191),
                (191, 0, 0),
            ]
            for n, colour in enumerate(colours):
                picture[:, n * width // 7 : (n + 1) * width // 7] = colour
            return picture
        picture[:] = (200, 40, 20) if card == "blue" else (96, 96, 96)
        place = (width * 3 // 10, height // 2)
        cv2.putText(picture, "NO SIGNAL", place, cv2.FONT_HERSHEY_SIMPLEX, width / 450, (240, 240, 240), 2)
        return picture

    return draw


def white(gain: float = 6.0) -> Effect:
    """Overexpose until nothing is seen."""
    return lambda frame, _t_s: cv2.convertScaleAbs(frame, alpha=gain, beta=90)  # type: ignore[return-value]


def dark(gain: float = 0.12) -> Effect:
    """Take the light: all is there and nothing can be seen; the sensor's noise grows."""
    return lambda frame, t_s: grainy(clipped(frame * gain), 2.0, 12, t_s)


def frozen(*, clock: bool = False) -> Effect:
    """Show the same picture again and again; with `clock`, the recorder still draws its time over it."""
    kept: list[Frame] = []

    def draw(frame: Frame, t_s: float) -> Frame:
        if not kept or t_s <= 0:
            kept[:] = [frame.copy()]
        return with_clock(kept[0], t_s) if clock else kept[0]

    return draw


def with_clock(frame: Frame, t_s: float) -> Frame:
    """Draw the time as recorders do."""
    picture = frame.copy()
    size = frame.shape[1] / 900
    text = f"2026-11-24 10:{int(t_s) // 60 % 60:02d}:{int(t_s) % 60:02d}"
    cv2.putText(picture, text, (8, int(40 * size)), cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), 3)
    cv2.putText(picture, text, (8, int(40 * size)), cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), 1)
    return picture


def blur(sigma_at_640: float = 2.0) -> Effect:
    """Lose the focus, or put dirt on the lens."""
    return lambda frame, _t_s: cv2.GaussianBlur(frame, (0, 0), sigma_at_640 * frame.shape[1] / 640)  # type: ignore[return-value]


def covered(share: float = 0.7, *, side: str = "left", tone: int = 60, seed: int = 3) -> Effect:
    """Put something before the lens: soft-edged, out of focus, still; from a side, or from a corner."""

    def draw(frame: Frame, t_s: float) -> Frame:
        height, width = frame.shape[:2]
        mask = np.zeros((height, width), np.float32)
        match side:
            case "left":
                mask[:, : round(width * share)] = 1
            case "top":
                mask[: round(height * share)] = 1
            case "corner":
                root = share**0.5
                mask[height - round(height * root) :, width - round(width * root) :] = 1
        soft = cv2.GaussianBlur(mask, (0, 0), width / 80) if share < 1 else mask
        rng = np.random.default_rng(seed)
        cloth = cv2.resize(rng.normal(0, 10, (5, 8)), (width, height), interpolation=cv2.INTER_CUBIC)
        over = cloth[:, :, None] + np.array([tone * 0.8, tone * 0.9, tone])
        return grainy(clipped(frame * (1 - soft[:, :, None]) + over * soft[:, :, None]), 1.5, seed, t_s)

    return draw


def moved(share: float = 0.05, down: float = 0.0, turned_deg: float = 0.0) -> Effect:
    """Aim elsewhere: by a share of the width and height, or turned."""

    def draw(frame: Frame, _t_s: float) -> Frame:
        height, width = frame.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turned_deg, 1.0)
        matrix[:, 2] += (share * width, down * height)
        return cv2.warpAffine(frame, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)  # type: ignore[return-value]

    return draw


def cast(blue: float = 1.0, green: float = 1.0, red: float = 0.6) -> Effect:
    """Let one colour fail or another take over."""
    gains = np.array([blue, green, red], np.float32)
    return lambda frame, _t_s: clipped(frame * gains)


def noise(sigma: float = 25.0, seed: int = 5) -> Effect:
    """Heat the sensor: each pixel a little wrong."""

    def draw(frame: Frame, t_s: float) -> Frame:
        height, width, depth = frame.shape
        grain = np.empty((height, width * depth), np.int16)
        cv2.setRNGSeed(seed + round(t_s * 1000))
        cv2.randn(grain, 0, sigma)  # type: ignore[call-overload]
        return clipped(frame + grain.reshape(frame.shape))

    return draw


def snow(seed: int = 6) -> Effect:
    """Show no picture but noise."""

    def draw(frame: Frame, t_s: float) -> Frame:
        rng = np.random.default_rng([seed, round(t_s * 1000)])
        return np.repeat(rng.integers(0, 256, (*frame.shape[:2], 1), np.uint8), 3, axis=2)

    return draw


def stripes(
    amplitude: float = 30.0, period_at_640: float = 24.0, *, upright: bool = False, rolls: bool = True
) -> Effect:
    """Lay waves across the picture: mains hum, a rolling shutter under lamps."""

    def draw(frame: Frame, t_s: float) -> Frame:
        height, width = frame.shape[:2]
        period = period_at_640 * width / 640
        along = np.arange(width if upright else height) / period + (t_s * 1.7 if rolls else 0)
        wave = amplitude * np.sin(2 * np.pi * along)
        return clipped(frame + (wave[None, :, None] if upright else wave[:, None, None]))

    return draw


def flicker(depth: float = 0.3, hertz: float = 3.3) -> Effect:
    """Let a lamp or an iris not decide."""
    return lambda frame, t_s: clipped(frame * (1 - depth * (0.5 + 0.5 * np.sin(2 * np.pi * hertz * t_s))))


FAULTS: Final[dict[str, tuple[FaultKind, Callable[[], Effect]]]] = {
    "black": ("black", black),
    "black, level 12": ("black", lambda: black(12)),
    "no signal, blue": ("no_signal", no_signal),
    "no signal, bars": ("no_signal", lambda: no_signal("bars")),
    "no signal, gray": ("no_signal", lambda: no_signal("gray")),
    "white": ("white", white),
    "dark, a tenth": ("dark", lambda: dark(0.10)),
    "dark, 0.15": ("dark", lambda: dark(0.15)),
    "frozen": ("frozen", frozen),
    "frozen under a clock": ("frozen", lambda: frozen(clock=True)),
    "blur 2 px": ("blur", blur),
    "blur 4 px": ("blur", lambda: blur(4)),
    "covered 60 %": ("covered", lambda: covered(0.6)),
    "covered 80 %, top": ("covered", lambda: covered(0.8, side="top", tone=120, seed=9)),
    "covered whole": ("covered", lambda: covered(1.0, tone=90)),
    "covered 30 %": ("covered", lambda: covered(0.3, side="corner")),
    "covered 30 %, side": ("covered", lambda: covered(0.3, tone=110, seed=8)),
    "moved 5 %": ("moved", moved),
    "moved 15 %": ("moved", lambda: moved(-0.12, 0.12)),
    "moved away": ("moved", lambda: moved(0.55, -0.3)),
    "cast, no red": ("cast", cast),
    "cast, blue": ("cast", lambda: cast(1.3, 1.0, 0.75)),
    "noise 25": ("noise", noise),
    "noise 50": ("noise", lambda: noise(50)),
    "snow": ("noise", snow),
    "stripes": ("stripes", stripes),
    "stripes upright": ("stripes", lambda: stripes(25, 40, upright=True, rolls=False)),
    "flicker": ("flicker", flicker),
    "flicker fast": ("flicker", lambda: flicker(0.4, 7.1)),
}
"""What the bench draws: its kind and how."""
