"""Rooms and yards the project draws itself: seeded, textured, with people walking through, by day or infrared."""

from typing import Final, Literal, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from station.vision.features import Frame, clipped
from wire.video import Light

Place = Literal["office", "yard", "hall", "shelves"]
PLACES: Final[tuple[Place, ...]] = ("office", "yard", "hall", "shelves")
WIDTH_PX, HEIGHT_PX = 640, 360
SENSOR_NOISE: Final = 2.0
"""Gray levels by day; a sensor is never still."""
NIGHT_NOISE: Final = 4.0


class Scene(NamedTuple):
    """A place without people, at its size, and its seed."""

    still: Frame
    seed: int
    place: Place


def draw(place: Place, seed: int, width_px: int = WIDTH_PX, height_px: int = HEIGHT_PX) -> Scene:
    """Draw a place; another seed is another place of the kind."""
    rng = np.random.default_rng([seed, PLACES.index(place)])
    picture = _surface(rng, height_px, width_px)
    match place:
        case "office":
            _office(picture, rng)
        case "yard":
            _yard(picture, rng)
        case "hall":
            _hall(picture, rng)
        case "shelves":
            _shelves(picture, rng)
    soft = cv2.GaussianBlur(picture, (0, 0), 0.6)
    return Scene(clipped(soft), seed, place)


def at(scene: Scene, t_s: float, people: int = 1, light: Light = "day") -> Frame:
    """Return the scene at a time: people where they are then, sensor noise, night's light."""
    picture = scene.still.copy()
    for person in range(people):
        _walk(picture, scene.seed * 7 + person, t_s)
    if light == "infrared":
        picture = infrared(picture)
    return grainy(picture, NIGHT_NOISE if light == "infrared" else SENSOR_NOISE, scene.seed, t_s)


def grainy(picture: Frame, sigma: float, seed: int, t_s: float) -> Frame:
    """Add a sensor's noise, the same for the same time."""
    rng = np.random.default_rng([seed, round(t_s * 1000) & 0xFFFFFFFF])
    grain = np.empty(picture.shape[:2], np.int16)
    cv2.setRNGSeed(int(rng.integers(1 << 30)))
    cv2.randn(grain, 0, sigma)  # type: ignore[call-overload]
    return clipped(picture + grain[:, :, None])


def infrared(picture: Frame) -> Frame:
    """Return what a camera sees by its own infrared lamp: no colour, bright middle, dark edges."""
    height, width = picture.shape[:2]
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    lamp = np.exp(-(((x / width - 0.5) / 0.55) ** 2) - ((y / height - 0.55) / 0.55) ** 2)
    lit = clipped(30 + gray * (0.25 + 0.65 * lamp))
    return np.repeat(lit[:, :, None], 3, axis=2)


def _surface(rng: np.random.Generator, height: int, width: int) -> NDArray[np.float32]:
    """Return a wall: one colour, uneven light, plaster."""
    colour = rng.uniform((120, 130, 130), (190, 205, 210))
    wall = np.ones((height, width, 3), np.float32) * colour.astype(np.float32)
    for cells, strength in ((4, 14.0), (24, 5.0), (90, 4.0)):
        rough = rng.normal(0, strength, (max(2, cells * height // width), cells)).astype(np.float32)
        wall += cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC)[:, :, None]
    return wall


def _box(picture: NDArray[np.float32], box: tuple[float, float, float, float], colour: NDArray[np.float64]) -> None:
    height, width = picture.shape[:2]
    left, top, right, bottom = (
        int(box[0] * width), int(box[1] * height), int(box[2] * width), int(box[3] * height)
    )  # fmt: skip
    cv2.rectangle(picture, (left, top), (right, bottom), colour.tolist(), -1)
    cv2.rectangle(picture, (left, top), (right, bottom), (colour * 0.5).tolist(), 1)


def _written(picture: NDArray[np.float32], rng: np.random.Generator, box: tuple[float, float, float, float]) -> None:
    """Draw a notice with lines of writing."""
    _box(picture, box, rng.uniform(210, 245, 3))
    height, width = picture.shape[:2]
    left, right = int(box[0] * width) + 4, int(box[2] * width) - 4
    for y in range(int(box[1] * height) + 6, int(box[3] * height) - 4, 7):
        x = left
        while x < right:
            length = int(rng.integers(3, 14))
            cv2.line(picture, (x, y), (min(x + length, right), y), (50, 45, 40), 2)
            x += length + 5


def _floor(picture: NDArray[np.float32], rng: np.random.Generator, top: float) -> None:
    height, width = picture.shape[:2]
    _box(picture, (0, top, 1, 1), rng.uniform(70, 140, 3))
    horizon = int(top * height)
    for n in range(-14, 15):
        cv2.line(picture, (width // 2 + n * 26, horizon), (width // 2 + n * 90, height), (70, 75, 80), 1)
    for n in range(1, 8):
        y = horizon + (height - horizon) * n * n // 64
        cv2.line(picture, (0, y), (width, y), (75, 80, 85), 1)


def _office(picture: NDArray[np.float32], rng: np.random.Generator) -> None:
    _floor(picture, rng, 0.72)
    _box(picture, (0.06, 0.10, 0.30, 0.45), np.array([235.0, 228.0, 215.0]))
    _box(picture, (0.175, 0.10, 0.185, 0.45), np.array([90.0, 95.0, 100.0]))
    for n in range(3):
        left = 0.36 + n * 0.14 + rng.uniform(0, 0.03)
        _written(picture, rng, (left, 0.12, left + 0.10, rng.uniform(0.30, 0.42)))
    _box(picture, (0.84, 0.14, 0.97, 0.76), rng.uniform((30, 50, 90), (70, 100, 150)))
    _box(picture, (0.25, 0.58, 0.75, 0.66), rng.uniform((40, 70, 110), (80, 120, 170)))
    _box(picture, (0.28, 0.66, 0.31, 0.90), rng.uniform(40, 90, 3))
    _box(picture, (0.69, 0.66, 0.72, 0.90), rng.uniform(40, 90, 3))
    _box(picture, (0.40, 0.46, 0.52, 0.58), np.array([40.0, 38.0, 35.0]))
    _written(picture, rng, (0.56, 0.50, 0.66, 0.58))


def _yard(picture: NDArray[np.float32], rng: np.random.Generator) -> None:
    height, width = picture.shape[:2]
    _box(picture, (0, 0, 1, 0.35), np.array([225.0, 205.0, 185.0]))
    leaves = rng.normal(0, 26, (height // 4, width // 4, 1)).astype(np.float32)
    green = np.array([60.0, 110.0, 80.0], np.float32) + cv2.resize(leaves, (width, height))[:, :, None]
    top, bottom = int(0.22 * height), int(0.62 * height)
    picture[top:bottom, : width * 6 // 10] = green[top:bottom, : width * 6 // 10]
    stone = rng.normal(0, 16, (height // 2, width // 2)).astype(np.float32)
    picture[bottom:] = 135 + cv2.resize(stone, (width, height))[bottom:, :, None]
    _box(picture, (0.62, 0.18, 0.98, 0.66), rng.uniform((70, 90, 130), (120, 140, 180)))
    for row in range(8):
        y = int((0.20 + row * 0.057) * height)
        cv2.line(picture, (int(0.62 * width), y), (int(0.98 * width), y), (95, 105, 120), 1)
    _box(picture, (0.72, 0.34, 0.84, 0.66), np.array([40.0, 45.0, 60.0]))
    _written(picture, rng, (0.86, 0.30, 0.96, 0.46))
    cv2.line(picture, (int(0.3 * width), 0), (int(0.3 * width), bottom), (60, 70, 80), 5)


def _hall(picture: NDArray[np.float32], rng: np.random.Generator) -> None:
    _floor(picture, rng, 0.55)
    for n in range(5):
        left = 0.03 + n * 0.20
        _box(picture, (left, 0.08, left + 0.12, 0.52), rng.uniform(60, 210, 3))
        _written(picture, rng, (left + 0.02, 0.14, left + 0.10, 0.28))
    for row in range(3):
        for n in range(6):
            left, top = 0.08 + n * 0.15 + row * 0.01, 0.60 + row * 0.13
            _box(picture, (left, top, left + 0.08, top + 0.08), rng.uniform((50, 40, 30), (190, 120, 90)))


def _shelves(picture: NDArray[np.float32], rng: np.random.Generator) -> None:
    _floor(picture, rng, 0.80)
    for row in range(5):
        top, left = 0.04 + row * 0.15, 0.02
        _box(picture, (0, top + 0.125, 1, top + 0.145), np.array([60.0, 80.0, 100.0]))
        while left < 0.97:
            wide = rng.uniform(0.015, 0.05)
            _box(picture, (left, top + rng.uniform(0, 0.05), left + wide, top + 0.125), rng.uniform(40, 220, 3))
            left += wide + rng.uniform(0.002, 0.02)


def _walk(picture: Frame, seed: int, t_s: float) -> None:
    """Draw a person on a way of their own: across, now and then standing, then out of the picture."""
    rng = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    round_s, tall = rng.uniform(26, 40), rng.uniform(0.35, 0.5)
    along = ((t_s + rng.uniform(0, 30)) % round_s) / (0.6 * round_s)
    if along > 1:
        return
    x = int((along * 1.3 - 0.15) * width)
    feet, body = int(rng.uniform(0.88, 0.97) * height), int(tall * height)
    sway = int(3 * np.sin(t_s * 5))
    coat, trousers = rng.uniform(30, 170, 3).tolist(), rng.uniform(20, 80, 3).tolist()
    wide = body // 6
    cv2.rectangle(picture, (x - wide // 2 - sway, feet - body // 2), (x - 2, feet), trousers, -1)
    cv2.rectangle(picture, (x + 2, feet - body // 2), (x + wide // 2 + sway, feet), trousers, -1)
    cv2.rectangle(picture, (x - wide, feet - body * 9 // 10), (x + wide, feet - body * 4 // 10), coat, -1)
    cv2.circle(picture, (x, feet - body), body // 8, (120, 150, 190), -1)
