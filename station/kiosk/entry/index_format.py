"""The index file between its builder and its reader: what stands in it, and when it is of today."""

import sqlite3
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

APPLICATION_ID: Final = 0x63_63_74_32
FORMAT: Final = 1
"""Counts up when tables or the meaning of a column change, or our own lists of words and names."""
LIBRARIES: Final = ("pypinyin", "wordfreq")

SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE word (
  loose TEXT NOT NULL, rank INTEGER NOT NULL, text TEXT NOT NULL, spelling TEXT NOT NULL, initials TEXT NOT NULL,
  PRIMARY KEY (loose, rank, text, spelling)) WITHOUT ROWID;
CREATE TABLE surname (
  spelling TEXT NOT NULL, place INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (spelling, place)) WITHOUT ROWID;
"""
INITIALS_INDEX: Final = "CREATE INDEX by_initials ON word (initials, rank, spelling)"
"""`rank` is minus the logarithm of how often a word stands among others, in hundredths: smaller is likelier."""


def stamp(places: Sequence[str] = ()) -> str | None:
    """Return what an index built now with `places` says of itself, None where a library to build it is missing."""
    try:
        return " ".join([f"format {FORMAT}", *(f"{library} {version(library)}" for library in LIBRARIES), *places])
    except PackageNotFoundError:
        return None


def open_index(path: Path) -> sqlite3.Connection:
    """Open the index for reading only.

    Raises: sqlite3.Error when there is none, it is damaged or of another format.
    """
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    try:
        _check(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA cache_size=-1024")
    marks = ("application_id", "user_version", "page_count", "page_size")
    kind, form, pages, page_bytes = (connection.execute(f"PRAGMA {mark}").fetchone()[0] for mark in marks)
    if (kind, form) != (APPLICATION_ID, FORMAT):
        raise sqlite3.DatabaseError("not an index of this format")
    if pages * page_bytes != path.stat().st_size:
        raise sqlite3.DatabaseError("cut short")
    connection.execute("SELECT rank FROM word INDEXED BY by_initials LIMIT 1").fetchone()


def stamp_of(path: Path) -> str | None:
    """Return what the index at `path` says it was built from, None when it cannot be used."""
    try:
        connection = open_index(path)
    except (sqlite3.Error, OSError, UnicodeDecodeError):
        return None
    try:
        row = connection.execute("SELECT value FROM meta WHERE name = 'stamp'").fetchone()
    except (sqlite3.Error, UnicodeDecodeError):
        return None
    else:
        return None if row is None else str(row[0])
    finally:
        connection.close()
