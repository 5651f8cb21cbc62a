"""What the bench films: places the project draws, and clips, at ten frames a second."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from station.devices.camera.bench.film import FFMPEG, ffmpeg
from station.errors import DeviceError
from station.vision import scenes
from station.vision.features import Frame

FRAMES_PER_S: Final = 10
CLIP_FRAMES_MAX: Final = 900
"""Of a longer clip the first 90 s; it is played back and forth."""
WIDEST_PX: Final = 640
VIDEO_FILES: Final = {".mp4", ".avi", ".mkv", ".mov", ".ts", ".webm", ".mpg"}
NO_CLIP: Final = "E-BENCH-02"


class Material(NamedTuple):
    """Something to film: a frame for every time."""

    name: str
    frame: Callable[[float], Frame]


def drawn(quick: bool) -> list[Material]:
    """Return the places the project draws."""
    chosen: list[tuple[scenes.Place, int]] = [("office", 1), ("yard", 2), ("hall", 3), ("shelves", 4)]
    return [_drawn(place, seed) for place, seed in (chosen[:1] if quick else chosen)]


def _drawn(place: scenes.Place, seed: int) -> Material:
    scene = scenes.draw(place, seed)
    return Material(f"drawn {place}", lambda t_s: scenes.at(scene, t_s, people=2))


def of_folder(folder: Path) -> list[Material]:
    """Return the clips of a folder.

    Raises DeviceError when there is none.
    """
    files = sorted(path for path in folder.glob("*") if path.suffix.lower() in VIDEO_FILES)
    if not files:
        raise DeviceError(NO_CLIP, f"目录中没有视频文件 no video files in {folder}")
    return [of_clip(path) for path in files]


def of_clip(file: Path) -> Material:
    """Return a clip, played back and forth.

    Raises DeviceError when FFmpeg cannot read it.
    """
    scale = f"fps={FRAMES_PER_S},scale='min({WIDEST_PX},iw)':-2"
    command = [ffmpeg(), *FFMPEG, "-i", f"file:{file.absolute()}", "-vf", scale, "-frames:v", str(CLIP_FRAMES_MAX)]
    read = subprocess.run([*command, "-f", "image2pipe", "-c:v", "ppm", "-"], capture_output=True, check=False)
    frames = _pictures(read.stdout)
    if not frames:
        raise DeviceError(NO_CLIP, f"无法读取 cannot read {file.name}: {read.stderr.decode(errors='replace').strip()}")
    there_and_back = [*frames, *frames[-2:0:-1]]
    return Material(file.stem, lambda t_s: there_and_back[round(t_s * FRAMES_PER_S) % len(there_and_back)])


def _pictures(data: bytes) -> list[Frame]:
    """Read PPM pictures one after another."""
    stream, frames = io.BytesIO(data), []
    while stream.readline().strip() == b"P6":
        width, height = map(int, stream.readline().split())
        stream.readline()
        pixels = np.frombuffer(stream.read(width * height * 3), np.uint8)
        frames.append(np.ascontiguousarray(pixels.reshape(height, width, 3)[:, :, ::-1]))
    return frames
