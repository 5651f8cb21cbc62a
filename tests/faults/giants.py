"""Films that claim a size nobody can hold: each codec says it in its own place."""

import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from station.devices.camera.bench.film import FFMPEG, ffmpeg

GIANT_PX: Final = 100_000
JPEG_MOST_PX: Final = 65_500
FITS_NO_MEMORY_PX: Final = 16_000
"""FFmpeg takes this size for possible; a frame of it is 768 MB."""


def _small(folder: Path, name: str, *codec: str) -> bytearray:
    file = folder / name
    source = ("-f", "lavfi", "-i", "testsrc=size=160x90:rate=10:duration=3")
    subprocess.run([ffmpeg(), *FFMPEG[:-2], "-y", *source, *codec, str(file)], check=True)
    return bytearray(file.read_bytes())


def raw_avi(folder: Path) -> bytes:
    """Raw pictures: the size stands in the container alone."""
    data = _small(folder, "raw.avi", "-c:v", "rawvideo", "-pix_fmt", "bgr24")
    struct.pack_into("<ii", data, data.index(b"strf") + 12, GIANT_PX, GIANT_PX)
    return bytes(data)


def png_avi(folder: Path, size_px: int = GIANT_PX) -> bytes:
    """A PNG in each frame, its check sum right."""
    data = _small(folder, "png.avi", "-c:v", "png")
    at = data.find(b"IHDR")
    while at >= 0:
        struct.pack_into(">II", data, at + 4, size_px, size_px)
        struct.pack_into(">I", data, at + 17, zlib.crc32(data[at : at + 17]))
        at = data.find(b"IHDR", at + 4)
    return bytes(data)


def png_beyond_memory(folder: Path) -> bytes:
    """Of a size that is possible, and too large for its limits."""
    return png_avi(folder, FITS_NO_MEMORY_PX)


def jpeg(folder: Path) -> bytes:
    """A JPEG cannot claim more than 65,535."""
    data = _small(folder, "jpeg.mjpeg", "-c:v", "mjpeg", "-huffman", "0")
    at = data.find(b"\xff\xc0")
    while at >= 0:
        struct.pack_into(">HH", data, at + 5, JPEG_MOST_PX, JPEG_MOST_PX)
        at = data.find(b"\xff\xc0", at + 4)
    return bytes(data)


def h264(folder: Path) -> bytes:
    """The sequence parameter set says it."""
    data = _small(folder, "film.h264", "-c:v", "libx264", "-profile:v", "baseline", "-pix_fmt", "yuv420p")
    begin = data.index(b"\x00\x00\x01\x67") + 3
    end = data.index(b"\x00\x00\x01", begin)
    blocks = GIANT_PX // 16
    fields = "".join(map(_ue, (0, 0, 2, 1))) + "0" + _ue(blocks - 1) + _ue(blocks - 1) + "1100" + "1"
    fields += "0" * (-len(fields) % 8)
    told = bytes([0x67, 66, 0xC0, 51]) + int(fields, 2).to_bytes(len(fields) // 8, "big")
    return bytes(data[:begin]) + told + bytes(data[end - 1 :])


def _ue(number: int) -> str:
    """Write a number as H.264 does: Exp-Golomb."""
    bits = f"{number + 1:b}"
    return "0" * (len(bits) - 1) + bits


GIANTS: Final[dict[str, tuple[str, Callable[[Path], bytes]]]] = {
    "raw pictures in AVI": ("avi", raw_avi),
    "PNG in AVI": ("avi", png_avi),
    "PNG of a possible size": ("avi", png_beyond_memory),
    "Motion JPEG": ("mjpeg", jpeg),
    "H.264": ("h264", h264),
}
