"""The process that examines one file: decodes it as fast as it can and lets the doctor look, in the file's own time.

Its order comes as one line on standard input; it answers with JSON lines. OpenCV may abort, hang or swell here
without harm to anything else.
"""

import os
import resource
import sys
import time
from pathlib import Path
from typing import Final

import msgspec

from station.devices.camera.codes import CANNOT_OPEN, CRASHED, OVER_MEMORY
from station.devices.camera.complaints import DecoderErrors
from station.devices.camera.examination import Examine, Examined, Judged, Progress, Refused
from station.devices.camera.feed import FeedError
from station.devices.camera.looking import LookTimes
from station.devices.camera.reports import write_line
from station.devices.camera.worker import Recording, begin
from station.vision.doctor import Doctor

DATA_MAX_BYTES: Final = 800_000_000
"""Memory of its own, touched or not: 4K H.265 takes 450 MB; one that claims 100,000 × 100,000 pixels ends here."""
CONTAINER_GAP_MAX_S: Final = 600.0
"""A longer jump of the file's clock is a fault of the clock."""
NO_FRAMES_AFTER_S: Final = 5.0
PROGRESS_EVERY_S: Final = 0.5
WHOLE_SHARE: Final = 0.9
"""Of the time that a container claims: a frame rate that is rounded is no cut."""
NO_MEMORY: Final = -4
"""`cv::Error::StsNoMem`."""


class MediaTime:
    """The time of a recording: its own clock where that can be believed."""

    def __init__(self, frames_per_s: float) -> None:
        """Begin at 0."""
        self._step_s = 1 / frames_per_s
        self._clock_s: float | None = None
        self.now_s = 0.0
        self.believed = True

    def advance(self, clock_s: float) -> float:
        """Take the container's time of the next frame and return how much time passed."""
        before, self._clock_s = self._clock_s, clock_s
        if before is None:
            return 0.0
        passed_s = clock_s - before
        if not 0 < passed_s <= CONTAINER_GAP_MAX_S:
            passed_s = self._step_s
            self.believed = False
        self.now_s += passed_s
        return passed_s


class ReadSoFar:
    """The share of the file that is read, as the system knows it of every open file."""

    def __init__(self, file: Path) -> None:
        """Find the file among those this process has open."""
        self._bytes = max(1, file.stat().st_size)
        here = [entry.name for entry in Path("/proc/self/fd").iterdir() if _is_open_as(entry, file)]
        self._position = Path(f"/proc/self/fdinfo/{here[0]}") if here else None

    def share(self) -> float:
        """Return it; 0 when it cannot be told."""
        if self._position is None:
            return 0.0
        return round(min(1.0, int(self._position.read_text("ascii").split()[1]) / self._bytes), 3)


def _is_open_as(entry: Path, file: Path) -> bool:
    try:
        return entry.samefile(file)
    except OSError:  # a pipe, or what listed this folder
        return False


def examine(order: Examine, out: int, errors: DecoderErrors) -> None:
    """Go through the file and tell each change.

    Raises FeedError when it cannot be opened.
    """
    file = Path(order.file)
    doctor = Doctor(learn_s=order.learn_s, background=order.background)
    recording = Recording(file)
    media = MediaTime(recording.frames_per_s)
    read = ReadSoFar(file)
    times = LookTimes(order.looks_per_s)
    frames = looks = 0
    look_s = picture_s = progress_due_s = 0.0
    while recording.grab():
        if frames == 0:
            errors.forget(media.now_s)
        frames += 1
        passed_s = media.advance(recording.clock_s())
        now_s = media.now_s
        corrupted = errors.take(now_s)
        if (clock_s := time.monotonic()) >= progress_due_s:
            progress_due_s = clock_s + PROGRESS_EVERY_S
            write_line(out, Progress(round(now_s, 3), read.share()))
        missed_s = now_s - passed_s + NO_FRAMES_AFTER_S
        while missed_s < now_s:
            _tell(out, doctor, None, missed_s, corrupted=False)
            missed_s += 1 / order.looks_per_s
        if not times.due(now_s):
            continue
        looks += 1
        asked_s = time.thread_time()
        picture = recording.picture()
        begun_s = time.thread_time()
        picture_s += begun_s - asked_s
        _tell(out, doctor, picture, now_s, corrupted=corrupted)
        look_s += time.thread_time() - begun_s
    errors.take(media.now_s)
    if frames == 0:
        raise FeedError(CANNOT_OPEN)
    used = resource.getrusage(resource.RUSAGE_SELF)
    verdict = doctor.verdict()
    summary = Examined(
        frames=frames,
        looks=looks,
        decoder_errors=errors.lines,
        media_s=round(media.now_s, 3),
        cpu_s=round(used.ru_utime + used.ru_stime, 3),
        ms_per_look=round(1000 * look_s / max(1, looks), 3),
        ms_per_picture=round(1000 * picture_s / max(1, looks), 3),
        memory_mb=_memory_mb(),
        raised=list(verdict.raised),
        learning=verdict.learning,
        truncated=media.believed and media.now_s + 1 < WHOLE_SHARE * recording.claimed_s,
        background=doctor.background() if order.keep_background else None,
    )
    write_line(out, summary)


def _memory_mb() -> float:
    """Return the most memory this process had; rusage would tell the parent's."""
    status = Path("/proc/self/status").read_text("ascii")
    return round(int(status.partition("VmHWM:")[2].split()[0]) / 1024, 1)


def _tell(out: int, doctor: Doctor, picture: object, at_s: float, *, corrupted: bool) -> None:
    for change in doctor.look(picture, at_s, corrupted=corrupted):
        write_line(
            out,
            Judged(
                t=round(at_s, 3),
                kind=change.kind,
                state=change.state,
                severity=round(change.severity, 3),
                since=round(change.since_s, 3),
                confidence=round(change.confidence, 3),
            ),
        )


def _why(error: Exception) -> str:
    no_memory = isinstance(error, MemoryError) or getattr(error, "code", 0) == NO_MEMORY
    return OVER_MEMORY if no_memory else CRASHED


def main() -> None:
    """Examine the file of the order on standard input."""
    out, errors = begin()
    resource.setrlimit(resource.RLIMIT_DATA, (DATA_MAX_BYTES, DATA_MAX_BYTES))
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Examine)
    try:
        examine(order, out, errors)
    except FeedError as error:
        write_line(out, Refused(error.code))
    except Exception as error:  # noqa: BLE001 - the top of this process; a code says it
        write_line(out, Refused(_why(error), type(error).__name__))
    os._exit(0)


if __name__ == "__main__":
    main()
