"""Frames become H.264 files as a county sees them, and files become damaged ones. FFmpeg does the work."""

import random
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from station.errors import DeviceError
from station.vision.features import Frame

FFMPEG: Final = ("-hide_banner", "-loglevel", "error", "-nostdin", "-threads", "1")
NO_FFMPEG: Final = "E-BENCH-01"
PACKET_BYTES: Final = 188
KEYFRAME_EVERY_S: Final = 2


def ffmpeg() -> str:
    """Return where FFmpeg is.

    Raises DeviceError when it is not installed.
    """
    found = shutil.which("ffmpeg")
    if found is None:
        raise DeviceError(NO_FFMPEG, "需要 ffmpeg，请安装 the bench encodes with FFmpeg: apt install ffmpeg")
    return found


def encode(
    frames: Iterable[Frame], frames_per_s: int, kbit_per_s: int, file: Path, pause: tuple[int, int] = (0, 0)
) -> None:
    """Write frames as H.264 in MPEG-TS; `pause` is a frame number and the seconds that pass before it.

    Raises DeviceError when FFmpeg fails.
    """
    frames = iter(frames)
    first = next(frames)
    height, width = first.shape[:2]
    shape = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}", "-r", str(frames_per_s), "-i", "pipe:0"]
    rate = ["-b:v", f"{kbit_per_s}k", "-maxrate", f"{kbit_per_s * 3 // 2}k", "-bufsize", f"{kbit_per_s * 2}k"]
    codec = ["-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-g", str(KEYFRAME_EVERY_S * frames_per_s)]
    late = ["-vf", f"setpts='PTS+gte(N,{pause[0]})*{pause[1]}/TB'", "-vsync", "passthrough"] if pause[1] else []
    end = ["-pix_fmt", "yuv420p", "-threads", "1", "-f", "mpegts", "-y", f"file:{file}"]
    process = subprocess.Popen(
        [ffmpeg(), *FFMPEG, *shape, *late, *codec, *rate, *end], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stderr is not None
    try:
        with process.stdin as pipe:
            pipe.write(first.tobytes())
            for frame in frames:
                pipe.write(frame.tobytes())
    except BrokenPipeError:
        pass
    said = process.stderr.read()
    process.stderr.close()
    if process.wait() != 0:
        raise _failed(said)


def repeat(film: Path, long_s: float, looped: Path) -> None:
    """Play a film again and again without encoding it anew.

    Raises DeviceError when FFmpeg fails.
    """
    ends = ["-c", "copy", "-t", f"{long_s}", "-f", "mpegts", "-y", f"file:{looped}"]
    command = [ffmpeg(), *FFMPEG, "-stream_loop", "-1", "-i", f"file:{film}", *ends]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise _failed(done.stderr)


def _failed(said: bytes) -> DeviceError:
    return DeviceError("E-BENCH-03", f"ffmpeg 编码失败 FFmpeg failed: {said.decode(errors='replace').strip()}")


def flip_bits(data: bytes, from_share: float, per_packet: float, seed: int) -> bytes:
    """Damage the payload of some packets beyond a share of the file: the stream goes on, its pictures break."""
    chance = random.Random(seed)
    damaged = bytearray(data)
    for start in range(int(len(data) * from_share) // PACKET_BYTES * PACKET_BYTES, len(data), PACKET_BYTES):
        if chance.random() < per_packet:
            damaged[min(len(data) - 1, start + chance.randrange(60, PACKET_BYTES))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def lose_packets(data: bytes, from_share: float, share: float, seed: int) -> bytes:
    """Leave some packets out beyond a share of the file, as a bad line does."""
    chance = random.Random(seed)
    begin = int(len(data) * from_share) // PACKET_BYTES * PACKET_BYTES
    packets = (data[start : start + PACKET_BYTES] for start in range(begin, len(data), PACKET_BYTES))
    return data[:begin] + b"".join(packet for packet in packets if chance.random() >= share)
