"""The spool: kiosk and agent meet here and nowhere else. SQLite, WAL, synchronous=FULL."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Final, Self

from station.clock import Clock, Stamp
from station.errors import SpoolFullError, StoreError
from station.store import outbox, questions
from station.store.ballast import Ballast
from station.store.opening import FileLock, Opened, open_file, suspect
from station.store.questions import OpenAsk
from station.store.set_aside import SetAside
from station.store.spool_file import (
    TROUBLES,
    identity,
    is_corrupt,
    is_full,
    part,
    transaction,
    translated,
)
from wire.codec import decode, encode
from wire.errors import WireError
from wire.life import DeviceState, OutboxDepth
from wire.orders import Ask, Reply
from wire.records import Body, RawRecord

FILE_NAME: Final = "spool.sqlite3"
"""In the station's state folder: the one name by which kiosk and agent meet."""
DISK_RESERVE_BYTES: Final = 20_000_000
"""Left free on the disk, so that receipts can still trim and notes be kept when visits are refused."""
URGENT_NOTE: Final = "urgent"
COMMANDS_KEPT_MS: Final = 30 * 86_400_000


class Spool:
    """The ordered outbox, device states and small notes of one station, shared by its processes.

    Every method may be called from any thread; they go one at a time. One object has one epoch: when another process
    has set the file aside, or it turns out damaged, methods raise StoreError (E-SPOOL-03, E-SPOOL-02), nothing was
    taken, and the caller opens it anew. (An epoch that changed under a caller would send records under the wrong one.)
    """

    epoch: str
    """Drawn when this spool was made; 16 hex digits."""
    set_aside: SetAside | None
    """Set when opening found a cut or corrupted file and began a new epoch."""

    def __init__(
        self,
        path: Path,
        opened: Opened,
        lock: FileLock,
        limit_bytes: int,
    ) -> None:
        """Take an opened file; use `open`."""
        self.epoch = opened.epoch
        self.set_aside = opened.set_aside
        self.path = path
        self._connection = opened.connection
        self._file = opened.identity
        self._file_lock = lock
        self._limit_bytes = limit_bytes
        self._ballast = Ballast(part(path, ".ballast"))
        self._ballast.take_on(leaving_bytes=DISK_RESERVE_BYTES)
        self._lock = threading.RLock()
        self._data_version = -1
        self._counted: tuple[int, int, int | None] = (0, 0, None)
        self._counted_as_of = (-1, -1)

    @classmethod
    def open(cls, path: Path, *, limit_bytes: int = 512_000_000) -> Self:
        """Open or make the spool at `path`.

        A cut or corrupted file is moved aside (never deleted), a new epoch begins with a record of it
        (DeviceEvent device="spool"), and the records that can still be read follow. Raises StoreError when the
        disk cannot be used.
        """
        with translated(path), ExitStack() as on_failure:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(path)
            on_failure.callback(lock.close)
            opened = open_file(path, lock, Clock().now())
            on_failure.pop_all()
            return cls(path, opened, lock, limit_bytes)

    def close(self) -> None:
        """Close the connection; the file stays complete."""
        with self._lock:
            self._connection.close()
            self._file_lock.close()

    def append(self, make: Callable[[int], Body], stamp: Stamp, *, leave_bytes: int = 0, urgent: bool = False) -> int:
        """Commit the record `make(seq)` durably and return its seq, one more than the last.

        `leave_bytes` must stay free besides: a machine's own records do not push out what villagers say. An `urgent`
        one is taken beyond the spool's limit, and the ballast goes for it; only a disk that is full refuses it.
        Raises SpoolFullError E-SPOOL-10 (limit or disk; nothing was taken), or StoreError: E-SPOOL-11 when the
        record is larger than MAX_RECORD_BYTES, E-SPOOL-02 to -04 for the file.
        """
        with self._writing() as connection:
            if not (urgent or self._room(connection, leave_bytes)):
                raise SpoolFullError("E-SPOOL-10", "the spool is full 存储已满，暂停受理；已保存的资料不受影响")
            seq = self._whatever_the_room(partial(outbox.append, make=make, stamp=stamp), drop=urgent)
            self._file_lock.witness(self.epoch, seq)
            return seq

    def pending(self, after: int, *, most: int, most_bytes: int) -> list[RawRecord]:
        """Return records with seq > `after` in order and without a gap, within both limits, but at least one."""
        with self._using() as connection:
            return outbox.pending(connection, after, most=most, most_bytes=most_bytes)

    def urgent(self, after: int) -> list[RawRecord]:
        """Return the emergencies among the records with seq > `after`."""
        with self._using() as connection:
            return outbox.urgent(connection, after)

    def trim(self, seq: int) -> int:
        """Forget records up to and including `seq` (the hub has a receipt for them); return how many.

        Works on a full disk too, and gives its room back to it.
        """
        with self._writing() as connection:
            count = self._whatever_the_room(partial(outbox.trim, seq=seq))
            if count:
                self._give_back(connection)
            return count

    def _whatever_the_room(self, write: Callable[[sqlite3.Connection], int], *, drop: bool = True) -> int:
        """Write; on a full disk drop the ballast for it."""
        try:
            return write(self._connection)
        except sqlite3.Error as error:
            if not (drop and is_full(error, self.path)):
                raise
            self._ballast.drop()
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return write(self._connection)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if shutil.disk_usage(self.path.parent).free < 2 * DISK_RESERVE_BYTES:
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA incremental_vacuum").fetchall()
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._ballast.take_on(leaving_bytes=DISK_RESERVE_BYTES)

    def trimmed_to(self) -> int:
        """Return the highest seq ever receipted, 0 at first. The kiosk compares it with a visit's seq."""
        with self._using() as connection:
            return outbox.trimmed_to(connection)

    def note_urgent(self, seqs: Iterable[int]) -> None:
        """Note which emergencies the hub has ahead of their turn."""
        with self._lock:
            known = self.urgent_receipted().union(seqs)
            self.put_note(URGENT_NOTE, ",".join(map(str, sorted(known))))

    def urgent_receipted(self) -> frozenset[int]:
        """Return the emergencies that the hub has ahead of their turn: those beyond `trimmed_to`."""
        with self._using() as connection:
            noted = (self.note(URGENT_NOTE) or "").split(",")
            trimmed_to = outbox.trimmed_to(connection)
            return frozenset(int(seq) for seq in noted if seq.isascii() and seq.isdigit() and int(seq) > trimmed_to)

    def changed(self) -> bool:
        """Say whether another process committed since the last call (PRAGMA data_version): cheap, for polling."""
        with self._using() as connection:
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            changed = version != self._data_version
            self._data_version = version
            return bool(changed)

    def depth(self) -> OutboxDepth:
        """Return what is held."""
        with self._using() as connection:
            (version,) = connection.execute("PRAGMA data_version").fetchone()
            as_of = (version, connection.total_changes)
            if as_of != self._counted_as_of:
                # Every row is visited: about a second for a full spool, so not for every beat.
                self._counted = connection.execute(
                    "SELECT COUNT(*), COALESCE(SUM(LENGTH(body)), 0), MIN(at_ms) FROM outbox"
                ).fetchone()
                self._counted_as_of = as_of
            return OutboxDepth(*self._counted, full=not self._room(connection))

    def has_room(self) -> bool:
        """Say whether a visit begun now could be saved (spool limit and free disk)."""
        with self._using() as connection:
            return self._room(connection)

    def _room(self, connection: sqlite3.Connection, leave_bytes: int = 0) -> bool:
        # Pages in use, not the size of the file: what a receipt freed is used again.
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (free,) = connection.execute("PRAGMA freelist_count").fetchone()
        (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
        within_limit = bool((pages - free) * page_bytes + leave_bytes < self._limit_bytes)
        return within_limit and shutil.disk_usage(self.path.parent).free > DISK_RESERVE_BYTES + leave_bytes

    def date_records(self, kernel_boot: str, mono_to_utc_ms: int) -> int:
        """Date the undated records of this kernel boot; return how many."""
        with self._writing() as connection, transaction(connection):
            return connection.execute(
                "UPDATE outbox SET at_ms = MAX(0, mono_ms + ?) WHERE at_ms IS NULL AND kernel_boot = ?",
                (mono_to_utc_ms, kernel_boot),
            ).rowcount

    def put_device(self, state: DeviceState) -> None:
        """Store how a device is, for the beat and the staff page."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO device VALUES (?, ?)", (state.device, encode(state)))

    def devices(self) -> list[DeviceState]:
        """Return the last state of every device, by name."""
        with self._using() as connection:
            states = connection.execute("SELECT state FROM device ORDER BY name").fetchall()
        # One that another version of this software wrote, and this one cannot read, will be written anew.
        return [state for (raw,) in states if (state := _device_state(raw)) is not None]

    def put_note(self, name: str, value: str) -> None:
        """Keep one small value by name (e.g. whether the hub is reachable, the clock's offset)."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    def note(self, name: str) -> str | None:
        """Return a kept value, or None."""
        with self._using() as connection:
            row = connection.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
            return None if row is None else str(row[0])

    def claim_command(self, command_id: str, expires_ms: int) -> bool:
        """Remember a command durably before it is executed; False when it was claimed before."""
        with self._writing() as connection, transaction(connection):
            connection.execute("DELETE FROM command WHERE expires_ms < ?", (expires_ms - COMMANDS_KEPT_MS,))
            claimed = connection.execute("INSERT OR IGNORE INTO command VALUES (?, ?)", (command_id, expires_ms))
            return claimed.rowcount == 1

    def put_ask(self, ask: Ask, stamp: Stamp | None = None) -> None:
        """Hand a question to the agent; its `expires_ms` counts from now on: the kiosk need not know the time.

        Raises SpoolFullError E-SPOOL-10 when the disk is full, or StoreError E-SPOOL-02 to -04.
        """
        with self._writing() as connection:
            questions.put_ask(connection, ask, stamp or Clock().now())

    def open_asks(self, stamp: Stamp | None = None) -> list[OpenAsk]:
        """Return the questions that have no reply; those of more than five minutes ago, and their replies, are gone."""
        with self._writing() as connection:
            return questions.open_asks(connection, stamp or Clock().now())

    def put_reply(self, reply: Reply) -> bool:
        """Keep the first reply to a question that is still there; say whether it was kept."""
        with self._writing() as connection:
            return questions.put_reply(connection, reply)

    def take_reply(self, ask_id: str) -> Reply | None:
        """Return the reply, once, and forget the question; None while there is none."""
        with self._writing() as connection:
            return questions.take_reply(connection, ask_id)

    def forget_ask(self, ask_id: str) -> None:
        """Forget a question and its reply: nobody waits for it any more."""
        with self._writing() as connection:
            questions.forget_ask(connection, ask_id)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Like `_using`, and nobody sets the file aside meanwhile: what is committed here is not left in it unseen."""
        with self._lock, translated(self.path), self._file_lock.shared(), self._using() as connection:
            yield connection

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock, translated(self.path):
            if identity(self.path) != self._file:
                raise StoreError("E-SPOOL-03", f"{self.path}: another file is there now 存储文件已被更换，将重新打开")
            try:
                yield self._connection
            except TROUBLES as error:
                if is_corrupt(error):
                    suspect(self.path)
                raise


def _device_state(raw: bytes) -> DeviceState | None:
    try:
        return decode(raw, DeviceState)
    except WireError:
        return None
