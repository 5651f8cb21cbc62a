"""A small Debian that boots here: made once by debootstrap, started by systemd-nspawn, cut off like a Pi's power.

It shares this machine's network, so a centre and its stations meet on 127.0.0.1. Only root may, and only where the
kernel lets a container have a systemd of its own.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from demo.processes import ENDS_WITH_US
from tests.waiting import wait_for

NEEDED: Final = ("debootstrap", "systemd-nspawn")
PACKAGES: Final = (
    "systemd-sysv", "dbus", "libpam-systemd", "udev", "python3-venv", "mosquitto", "ca-certificates",
    "cage", "foot", "xwayland", "fonts-noto-cjk",
)  # fmt: skip
"""What a station's image and a centre's machine have of Debian; libpam-systemd as on any Pi."""
CACHE: Final = Path(__file__).parents[2] / ".cache" / "boot"
UP_WITHIN_S: Final = 90
REBOOTS: Final = 133
"""What systemd-nspawn ends with, told to keep its unit, when the machine in it starts anew."""
MADE_FOR: Final = {"bookworm": "3.11", "trixie": "3.13"}
"""Debian's releases, and the Python each has."""


class Debian(NamedTuple):
    """A release of it, and where what is made once for it is kept."""

    suite: str
    cache: Path = CACHE

    @property
    def python(self) -> str:
        return MADE_FOR[self.suite]

    @property
    def root(self) -> Path:
        return self.cache / self.suite / "root"

    @property
    def wheels(self) -> Path:
        return self.cache / self.suite / "wheels"


def why_not(debian: Debian) -> str | None:
    """Return why nothing can be booted on this machine, None when something can; makes the root at the first call."""
    if os.geteuid() != 0:
        return "only root may start a machine 需要 root"
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        return f"not installed 未安装: {', '.join(missing)} (debootstrap, systemd-container)"
    if not debian.root.is_dir():
        failed = _bootstrap(debian)
        if failed is not None:
            return failed
    tried = subprocess.run(
        [*_nspawn(debian.root, "cuncuntong-try"), "--", "/bin/true"], capture_output=True, text=True, check=False
    )
    said = tried.stderr.strip().splitlines()
    return None if tried.returncode == 0 else f"systemd-nspawn cannot run here 无法运行: {said[0] if said else '?'}"


def _bootstrap(debian: Debian) -> str | None:
    """Make the root; return what was wrong."""
    half = debian.root.with_name("root.half")
    shutil.rmtree(half, ignore_errors=True)
    half.parent.mkdir(parents=True, exist_ok=True)
    log = debian.root.with_name("debootstrap.log")
    with log.open("wb") as output:
        ran = subprocess.run(
            ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", debian.suite, half],
            stdout=output,
            stderr=output,
            check=False,
        )
    if ran.returncode:
        return f"debootstrap ended with {ran.returncode}; see {log} 无法建立 Debian 根目录"
    for archive in (half / "var/cache/apt/archives").glob("*.deb"):
        archive.unlink()
    # Every machine draws its own; this one's name and time are the host's.
    (half / "etc/machine-id").write_text("")
    (half / "etc/resolv.conf").unlink(missing_ok=True)
    half.rename(debian.root)
    return None


def _nspawn(root: Path, name: str) -> list[str]:
    quiet = ["--quiet", "--register=no", "--keep-unit", "--resolv-conf=off", "--timezone=off"]
    return ["systemd-nspawn", *quiet, f"--directory={root}", f"--machine={name}"]


class Booted:
    """One machine: a copy of the root, on or off."""

    def __init__(self, debian: Debian, folder: Path, name: str) -> None:
        """Copy the root into `folder`/`name`."""
        self.debian, self.name, self.root = debian, name, folder / name
        self.log = folder / f"{name}.log"
        self._spawned: subprocess.Popen[bytes] | None = None
        subprocess.run(["cp", "-a", "--reflink=auto", debian.root, self.root], check=True)

    def another(self, name: str) -> "Booted":
        """Return a copy of this machine, which is off."""
        made = object.__new__(Booted)
        made.debian, made.name, made.root = self.debian, name, self.root.with_name(name)
        made.log, made._spawned = self.log.with_name(f"{name}.log"), None
        subprocess.run(["cp", "-a", "--reflink=auto", self.root, made.root], check=True)
        return made

    def within(self, *command: str | Path) -> str:
        """Run a command in the root while the machine is off, as an image is made; return what it prints."""
        return _ran([*_nspawn(self.root, self.name), "--pipe", "--", *map(str, command)])

    def on(self, *words: str, settled: bool = True) -> None:
        """Power: `words` stand on the kernel's line. Returns once its systemd answers, or at once."""
        with self.log.open("ab") as output:
            self._spawned = subprocess.Popen(
                [*ENDS_WITH_US, *_nspawn(self.root, self.name), "--boot", "--", *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        if settled:
            wait_for(self._answers, f"{self.name} to start; see {self.log}", UP_WITHIN_S)

    def cut(self) -> None:
        """Take the power away: nothing in it gets a chance to do anything."""
        leader = self.leader()
        spawned, self._spawned = self._spawned, None
        if spawned is not None:
            spawned.send_signal(signal.SIGKILL)
            spawned.wait()
        if leader is not None:
            with suppress(ProcessLookupError):
                os.kill(leader, signal.SIGKILL)
            wait_for(lambda: not Path(f"/proc/{leader}").exists(), f"{self.name} to be gone")

    def reboot(self) -> None:
        """Have it start anew by itself, in order."""
        self.run("systemctl", "reboot", may_fail=True)
        self.comes_up_again()

    def comes_up_again(self, within_s: float = UP_WITHIN_S) -> None:
        """Wait until it went down to start anew, and start it: what a machine's firmware does."""
        assert self._spawned is not None
        ended = self._spawned.wait(within_s)
        if ended != REBOOTS:
            raise WentWrongError(f"{self.name}: ended with {ended} instead of starting anew; see {self.log}")
        self.on()

    def leader(self) -> int | None:
        """Return the process that is its init, None while it is off."""
        if self._spawned is None or self._spawned.poll() is not None:
            return None
        pid = self._spawned.pid
        with suppress(OSError, ValueError):
            for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
                if (Path(f"/proc/{child}/comm").read_text().strip()) in {"systemd", "init"}:
                    return int(child)
        return None

    def seen(self) -> Path:
        """Return its root as it sees it itself, with its /run."""
        return Path(f"/proc/{self.leader()}/root")

    def run(self, *command: str | Path, may_fail: bool = False, typed: str = "") -> str:
        """Run a command in it as its root; return what it prints. Raises WentWrongError unless it may fail."""
        enter = ["nsenter", "--target", str(self.leader()), "--all", "--root", "--wd"]
        clean = ["env", "-i", "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]
        return _ran([*enter, *clean, *map(str, command)], may_fail=may_fail, typed=typed)

    def shows(self, unit: str, name: str) -> str:
        """Return one property of a unit."""
        return self.run("systemctl", "show", f"--property={name}", "--value", unit, may_fail=True).strip()

    def wait(self, right: Callable[[], object], why: str, within_s: float) -> None:
        """Wait until it is `right`; what its journal said last goes with the failure."""
        end_s = time.monotonic() + within_s
        while not right():
            if time.monotonic() >= end_s:
                said = self.run("journalctl", "--no-pager", "-n", "40", may_fail=True)
                raise WentWrongError(f"{self.name}: not within {within_s:.0f} s: {why}\n{said}")
            time.sleep(0.2)

    def _answers(self) -> bool:
        if self._spawned is not None and self._spawned.poll() is not None:
            raise WentWrongError(f"{self.name} ended with {self._spawned.returncode}; see {self.log}")
        state = self.run("systemctl", "is-system-running", may_fail=True).strip() if self.leader() else ""
        return state in {"running", "degraded", "starting", "initializing"}


class WentWrongError(AssertionError):
    """A command, or a machine, did what it should not."""


def _ran(command: Sequence[str], *, may_fail: bool = False, typed: str = "") -> str:
    ran = subprocess.run(
        command, capture_output=True, text=True, errors="replace", check=False, timeout=900, input=typed
    )
    if ran.returncode and not may_fail:
        raise WentWrongError(f"{' '.join(command[-8:])}: {ran.returncode}\n{ran.stdout[-2000:]}\n{ran.stderr[-2000:]}")
    return ran.stdout
