"""The library: small documents from the county, each replaced whole, behind TinyDB with a Storage that cannot tear."""

import contextlib
import hashlib
import json
import logging
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from tinydb import TinyDB, where
from tinydb.storages import Storage

from station.errors import StoreError
from wire.content import read_content
from wire.durable import write_atomically
from wire.errors import WireError
from wire.orders import Document, Library

MAX_DEPTH: Final = 32

logger = logging.getLogger(__name__)


class DocumentRefusal(NamedTuple):
    """A document that was not taken; the one before it stays.

    `code` is E-LIB-01 (another digest), E-LIB-02 (no JSON, or nested deeper than any document of ours) or E-LIB-06
    (not of its kind, by `wire/content.py`).
    """

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
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError("E-LIB-04", f"{path.parent}: cannot be made 无法建立数据目录: {error.strerror}") from None

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Return what is stored, or None when there is nothing that can be used."""
        try:
            content = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError("E-LIB-05", f"the library cannot be read 资料库无法读取: {error.strerror}") from None
        except (ValueError, RecursionError):
            content = None
        if _is_a_library(content):
            return cast("dict[str, dict[str, Any]]", content)
        logger.error(
            "E-LIB-03 %s cannot be read and is moved aside 资料库损坏，已另存，将由县里重新下发", self._path.name
        )
        with contextlib.suppress(OSError):
            self._path.replace(self._path.with_suffix(".broken"))
        return None

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Store `data` whole, and durably."""
        # JSON may name half a character; json reads it back likewise.
        write_atomically(self._path, json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass"), mode=0o600)


class LibraryShelf:
    """The documents of one station. One process writes (the agent); others read what was there when they looked.

    Every method raises StoreError E-LIB-05 when the disk gives nothing.
    """

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
        """Return the document `name` as parsed JSON; None when there is none, or it was withdrawn."""
        row = self._db.get(where("name") == name)
        return row["content"] if isinstance(row, dict) else None

    def versions(self) -> dict[str, int]:
        """Return the version of every document by name, also of those withdrawn."""
        return {row["name"]: row["version"] for row in self._db.all()}

    def close(self) -> None:
        """Close the shelf."""
        self._db.close()

    def _store(self, document: Document) -> None:
        row = {"name": document.name, "version": document.version, "content": json.loads(document.text)}
        try:
            # TinyDB's upsert writes twice, and what stands there in between has the old documents only.
            if self._db.contains(where("name") == document.name):
                self._db.update(row, where("name") == document.name)
            else:
                self._db.insert(row)
        except OSError as error:
            raise StoreError("E-LIB-04", f"the library cannot be written 资料库无法写入: {error.strerror}") from None


class Row(NamedTuple):
    """One document as another process finds it; `text` is `null` when it was withdrawn."""

    name: str
    version: int
    text: str


def look_at_shelf(path: Path) -> list[Row] | None:
    """Return what the agent keeps at `path`, without touching it; None when nothing is there that can be used.

    Raises StoreError E-LIB-05 when the disk gives nothing.
    """
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError("E-LIB-05", f"the library cannot be read 资料库无法读取: {error.strerror}") from None
    except (ValueError, RecursionError):
        return None
    if not _is_a_library(content):
        return None
    rows = (row for table in content.values() for row in table.values())
    return [Row(row["name"], row["version"], json.dumps(row["content"])) for row in rows]


def _is_a_library(content: object) -> bool:
    tables = content.values() if isinstance(content, dict) else [None]
    return all(
        isinstance(table, dict)
        and all(key.isascii() and key.isdigit() and _is_a_row(row) for key, row in table.items())
        for table in tables
    )


def _is_a_row(row: object) -> bool:
    return (
        isinstance(row, dict)
        and "content" in row
        and isinstance(row.get("name"), str)
        and isinstance(row.get("version"), int)
    )


def _why_refused(document: Document) -> str | None:
    if hashlib.sha256(document.text.encode()).hexdigest() != document.sha256:
        return "E-LIB-01"
    try:
        content = json.loads(document.text)
    except (ValueError, RecursionError):
        return "E-LIB-02"
    if not _is_flat_enough(content):
        return "E-LIB-02"
    try:
        read_content(document.name, document.text)
    except WireError:
        return "E-LIB-06"
    return None


def _is_flat_enough(content: Any) -> bool:
    """Say whether the nesting is within MAX_DEPTH: what can be parsed here must be so wherever it is read."""
    level = [content]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return not level
