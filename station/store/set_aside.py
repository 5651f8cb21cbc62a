"""A spool that cannot be used: moved aside, never deleted, and what it still holds carried over to the new one.

The new spool has a new epoch, always: nobody can tell which places beyond the last readable row the damaged one had
given out, and the hub takes a record in a place it knows for one it has. So a carried record gets a new place, and
one that the hub stored without its receipt reaching us is there twice, under two epochs but with the same number
(a visit's) or call (an emergency's). Twice can be seen and told apart; never cannot.
"""

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from station.clock import Stamp
from station.store.spool_file import (
    PAGE_BYTES,
    PARTS,
    TROUBLES,
    Connection,
    Row,
    connect,
    encoded,
    insert,
    make,
    next_seq,
    part,
    rows,
    transaction,
)
from wire.codec import decode
from wire.durable import sync_folder
from wire.errors import WireError
from wire.records import DeviceEvent, Rating

logger = logging.getLogger(__name__)

UNREAD: Final = ".unread"
"""Ends the name of a marker beside a file set aside: it was not carried over yet. The marker says why."""


class SetAside(NamedTuple):
    """A spool that could not be used: where it was moved, why, and how many records were carried over."""

    path: Path
    code: str
    carried_over: int = 0


def move_aside(path: Path, why: str) -> None:
    """Move the database at `path`, with its journal, to a free name.

    The marker comes first and the journal last: wherever this is cut, `unread` finds what to go on with.
    """
    number = 1
    while any(part(path, f".broken-{number}{suffix}").exists() for suffix in PARTS):
        number += 1
    moved = part(path, f".broken-{number}")
    part(moved, UNREAD).write_text(why[:80], "utf-8")
    if path.exists():
        path.replace(moved)
    else:
        moved.touch(0o600)
    _move_journal(path, moved)
    sync_folder(path.parent)
    logger.error("E-SPOOL-01 %s was damaged (%s), now %s 存储文件损坏，已另存并重建", path.name, why, moved.name)


def _move_journal(path: Path, moved: Path) -> None:
    for suffix in PARTS[1:]:
        if part(path, suffix).exists():
            part(path, suffix).replace(part(moved, suffix))


def unread(path: Path) -> list[Path]:
    """Return the files set aside whose records were not carried over yet, oldest first."""
    markers = path.parent.glob(f"{path.name}.broken-*{UNREAD}")
    found = (marker.with_name(marker.name.removesuffix(UNREAD)) for marker in markers)
    return sorted((moved for moved in found if moved.exists()), key=lambda moved: int(moved.name.rpartition("-")[2]))


def finish_moving(path: Path) -> None:
    """Move a journal after its database, when a power cut came between the two."""
    found = unread(path)
    if found and not path.exists() and not part(found[-1], "-wal").exists():
        _move_journal(path, found[-1])


def event_of(moved: Path) -> DeviceEvent:
    """Return what the hub is told of a file set aside."""
    why = part(moved, UNREAD).read_text("utf-8", errors="replace")
    return DeviceEvent("spool", "E-SPOOL-01", note=f"set aside as {moved.name[:60]}: {why}")


def epoch_of(moved: Path) -> str | None:
    """Return the epoch of a file set aside, if it can still be read."""
    with _reading(moved) as old:
        return None if old is None else old.epoch


def carry_over(connection: Connection, moved: Path) -> int:
    """Append what `moved` still holds for the hub, in order, all in one transaction; return how many.

    Raises one of TROUBLES or OSError; then nothing was taken over, and the next opening tries again.
    """
    carried = 0
    with transaction(connection):
        done = connection.execute("SELECT 1 FROM meta WHERE name = ?", (f"carried/{moved.name}",)).fetchone()
        if done is None:
            carried = _append_all(connection, moved)
            connection.execute("INSERT INTO meta VALUES (?, ?)", (f"carried/{moved.name}", str(carried)))
    part(moved, UNREAD).unlink(missing_ok=True)
    logger.warning("%d records carried over from %s 已恢复 %d 条记录", carried, moved.name, carried)
    return carried


def _append_all(connection: Connection, moved: Path) -> int:
    places: dict[int, int] = {}
    with _reading(moved) as old:
        if old is None:
            return 0
        for row in old.rows():
            seq = next_seq(connection)
            kind, body = _pointing_anew(row, places, old.epoch)
            insert(connection, seq, kind, body, Stamp(row.at_ms, row.mono_ms, row.kernel_boot))
            places[row.seq] = seq
    return len(places)


def _pointing_anew(row: Row, places: dict[int, int], epoch: str | None) -> tuple[str, bytes]:
    """Return the body as it was, but let a rating point at its visit's new place.

    A visit that the hub already had is in the old epoch, where a rating cannot point: then its grade goes as a note.
    """
    if row.kind != "rating":
        return row.kind, row.body
    try:
        rating = decode(row.body, Rating)
    except WireError:
        return row.kind, row.body
    if rating.visit in places:
        return encoded(Rating(places[rating.visit], rating.grade))
    note = f"rating {rating.grade} of visit {rating.visit} in epoch {epoch or 'unknown'}"
    return encoded(DeviceEvent("spool", "rating-of-old-epoch", note=note))


class _Readable:
    """What can still be read of a damaged spool."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.epoch: str | None = None
        self._trimmed_to = 0
        # Without these the rows are all there is, and all of them are taken.
        with suppress(*TROUBLES, KeyError, ValueError):
            facts = dict(connection.execute("SELECT name, value FROM meta"))
            self._trimmed_to = int(facts["trimmed_to"])
            self.epoch = format(int(facts["epoch"], 16), "016x")

    def rows(self) -> Iterator[Row]:
        """Yield every whole row that was not receipted, around the damaged places."""
        seq = self._trimmed_to
        try:
            for row in rows(self._connection, "seq > ?", (seq,)):
                seq = row.seq
                if row.is_whole():
                    yield row
        except TROUBLES:
            yield from self._one_by_one(seq)

    def _one_by_one(self, after: int) -> Iterator[Row]:
        for seq in range(after + 1, self._highest(after) + 1):
            try:
                found = list(rows(self._connection, "seq = ?", (seq,)))
            except TROUBLES:
                continue
            yield from (row for row in found if row.is_whole())

    def _highest(self, after: int) -> int:
        for query in ("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'", "SELECT MAX(seq) FROM outbox"):
            try:
                (highest,) = self._connection.execute(query).fetchone()
                if after < highest < after + 10_000_000:
                    return int(highest)
            except (*TROUBLES, TypeError):
                continue
        return after


@contextmanager
def _reading(moved: Path) -> Iterator[_Readable | None]:
    connection = None
    with suppress(*TROUBLES, OSError):
        _restore_first_page(moved)
        connection = _connect_to_outbox(moved)
    if connection is None:
        yield None
        return
    with closing(connection):
        yield _Readable(connection)


def _connect_to_outbox(moved: Path) -> Connection | None:
    with suppress(*TROUBLES):
        connection = connect(moved)
        if _finds_the_outbox(connection):
            return connection
        connection.close()
    return connect(moved) if _give_first_page_of_a_new_spool(moved) else None


def _finds_the_outbox(connection: Connection) -> bool:
    for end in ("MIN", "MAX"):
        with suppress(*TROUBLES):
            connection.execute(f"SELECT {end}(seq) FROM outbox").fetchone()
            return True
    return False


def _give_first_page_of_a_new_spool(moved: Path) -> bool:
    """Replace the page that says where the tables are: it is the same in every spool, and without it none is found.

    The page that was there is kept beside the file. Records that are not whole are refused by their sum.
    Header: https://www.sqlite.org/fileformat2.html#the_database_header
    """
    saved = part(moved, ".page-1")
    if saved.exists():
        return True
    model = part(moved, ".model")
    make(model, [], unlike=set())
    page = bytearray(model.read_bytes()[:PAGE_BYTES])
    model.unlink()
    page[18:20] = b"\2\2"  # with a journal
    page[32:40] = bytes(8)  # no list of free pages
    page[92:96] = bytes(4)  # the number of pages is that of the file
    with moved.open("r+b") as database:
        saved.write_bytes(database.read(PAGE_BYTES))
        database.seek(0)
        database.write(page)
    return True


def _restore_first_page(moved: Path) -> None:
    """Write the first page of a database that was cut to nothing from its journal, or SQLite would delete that.

    Format: https://www.sqlite.org/fileformat2.html#walformat - SQLite itself checks the journal's sums afterwards.
    """
    journal = part(moved, "-wal")
    if moved.stat().st_size > 0 or not journal.exists():
        return
    with journal.open("rb") as file, moved.open("r+b") as database:
        page_bytes = int.from_bytes(file.read(32)[8:12], "big")
        if not 512 <= page_bytes <= 65_536:
            return
        while len(frame := file.read(24 + page_bytes)) == 24 + page_bytes:
            if frame[:4] == b"\0\0\0\1":
                database.seek(0)
                database.write(frame[24:])
