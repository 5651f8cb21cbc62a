"""A program for video calls, run over the screen and ended in time."""

import logging
import subprocess
import threading
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from station.kiosk.events import Event, Signal
from station.kiosk.ports.process import end_group

logger = logging.getLogger(__name__)

LONGEST_S: Final = 30 * 60.0
"""A call that nobody ended: the next villager must find the kiosk."""
GRACE_S: Final = 2.0
"""Between asking the program to end and ending it."""


class Video(Protocol):
    """Never blocks and never raises; VIDEO_ENDED is told of each call begun, from another thread."""

    @property
    def available(self) -> bool:
        """Say whether a program is set up."""

    def start(self) -> None:
        """Begin a call; one that goes on is left alone."""

    def stop(self) -> None:
        """End the call, if there is one; returns at once."""

    def close(self) -> None:
        """End the call, if there is one, and for good."""


class VideoProgram:
    """`Video` by the setting `video_command`. The program gets nothing of the villager: the county knows who calls."""

    def __init__(self, command: Sequence[str], tell: Callable[[Event], None]) -> None:
        """Run `command` when asked; call `tell` from the thread of each call."""
        self._command = list(command)
        self._tell = tell
        self._stopping = threading.Event()
        self._call: threading.Thread | None = None

    @property
    def available(self) -> bool:
        """Say whether a program is set up."""
        return bool(self._command)

    def start(self) -> None:
        """Begin a call; one that goes on is left alone."""
        if self._call is not None and self._call.is_alive():
            return
        self._stopping = threading.Event()
        self._call = threading.Thread(target=self._run, args=(self._stopping,), name="video", daemon=True)
        self._call.start()

    def stop(self) -> None:
        """End the call, if there is one; returns at once."""
        self._stopping.set()

    def close(self, within_s: float = GRACE_S + 2.0) -> None:
        """End the call, if there is one, and wait for that a little."""
        self.stop()
        if self._call is not None:
            self._call.join(within_s)

    def _run(self, stopping: threading.Event) -> None:
        try:
            if self._command:
                self._call_until(stopping)
        except OSError:
            logger.warning("E-VIDEO-01 the program for video calls does not start 视频通话程序无法启动")
        finally:
            self._tell(Signal.VIDEO_ENDED)

    def _call_until(self, stopping: threading.Event) -> None:
        program = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # The program's end is waited for elsewhere, so that neither it nor an order to stop is looked for in a circle.
        threading.Thread(target=_tell_end, args=(program, stopping), name="video-end", daemon=True).start()
        if not stopping.wait(LONGEST_S):
            logger.warning("E-VIDEO-02 a video call was ended after its longest time 视频通话超时已结束")
        end_group(program, GRACE_S)


def _tell_end(program: "subprocess.Popen[bytes]", ended: threading.Event) -> None:
    program.wait()
    ended.set()
