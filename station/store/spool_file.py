"""The spool's file: made, checked, set aside when it cannot be used, and what it still holds carried over.

A card that lies about fsync may lose its last commits in a power cut. Were their places used again, the hub would
take new records for ones it has; so in each new life of the kernel the numbering leaps over SEQ_LEAP places.
"""

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from station.errors import SpoolFullError, StoreError
from wire.codec import decode, encode
from wire.errors import WireError
from wire.records import Body, DeviceEvent, Rating

APPLICATION_ID: Final = 0x63_63_74_31
SCHEMA_VERSION: Final = 1
SEQ_LEAP: Final = 100
BUSY_TIMEOUT_S: Final = 10.0

SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, at_ms INTEGER, mono_ms INTEGER NOT NULL,
  kernel_boot TEXT NOT NULL, body BLOB NOT NULL, crc INTEGER NOT NULL);
CREATE TABLE device (name TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE command (id TEXT PRIMARY KEY, expires_ms INTEGER NOT NULL) WITHOUT ROWID;
"""


class SetAside(NamedTuple):
    """A spool that could not be used: where it was moved, why, and how many records were carried over."""

    path: Path
    code: str
    carried_over: int = 0


class Row(NamedTuple):
    """One record as the outbox keeps it."""

    seq: int
    kind: str
    at_ms: int | None
    mono_ms: int
    kernel_boot: str
    body: bytes
    crc: int


class CorruptError(Exception):
    """The file is not a spool that can be used; the text says what was found."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours: full, corrupt (E-SPOOL-02) or unusable (E-SPOOL-04)."""
    try:
        yield
    except CorruptError as error:
        raise StoreError("E-SPOOL-02", f"{path}: damaged ({error}) 存储文件损坏，将另存并重建") from None
    except sqlite3.Error as error:
        if _primary(error) == sqlite3.SQLITE_FULL or _no_space(error, path):
            raise SpoolFullError(
                "E-SPOOL-10", f"{path}: the disk is full 磁盘已满，暂停受理；已保存的资料不受影响"
            ) from None
        if is_corrupt(error):
            raise StoreError("E-SPOOL-02", f"{path}: damaged ({error}) 存储文件损坏，将另存并重建") from None
        raise StoreError("E-SPOOL-04", f"{path}: cannot be used ({error}) 存储不可用，请检查磁盘和权限") from None
    except OSError as error:
        raise StoreError("E-SPOOL-04", f"{path}: {error.strerror} 存储不可用，请检查磁盘和权限") from None


def is_corrupt(error: sqlite3.Error) -> bool:
    """Say whether the error means that the file itself is damaged."""
    return _primary(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}


def _primary(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _no_space(error: sqlite3.Error, path: Path) -> bool:
    if _primary(error) != sqlite3.SQLITE_IOERR:
        return False
    disk = os.statvfs(path.parent)
    return disk.f_bavail * disk.f_frsize < 1_000_000


def open_file(path: Path, kernel_boot: str) -> tuple[sqlite3.Connection, SetAside | None]:
    """Open the spool at `path`, making it when there is none and setting it aside when it is damaged.

    One process at a time; raises sqlite3.Error or OSError when the disk cannot be used.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        aside = None
        if not path.exists():
            _clear_leftovers(path)
        try:
            connection = _connect(path)
        except CorruptError as error:
            aside, connection = _replace(path, str(error), kernel_boot)
        except sqlite3.Error as error:
            if not is_corrupt(error):
                raise
            aside, connection = _replace(path, str(error), kernel_boot)
        _leap_in_a_new_kernel_life(connection, kernel_boot)
        return connection, aside


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _connect(path: Path) -> sqlite3.Connection:
    made = not path.exists() or (path.stat().st_size == 0 and not path.with_name(path.name + "-wal").exists())
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
    try:
        if made:
            os.chmod(path, 0o600)  # noqa: PTH101 - of a file another process may open by name
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_size_limit = 4000000")
        if made:
            _make_tables(connection)
        _check(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_tables(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        for statement in SCHEMA.split(";\n"):
            connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES ('epoch', ?), ('trimmed_to', '0')", (secrets.token_hex(8),))
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _check(connection: sqlite3.Connection) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise CorruptError("quick_check")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if (application, version) != (APPLICATION_ID, SCHEMA_VERSION):
        raise CorruptError("not a spool of this version")
    # SQLite does not check what stands in a row; one damaged body would spoil its whole batch.
    if any(crc32(body) != crc for body, crc in connection.execute("SELECT body, crc FROM outbox")):
        raise CorruptError("a record was altered")


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


def _clear_leftovers(path: Path) -> None:
    """Move a journal without its database out of the way: SQLite would take it for the new file's."""
    for suffix in ("-wal", "-shm"):
        leftover = path.with_name(path.name + suffix)
        if leftover.exists():
            leftover.replace(_free_name(path, suffix))


def _replace(path: Path, why: str, kernel_boot: str) -> tuple[SetAside, sqlite3.Connection]:
    moved = _free_name(path, "")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.replace(moved.with_name(moved.name + suffix))
    rows = _readable_rows(moved)
    connection = _connect(path)
    with transaction(connection):
        event = DeviceEvent("spool", "E-SPOOL-01", note=f"set aside as {moved.name}: {why[:80]}")
        insert(connection, lambda _: event, at_ms=None, mono_ms=0, kernel_boot=kernel_boot)
        carried_over = _carry_over(connection, rows)
    return SetAside(moved, "E-SPOOL-01", carried_over), connection


def _carry_over(connection: sqlite3.Connection, rows: list[Row]) -> int:
    places: dict[int, int] = {}
    for row in rows:
        body = _readable_body(row, places)
        if body is not None:
            places[row.seq] = _insert_again(connection, row, body)
    return len(places)


def _insert_again(connection: sqlite3.Connection, row: Row, body: Body) -> int:
    return insert(connection, lambda _: body, at_ms=row.at_ms, mono_ms=row.mono_ms, kernel_boot=row.kernel_boot)


def _free_name(path: Path, suffix: str) -> Path:
    number = 1
    while any(path.with_name(f"{path.name}.broken-{number}{part}").exists() for part in ("", "-wal", "-shm")):
        number += 1
    return path.with_name(f"{path.name}.broken-{number}{suffix}")


def _readable_rows(moved: Path) -> list[Row]:
    """Return what can still be read of the outbox: those rows were promised to be saved.

    The hub may have some of them without our knowing: then it gets them twice, under two epochs, rather than never.
    """
    rows: list[Row] = []
    try:
        connection = sqlite3.connect(moved, timeout=1.0, isolation_level=None)
    except sqlite3.Error:
        return rows
    try:
        for row in connection.execute(
            "SELECT seq, kind, at_ms, mono_ms, kernel_boot, body, crc FROM outbox ORDER BY seq"
        ):
            rows.append(Row(*row))
    except sqlite3.Error:
        pass
    finally:
        connection.close()
    return rows


def _readable_body(row: Row, places: dict[int, int]) -> Body | None:
    """Return the body; a rating points at its visit's new place."""
    if not isinstance(row.body, bytes) or crc32(row.body) != row.crc:
        return None
    try:
        value: Body = decode(row.body, Body)  # type: ignore[arg-type]
    except WireError:
        return None
    if isinstance(value, Rating):
        return Rating(places[value.visit], value.grade) if value.visit in places else None
    return value


def insert(
    connection: sqlite3.Connection, make: Callable[[int], Body], *, at_ms: int | None, mono_ms: int, kernel_boot: str
) -> int:
    """Insert `make(seq)` at the next place, inside the caller's transaction; return seq."""
    (last,) = connection.execute(
        "SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'outbox'), 0)"
    ).fetchone()
    seq = int(last) + 1
    body = make(seq)
    payload = encode(body)
    kind = str(body.__struct_config__.tag)
    connection.execute(
        "INSERT INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?)",
        (seq, kind, at_ms, mono_ms, kernel_boot, payload, crc32(payload)),
    )
    return seq


def _leap_in_a_new_kernel_life(connection: sqlite3.Connection, kernel_boot: str) -> None:
    with transaction(connection):
        known = connection.execute("SELECT value FROM meta WHERE name = 'kernel_boot'").fetchone()
        if known == (kernel_boot,):
            return
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('kernel_boot', ?)", (kernel_boot,))
        if known is None:
            return
        connection.execute("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = 'outbox'", (SEQ_LEAP,))
        connection.execute(
            "UPDATE meta SET value = (SELECT seq FROM sqlite_sequence WHERE name = 'outbox') "
            "WHERE name = 'trimmed_to' AND NOT EXISTS (SELECT 1 FROM outbox) "
            "AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'outbox')"
        )
