"""The spool's database: made whole or not at all, connected to, checked; and what its errors mean."""

import errno
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from station.clock import Stamp
from station.errors import SpoolFullError, StoreError
from station.number import NUMBER_SERIES
from wire.codec import MAX_RECORD_BYTES, encode
from wire.durable import sync_folder
from wire.errors import WireError
from wire.records import Body

APPLICATION_ID: Final = 0x63_63_74_31
SCHEMA_VERSION: Final = 1
BUSY_TIMEOUT_S: Final = 10.0
CHECKED_BYTES: Final = 64_000_000
"""A larger file is not read through when it is opened: each record is checked when it is read anyway."""
PAGE_BYTES: Final = 4096
PARTS: Final = ("", "-wal", "-shm")
Connection = sqlite3.Connection

SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, at_ms INTEGER, mono_ms INTEGER NOT NULL,
  kernel_boot TEXT NOT NULL, body BLOB NOT NULL, crc INTEGER NOT NULL);
CREATE INDEX emergency ON outbox (seq) WHERE kind = 'emergency';
CREATE TABLE device (name TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE command (id TEXT PRIMARY KEY, expires_ms INTEGER NOT NULL) WITHOUT ROWID;
"""
QUESTIONS: Final = """
CREATE TABLE IF NOT EXISTS ask (
  id TEXT PRIMARY KEY, ask BLOB NOT NULL, kernel_boot TEXT NOT NULL, put_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reply (id TEXT PRIMARY KEY, reply BLOB NOT NULL) WITHOUT ROWID;
"""
"""Not in the spools of 0.1.0, which never asked."""


class CorruptError(Exception):
    """The file is not a spool that can be used; the text says what was found."""


TROUBLES: Final = (CorruptError, sqlite3.Error, UnicodeDecodeError)
"""What reading a damaged file raises. The last one: SQLite quotes damaged text in its messages."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what the disk and SQLite raise into ours: full (E-SPOOL-10), damaged (-02) or unusable (-04)."""
    try:
        yield
    except (CorruptError, UnicodeDecodeError) as error:
        raise _damaged(path, error) from None
    except sqlite3.Error as error:
        if is_full(error, path):
            raise disk_full(path) from None
        if is_corrupt(error):
            raise _damaged(path, error) from None
        raise StoreError("E-SPOOL-04", f"{path}: cannot be used ({error}) 存储不可用，请检查磁盘和权限") from None
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise disk_full(path) from None
        raise StoreError("E-SPOOL-04", f"{path}: {error.strerror} 存储不可用，请检查磁盘和权限") from None


def disk_full(path: Path) -> SpoolFullError:
    """Return the error of a disk that takes no more."""
    return SpoolFullError("E-SPOOL-10", f"{path}: the disk is full 磁盘已满，暂停受理；已保存的资料不受影响")


def _damaged(path: Path, error: Exception) -> StoreError:
    return StoreError("E-SPOOL-02", f"{path}: damaged ({found(error)}) 存储文件损坏，将另存并重建")


def found(error: Exception) -> str:
    """Return what was found, without a byte of what stood there."""
    return "text altered" if isinstance(error, UnicodeDecodeError) else str(error).partition(" (")[0]


def is_corrupt(error: Exception) -> bool:
    """Say whether the error means that the file itself is damaged."""
    if isinstance(error, sqlite3.Error):
        return _primary(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
    return isinstance(error, CorruptError | UnicodeDecodeError)


def _primary(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def is_full(error: sqlite3.Error, path: Path) -> bool:
    """Say whether the error means that the disk is full: for some files of its own SQLite does not tell."""
    if _primary(error) == sqlite3.SQLITE_FULL:
        return True
    if _primary(error) not in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}:
        return False
    disk = os.statvfs(path.parent)
    return disk.f_bavail * disk.f_frsize < 100_000


def part(path: Path, suffix: str) -> Path:
    """Return the database's own file, its journal or its index of the journal, by one of PARTS."""
    return path.with_name(path.name + suffix)


def identity(path: Path) -> tuple[int, int] | None:
    """Return which file stands at `path`, None when there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def connect(path: Path) -> sqlite3.Connection:
    """Connect to the database at `path`, which must be there."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    try:
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_size_limit = 4000000")
    except BaseException:
        connection.close()
        raise
    return connection


def make(path: Path, first: list[tuple[Body, Stamp]], *, unlike: set[str]) -> None:
    """Make an empty spool holding only the records `first` at `path`: it is there whole, or not at all.

    Its epoch is drawn at random, but of another number series than those `unlike`: a visit's number that was carried
    over is not given out again.
    """
    fresh = part(path, ".new")
    for suffix in PARTS:
        part(fresh, suffix).unlink(missing_ok=True)
    os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    connection = sqlite3.connect(fresh, isolation_level=None)
    try:
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        with transaction(connection):
            for statement in (SCHEMA + QUESTIONS).split(";\n"):
                connection.execute(statement)
            epoch = _draw_epoch(unlike)
            connection.execute("INSERT INTO meta VALUES ('epoch', ?), ('trimmed_to', '0')", (epoch,))
            for body, stamp in first:
                insert(connection, next_seq(connection), *encoded(body), stamp)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    finally:
        connection.close()
    fresh.replace(path)
    sync_folder(path.parent)


def _draw_epoch(unlike: set[str]) -> str:
    taken = {int(epoch, 16) % NUMBER_SERIES for epoch in unlike}
    while True:
        epoch = secrets.token_hex(8)
        if int(epoch, 16) % NUMBER_SERIES not in taken or len(taken) == NUMBER_SERIES:
            return epoch


def check(connection: sqlite3.Connection) -> None:
    """Raise CorruptError or sqlite3.Error when the file is damaged or not a spool of ours."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if (application, version) != (APPLICATION_ID, SCHEMA_VERSION):
        raise CorruptError("not a spool of this version")
    facts = dict(connection.execute("SELECT name, value FROM meta"))
    if not (_is_epoch(facts.get("epoch")) and str(facts.get("trimmed_to")).isdigit()):
        raise CorruptError("epoch or receipt unreadable")
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    if pages * page_bytes > CHECKED_BYTES:
        return
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise CorruptError("quick_check")
    # SQLite does not check what stands in a row; one damaged body would spoil its whole batch.
    if not all(row.is_whole() for row in rows(connection, "1", ())):
        raise CorruptError("a record was altered")


def _is_epoch(value: object) -> bool:
    return isinstance(value, str) and len(value) == 16 and set(value) <= set("0123456789abcdef")


class Row(NamedTuple):
    """One record as the outbox keeps it."""

    seq: int
    kind: str
    at_ms: int | None
    mono_ms: int
    kernel_boot: str
    body: bytes
    crc: int

    def is_whole(self) -> bool:
        """Say whether this is what was saved (but for its date, which may be given later)."""
        if not (isinstance(self.body, bytes) and isinstance(self.at_ms, int | None)):
            return False
        return _sum(self.seq, self.kind, self.mono_ms, self.kernel_boot, self.body) == self.crc


def rows(connection: sqlite3.Connection, where: str, values: tuple[int, ...]) -> Iterator[Row]:
    """Yield the records for which `where` holds, in order."""
    query = f"SELECT seq, kind, at_ms, mono_ms, kernel_boot, body, crc FROM outbox WHERE {where} ORDER BY seq"
    return map(Row._make, connection.execute(query, values))


def _sum(seq: int, kind: str, mono_ms: int, kernel_boot: str, body: bytes) -> int:
    return crc32(body, crc32(f"{seq} {kind} {mono_ms} {kernel_boot}".encode()))


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done inside, durably, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def last_seq(connection: sqlite3.Connection) -> int:
    """Return the highest place ever given out."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
    return 0 if row is None else int(row[0])


def next_seq(connection: sqlite3.Connection) -> int:
    """Return the place of the next record; inside the transaction that takes it."""
    return last_seq(connection) + 1


def raise_last_seq(connection: sqlite3.Connection, seq: int) -> None:
    """Let the next record come after `seq`."""
    if connection.execute("UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = 'outbox'", (seq,)).rowcount == 0:
        connection.execute("INSERT INTO sqlite_sequence VALUES ('outbox', ?)", (seq,))


def encoded(body: Body) -> tuple[str, bytes]:
    """Return kind and bytes of a record.

    Raises StoreError E-SPOOL-11 when no batch could carry it.
    """
    try:
        payload = encode(body)
    except WireError:
        payload = None
    if payload is None or len(payload) > MAX_RECORD_BYTES:
        raise StoreError("E-SPOOL-11", f"a record of over {MAX_RECORD_BYTES} bytes 内容过长，请分次填写")
    return str(body.__struct_config__.tag), payload


def insert(connection: sqlite3.Connection, seq: int, kind: str, body: bytes, stamp: Stamp) -> None:
    """Insert one record, inside the caller's transaction."""
    crc = _sum(seq, kind, stamp.mono_ms, stamp.kernel_boot, body)
    connection.execute(
        "INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?)",
        Row(seq, kind, stamp.at_ms, stamp.mono_ms, stamp.kernel_boot, body, crc),
    )
