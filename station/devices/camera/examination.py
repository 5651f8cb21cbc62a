"""A file examined in a process of its own: its order, what it says, and how it is started and ended."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct, field

from station.devices.camera.codes import CANNOT_OPEN, CRASHED, HANGS, MEANINGS, NO_DEVICE, OVER_MEMORY
from station.devices.camera.process import QUIET
from station.errors import DeviceError
from wire.video import FaultKind

SILENT_MAX_S: Final = 60.0
"""It tells its progress twice a second; without a word for this long it is ended."""
FFMPEG_ERRORS_ONLY: Final = "16"
OF_A_FILE: Final[dict[str, str]] = {
    NO_DEVICE: "没有这个文件，请检查路径 no such file: check the path",
    CANNOT_OPEN: (
        "不是视频，或文件不完整、已损坏、画面过大，请重新拷贝或另录一段 "
        "no video, or cut short, damaged or of impossible size: copy it again or record another"
    ),
    CRASHED: "解码器因此文件崩溃，请另录一段并报告 the decoder crashed on this file: record another, and report it",
    OVER_MEMORY: "此文件所需内存超限，请降低分辨率 this file needs too much memory: record it in a smaller size",
    HANGS: "解码器因此文件无响应，请另录一段并报告 the decoder hangs on this file: record another, and report it",
}
"""What a code means to somebody who holds a file instead of a camera."""


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


class Progress(Struct, frozen=True, tag_field="word", tag="progress"):
    """How far it is: the time of the file, and the share of its bytes that is read."""

    t: float
    share: float


class Examined(Struct, frozen=True, tag_field="word", tag="examined"):
    """The last word about a file."""

    frames: int
    looks: int = field(name="analysed")
    decoder_errors: int
    media_s: float
    cpu_s: float
    ms_per_look: float = field(name="ms_per_analysed")
    """Of the doctor."""
    ms_per_picture: float
    """Of OpenCV, to make a picture of a decoded frame."""
    memory_mb: float
    """The most this process held."""
    raised: list[FaultKind]
    learning: bool
    truncated: bool
    """It ends earlier than its container says."""
    background: bytes | None = None


class Refused(Struct, frozen=True, tag_field="word", tag="refused"):
    """It could not be examined, and why; `error` is the type of what was raised, which tells a flaw of ours."""

    code: str
    error: str = ""


class ExaminationError(DeviceError):
    """A file could not be examined."""

    def __init__(self, code: str, at_s: float = 0.0, error: str = "") -> None:
        """Keep where in the file it happened, and the type of error or the signal that ended the process."""
        where = f" ({at_s:.1f} s)" if at_s else ""
        super().__init__(code, OF_A_FILE.get(code, MEANINGS[code]) + where)
        self.at_s = at_s
        self.error = error


_words: Final = msgspec.json.Decoder(Judged | Progress | Examined | Refused)


def examine_file(
    order: Examine, silent_max_s: float = SILENT_MAX_S, on_progress: Callable[[Progress], None] | None = None
) -> Iterator[Judged | Examined]:
    """Yield what the doctor says of a file, last its summary.

    Raises ExaminationError when the file cannot be examined, whatever it does to the process that tries.
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
    at_s = 0.0
    try:
        process.stdin.write(msgspec.json.encode(order) + b"\n")
        for line in _lines(process.stdout.fileno(), silent_max_s):
            match _words.decode(line):
                case Progress() as progress:
                    at_s = progress.t
                    if on_progress is not None:
                        on_progress(progress)
                case Refused(code, error):
                    raise ExaminationError(code, at_s, error)
                case Judged() as judged:
                    yield judged
                case Examined() as last:
                    yield last
                    return
        raise ExaminationError(CRASHED, at_s, f"exit {process.wait()}")
    except TimeoutError:
        raise ExaminationError(HANGS, at_s) from None
    except (msgspec.DecodeError, BrokenPipeError) as error:
        raise ExaminationError(CRASHED, at_s, type(error).__name__) from None
    finally:
        process.kill()
        process.stdin.close()
        process.stdout.close()
        process.wait()


def examined(order: Examine) -> tuple[list[Judged], Examined]:
    """Return all faults raised in a file, and its summary.

    Raises ExaminationError as `examine_file` does.
    """
    *judged, summary = examine_file(order)
    assert isinstance(summary, Examined)
    return [one for one in judged if isinstance(one, Judged) and one.state == "raised"], summary


def _lines(fileno: int, silent_max_s: float) -> Iterator[bytes]:
    """Yield them; raises TimeoutError when none comes for too long."""
    partial = b""
    deadline_s = time.monotonic() + silent_max_s
    while True:
        ready, _, _ = select.select([fileno], [], [], max(0.0, deadline_s - time.monotonic()))
        if not ready:
            raise TimeoutError
        if not (data := os.read(fileno, 65_536)):
            return
        deadline_s = time.monotonic() + silent_max_s
        *lines, partial = (partial + data).split(b"\n")
        yield from lines


def order_for(file: Path, learn_s: float) -> Examine:
    """Return the order to examine a file."""
    return Examine(str(file.absolute()), learn_s)
