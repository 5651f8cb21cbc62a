"""The library: small documents from the county, each replaced whole, behind TinyDB with a Storage that cannot tear."""

import contextlib
import hashlib
import json
import logging
import os
from pathlib import Path
from typing import Any, NamedTuple

from tinydb import TinyDB, where
from tinydb.storages import Storage

from station.errors import StoreError
from wire.orders import Document, Library

logger = logging.getLogger(__name__)


class DocumentRefusal(NamedTuple):
    """A document that was not taken; the one before it stays. `code` is E-LIB-01 (digest) or E-LIB-02 (no JSON)."""

    name: str
    version: int
    code: str


class WholeFileStorage(Storage):
    """JSON written to a temporary file, fsynced and renamed: a cut leaves the old file or the new one.

    TinyDB's own JSONStorage rewrites the file in place. A file that cannot be read is moved aside, and the library
    begins empty: the hub's retained message fills it again.
    """

    def __init__(self, path: Path) -> None:
        """Keep the documents in `path`."""
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Return what is stored, or None when there is nothing that can be used."""
        try:
            content = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError, RecursionError):
            content = None
        if isinstance(content, dict) and all(isinstance(table, dict) for table in content.values()):
            return content
        logger.error(
            "E-LIB-03 %s cannot be read and is moved aside 资料库损坏，已另存，将由县里重新下发", self._path.name
        )
        with contextlib.suppress(OSError):
            self._path.replace(self._path.with_suffix(".broken"))
        return None

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Store `data` whole."""
        fresh = self._path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(data, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)


class LibraryShelf:
    """The documents of one station. One process writes (the agent); others read what was there when they looked."""

    def __init__(self, path: Path) -> None:
        """Open the shelf at `path`; an unreadable file is set aside."""
        self._db = TinyDB(path, storage=WholeFileStorage)

    def replace(self, library: Library) -> list[DocumentRefusal]:
        """Take every document that is newer and whole; return those refused. The rest stays as it is.

        Raises StoreError E-LIB-04 when the disk takes nothing.
        """
        refusals = []
        for document in library.documents:
            code = _why_refused(document)
            if code is not None:
                refusals.append(DocumentRefusal(document.name, document.version, code))
            elif document.version > self.versions().get(document.name, -1):
                self._store(document)
        return refusals

    def get(self, name: str) -> Any:
        """Return the document `name` as parsed JSON, or None."""
        row = self._db.get(where("name") == name)
        return row["content"] if isinstance(row, dict) else None

    def versions(self) -> dict[str, int]:
        """Return the version of every document by name."""
        return {row["name"]: row["version"] for row in self._db.all()}

    def close(self) -> None:
        """Close the shelf."""
        self._db.close()

    def _store(self, document: Document) -> None:
        row = {"name": document.name, "version": document.version, "content": json.loads(document.text)}
        try:
            self._db.upsert(row, where("name") == document.name)
        except OSError as error:
            raise StoreError("E-LIB-04", f"the library cannot be written 资料库无法写入: {error.strerror}") from None


def _why_refused(document: Document) -> str | None:
    if hashlib.sha256(document.text.encode()).hexdigest() != document.sha256:
        return "E-LIB-01"
    try:
        json.loads(document.text)
    except (ValueError, RecursionError):
        return "E-LIB-02"
    return None
