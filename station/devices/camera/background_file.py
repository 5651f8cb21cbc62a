"""Where a camera's background is kept over restarts: whole or not at all, never half."""

import contextlib
import os
import threading
from pathlib import Path
from typing import Final

SAVE_EVERY_S: Final = 600.0
BIGGEST_BYTES: Final = 4_000_000
"""A background is some 400 kB; what is larger is none of ours."""


class BackgroundFile:
    """One camera's file. That it cannot be read or written is no reason not to watch: it is then learnt anew."""

    def __init__(self, path: Path | None) -> None:
        """Take the path; None keeps nothing."""
        self._path = path
        self._writing = threading.Lock()

    def load(self) -> bytes | None:
        """Return what was kept."""
        if self._path is None:
            return None
        try:
            with self._path.open("rb") as file:
                data = file.read(BIGGEST_BYTES + 1)
        except OSError:
            return None
        return data if len(data) <= BIGGEST_BYTES else None

    def save(self, data: bytes) -> None:
        """Write it beside the old one, and put it in its place when it is on the disk."""
        if self._path is None:
            return
        fresh = self._path.with_name(f"{self._path.name}.new")
        with self._writing, contextlib.suppress(OSError):
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)

    def save_soon(self, data: bytes) -> None:
        """Write it without holding up the decoder: a slow card takes seconds."""
        if self._path is not None:
            threading.Thread(target=self.save, args=(data,), name="background", daemon=True).start()
