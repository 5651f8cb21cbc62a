"""The kiosk's real screen without a panel: cage and foot as the station's unit starts them; keys, touches, pictures.

cage draws into a window of a virtual X server (Xvfb), because that works alike on Debian 12 and 13: cage 0.1.4 has
neither a virtual keyboard nor a way to set the size of a headless output; cage 0.2 has both. What is pressed comes
to cage as from a keyboard and a pointer; foot makes the same of a finger's touch as of a pointer's click.
"""

import fcntl
import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from errno import ENOENT
from pathlib import Path
from shlex import join
from typing import Any

import psutil
import pyte

from demo.processes import ENDS_WITH_US
from tests.terminal import Terminal

FOOT_INI = Path(__file__).parents[2] / "systemd" / "foot.ini"
PROGRAMS = ("cage", "foot", "grim", "Xvfb", "xdotool", "script")
KEYS = {
    "\x1bOP": "F1",
    "\x1bOQ": "F2",
    "\x1bOR": "F3",
    "\x1bOS": "F4",
    "\x1b[15~": "F5",
    "\x1b[20~": "F9",
    "\x1b": "Escape",
    "\r": "Return",
    "\t": "Tab",
    "\x7f": "BackSpace",
    "\x03": "ctrl+c",
}
"""What a terminal sends for a key, and what the key is called."""
X_OPTIONS = ("-nolisten", "tcp", "-noreset")
WLROOTS = {"WLR_BACKENDS": "x11", "WLR_RENDERER": "pixman"}
START_WITHIN_S = 15.0
STILL_S, STILL_WITHIN_S = 0.15, 5.0
USER_ID = "1000"
"""Whom cage takes us for where we are root: it refuses root. A user namespace keeps our files ours."""


def why_no_real_screen() -> str | None:
    """Return what this machine lacks for a real screen, or None."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        return f"not installed: {' '.join(missing)} 未安装"
    return None if os.geteuid() or not subprocess.run([*_not_root(), "true"], check=False).returncode else "is root"


def _not_root() -> list[str]:
    if os.geteuid() != 0:
        return []
    return ["unshare", "--user", f"--map-user={USER_ID}", f"--map-group={USER_ID}", "--"]


class RealScreen(Terminal):
    """Runs `command` in foot in cage on a screen of `size_px`; `close` leaves no process.

    Its text is read from a copy of what the command writes (util-linux `script`), its pictures from the compositor.
    Raises AssertionError with the programs' own words when the screen does not come up.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        size_px: tuple[int, int] = (1024, 600),
        env: Mapping[str, str] | None = None,
        foot_options: Sequence[str] = (),
    ) -> None:
        self.size_px = size_px
        self.screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self.screen)
        self._fed = threading.Condition()
        self._closing = False
        self._tty: Path | None = None
        self.parts: list[subprocess.Popen[bytes]] = []
        self.folder = Path(tempfile.mkdtemp(prefix="real-screen-"))
        self._log = (self.folder / "log").open("w+b")
        self._env = {**os.environ, "XDG_RUNTIME_DIR": str(self.folder), "LANG": "C.UTF-8", **(env or {})}
        written, begin = self.folder / "written", self.folder / "begin"
        os.mkfifo(written)
        os.mkfifo(begin)
        # Opened both ways: nobody waits for the other side, and the command's end is no end of file.
        self._master = os.open(written, os.O_RDWR)
        self._reader = threading.Thread(target=self._read, name="real-screen", daemon=True)
        foot = ["foot", f"--config={FOOT_INI}", *foot_options]
        recorded = ["script", "--quiet", "--flush", "--command", join(command), str(written)]
        try:
            self._start_x()
            # The screen has its size before foot begins, as a panel has.
            self.process = self._start_cage(["sh", "-c", f"read -r go < {begin}; exec {join([*foot, *recorded])}"])
            self._reader.start()
            self.began_at = time.monotonic()
            begin.write_text("go\n")
        except BaseException:
            self.close()
            raise

    def press(self, keys: str) -> None:
        """Press keys given as a terminal sends them: signs, and whole sequences of KEYS."""
        for key in re.findall(r"\x1b\[[0-9;]*[~A-Z]|\x1bO[A-Z]|.", keys, re.DOTALL):
            name = KEYS.get(key, key)
            self._xdotool(*(("type", "--delay", "1", name) if len(name) == 1 else ("key", name)))

    def touch(self, x_px: int, y_px: int) -> None:
        """Touch the screen there, as a pointer's click: no tool of Debian's makes a finger's."""
        self._xdotool("mousemove", str(x_px), str(y_px), "click", "1")

    def cells(self) -> tuple[int, int]:
        """Return the terminal's columns and rows as they are now."""
        if self._tty is None:
            with suppress(psutil.NoSuchProcess, OSError):  # one that ends while it is looked at
                scripts = (process for process in _with_all_below(self.process.pid) if process.name() == "script")
                for script in scripts:
                    self._tty = Path(f"/proc/{script.pid}/fd/0").readlink()
            if self._tty is None:
                raise FileNotFoundError(ENOENT, "the command has ended")
        tty = os.open(self._tty, os.O_RDONLY | os.O_NOCTTY)
        try:
            rows, columns, _, _ = struct.unpack("HHHH", fcntl.ioctl(tty, termios.TIOCGWINSZ, bytes(8)))
        finally:
            os.close(tty)
        return columns, rows

    def frame(self) -> bytes:
        """Return the screen's pixels as a PPM image, drawn anew: quicker to take than PNG, for comparing.

        The compositor is asked, not the X server: cage 0.1.4 in an X window stops drawing now and then until it is.
        """
        return self._grim("-t", "ppm")

    def shot(self, path: Path) -> None:
        """Write the screen as PNG once it stands still."""
        deadline, before, now = time.monotonic() + STILL_WITHIN_S, b"", self.frame()
        while now != before and time.monotonic() < deadline:
            time.sleep(STILL_S)  # nothing tells that foot has drawn what it read
            before, now = now, self.frame()
        path.write_bytes(self._grim("-t", "png", "-l", "9"))

    def has_virtual_keyboard(self) -> bool:
        """Say whether programs may press keys, as large signs need: cage can from 0.2."""
        version = subprocess.run(["cage", "-v"], capture_output=True, text=True, check=False).stdout
        return [int(part) for part in re.findall(r"\d+", version)[:2]] >= [0, 2]

    def cpu_s(self) -> float:
        """Return the processor's seconds the command took so far: the same whatever else the machine does."""
        for process in _with_all_below(self.process.pid):
            if process.parent().name() == "script":
                times = process.cpu_times()
                return float(times.user + times.system)
        return 0.0

    def now_s(self) -> float:
        """Return the seconds since the terminal was started."""
        return time.monotonic() - self.began_at

    def close(self) -> None:
        """End the command, then foot, cage and the X server, and remove what they left."""
        mine = [process for part in self.parts for process in _with_all_below(part.pid)]
        for process in reversed(mine):  # the command first, so that each ends as it does when it is left
            _signal(process, signal.SIGTERM)
            psutil.wait_procs([process], timeout=2)
        for process in mine:
            _signal(process, signal.SIGKILL)
        for part in self.parts:
            part.wait()
        self._closing = True
        os.write(self._master, b"\0")
        if self._reader.is_alive():
            self._reader.join(2)
        os.close(self._master)
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, command: Sequence[str], **more: Any) -> subprocess.Popen[bytes]:
        part = subprocess.Popen(
            [*ENDS_WITH_US, *command],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            env=self._env,
            start_new_session=True,
            **more,
        )
        self.parts.append(part)
        return part

    def _start_x(self) -> None:
        """Start an X server of the screen's size; it chooses its own number and says it."""
        told, tell = os.pipe()
        screen = "{}x{}x24".format(*self.size_px)
        with open(told, "rb") as number:  # noqa: PTH123
            self._start(
                ["Xvfb", "-displayfd", str(tell), "-screen", "0", screen, *X_OPTIONS],
                pass_fds=(tell,),
            )
            os.close(tell)
            self._env["DISPLAY"] = f":{number.readline().decode().strip()}"
        self._root = self._window()
        self._env |= WLROOTS

    def _start_cage(self, application: Sequence[str]) -> subprocess.Popen[bytes]:
        cage = self._start([*_not_root(), "cage", "-d", "--", *application])
        deadline = time.monotonic() + START_WITHIN_S
        while not (sockets := [path for path in self.folder.glob("wayland-*") if path.suffix != ".lock"]):
            if cage.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"cage did not come up: {self._words()}")
            time.sleep(0.02)
        self._env["WAYLAND_DISPLAY"] = sockets[0].name
        self._wait_for_size(deadline)
        return cage

    def _wait_for_size(self, deadline: float) -> None:
        """Give cage's window the screen's size: it is the only one, so the pointer finds it, once it is there."""
        wanted = "Geometry: {}x{}".format(*self.size_px)
        while True:
            window = self._window()
            if window != self._root:
                self._xdotool("windowsize", window, *(str(side) for side in self.size_px))
                if wanted in self._xdotool("getwindowgeometry", window):
                    return
            if time.monotonic() > deadline:
                raise AssertionError(f"cage's screen is not {self.size_px}: {self._words()}")

    def _grim(self, *options: str) -> bytes:
        run = subprocess.run(["grim", *options, "-"], env=self._env, capture_output=True, check=False, timeout=10)
        assert run.returncode == 0, f"grim: {run.stderr.decode(errors='replace')}; {self._words()}"
        return run.stdout

    def _window(self) -> str:
        """Return the X window that is on the screen, the root's where there is none."""
        under = self._xdotool("mousemove", "9", "9", "getmouselocation", "--shell")
        return str(re.findall(r"WINDOW=(\d+)", under)[0])

    def _words(self) -> str:
        """Return what went wrong, in the programs' own words and the command's."""
        self._log.flush()
        self._log.seek(0)
        log = self._log.read().decode(errors="replace").splitlines()
        errors = [line for line in log if "Basic output test failed" not in line]  # cage 0.1.4's, at every picture
        return "\n".join([*errors[-20:], "the terminal's text:", self.text()])

    def _xdotool(self, *words: str) -> str:
        command = ["xdotool", *words]
        run = subprocess.run(command, env=self._env, capture_output=True, text=True, check=False, timeout=10)
        assert run.returncode == 0, f"{' '.join(command)}: {run.stderr}; {self._words()}"
        return run.stdout

    def _read(self) -> None:
        while True:
            data = os.read(self._master, 65536)
            if self._closing:
                return
            with self._fed:
                with suppress(OSError):  # the terminal is gone, its last words are not
                    columns, rows = self.cells()
                    if self.screen.cursor.y < rows < self.screen.lines:
                        self.screen.lines = rows  # a terminal cuts at the foot, pyte at the head
                    if (columns, rows) != (self.screen.columns, self.screen.lines):
                        self.screen.resize(rows, columns)
                self._stream.feed(data)
                self._fed.notify_all()


def _with_all_below(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _signal(process: psutil.Process, sign: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(sign)
