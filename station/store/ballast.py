"""Room kept for the day the disk is full: receipts must be taken then, for only they make room."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

BALLAST_BYTES: Final = 6_000_000
"""More than the journal grows to before it is written back, which takes as much again in the database."""


class Ballast:
    """A file that takes up room, until it is dropped."""

    def __init__(self, path: Path) -> None:
        """Keep it at `path`."""
        self._path = path

    def take_on(self, leaving_bytes: int) -> None:
        """Take up the room, unless it is taken up or the disk would have less than `leaving_bytes` left."""
        if self._path.exists() or shutil.disk_usage(self._path.parent).free < leaving_bytes + BALLAST_BYTES:
            return
        with suppress(OSError):
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.posix_fallocate(file, 0, BALLAST_BYTES)
            except OSError:
                self.drop()
            finally:
                os.close(file)

    def drop(self) -> None:
        """Give the room to whoever needs it now."""
        with suppress(OSError):
            self._path.unlink()
