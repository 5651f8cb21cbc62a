"""Small films of every container and codec a camera may send, and the ways of damaging them, all by seed."""

import random
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from station.devices.camera.bench.film import FFMPEG, ffmpeg
from station.vision import scenes

WIDTH_PX, HEIGHT_PX, FRAMES_PER_S, FRAMES = 160, 90, 10, 60
HEADER_BYTES: Final = 2048
LIES: Final = (0, 1, 15, 255, 8191, 32_767, 65_535, 100_000, 0x7FFF_FFFF, 0xFFFF_FFFF)
CODECS: Final = {
    "h264": ("-c:v", "libx264", "-preset", "veryfast", "-g", "20", "-b:v", "150k"),
    "hevc": ("-c:v", "libx265", "-preset", "ultrafast", "-g", "20", "-b:v", "150k", "-x265-params", "log-level=none"),
    "mjpeg": ("-c:v", "mjpeg", "-q:v", "8"),
}
KINDS: Final = (
    ("h264", "mp4"), ("hevc", "mp4"), ("h264", "mkv"), ("hevc", "mkv"), ("mjpeg", "mkv"), ("h264", "ts"),
    ("hevc", "ts"), ("h264", "avi"), ("mjpeg", "avi"), ("mjpeg", "mjpeg"),
)  # fmt: skip


class Film(NamedTuple):
    """An undamaged one."""

    name: str
    suffix: str
    data: bytes


def films(folder: Path, kinds: tuple[tuple[str, str], ...] = KINDS) -> list[Film]:
    """Draw a room with somebody in it and encode it once of each kind."""
    scene = scenes.draw("office", 3, WIDTH_PX, HEIGHT_PX)
    drawn = b"".join(scenes.at(scene, n / FRAMES_PER_S).tobytes() for n in range(FRAMES))
    made = []
    for codec, suffix in kinds:
        file = folder / f"{codec}.{suffix}"
        encode(drawn, (WIDTH_PX, HEIGHT_PX), codec, file)
        made.append(Film(f"{suffix}/{codec}", suffix, file.read_bytes()))
    return made


def encode(frames: bytes, size_px: tuple[int, int], codec: str, file: Path, pixels: str = "yuv420p") -> None:
    """Write raw BGR frames as a film."""
    shape = ("-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{size_px[0]}x{size_px[1]}", "-r", str(FRAMES_PER_S))
    pixels = "yuvj420p" if codec == "mjpeg" else pixels
    command = [ffmpeg(), *FFMPEG[:-3], "-y", *shape, "-i", "pipe:0", *CODECS[codec], "-pix_fmt", pixels, str(file)]
    subprocess.run(command, input=frames, check=True)


Damage = Callable[[bytearray, random.Random], None]


def flip(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 10, 100, 1000))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def cut_end(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def cut_begin(data: bytearray, chance: random.Random) -> None:
    del data[: chance.randrange(len(data))]


def _block(data: bytearray, chance: random.Random) -> tuple[int, int]:
    begin = chance.randrange(len(data))
    return begin, min(len(data), begin + chance.choice((4, 188, 4096, 40_000)))


def double(data: bytearray, chance: random.Random) -> None:
    begin, end = _block(data, chance)
    at = chance.randrange(len(data))
    data[at:at] = data[begin:end]


def shuffle(data: bytearray, chance: random.Random) -> None:
    size = chance.choice((188, 1000, 4096))
    blocks = [bytes(data[at : at + size]) for at in range(0, len(data), size)]
    chance.shuffle(blocks)
    data[:] = b"".join(blocks)


def zero(data: bytearray, chance: random.Random) -> None:
    begin, end = _block(data, chance)
    data[begin:end] = bytes(end - begin)


def junk(data: bytearray, chance: random.Random) -> None:
    begin, end = _block(data, chance)
    data[begin:end] = chance.randbytes(end - begin)


def lie_anywhere(data: bytearray, chance: random.Random) -> None:
    """Numbers of the header become others."""
    for _ in range(chance.choice((1, 4, 16))):
        _overwrite(data, chance.randrange(min(len(data), HEADER_BYTES)), chance)


def lie_of_size(data: bytearray, chance: random.Random) -> None:
    """What stands for the width or the height becomes another number, wherever it stands."""
    for pixels in (WIDTH_PX, HEIGHT_PX):
        for written in (pixels.to_bytes(2, "big"), pixels.to_bytes(2, "little")):
            at = data.find(written)
            while 0 <= at < len(data) - 4:
                if chance.random() < 0.3:
                    _overwrite(data, at, chance, len(written))
                at = data.find(written, at + 2)


def _overwrite(data: bytearray, at: int, chance: random.Random, size: int = 0) -> None:
    size = size or chance.choice((1, 2, 4))
    lie = chance.choice(LIES) & (256**size - 1)
    data[at : at + size] = lie.to_bytes(size, chance.choice(("big", "little")))


DAMAGES: Final[dict[str, Damage]] = {
    "bits flipped": flip,
    "end cut off": cut_end,
    "beginning cut off": cut_begin,
    "block doubled": double,
    "blocks shuffled": shuffle,
    "block zeroed": zero,
    "block of junk": junk,
    "header lies": lie_anywhere,
    "size lies": lie_of_size,
}


def damaged(data: bytes, name: str, chance: random.Random) -> bytes:
    """Return it damaged in this way, sometimes in another way too."""
    result = bytearray(data)
    DAMAGES[name](result, chance)
    if chance.random() < 0.3 and result:
        DAMAGES[chance.choice(list(DAMAGES))](result, chance)
    return bytes(result)
