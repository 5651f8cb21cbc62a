"""Builds the index of words by pinyin: `python -m station.kiosk.entry.build_pinyin OUT [PLACE]...`.

The kiosk starts it: a process of its own at the lowest priority. Ends with 0 when the index stands, else with 1; says
nothing.
"""

import fcntl
import os
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from station.kiosk.entry.index_format import APPLICATION_ID, FORMAT, INITIALS_INDEX, SCHEMA, stamp
from station.kiosk.entry.spelling import initials_of, loosened
from station.kiosk.entry.word_list import RAREST_WORD, Word, surnames, word_list
from wire.durable import sync_folder


def build(path: Path, places: Sequence[str] = (), rarest: int = RAREST_WORD) -> bool:
    """Write the index to `path`, whole or not at all; False when another process is at it.

    `places` are names of villages and towns around; words rarer than `rarest` are left out.
    Raises: OSError, sqlite3.Error when it cannot be written.
    """
    with _alone(path.with_name(path.name + ".lock")) as alone:
        if not alone:
            return False
        new = path.with_name(path.name + ".new")
        new.unlink(missing_ok=True)
        try:
            write(new, word_list(rarest, places), stamp(places))
            with new.open("rb+") as file:
                os.fsync(file.fileno())
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
        sync_folder(path.parent)
        return True


def write(path: Path, words: Iterable[Word], built_from: str | None) -> None:
    """Write an index of `words` to a new file."""
    best: dict[tuple[str, tuple[str, ...]], int] = {}
    for text, syllables, rank in words:
        key = (text, syllables)
        best[key] = min(rank, best.get(key, rank))
    rows = sorted(
        (loosened(syllables), rank, text, "'".join(syllables), initials_of(syllables))
        for (text, syllables), rank in best.items()
    )
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.executescript(SCHEMA)
        connection.execute("BEGIN")
        connection.execute("INSERT INTO meta VALUES ('stamp', ?)", (built_from,))
        connection.executemany("INSERT INTO word VALUES (?, ?, ?, ?, ?)", rows)
        names = (("'".join(name.syllables), name.rank, name.text) for name in surnames())
        connection.executemany("INSERT INTO surname VALUES (?, ?, ?)", names)
        connection.execute(INITIALS_INDEX)
        connection.execute("COMMIT")
        connection.execute(f"PRAGMA user_version={FORMAT}")


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def main(arguments: list[str]) -> int:
    """Build the index at the only argument; return the process's exit code."""
    with suppress(PermissionError):  # the unit's walls refuse it
        os.nice(19)
    try:
        build(Path(arguments[0]), arguments[1:])
    except (OSError, sqlite3.Error):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
