"""The voice of a worker: goes on telling how the stream is while the decoder blocks."""

import contextlib
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Final

import msgspec

from station.devices.camera.received import Received
from station.devices.camera.reports import RateMeter, Report, Request, Word, write_line
from station.devices.camera.stream import StreamMeter

CLOSE_WITHIN_S: Final = 0.5
"""The time a decoder is given to let go of its source."""
REQUEST_MAX_BYTES: Final = 4096
_requests: Final = msgspec.json.Decoder(Request)


class Reporter(threading.Thread):
    """Tells the supervisor how the stream is, also while the decoder blocks; ends the process when it is gone."""

    def __init__(self, out: int, every_s: float, received: Received) -> None:
        """Write to the pipe `out`."""
        super().__init__(name="reporter", daemon=True)
        self.stopped = threading.Event()
        self.looking = False
        self.expected_frames_per_s: float | None = None
        self._out = out
        self._every_s = every_s
        self._received = received
        self._meter = RateMeter()
        self._stream = StreamMeter()
        self._saying = threading.Lock()
        self._asked: deque[Request] = deque()
        self._partial = b""
        self._decoder_errors = 0
        self._streaming = False
        self._frames = 0
        self._frame_at_s: float | None = None
        self._size_px = (0, 0)
        self._changed, self._change = os.pipe()

    def streaming(self, expected_frames_per_s: float | None) -> None:
        """Say that the source is open."""
        self.expected_frames_per_s = expected_frames_per_s
        self._streaming = True
        os.write(self._change, b"!")

    def frame(self, clock_s: float | None, is_key: bool | None, decoder_errors: int) -> None:
        """Count one frame, and what its source and decoder told of it."""
        self._frame_at_s = time.monotonic()
        self._frames += 1
        self._decoder_errors = decoder_errors
        self._stream.frame(clock_s, is_key)

    def requests(self) -> Iterator[Request]:
        """Yield what was asked since."""
        while self._asked:
            yield self._asked.popleft()

    def size(self, width_px: int, height_px: int) -> None:
        """Tell the size of the pictures, at once when it is another."""
        if self._size_px != (width_px, height_px):
            self._size_px = (width_px, height_px)
            os.write(self._change, b"!")

    def say(self, word: Word) -> None:
        """Write one whole line, from any thread; the process ends when nobody reads it."""
        try:
            with self._saying:
                write_line(self._out, word)
        except OSError:
            os._exit(0)

    def run(self) -> None:
        """Report until standard input closes."""
        stdin = sys.stdin.fileno()
        while True:
            self.say(self._report(time.monotonic()))
            ready, _, _ = select.select([stdin, self._changed], [], [], self._every_s)
            if self._changed in ready:
                os.read(self._changed, 64)
            if stdin in ready and not self._hear(os.read(stdin, 4096)):
                self.stopped.set()
                time.sleep(CLOSE_WITHIN_S)
                os._exit(0)

    def _hear(self, data: bytes) -> bool:
        *lines, self._partial = (self._partial + data).split(b"\n")
        self._partial = self._partial[:REQUEST_MAX_BYTES]
        for line in lines:
            with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):  # of another version: not for us
                self._asked.append(_requests.decode(line))
        return bool(data)

    def _report(self, at_s: float) -> Report:
        frame_at_s, frames = self._frame_at_s, self._frames
        return Report(
            stage="streaming" if self._streaming else "opening",
            frames=frames,
            frames_per_s=round(self._meter.rate(frames, at_s), 2) if frames else 0.0,
            expected_frames_per_s=self.expected_frames_per_s,
            width_px=self._size_px[0],
            height_px=self._size_px[1],
            last_frame_age_ms=None if frame_at_s is None else max(0, round((at_s - frame_at_s) * 1000)),
            decoder_errors=self._decoder_errors,
            bits_per_s=self._stream.bits_per_s(self._received.total_bytes(), at_s),
            keyframe_every_s=self._stream.keyframe_every_s,
            media_rate=self._stream.media_rate(at_s),
            looking=self.looking,
        )
