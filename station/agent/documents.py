"""Takes what the county sends for the library; what had to be refused becomes a record, once."""

import logging
from pathlib import Path
from typing import Final

from station.errors import StoreError
from station.store.library import LibraryShelf
from wire.orders import Library
from wire.records import DeviceEvent

AGAIN_AFTER_MS: Final = 30_000
"""A disk that took nothing is tried again: the county does not send twice."""

logger = logging.getLogger(__name__)


class Documents:
    """The shelf is opened when it is first needed."""

    def __init__(self, path: Path) -> None:
        """Keep the documents in the file `path`."""
        self._path = path
        self._shelf: LibraryShelf | None = None
        self._reported: set[tuple[str, int, str]] = set()
        self._waiting: dict[str, Library] = {}
        self._not_before_ms = 0
        self._failed = False

    def put(self, library: Library) -> None:
        """Have it taken by `work`; of one document only the latest waits."""
        self._waiting["/".join(document.name for document in library.documents)] = library

    def work(self, mono_ms: int) -> list[DeviceEvent] | None:
        """Take one of what waits and return what is to be reported; None when nothing was to be taken.

        One at a time: each is a write to a card that may be slow, and between two a villager may call for help.
        """
        if not self._waiting or mono_ms < self._not_before_ms:
            return None
        key = next(iter(self._waiting))
        library = self._waiting.pop(key)
        events = self.take(library)
        if self._failed:
            self._waiting[key] = library
            self._not_before_ms = mono_ms + AGAIN_AFTER_MS
        return events

    def take(self, library: Library) -> list[DeviceEvent]:
        """Put the documents on the shelf; return what is to be reported. The same library comes at every connection."""
        self._failed = False
        try:
            refusals = [(one.name, one.version, one.code) for one in self._open().replace(library)]
        except StoreError as error:
            self._failed = True
            refusals = [("library", library.version, error.code)]
        names = " ".join(document.name for document in library.documents)
        logger.info("%s, version %d 资料已收到, %d refused", names, library.version, len(refusals))
        news = [one for one in refusals if one not in self._reported]
        self._reported.update(news)
        for name, version, code in news:
            logger.error("%s %s %d was not taken 资料未采用，旧版仍在用", code, name, version)
        return [DeviceEvent("library", code, note=f"{name} {version}") for name, version, code in news]

    def versions(self) -> dict[str, int]:
        """Return the version of every document held; none while the disk gives nothing: then the county sends them."""
        try:
            return self._open().versions()
        except StoreError as error:
            logger.warning("%s", error)
            return {}

    def close(self) -> None:
        """Close the shelf."""
        if self._shelf is not None:
            self._shelf.close()

    def _open(self) -> LibraryShelf:
        if self._shelf is None:
            self._shelf = LibraryShelf(self._path)
        return self._shelf
