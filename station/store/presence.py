"""Who of this station runs: a lock each holds while it lives, so that its death needs no message."""

import fcntl
import os
import time
from pathlib import Path
from typing import Final

from station.errors import StoreError

LOCK_NAME: Final = "agent.lock"
KIOSK_LOCK_NAME: Final = "kiosk.lock"
VISIT_LOCK_NAME: Final = "visit.lock"
PATIENCE_S: Final = 0.5


class Presence:
    """Held by the one agent of a state folder; the kernel lets go of it however the agent ends."""

    def __init__(self, folder: Path) -> None:
        """Take it.

        Raises StoreError E-AGENT-03 when another agent holds it, E-AGENT-01 when the folder cannot be written.
        """
        try:
            descriptor = _held(folder / LOCK_NAME)
        except OSError as error:
            raise StoreError("E-AGENT-01", f"{folder}: {error.strerror} 数据目录无法写入，请检查磁盘和权限") from None
        if descriptor is None:
            raise StoreError(
                "E-AGENT-03", f"{folder}: another agent of this station is running 本站后台服务已在运行，请勿重复启动"
            )
        self._descriptor = descriptor

    def close(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)


class KioskPresence:
    """Held by the one kiosk of a state folder: two would take the reader's answers from each other."""

    def __init__(self, folder: Path) -> None:
        """Take it.

        Raises StoreError E-KIOSK-04 when another kiosk holds it, OSError when the folder cannot be written.
        """
        descriptor = _held(folder / KIOSK_LOCK_NAME)
        if descriptor is None:
            raise StoreError(
                "E-KIOSK-04", f"{folder}: another kiosk of this station is running 本站村民界面已在运行，请勿重复启动"
            )
        self._descriptor = descriptor

    def close(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)


class VisitPresence:
    """Held by the kiosk while somebody is at it: what restarts it waits for that to end."""

    def __init__(self, folder: Path) -> None:
        """Begin with nobody there.

        Raises OSError when the folder cannot be written.
        """
        self._descriptor = os.open(folder / VISIT_LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._here = False

    def here(self, somebody: bool) -> None:
        """Say whether somebody is there; costs nothing while that stays the same, and the disk never."""
        if somebody == self._here:
            return
        if somebody:
            self._here = _taken(self._descriptor)
        else:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            self._here = False

    def close(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)


def _held(lock: Path) -> int | None:
    """Return the descriptor that holds `lock`, or None when another process does."""
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if _taken(descriptor):
        return descriptor
    os.close(descriptor)
    return None


def _taken(descriptor: int) -> bool:
    """Try again for a while: a kiosk that looks holds it for an instant."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        else:
            return True


def agent_runs(folder: Path) -> bool:
    """Say whether an agent holds the presence of `folder`."""
    return _is_held(folder / LOCK_NAME)


def kiosk_runs(folder: Path) -> bool:
    """Say whether a kiosk does."""
    return _is_held(folder / KIOSK_LOCK_NAME)


def somebody_is_there(folder: Path) -> bool:
    """Say whether somebody is at the kiosk of `folder`; nobody is where no kiosk runs."""
    return _is_held(folder / VISIT_LOCK_NAME)


def _is_held(lock: Path) -> bool:
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
