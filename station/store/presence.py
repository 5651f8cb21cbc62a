"""Whether the agent of this station runs: a lock it holds while it lives, so that its death needs no message."""

import fcntl
import os
import time
from pathlib import Path
from typing import Final

from station.errors import StoreError

LOCK_NAME: Final = "agent.lock"
PATIENCE_S: Final = 0.5


class Presence:
    """Held by the one agent of a state folder; the kernel lets go of it however the agent ends."""

    def __init__(self, folder: Path) -> None:
        """Take it.

        Raises StoreError E-AGENT-03 when another agent holds it, E-AGENT-01 when the folder cannot be written.
        """
        try:
            self._descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreError("E-AGENT-01", f"{folder}: {error.strerror} 数据目录无法写入，请检查磁盘和权限") from None
        if not _taken(self._descriptor):
            os.close(self._descriptor)
            raise StoreError(
                "E-AGENT-03", f"{folder}: another agent of this station is running 本站后台服务已在运行，请勿重复启动"
            )

    def close(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)


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
    try:
        descriptor = os.open(folder / LOCK_NAME, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
