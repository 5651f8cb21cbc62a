"""Takes what the county sends for the library; what had to be refused becomes a record, once."""

import logging
from pathlib import Path

from station.errors import StoreError
from station.store.library import LibraryShelf
from wire.orders import Library
from wire.records import DeviceEvent

logger = logging.getLogger(__name__)


class Documents:
    """The shelf is opened when the first library comes."""

    def __init__(self, path: Path) -> None:
        """Keep the documents in the file `path`."""
        self._path = path
        self._shelf: LibraryShelf | None = None
        self._reported: set[tuple[str, int, str]] = set()

    def take(self, library: Library) -> list[DeviceEvent]:
        """Put the documents on the shelf; return what is to be reported. The same library comes at every connection."""
        try:
            self._shelf = self._shelf or LibraryShelf(self._path)
            refusals = [(one.name, one.version, one.code) for one in self._shelf.replace(library)]
        except StoreError as error:
            refusals = [("library", library.version, error.code)]
        logger.info("library version %d taken 资料库已更新, %d refused", library.version, len(refusals))
        news = [one for one in refusals if one not in self._reported]
        self._reported.update(news)
        return [DeviceEvent("library", code, note=f"{name} {version}") for name, version, code in news]

    def close(self) -> None:
        """Close the shelf."""
        if self._shelf is not None:
            self._shelf.close()
