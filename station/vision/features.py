"""What is measured of one frame, at 320 × 180: nothing here knows a camera, a limit or a time."""

from typing import Any, Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
Plane = NDArray[np.float32]
Blocks = NDArray[np.float32]

WIDTH, HEIGHT = 320, 180
ACROSS, DOWN = 16, 9
HALF: Final = (WIDTH // 2, HEIGHT // 2)
NEAR: Final = 3
"""Gray levels: pixels of one flat colour after the codec."""


class Features(NamedTuple):
    """One frame, measured. Blocks are 9 × 16."""

    gray: Frame
    half: Plane
    dx: Plane
    dy: Plane
    luma: Blocks
    energy: Blocks
    fine: Blocks
    red: Blocks
    blue: Blocks
    rows: Plane
    """The profile downwards, of the left and the right half."""
    columns: Plane
    """The profile across, of the upper and the lower half."""
    mean: float
    low: float
    """5th and 95th percentile of the luma."""
    high: float
    burnt: float
    """Share of pixels at white."""
    flat: float
    """Share of pixels that are one colour."""
    flat_at: float
    """The luma of that colour."""
    upright: float
    """Share of pixels that are as the one below."""
    chroma: float
    """What `colourfulness` says."""
    saturation: float
    """Mean distance from gray, in gray levels."""


def plain(frame: Any) -> Frame | None:
    """Return any array as height × width × BGR bytes; None when it is no picture."""
    picture = np.asarray(frame)
    if picture.ndim not in {2, 3} or picture.size == 0 or picture.dtype.kind not in "buif":
        return None
    if picture.ndim == 3 and picture.shape[2] not in {1, 3, 4}:
        return None
    if picture.dtype != np.uint8:
        picture = _as_bytes(_spare(picture))
    if picture.ndim == 2:
        picture = picture[:, :, None]
    if picture.shape[2] == 1:
        picture = np.repeat(picture, 3, axis=2)
    return np.ascontiguousarray(picture[:, :, :3])


def _spare(picture: NDArray[Any]) -> NDArray[Any]:
    """Return every n-th pixel, so that a large picture of another type costs no more than a small one."""
    return picture[:: max(1, picture.shape[0] // (2 * HEIGHT)), :: max(1, picture.shape[1] // (2 * WIDTH))]


def _as_bytes(picture: NDArray[Any]) -> Frame:
    kind, bits = picture.dtype.kind, picture.dtype.itemsize * 8
    if kind == "b":
        return clipped(picture.astype(np.uint16) * 255)
    if kind == "u":
        return clipped(picture >> np.array(bits - 8, picture.dtype))
    values = np.nan_to_num(picture.astype(np.float64), nan=0.0, posinf=255.0, neginf=0.0)
    if kind == "f" and 0 < values.max() <= 1:
        values *= 255
    return clipped(values)


def clipped(values: NDArray[Any]) -> Frame:
    """Return numbers as bytes, those beyond 0 to 255 cut off."""
    frame: Frame = np.clip(values, 0, 255).astype(np.uint8)
    return frame


def blocks(plane: NDArray[Any]) -> Blocks:
    """Return the mean of each of 9 × 16 blocks."""
    return cv2.resize(plane, (ACROSS, DOWN), interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def measure(frame: Frame) -> Features:
    """Measure a frame that `plain` returned."""
    small = cv2.resize(frame, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    gray: Frame = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)  # type: ignore[assignment]
    half: Plane = cv2.resize(gray, HALF, interpolation=cv2.INTER_LINEAR).astype(np.float32)
    dx: Plane = cv2.Sobel(half, cv2.CV_32F, 1, 0, scale=0.25)  # type: ignore[assignment]
    dy: Plane = cv2.Sobel(half, cv2.CV_32F, 0, 1, scale=0.25)  # type: ignore[assignment]
    fine = cv2.absdiff(gray, cv2.blur(gray, (3, 3))).astype(np.float32)
    colour = cv2.resize(small, HALF, interpolation=cv2.INTER_LINEAR).astype(np.float32)
    mean_colour = blocks(colour)
    blue, green, red = mean_colour[..., 0], mean_colour[..., 1], mean_colour[..., 2]
    chroma = np.abs(red - green) + np.abs(blue - green)
    red_step, blue_step = np.log((red + 8) / (green + 8)), np.log((blue + 8) / (green + 8))
    counts = cv2.calcHist([gray], [0], None, [256], [0, 256]).ravel() / gray.size
    below = np.cumsum(counts)
    windows = np.convolve(counts, np.ones(2 * NEAR + 1), "same")
    return Features(
        gray=gray,
        half=half,
        dx=dx,
        dy=dy,
        luma=blocks(half),
        energy=blocks(cv2.magnitude(dx, dy)),
        fine=blocks(fine),
        red=red_step,
        blue=blue_step,
        rows=_profiles(gray[:, : WIDTH // 2], gray[:, WIDTH // 2 :], 1),
        columns=_profiles(gray[: HEIGHT // 2], gray[HEIGHT // 2 :], 0),
        mean=float(half.mean()),
        low=float(np.searchsorted(below, 0.05)),
        high=float(np.searchsorted(below, 0.95)),
        burnt=float(counts[248:].sum()),
        flat=float(windows.max()),
        flat_at=float(windows.argmax()),
        upright=float(np.mean(np.abs(dy) < 1.5)),
        chroma=colourfulness(red_step, blue_step),
        saturation=float(chroma.mean()),
    )


def colourfulness(red: Blocks, blue: Blocks) -> float:
    """Return the 90th percentile over blocks of the distance from gray, about in hundredths of the light."""
    return 100 * float(np.percentile(np.abs(red) + np.abs(blue), 90))


def _profiles(one: Frame, other: Frame, axis: int) -> Plane:
    return np.stack([cv2.reduce(part, axis, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel() for part in (one, other)])


def difference(one: Features, other: Features) -> Blocks:
    """Return how far two frames are apart, in gray levels per block."""
    return blocks(cv2.absdiff(one.gray, other.gray).astype(np.float32))


def grain(one: Features, other: Features) -> Blocks:
    """Return the finest part of the difference of two frames, in gray levels per block."""
    apart = cv2.subtract(one.gray, other.gray, dtype=cv2.CV_16S)
    return blocks(cv2.absdiff(apart, cv2.blur(apart, (3, 3))).astype(np.float32))


def gradient_likeness(dx: Plane, dy: Plane, base_dx: Plane, base_dy: Plane) -> Blocks:
    """Return the correlation of two gradient fields per block, -1 to 1; light and contrast do not matter to it."""
    both = blocks(dx * base_dx + dy * base_dy)
    own, base = blocks(dx * dx + dy * dy), blocks(base_dx * base_dx + base_dy * base_dy)
    alike: Blocks = both / np.sqrt(np.maximum(own * base, 1e-6))
    return alike


def gradient_likeness_of_whole(dx: Plane, dy: Plane, base_dx: Plane, base_dy: Plane) -> float:
    """Return the same over the whole frame."""
    both = float(np.sum(dx * base_dx + dy * base_dy))
    own, base = float(np.sum(dx * dx + dy * dy)), float(np.sum(base_dx * base_dx + base_dy * base_dy))
    return both / float(np.sqrt(max(own * base, 1e-6)))


def likeness(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return the correlation of two planes."""
    a, b = one - one.mean(), other - other.mean()
    return float(np.sum(a * b) / np.sqrt(max(float(np.sum(a * a)) * float(np.sum(b * b)), 1e-6)))


_WINDOW: Final = cv2.createHanningWindow(HALF, cv2.CV_32F)


def shift(half: Plane, base: Plane) -> tuple[int, int]:
    """Return by how many pixels of the half-size plane the picture moved right and down, by phase correlation."""
    # Copies: OpenCV lays the window over what it is given.
    (right, down), _ = cv2.phaseCorrelate(base.copy(), half.copy(), _WINDOW)
    if not np.isfinite(right) or not np.isfinite(down):
        return 0, 0
    return round(right), round(down)


def moved_back(plane: Plane, right: int, down: int) -> Plane:
    """Return the plane moved back by that much; what comes in from outside is 0."""
    matrix = np.array([[1, 0, -right], [0, 1, -down]], np.float32)
    return cv2.warpAffine(plane, matrix, HALF)  # type: ignore[return-value]


def ripple(profiles: Plane, base: Plane, from_cycles: int) -> tuple[float, float]:
    """Return amplitude, in gray levels, of the strongest wave laid over two base profiles, and its share of all waves.

    The amplitude is that of the weakest third of the weaker profile, where both go the same way: an edge is
    somewhere, stripes are everywhere. A wave the base has itself is no news when it is hidden or shaken, but then it
    is not all that changed.
    """
    length = profiles.shape[1]
    wave = _without_trend(profiles - base, from_cycles)
    power = np.abs(np.fft.rfft(wave.mean(axis=0) * np.hanning(length))) ** 2
    power[:from_cycles] = 0
    peak = int(power.argmax())
    near = float(power[max(0, peak - 1) : peak + 2].sum())
    thirds, own = _in_thirds(wave, peak), _in_thirds(_without_trend(base, from_cycles), peak)
    together = np.cos(np.angle(thirds[:, 0]) - np.angle(thirds[:, 1])).clip(0)
    pure = near / max(float(power.sum()), 1e-6)
    news = min(1.0, 2 * (1 - pure))
    amplitude = 2 * float((np.abs(thirds) * together[:, None] - news * np.abs(own)).min())
    return max(amplitude, 0.0), pure


def _without_trend(profiles: Plane, from_cycles: int) -> Plane:
    width = profiles.shape[1] // from_cycles | 1
    box = np.ones(width) / width
    padded = np.pad(profiles, ((0, 0), (width // 2, width // 2)), mode="edge")
    return profiles - np.stack([np.convolve(one, box, "valid") for one in padded]).astype(np.float32)


def _in_thirds(wave: Plane, cycles: int) -> NDArray[np.complex64]:
    turns = np.exp(-2j * np.pi * cycles * np.arange(wave.shape[1]) / wave.shape[1]).astype(np.complex64)
    return np.stack([part.mean(axis=1) for part in np.array_split(wave * turns, 3, axis=1)])
