"""The dictionary the kiosk types with: an index file, opened when first asked, and built anew when it is not right.

Nothing that is typed is kept, logged or learnt from.
"""

import logging
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from station.kiosk.entry.index_format import open_index, stamp, stamp_of
from station.kiosk.entry.nine_ranking import by_keys
from station.kiosk.entry.pinyin import Candidate
from station.kiosk.entry.ranking import Found, Words, of_names, ranked

Rebuild = Callable[[Path], object]
Ranking = Callable[[Words, str, int], list[Found]]
logger = logging.getLogger(__name__)

BUILDER: Final = "station.kiosk.entry.build_pinyin"
UNREADABLE: Final = (sqlite3.Error, OSError, UnicodeDecodeError, TypeError)
"""What a damaged index raises. The last two: SQLite quotes damaged text, and a damaged row may hold anything."""


def ensure_pinyin(path: Path, places: Sequence[str] = ()) -> subprocess.Popen[bytes] | None:
    """Start building the index at `path` when it is missing, damaged or of other libraries; never waits for it.

    `places` are the names of villages and towns around, which no general list of words holds.
    Returns the process, None when there is nothing to do or nothing to do it with. It runs at the lowest priority; a
    thread waits for its end, so that nothing of it stays behind. Never raises.
    """
    wanted = stamp(places)
    if wanted is None:
        logger.error("E-PINYIN-01: pypinyin or wordfreq is not installed 缺少拼音词库所用的软件包")
        return None
    if stamp_of(path) == wanted:
        return None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", BUILDER, str(path), *places],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        logger.error("E-PINYIN-02: the builder cannot be started (%s) 拼音词库无法开始生成", error.strerror)  # noqa: TRY400
        return None
    threading.Thread(target=_see_out, args=(process,), name="pinyin builder", daemon=True).start()
    return process


def _see_out(process: subprocess.Popen[bytes]) -> None:
    if process.wait() > 0:  # a negative one was ended by its kiosk
        logger.error("E-PINYIN-03: the index was not built (exit %s) 拼音词库没有生成，请检查磁盘", process.returncode)


class PinyinFile:
    """Candidates from the index at a path (Protocol Pinyin); none until it is there. May be asked from any thread."""

    def __init__(self, path: Path, rebuild: Rebuild = ensure_pinyin) -> None:
        """Take the path; nothing is opened yet. `rebuild` is called once for each file found damaged in use."""
        self._path = path
        self._rebuild = rebuild
        self._guard = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    def candidates(self, letters: str, most: int = 40) -> Sequence[Candidate]:
        """Return candidates for `letters` (a-z, no tones, ü as v), the likeliest first, longest spelling first."""
        return self._ask(by_keys(ranked), letters, most)

    def names(self) -> "PinyinNames":
        """Return the same dictionary for a field that takes a person's name."""
        return PinyinNames(self._ask)

    def close(self) -> None:
        """Close the file; the next question opens it again."""
        with self._guard:
            self._close()

    def _ask(self, rank: Ranking, letters: str, most: int) -> tuple[Candidate, ...]:
        with self._guard:
            try:
                connection = self._open()
                found = rank(Words(connection.execute), letters, most) if connection else []
            except UNREADABLE:
                self._give_up()
                return ()
        return tuple(Candidate(text, count) for text, count in found)

    def _open(self) -> sqlite3.Connection | None:
        try:
            stat = self._path.stat()
        except OSError:
            self._close()
            return None
        identity = (stat.st_ino, stat.st_mtime_ns)
        if identity != self._identity:
            self._close()
            self._identity = identity
            self._connection = open_index(self._path)
        return self._connection

    def _give_up(self) -> None:
        """Forget a damaged file, so that the builder makes it anew; one that it cannot mend is not tried again."""
        identity = self._identity
        self._close()
        self._identity = identity
        logger.warning("E-PINYIN-04: the index is damaged and built anew 拼音词库损坏，正在重新生成")
        with suppress(OSError):
            self._path.unlink()
        self._rebuild(self._path)

    def _close(self) -> None:
        if self._connection:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None
        self._identity = None


class PinyinNames:
    """Candidates for a person's name (Protocol Pinyin): surnames and signs of given names come first."""

    def __init__(self, ask: Callable[[Ranking, str, int], Sequence[Candidate]]) -> None:
        """Take what asks the index."""
        self._ask = ask

    def candidates(self, letters: str, most: int = 40) -> Sequence[Candidate]:
        """Return candidates for the letters of a name or of what is left of one, the likeliest first."""
        return self._ask(by_keys(of_names), letters, most)
