"""What only a real machine has: users, devices, units, network. A folder that stands for `/` has none of it."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from station.errors import StationError
from station.firstboot.label import ANSWERS
from station.layout import Layout
from station.store.presence import somebody_is_there

USER: Final = "cuncuntong"
WITHIN_S: Final = 90
PATIENCE_S: Final = 600.0
AGENT, KIOSK, SETUP = "cuncuntong-agent.service", "cuncuntong-kiosk.service", "cuncuntong-setup.service"


class Machine:
    """The machine that is set up; this one is a folder, where everything that is no file is left out."""

    def begin(self) -> None:
        """Let the setup screen, which is not root, hand in its answers."""

    def settle(self) -> None:
        """Take note of what a bundle brought; done again it changes nothing. Raises StationError E-FIRST-12."""

    def own(self) -> None:
        """Give the station's folder to its user. Raises StationError E-FIRST-12."""

    def join_network(self) -> None:
        """Take the Wi-Fi connection into use."""

    def enable(self) -> None:
        """Have agent and kiosk run from the next start on. Raises StationError E-FIRST-12."""

    def start(self) -> None:
        """Start them now; they look for the mark that the station was handed over."""

    def restart(self) -> None:
        """Have those that run take a newer bundle into use."""

    def reopen(self) -> None:
        """Show the setup screen again, in place of the kiosk."""


class SystemdMachine(Machine):
    """A Raspberry Pi with Debian."""

    def __init__(self, layout: Layout) -> None:
        """Take the machine."""
        self._layout = layout

    def begin(self) -> None:
        """Make the folder of answers; before the first bundle the image has its user, or there is no screen."""
        folder = self._layout.run / ANSWERS
        folder.mkdir(parents=True, exist_ok=True)
        try:
            user = pwd.getpwnam(USER)
        except KeyError:
            return
        os.chown(folder, user.pw_uid, user.pw_gid, follow_symlinks=False)
        folder.chmod(0o700)

    def settle(self) -> None:
        """Make users, then folders; devices and units are told as far as they run."""
        _must(["systemd-sysusers"])
        _must(["systemd-tmpfiles", "--create"])
        _may(["udevadm", "control", "--reload"])
        _may(["udevadm", "trigger", "--action=change"])
        _may(["systemctl", "daemon-reload"])
        _may(["systemctl", "try-restart", "systemd-timesyncd.service"])
        self.begin()
        self.own()

    def own(self) -> None:
        """Give every file of the station to its user.

        By descriptors of the folders, for that user may change them meanwhile: no link is followed, and a file that has
        another name besides is left alone.
        """
        try:
            user = pwd.getpwnam(USER)
        except KeyError:
            raise StationError(
                "E-FIRST-12", f"there is no user '{USER}': sysusers.d was not heeded 系统用户未建立，请报告"
            ) from None
        try:
            tree = os.fwalk(self._layout.station) if self._layout.station.exists() else ()
            for _, folders, files, at in tree:
                for name in (".", *folders, *files):
                    with suppress(FileNotFoundError):  # the agent's own writing goes on
                        _give(name, at, user)
        except OSError as error:
            raise StationError(
                "E-FIRST-12", f"{error.filename}: cannot be given 无法设置文件归属: {error.strerror}"
            ) from None

    def join_network(self) -> None:
        """Have NetworkManager read its connections anew; a Pi's radio is blocked until somebody says otherwise."""
        _may(["rfkill", "unblock", "wifi"])
        _may(["nmcli", "connection", "reload"])

    def enable(self) -> None:
        """Enable them; a system without a desktop starts as far as `multi-user`, where no kiosk is shown."""
        _must(["systemctl", "enable", AGENT, KIOSK])
        _must(["systemctl", "set-default", "graphical.target"])

    def start(self) -> None:
        """Start them once this has ended, which they wait for; else the next start of the machine does it."""
        _may(["systemctl", "start", "--no-block", AGENT, KIOSK])

    def restart(self) -> None:
        """Restart what runs, once nobody is at the kiosk; after ten minutes the agent alone."""
        state, end_s = self._layout.station / "state", time.monotonic() + PATIENCE_S
        while somebody_is_there(state) and time.monotonic() < end_s:
            time.sleep(1.0)
        units = [AGENT] if somebody_is_there(state) else [AGENT, KIOSK]
        _may(["systemctl", "try-restart", "--no-block", *units])

    def reopen(self) -> None:
        """Stop both, start the screen."""
        _may(["systemctl", "stop", AGENT, KIOSK])
        _may(["systemctl", "start", "--no-block", SETUP])


def _give(name: str, at: int, user: pwd.struct_passwd) -> None:
    now = os.stat(name, dir_fd=at, follow_symlinks=False)
    is_alone = now.st_nlink == 1 or stat.S_ISDIR(now.st_mode)
    if is_alone and (now.st_uid, now.st_gid) != (user.pw_uid, user.pw_gid):
        os.chown(name, user.pw_uid, user.pw_gid, dir_fd=at, follow_symlinks=False)


def machine_of(layout: Layout) -> Machine:
    """Return the machine of `layout`."""
    return SystemdMachine(layout) if layout.root == Path("/") else Machine()


def _must(command: list[str]) -> None:
    said = _run(command)
    if said is not None:
        raise StationError("E-FIRST-12", f"'{' '.join(command)}' failed 系统命令失败，请报告: {said}")


def _may(command: list[str]) -> None:
    said = _run(command)
    if said is not None:
        sys.stderr.write(f"{' '.join(command)}: {said}\n")


def _run(command: list[str]) -> str | None:
    """Run it; return what it said when it failed, None when it did not."""
    program = shutil.which(command[0])
    if program is None:
        return "not installed 未安装"
    try:
        run = subprocess.run(
            [program, *command[1:]], capture_output=True, text=True, errors="replace", check=False, timeout=WITHIN_S
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return type(error).__name__
    return None if run.returncode == 0 else (run.stderr.strip().splitlines() or [f"exit {run.returncode}"])[-1][:200]
