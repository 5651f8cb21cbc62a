"""The outbox inside the spool's file: what is added, what is read for the hub, and what its receipts remove."""

from collections.abc import Callable
from itertools import islice
from typing import Final

from msgspec import Raw

from station.clock import Stamp
from station.store.spool_file import (
    Connection,
    CorruptError,
    Row,
    encoded,
    insert,
    next_seq,
    raise_last_seq,
    rows,
    transaction,
)
from wire.records import Body, RawRecord, Undated

_ENVELOPE_BYTES: Final = 120
"""The most that seq, date and keys add to a body on the wire."""


def append(connection: Connection, make: Callable[[int], Body], stamp: Stamp) -> int:
    """Insert the record `make(seq)` in the next place, and return that."""
    with transaction(connection):
        seq = next_seq(connection)
        insert(connection, seq, *encoded(make(seq)), stamp)
        return seq


def pending(connection: Connection, after: int, *, most: int, most_bytes: int) -> list[RawRecord]:
    """Return records with seq > `after` in order and without a gap, within both limits, but at least one."""
    records: list[RawRecord] = []
    size = 0
    for row in islice(rows(connection, "seq > ?", (after,)), most):
        record = _raw_record(row)
        size += len(bytes(record.body)) + _ENVELOPE_BYTES
        if records and (size > most_bytes or record.seq != records[-1].seq + 1):
            break
        records.append(record)
    return records


def urgent(connection: Connection, after: int) -> list[RawRecord]:
    """Return the emergencies among the records with seq > `after`."""
    return [_raw_record(row) for row in rows(connection, "seq > ? AND kind = 'emergency'", (after,))]


def trim(connection: Connection, seq: int) -> int:
    """Delete records up to and including `seq`; return how many."""
    with transaction(connection):
        count = connection.execute("DELETE FROM outbox WHERE seq <= ?", (seq,)).rowcount
        connection.execute(
            "UPDATE meta SET value = ? WHERE name = 'trimmed_to' AND CAST(value AS INTEGER) < ?", (str(seq), seq)
        )
        # The hub may know places that a cut took from this file: they are not given out again.
        raise_last_seq(connection, seq)
        return count


def trimmed_to(connection: Connection) -> int:
    """Return the highest seq ever receipted, 0 at first."""
    (value,) = connection.execute("SELECT value FROM meta WHERE name = 'trimmed_to'").fetchone()
    return int(value)


def _raw_record(row: Row) -> RawRecord:
    if not row.is_whole():
        raise CorruptError("a record was altered")
    undated = None if row.at_ms is not None else Undated(row.kernel_boot, row.mono_ms)
    return RawRecord(row.seq, Raw(row.body), row.at_ms, undated)
