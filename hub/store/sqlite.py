"""All that is SQLite's own: how connections are set up, and the checkpointer that keeps commits short."""

import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError

BUSY_TIMEOUT_MS: Final = 1_000
CHECKPOINT_EVERY_S: Final = 1.0
TRUNCATE_OVER_BYTES: Final = 32 * 1024 * 1024


def make_private(database: Path) -> None:
    """Make the file, when it is new, one that only its owner reads; SQLite gives its log the same rights."""
    database.touch(mode=0o600)


def prepare(engine: Engine) -> None:
    """Make every connection WAL and synchronous=FULL, and every transaction immediate."""
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def prepare_reader(engine: Engine) -> None:
    """Make every connection one that cannot write."""
    event.listen(engine, "connect", _on_connect_reader)
    event.listen(engine, "begin", _on_begin_reader)


def _on_connect(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # pysqlite's own BEGIN would come too late
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",  # a picture whose time is up is gone from the file too
        # A checkpoint inside a commit stalls it by 25-170 ms; the checkpointer does it beside.
        "wal_autocheckpoint = 0",
        "cache_size = -8000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _on_connect_reader(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (f"busy_timeout = {BUSY_TIMEOUT_MS}", "query_only = ON", "cache_size = -2000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin_reader(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


class SameFiles:
    """Tells whether the database and its log are still the files the writing connection has open."""

    def __init__(self, database: Path, writer: Engine) -> None:
        """Take note of both, and of the log again whenever the writer connects anew: then SQLite may make one."""
        self._database, self._log = database, database.with_name(database.name + "-wal")
        self._was, self._log_was = _identity(self._database), _identity(self._log)
        event.listen(writer, "connect", self._note_log)

    def still_there(self) -> bool:
        """Say whether both are where they were."""
        return (_identity(self._database), _identity(self._log)) == (self._was, self._log_was)

    def _note_log(self, _connection: DBAPIConnection, _record: object) -> None:
        self._log_was = _identity(self._log)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class Checkpointer:
    """Copies the log back into the database from a thread and connection of its own."""

    def __init__(self, url: URL) -> None:
        """Take the database's address."""
        self._engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._log = Path(f"{url.database}-wal")
        self._stopped = threading.Event()
        self._emptying = threading.Event()
        self._thread = threading.Thread(target=self._run, name="checkpointer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def empty_log(self) -> None:
        """Cut the log to nothing in the rounds to come: behind its end may stand what was deleted from the database."""
        self._emptying.set()

    def stop(self) -> None:
        """End and wait for it; what was to vanish from the log has one more try."""
        self._stopped.set()
        self._thread.join()
        if self._emptying.is_set():
            with suppress(SQLAlchemyError, OSError):
                self._checkpoint("TRUNCATE")

    def _run(self) -> None:
        while not self._stopped.wait(CHECKPOINT_EVERY_S):
            # A full disk or a locked database shows at the commits, which say so; the next round tries again.
            with suppress(SQLAlchemyError, OSError):
                size = self._log.stat().st_size
                if size > 0:
                    whole = size > TRUNCATE_OVER_BYTES or self._emptying.is_set()
                    self._checkpoint("TRUNCATE" if whole else "PASSIVE")
                else:
                    self._emptying.clear()

    def _checkpoint(self, mode: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS // 4}")
            connection.exec_driver_sql(f"PRAGMA wal_checkpoint({mode})")
