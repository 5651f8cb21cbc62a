"""Opening the spool's file, by two processes at once and after whatever happened to it.

A card that lies about fsync may lose its last commits in a power cut. Were their places used again, the hub would
take new records for ones it has; so in each new life of the kernel the numbering leaps over SEQ_LEAP places, and
beyond every place that was witnessed outside the database.
"""

import contextlib
import errno
import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from station.clock import Stamp
from station.store import questions
from station.store.set_aside import (
    SetAside,
    carry_over,
    epoch_of,
    event_of,
    finish_moving,
    move_aside,
    unread,
)
from station.store.spool_file import (
    TROUBLES,
    Connection,
    CorruptError,
    check,
    connect,
    encoded,
    found,
    identity,
    insert,
    is_corrupt,
    last_seq,
    make,
    next_seq,
    part,
    raise_last_seq,
    transaction,
)
from wire.records import DeviceEvent

SEQ_LEAP: Final = 100

logger = logging.getLogger(__name__)


class FileLock:
    """The side file `<spool>.lock`: who writes holds it shared, who replaces the spool holds it alone.

    It also holds, beside the database and without fsync, the last place given out: what a database that lost its
    last commits is compared with.
    """

    def __init__(self, path: Path) -> None:
        """Open the side file of the spool at `path`."""
        self._file = os.open(part(path, ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def close(self) -> None:
        """Close it; a lock held is given back."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def shared(self) -> contextlib.AbstractContextManager[None]:
        """Hold the lock beside others: the file at the spool's path stays the same one."""
        return self._held(fcntl.LOCK_SH)

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Hold the lock while nobody else does."""
        return self._held(fcntl.LOCK_EX)

    @contextmanager
    def _held(self, how: int) -> Iterator[None]:
        if self._file < 0:
            raise OSError(errno.EBADF, "closed already")
        fcntl.flock(self._file, how)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def witness(self, epoch: str, seq: int) -> None:
        """Note that `seq` is committed. Best effort: a witness that lags only says less."""
        with contextlib.suppress(OSError):
            os.pwrite(self._file, f"{epoch} {seq:019d}\n".encode("ascii"), 0)

    def witnessed(self, epoch: str) -> int:
        """Return the last place noted for this epoch, 0 without one."""
        noted_epoch, _, seq = os.pread(self._file, 64, 0).decode("ascii", "replace").strip().partition(" ")
        return int(seq) if noted_epoch == epoch and len(seq) == 19 and seq.isascii() and seq.isdigit() else 0


class Opened(NamedTuple):
    """A spool in use: its connection, which file it is of, and what was set aside for it."""

    connection: Connection
    identity: tuple[int, int] | None
    epoch: str
    set_aside: SetAside | None


def open_file(path: Path, lock: FileLock, stamp: Stamp) -> Opened:
    """Open the spool at `path`, making it when there is none and setting it aside when it is damaged.

    Raises one of TROUBLES, OSError or StoreError when the disk cannot be used.
    """
    with lock.shared():
        if not unread(path) and (connection := _try(path, lock, stamp)) is not None:
            return _opened(path, connection, None)
    with lock.alone():
        return _open_alone(path, lock, stamp)


def _opened(path: Path, connection: Connection, set_aside: SetAside | None) -> Opened:
    (epoch,) = connection.execute("SELECT value FROM meta WHERE name = 'epoch'").fetchone()
    return Opened(connection, identity(path), epoch, set_aside)


def _try(path: Path, lock: FileLock, stamp: Stamp) -> Connection | None:
    try:
        return _connect(path, lock, stamp) if path.exists() else None
    except TROUBLES as error:
        if not is_corrupt(error):
            raise
        return None


def _open_alone(path: Path, lock: FileLock, stamp: Stamp) -> Opened:
    finish_moving(path)
    if path.exists():
        try:
            connection = _connect(path, lock, stamp)
        except TROUBLES as error:
            if not is_corrupt(error):
                raise
            move_aside(path, found(error))
    elif part(path, "-wal").exists():
        move_aside(path, "gone, but for its journal")
    waiting = unread(path)
    if not path.exists():
        unlike = {epoch for moved in waiting if (epoch := epoch_of(moved)) is not None}
        make(path, [(event_of(moved), stamp) for moved in waiting], unlike=unlike)
        part(path, ".suspect").unlink(missing_ok=True)
        connection = _connect(path, lock, stamp)
    try:
        return _opened(path, connection, _carry_over_all(connection, waiting))
    except BaseException:
        connection.close()
        raise


def _carry_over_all(connection: Connection, waiting: list[Path]) -> SetAside | None:
    set_aside = None
    for moved in waiting:
        carried_over = 0
        try:
            carried_over = carry_over(connection, moved)
        except (*TROUBLES, OSError) as error:
            # No room, most likely: the new spool works all the same, and the next opening tries again.
            logger.warning("%s not carried over yet (%s) 尚未恢复，下次启动再试", moved.name, error)
        set_aside = SetAside(moved, "E-SPOOL-01", carried_over)
    return set_aside


def suspect(path: Path) -> None:
    """Note that the spool at `path` proved damaged in use, so that the next opening sets it aside unseen."""
    with contextlib.suppress(OSError):
        part(path, ".suspect").write_text(str(path.stat().st_ino), "ascii")


def _is_suspect(path: Path) -> bool:
    try:
        return part(path, ".suspect").read_text("ascii") == str(path.stat().st_ino)
    except (OSError, UnicodeDecodeError):
        return False


def _connect(path: Path, lock: FileLock, stamp: Stamp) -> Connection:
    if _is_suspect(path):
        raise CorruptError("found damaged in use")
    if path.stat().st_size == 0:
        # Not to be shown to SQLite: it would delete a journal beside it.
        raise CorruptError("cut to nothing")
    connection = connect(path)
    try:
        check(connection)
        questions.add_tables(connection)
        _go_on(connection, lock, stamp)
    except BaseException:
        connection.close()
        raise
    return connection


def _go_on(connection: Connection, lock: FileLock, stamp: Stamp) -> None:
    """Leave out the places that may have been given out before, and tell the hub of a known loss."""
    with transaction(connection):
        facts = dict(connection.execute("SELECT name, value FROM meta"))
        last = last_seq(connection)
        lost = max(0, lock.witnessed(facts["epoch"]) - last)
        leap = SEQ_LEAP if facts.get("kernel_boot", stamp.kernel_boot) != stamp.kernel_boot else 0
        if "kernel_boot" not in facts or leap:
            connection.execute("INSERT OR REPLACE INTO meta VALUES ('kernel_boot', ?)", (stamp.kernel_boot,))
        if not lost and not leap:
            return
        raise_last_seq(connection, last + lost + leap)
        (held,) = connection.execute("SELECT EXISTS (SELECT 1 FROM outbox)").fetchone()
        if not held:
            connection.execute("UPDATE meta SET value = ? WHERE name = 'trimmed_to'", (str(last + lost + leap),))
        if lost:
            logger.error("E-SPOOL-05 the disk lost its last %d records 断电丢失记录，请更换存储卡", lost)
            event = DeviceEvent("spool", "E-SPOOL-05", note=f"the disk lost the last {lost} records it had taken")
            insert(connection, next_seq(connection), *encoded(event), stamp)
