"""Reads what the county sent, from a thread of its own: a disk that hangs costs old content only."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from station.errors import StoreError
from station.kiosk.content import EMPTY, library_of
from station.kiosk.events import Event, LibraryTold
from station.store.library import look_at_shelf

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.5

Looks = tuple[int, int, int]


class LibraryReader:
    """Looks whether the agent wrote the file anew, and tells the library it makes.

    A file that is missing or cannot be read leaves what was told before: the agent sets it aside, the county sends
    everything again.
    """

    def __init__(self, path: Path, tell: Callable[[Event], None]) -> None:
        """Read the shelf at `path`; call `tell` from the thread: once at the start, then at each change."""
        self._path = path
        self._tell = tell
        self._seen: Looks | None = None
        self._told: LibraryTold | None = None
        self._trouble = ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="library-reader", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def close(self, within_s: float = 1.0) -> None:
        """Stop, but do not wait for a disk that hangs."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(within_s)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._look()
            self._stopping.wait(LOOK_EVERY_S)

    def _look(self) -> None:
        try:
            looks = self._looks()
            if looks is not None and looks != self._seen:
                self._read()
                self._seen = looks
        except (OSError, StoreError) as error:
            if str(error) != self._trouble:
                logger.warning("the county's documents cannot be read 资料无法读取: %s", error)
            self._trouble = str(error)
        if self._told is None:
            self._pass_on(LibraryTold(EMPTY))

    def _looks(self) -> Looks | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size

    def _read(self) -> None:
        rows = look_at_shelf(self._path)
        if rows is None:
            return
        self._trouble = ""
        library, left_out = library_of(rows)
        for name in left_out:
            logger.warning("E-LIB-06 %s is left out 资料不合其种类", name)
        self._pass_on(LibraryTold(library))

    def _pass_on(self, told: LibraryTold) -> None:
        if told != self._told and not self._stopping.is_set():
            self._told = told
            self._tell(told)
