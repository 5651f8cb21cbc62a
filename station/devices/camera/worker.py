"""The process that decodes one camera: OpenCV may abort, hang or swell here without harm to anything else.

Its order comes as one line on standard input; when that closes, or the supervisor dies, it ends.
"""

import ctypes
import os
import resource
import signal
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import cv2
import msgspec
from numpy.typing import NDArray

from station.devices.camera.codes import CANNOT_OPEN, CRASHED, NO_DEVICE
from station.devices.camera.complaints import DecoderErrors
from station.devices.camera.feed import Feed, FeedError, Pace
from station.devices.camera.looking import watch
from station.devices.camera.received import Received
from station.devices.camera.reporter import Reporter
from station.devices.camera.reports import Failure, Order
from station.devices.camera.simulated import SimulatedFeed
from station.devices.camera.sources import decoder_options, file_of, kind_of, twin_of

PR_SET_PDEATHSIG: Final = 1
PLAUSIBLE_FRAMES_PER_S: Final = 120.0
"""A stream that claims more says how its clock ticks, not how many frames come."""
FILE_FRAMES_PER_S: Final = 25.0
MEMORY_MAX_BYTES: Final = 3_000_000_000
"""Address space, most of it never touched: a source that claims 100,000 × 100,000 pixels ends here."""
MJPG: Final = cv2.VideoWriter.fourcc(*"MJPG")


class Captured:
    """What OpenCV has open: the frame just grabbed, and the end of it."""

    def __init__(self, capture: cv2.VideoCapture) -> None:
        """Take an open capture."""
        self._capture = capture

    def told(self) -> tuple[float | None, bool | None]:
        """Return the time of the frame in its container, and whether it is a keyframe where that is told."""
        frame_type = int(self._capture.get(cv2.CAP_PROP_FRAME_TYPE))
        return self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000, None if frame_type <= 0 else chr(frame_type) == "I"

    def picture(self) -> NDArray[Any] | None:
        """Return the frame as a picture; None when it cannot be decoded."""
        decoded, picture = self._capture.retrieve()
        return picture if decoded else None

    def close(self) -> None:
        """Say goodbye: many cameras have few sessions to give."""
        self._capture.release()


class LiveFeed(Captured):
    """A V4L2 device or an RTSP or HTTP stream; ends when frames cease."""

    def __init__(self, capture: cv2.VideoCapture, expected_frames_per_s: float | None, device: Path | None) -> None:
        """Take an open capture; without a rate of its own its clock is made up too."""
        self.expected_frames_per_s = expected_frames_per_s
        self._capture = capture
        self._device = device

    def grab(self) -> bool:
        """Wait for the next frame; E-CAM-01 when the device was pulled out."""
        if self._capture.grab():
            return True
        if self._device is not None and not self._device.exists():
            raise FeedError(NO_DEVICE)
        return False

    def told(self) -> tuple[float | None, bool | None]:
        """Return what the stream tells of the frame just grabbed."""
        return (None, None) if self.expected_frames_per_s is None else super().told()


class FileFeed(Captured):
    """A file, on disk or over HTTP, played in a loop at its own pace."""

    def __init__(self, order: Order, file: Path | None, capture: cv2.VideoCapture) -> None:
        """Take an open capture; `file` is None over HTTP."""
        super().__init__(capture)
        self._order = order
        self._file = file
        self.expected_frames_per_s: float | None = _rate(capture) or FILE_FRAMES_PER_S
        self._pace = Pace(self.expected_frames_per_s)

    def grab(self) -> bool:
        """Wait for the next frame's time; at the end begin again."""
        self._pace.wait()
        return self._capture.grab() or self._again()

    def _again(self) -> bool:
        """Open it anew: to go back loses frames up to the next keyframe, and confuses the decoder."""
        self._capture.release()
        _must_exist(self._file)
        self._capture = _open_stream(self._order, self._file)
        return self._capture.grab()


class Recording(Captured):
    """A file read as fast as it goes, with its own clock."""

    def __init__(self, file: Path) -> None:
        """Open it.

        Raises FeedError E-CAM-01 or E-CAM-02.
        """
        _must_exist(file)
        os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = decoder_options("file", 0)
        asked = [cv2.CAP_PROP_N_THREADS, 1]
        super().__init__(_opened(cv2.VideoCapture(f"file:{file}", cv2.CAP_FFMPEG, asked)))
        self.frames_per_s = _rate(self._capture) or FILE_FRAMES_PER_S
        self.claimed_s: float = max(0.0, self._capture.get(cv2.CAP_PROP_FRAME_COUNT) / self.frames_per_s)
        """How long the container says it is; 0 where it says nothing."""

    def grab(self) -> bool:
        """Go to the next frame; False at the end."""
        return self._capture.grab()

    def clock_s(self) -> float:
        """Return what the container says the time of this frame is."""
        return float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000


def open_feed(order: Order) -> Feed:
    """Open the source; may take `order.open_within_s`.

    Raises FeedError E-CAM-01 or E-CAM-02.
    """
    kind = kind_of(order.source)
    os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"] = decoder_options(kind, order.no_frame_after_s)
    os.environ["OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"] = str(max(1, round(order.no_frame_after_s)))
    match kind:
        case "simulated":
            try:
                twin = twin_of(order.source)
            except ValueError:
                raise FeedError(CANNOT_OPEN) from None
            return SimulatedFeed(twin, order.width_px, order.height_px, order.frames_per_s)
        case "v4l2":
            device = file_of(order.source)
            return LiveFeed(_open_device(device, order), order.frames_per_s, device)
        case "file":
            file = file_of(order.source)
            _must_exist(file)
            return FileFeed(order, file, _open_stream(order, file))
    capture = _open_stream(order, None)
    if kind == "http" and capture.get(cv2.CAP_PROP_FRAME_COUNT) > 0:
        return FileFeed(order, None, capture)  # else it would be read as fast as the line allows
    # JPEG pictures over HTTP or RTP carry no rate: FFmpeg makes one up.
    made_up = int(capture.get(cv2.CAP_PROP_FOURCC)) == MJPG
    return LiveFeed(capture, None if made_up else _rate(capture), None)


def _open_stream(order: Order, file: Path | None) -> cv2.VideoCapture:
    address = order.source if file is None else f"file:{file}"
    milliseconds = (round(order.open_within_s * 1000), round(order.no_frame_after_s * 1000))
    asked = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, milliseconds[0], cv2.CAP_PROP_READ_TIMEOUT_MSEC, milliseconds[1]]
    return _opened(cv2.VideoCapture(address, cv2.CAP_FFMPEG, [*asked, cv2.CAP_PROP_N_THREADS, 1]))


def _open_device(device: Path, order: Order) -> cv2.VideoCapture:
    try:
        mode = device.stat().st_mode
    except OSError:
        raise FeedError(NO_DEVICE) from None
    if not stat.S_ISCHR(mode):
        raise FeedError(CANNOT_OPEN)
    asked = {
        cv2.CAP_PROP_FOURCC: MJPG,
        cv2.CAP_PROP_FRAME_WIDTH: order.width_px,
        cv2.CAP_PROP_FRAME_HEIGHT: order.height_px,
        cv2.CAP_PROP_FPS: round(order.frames_per_s),
    }
    capture = cv2.VideoCapture(str(device), cv2.CAP_V4L2)
    for what, value in asked.items():
        capture.set(what, value)
    return _opened(capture)


def _opened(capture: cv2.VideoCapture) -> cv2.VideoCapture:
    if not capture.isOpened():
        raise FeedError(CANNOT_OPEN)
    return capture


def _rate(capture: cv2.VideoCapture) -> float | None:
    rate: float = capture.get(cv2.CAP_PROP_FPS)
    return rate if 0 < rate <= PLAUSIBLE_FRAMES_PER_S else None


def _must_exist(file: Path | None) -> None:
    """Raise FeedError E-CAM-01 when there is no such file."""
    if file is not None and not file.exists():
        raise FeedError(NO_DEVICE)


def begin() -> tuple[int, DecoderErrors]:
    """Confine this process, and return where its words go and what counts the decoder's complaints."""
    out = os.dup(sys.stdout.fileno())
    errors = DecoderErrors()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not mix with our lines
    _confine()
    return out, errors


def _confine() -> None:
    """Die with the supervisor, before it under memory pressure, behind the kiosk for the processor, without a core.

    A core file would hold pictures of people and the camera's password.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.SIG_IGN)  # meant for the supervisor, whose end is ours
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX_BYTES, MEMORY_MAX_BYTES))
    with suppress(PermissionError):  # the unit's walls refuse it, and weigh the agent's group lighter instead
        os.nice(5)
    Path("/proc/self/oom_score_adj").write_text("500", "ascii")
    cv2.setNumThreads(1)


def main() -> None:
    """Watch the source of the order on standard input."""
    out, errors = begin()
    line = bytearray()
    while not line.endswith(b"\n"):
        if not (read := os.read(sys.stdin.fileno(), 1)):
            return
        line += read
    order = msgspec.json.decode(line, type=Order)
    reporter = Reporter(out, order.report_every_s, Received(kind_of(order.source)))
    reporter.start()
    code = None
    try:
        watch(open_feed(order), order, reporter, errors)
    except FeedError as error:
        code = error.code
    except Exception:  # noqa: BLE001 - the top of this process; its text may hold the source, so only a code leaves
        code = CRASHED
    if code is not None:
        reporter.say(Failure(code))
    os._exit(0)


if __name__ == "__main__":
    main()
