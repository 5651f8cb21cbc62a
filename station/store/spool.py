"""The spool: kiosk and agent meet here and nowhere else. SQLite, WAL, synchronous=FULL."""

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self
from zlib import crc32

from msgspec import Raw

from station.clock import Stamp, kernel_boot_id
from station.errors import SpoolFullError, StoreError
from station.store.spool_file import CorruptError, SetAside, insert, open_file, transaction, translated
from wire.codec import MAX_RECORD_BYTES, decode, encode
from wire.errors import WireError
from wire.life import DeviceState, OutboxDepth
from wire.records import Body, RawRecord, Undated

FILE_NAME: Final = "spool.sqlite3"
"""In the station's state folder: the one name by which kiosk and agent meet."""
DISK_RESERVE_BYTES: Final = 20_000_000
"""Left free on the disk, so that receipts can still trim and notes be kept when visits are refused."""
COMMANDS_KEPT_MS: Final = 30 * 86_400_000


class Spool:
    """The ordered outbox, device states and small notes of one station, shared by its processes.

    Every method may be called from any thread. When another process has set the file aside, or it turns out
    damaged, methods raise StoreError (E-SPOOL-03, E-SPOOL-02) and nothing was taken: open it anew.
    """

    epoch: str
    """Drawn when this spool was made; 16 hex digits."""
    set_aside: SetAside | None
    """Set when opening found a cut or corrupted file and began a new epoch."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, set_aside: SetAside | None, limit_bytes: int
    ) -> None:
        """Take an open connection; use `open`."""
        self.set_aside = set_aside
        self._path = path
        self._connection = connection
        self._limit_bytes = limit_bytes
        self._lock = threading.RLock()
        self._file = _identity(path)
        (self.epoch,) = connection.execute("SELECT value FROM meta WHERE name = 'epoch'").fetchone()
        self._data_version = -1

    @classmethod
    def open(cls, path: Path, *, limit_bytes: int = 512_000_000) -> Self:
        """Open or make the spool at `path`.

        A cut or corrupted file is moved aside (never deleted), a new epoch begins with a record of it
        (DeviceEvent device="spool"), and the records that can still be read follow. Raises StoreError when the
        disk cannot be used.
        """
        with translated(path):
            connection, set_aside = open_file(path, kernel_boot_id())
            return cls(path, connection, set_aside, limit_bytes)

    def close(self) -> None:
        """Close the connection; the file stays complete."""
        with self._lock:
            self._connection.close()

    def append(self, make: Callable[[int], Body], stamp: Stamp) -> int:
        """Commit the record `make(seq)` durably and return its seq, one more than the last.

        Raises SpoolFullError E-SPOOL-10 (limit or disk; nothing was taken), or StoreError: E-SPOOL-11 when the
        record is larger than MAX_RECORD_BYTES, E-SPOOL-02 to -04 for the file.
        """
        with self._using() as connection:
            if not self.has_room():
                raise SpoolFullError("E-SPOOL-10", "the spool is full 存储已满，暂停受理；已保存的资料不受影响")
            with transaction(connection):
                return insert(
                    connection,
                    lambda seq: _of_bearable_size(make(seq)),
                    at_ms=stamp.at_ms,
                    mono_ms=stamp.mono_ms,
                    kernel_boot=stamp.kernel_boot,
                )

    def pending(self, after: int, *, most: int, most_bytes: int) -> list[RawRecord]:
        """Return records with seq > `after` in order and without a gap, within both limits, but at least one."""
        with self._using() as connection:
            rows = connection.execute(f"{_SELECT} WHERE seq > ? ORDER BY seq LIMIT ?", (after, most))
            records: list[RawRecord] = []
            size = 0
            for row in rows:
                record = _raw_record(row)
                size += len(bytes(record.body)) + _ENVELOPE_BYTES
                if records and (size > most_bytes or record.seq != records[-1].seq + 1):
                    break
                records.append(record)
            rows.close()
            return records

    def urgent(self, after: int) -> list[RawRecord]:
        """Return the emergencies among the records with seq > `after`."""
        with self._using() as connection:
            rows = connection.execute(f"{_SELECT} WHERE seq > ? AND kind = 'emergency' ORDER BY seq", (after,))
            return [_raw_record(row) for row in rows.fetchall()]

    def trim(self, seq: int) -> int:
        """Forget records up to and including `seq` (the hub has a receipt for them); return how many."""
        with self._using() as connection:
            try:
                return self._trim(connection, seq)
            except sqlite3.OperationalError:
                # A full disk: what the journal holds is written back, which makes room for this.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return self._trim(connection, seq)

    def _trim(self, connection: sqlite3.Connection, seq: int) -> int:
        with transaction(connection):
            count = connection.execute("DELETE FROM outbox WHERE seq <= ?", (seq,)).rowcount
            connection.execute(
                "UPDATE meta SET value = ? WHERE name = 'trimmed_to' AND CAST(value AS INTEGER) < ?", (str(seq), seq)
            )
            return count

    def trimmed_to(self) -> int:
        """Return the highest seq ever receipted, 0 at first. The kiosk compares it with a visit's seq."""
        with self._using() as connection:
            (value,) = connection.execute("SELECT value FROM meta WHERE name = 'trimmed_to'").fetchone()
            return int(value)

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
            count, size, oldest_ms = connection.execute(
                "SELECT COUNT(*), COALESCE(SUM(LENGTH(body)), 0), MIN(at_ms) FROM outbox"
            ).fetchone()
            return OutboxDepth(count, size, oldest_ms, full=not self.has_room())

    def has_room(self) -> bool:
        """Say whether a visit begun now could be saved (spool limit and free disk)."""
        with self._using() as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            (free,) = connection.execute("PRAGMA freelist_count").fetchone()
            (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
            within_limit = (pages - free) * page_bytes < self._limit_bytes
            return bool(within_limit) and shutil.disk_usage(self._path.parent).free > DISK_RESERVE_BYTES

    def date_records(self, kernel_boot: str, mono_to_utc_ms: int) -> int:
        """Date the undated records of this kernel boot; return how many."""
        with self._using() as connection, transaction(connection):
            return connection.execute(
                "UPDATE outbox SET at_ms = MAX(0, mono_ms + ?) WHERE at_ms IS NULL AND kernel_boot = ?",
                (mono_to_utc_ms, kernel_boot),
            ).rowcount

    def put_device(self, state: DeviceState) -> None:
        """Store how a device is, for the beat and the staff page."""
        with self._using() as connection:
            connection.execute("INSERT OR REPLACE INTO device VALUES (?, ?)", (state.device, encode(state)))

    def devices(self) -> list[DeviceState]:
        """Return the last state of every device, by name."""
        with self._using() as connection:
            rows = connection.execute("SELECT state FROM device ORDER BY name").fetchall()
        try:
            return [decode(state, DeviceState) for (state,) in rows]
        except WireError:
            raise StoreError("E-SPOOL-02", f"{self._path}: a device state cannot be read 存储文件损坏") from None

    def put_note(self, name: str, value: str) -> None:
        """Keep one small value by name (e.g. whether the hub is reachable, the clock's offset)."""
        with self._using() as connection:
            connection.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (name, value))

    def note(self, name: str) -> str | None:
        """Return a kept value, or None."""
        with self._using() as connection:
            row = connection.execute("SELECT value FROM note WHERE name = ?", (name,)).fetchone()
            return None if row is None else str(row[0])

    def claim_command(self, command_id: str, expires_ms: int) -> bool:
        """Remember a command durably before it is executed; False when it was claimed before."""
        with self._using() as connection, transaction(connection):
            connection.execute("DELETE FROM command WHERE expires_ms < ?", (expires_ms - COMMANDS_KEPT_MS,))
            claimed = connection.execute("INSERT OR IGNORE INTO command VALUES (?, ?)", (command_id, expires_ms))
            return claimed.rowcount == 1

    @contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        with self._lock, translated(self._path):
            if _identity(self._path) != self._file:
                raise StoreError("E-SPOOL-03", f"{self._path}: another file is there now 存储文件已被更换，将重新打开")
            yield self._connection


_SELECT: Final = "SELECT seq, at_ms, mono_ms, kernel_boot, body, crc FROM outbox"
_ENVELOPE_BYTES: Final = 120
"""The most that seq, date and keys add to a body on the wire."""


def _raw_record(row: tuple[int, int | None, int, str, bytes, int]) -> RawRecord:
    seq, at_ms, mono_ms, kernel_boot, body, crc = row
    if crc32(body) != crc:
        raise CorruptError("a record was altered")
    undated = None if at_ms is not None else Undated(kernel_boot, mono_ms)
    return RawRecord(seq, Raw(body), at_ms, undated)


def _of_bearable_size(body: Body) -> Body:
    if len(encode(body)) > MAX_RECORD_BYTES:
        raise StoreError("E-SPOOL-11", f"a record of over {MAX_RECORD_BYTES} bytes 内容过长，请分次填写")
    return body


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino
