"""The running worker of one camera, seen from the supervisor: lines come out, one by one."""

import contextlib
import os
import pwd
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

import msgspec

from station.devices.camera.machine import Ended, Event, Garbled, Heard
from station.devices.camera.reports import Order, Request, Word

LINE_MAX_BYTES: Final = 500_000
"""A still is 333 kB of base64 at most, a preview 410 kB; a worker gone mad cannot fill our memory."""
FAREWELL_S: Final = 0.8
REAPED_WITHIN_S: Final = 0.8
# One thread of each library, few heaps: what a worker costs is told by these more than by the video.
QUIET: Final = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "OPENCV_LOG_LEVEL": "OFF",
}
USER: Final = "cuncuntong"
"""Whom root leaves a camera to (`sudo station doctor`): decoders take apart what a stranger's camera sends."""
FFMPEG_ERRORS_ONLY: Final = {"OPENCV_FFMPEG_LOGLEVEL": "16"}
"""Counted inside the process, where alone they may be read: they can hold a password."""
_words: Final = msgspec.json.Decoder(Word)


class WorkerProcess:
    """A worker from its start until it is gone."""

    def __init__(self, order: Order) -> None:
        """Start it. The order goes over a pipe: a command line, which may hold no password, is everybody's to read.

        Raises OSError when no process can be had.
        """
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "station.devices.camera.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # until the worker takes it over: decoders write addresses there
            env={**os.environ, **QUIET, **FFMPEG_ERRORS_ONLY},
            start_new_session=True,
            bufsize=0,
            **_not_root(),
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._asking = threading.Lock()
        self._partial = b""
        self.pid = self._process.pid
        with contextlib.suppress(BrokenPipeError):  # gone already: reading says so
            self._stdin.write(msgspec.json.encode(order) + b"\n")
        os.set_blocking(self._stdin.fileno(), False)

    def ask(self, request: Request) -> bool:
        """Hand it a request from any thread, never blocking; False when it cannot take one."""
        line = msgspec.json.encode(request) + b"\n"
        with self._asking, contextlib.suppress(OSError, ValueError):  # ValueError: closed
            return self._stdin.write(line) == len(line)
        return False

    def fileno(self) -> int:
        """Return what to select on; readable also when the worker ends."""
        return self._stdout.fileno()

    def events(self) -> list[Event]:
        """Return what it said, once `fileno` is readable; the last is Ended when it is gone."""
        data = os.read(self._stdout.fileno(), 65_536)
        *lines, self._partial = (self._partial + data).split(b"\n")
        events: list[Event] = [_event(line) for line in lines]
        if len(self._partial) > LINE_MAX_BYTES:
            self._partial = b""
            events.append(Garbled())
        if not data:
            events.append(Ended())
        return events

    def memory_bytes(self) -> int:
        """Return its resident memory, 0 once it is gone."""
        try:
            pages = Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def kill(self) -> None:
        """End it without a word."""
        self._process.kill()

    def close(self, *, farewell: bool = False) -> bool:
        """End it, with time to say goodbye to the camera if `farewell`; say whether it is gone."""
        with self._asking, contextlib.suppress(OSError):
            self._stdin.close()
        if farewell:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(FAREWELL_S)
        self._process.kill()
        self._stdout.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(REAPED_WITHIN_S)
        return self._process.returncode is not None


def _not_root() -> dict[str, Any]:
    """Return whom a worker runs as: never root, on a machine that has the station's user."""
    if os.geteuid() != 0:
        return {}
    try:
        user = pwd.getpwnam(USER)
    except KeyError:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _event(line: bytes) -> Event:
    try:
        return Heard(_words.decode(line))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Garbled()
