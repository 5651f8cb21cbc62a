"""A file examined in a process of its own: its order, what it says, and how it is started and ended."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct

from station.devices.camera.codes import CRASHED, HANGS, MEANINGS
from station.devices.camera.process import QUIET
from station.errors import DeviceError
from wire.video import FaultKind

SILENT_MAX_S: Final = 120.0
"""Without an end for this long it is ended: an hour of 1080p takes less."""
FFMPEG_ERRORS_ONLY: Final = "16"


class Examine(Struct, frozen=True):
    """The one line the examiner is given."""

    file: str
    learn_s: float
    looks_per_s: float = 2.0
    background: bytes | None = None
    keep_background: bool = False


class Judged(Struct, frozen=True, tag_field="word", tag="judged"):
    """A change, at a time of the file."""

    t: float
    kind: FaultKind
    state: Literal["raised", "cleared"]
    severity: float
    since: float
    confidence: float


class Examined(Struct, frozen=True, tag_field="word", tag="examined"):
    """The last word about a file."""

    frames: int
    looks: int
    decoder_errors: int
    media_s: float
    cpu_s: float
    ms_per_look: float
    memory_mb: float
    raised: list[FaultKind]
    learning: bool
    background: bytes | None = None


class Refused(Struct, frozen=True, tag_field="word", tag="refused"):
    """It could not be examined, and why."""

    code: str


_words: Final = msgspec.json.Decoder(Judged | Examined | Refused)


def examine_file(order: Examine, silent_max_s: float = SILENT_MAX_S) -> Iterator[Judged | Examined]:
    """Yield what the doctor says of a file, last its summary.

    Raises DeviceError when the file cannot be examined, whatever it does to the process that tries.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "station.devices.camera.examiner"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **QUIET, "OPENCV_FFMPEG_LOGLEVEL": FFMPEG_ERRORS_ONLY},
        start_new_session=True,
        bufsize=0,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(msgspec.json.encode(order) + b"\n")
        for line in _lines(process.stdout.fileno(), silent_max_s):
            word = _words.decode(line)
            if isinstance(word, Refused):
                raise _failed(word.code)
            yield word
            if isinstance(word, Examined):
                return
        raise _failed(CRASHED)
    except (msgspec.DecodeError, BrokenPipeError):
        raise _failed(CRASHED) from None
    finally:
        process.kill()
        process.stdin.close()
        process.stdout.close()
        process.wait()


def _lines(fileno: int, silent_max_s: float) -> Iterator[bytes]:
    partial = b""
    deadline_s = time.monotonic() + silent_max_s
    while True:
        ready, _, _ = select.select([fileno], [], [], max(0.0, deadline_s - time.monotonic()))
        if not ready:
            raise _failed(HANGS)
        if not (data := os.read(fileno, 65_536)):
            return
        deadline_s = time.monotonic() + silent_max_s
        *lines, partial = (partial + data).split(b"\n")
        yield from lines


def _failed(code: str) -> DeviceError:
    return DeviceError(code, MEANINGS[code])


def order_for(file: Path, learn_s: float) -> Examine:
    """Return the order to examine a file."""
    return Examine(str(file.absolute()), learn_s)
