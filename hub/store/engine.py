"""Opening the county's database, and transactions on it; SQLAlchemy's errors become ours here."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, create_engine, inspect, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DataError, IntegrityError, SQLAlchemyError

from hub.errors import CodedError
from hub.store.newest import NEWEST
from hub.store.sqlite import Checkpointer, SameFiles, make_private, prepare, prepare_reader

Transaction = Connection
"""What `writing` gives: how others name it, who do no SQL themselves."""


Bare = tuple[Any, ...]
"""A row without names: half the time of many thousand is making the others."""


class StoreError(CodedError):
    """The database did not take or give something; nothing of the transaction stands."""


class RefusedError(StoreError):
    """The database refuses these very values; it would refuse them again."""


class Database:
    """The engines of one county's database, brought up to the newest tables."""

    def __init__(self, url: str) -> None:
        """Open the database at the SQLAlchemy address `url`, making or migrating its tables.

        Raises StoreError E-STORE-01 (address) or E-STORE-02 (cannot be opened or migrated).
        """
        try:
            address = make_url(url)
            self._is_sqlite = address.get_backend_name() == "sqlite"
            self.writer = create_engine(address, pool_size=1, max_overflow=0, pool_pre_ping=not self._is_sqlite)
            self.reader = create_engine(address, pool_size=4, pool_pre_ping=not self._is_sqlite)
        except (ArgumentError, ImportError) as error:
            raise StoreError("E-STORE-01", f"no usable database address 数据库地址有误: {_say(error)}") from None
        self._checkpointer: Checkpointer | None = None
        self._files: SameFiles | None = None
        if self._is_sqlite:
            prepare(self.writer)
            prepare_reader(self.reader)
            self._checkpointer = Checkpointer(address)
        try:
            if self._is_sqlite and address.database:
                make_private(Path(address.database))
            self._migrate()
        except (SQLAlchemyError, OSError, StoreError) as error:
            self.writer.dispose()
            if isinstance(error, StoreError):
                raise
            what = (
                f"the database cannot be opened or brought up to date; check its folder, its rights and the disk"
                f" 数据库无法打开或升级，请检查目录、权限与磁盘: {_say(error)}"
            )
            raise StoreError("E-STORE-02", what) from None
        if self._is_sqlite and address.database:
            self._files = SameFiles(Path(address.database), self.writer)
        if self._checkpointer is not None:
            self._checkpointer.start()
            self._checkpointer.empty_log()  # a hub killed right after a deletion left what was deleted there

    def check_still_there(self) -> None:
        """Raise StoreError E-STORE-06 when the files behind the open database were removed or replaced.

        SQLite would go on writing to files nobody will ever find again.
        """
        if self._files is not None and not self._files.still_there():
            raise StoreError(
                "E-STORE-06",
                "the database file was removed or replaced while in use; nothing more is taken: put it back, or"
                " restart the hub 数据库文件在运行中被移除或替换，已停止入库；请恢复文件或重启县级中心",
            )

    def empty_log(self) -> None:
        """Have what was deleted vanish from the database's log too, soon."""
        if self._checkpointer is not None:
            self._checkpointer.empty_log()

    def stop(self) -> None:
        """Close every connection."""
        if self._checkpointer is not None:
            self._checkpointer.stop()
        self.reader.dispose()
        self.writer.dispose()

    def _migrate(self) -> None:
        with self.writer.begin() as connection:
            if _revision(connection) != NEWEST:
                _upgrade(connection)


def _revision(connection: Connection) -> str | None:
    """Return up to which migration the database came; None where it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return revision


def _upgrade(connection: Connection) -> None:
    """Migrate with Alembic; it is imported here, as whoever opens a database of today needs nothing of it."""
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", "hub.store:migrations")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:  # no such step among ours
        raise StoreError(
            "E-STORE-02",
            "the database is of a newer version of this software: install that, or put back the database from before"
            " 数据库来自更新的软件版本，请安装该版本，或恢复升级前的数据库备份",
        ) from None


@contextmanager
def writing(database: Database, *, keep: bool = True) -> Iterator[Connection]:
    """Give a connection inside one transaction, committed at the end, or with `keep` False only tried.

    Raises RefusedError E-STORE-04 (these values), StoreError E-STORE-03 (disk full, locked, …) or E-STORE-06 (the
    file was taken away); then nothing of it stands.
    """
    try:
        with database.writer.connect() as connection:
            database.check_still_there()
            with connection.begin() as transaction:
                yield connection
                if not keep:
                    transaction.rollback()
    except (IntegrityError, DataError, OverflowError, UnicodeError) as error:
        raise RefusedError("E-STORE-04", f"the database refuses a value 数据库拒绝写入: {_say(error)}") from None
    except SQLAlchemyError as error:
        raise StoreError(
            "E-STORE-03",
            f"nothing can be stored; stations keep everything until it can: check disk and rights"
            f" 暂时无法入库，各站点会保留全部数据，请检查磁盘: {_say(error)}",
        ) from None


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection to read on.

    Raises StoreError E-STORE-05.
    """
    try:
        with engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise StoreError("E-STORE-05", f"the database cannot be read 数据库无法读取: {_say(error)}") from None


def bare(connection: Connection, query: Select[Any]) -> list[Bare]:
    """Return many rows as the driver gives them: columns whose values it knows as they are, numbers and texts."""
    cursor = connection.execute(query).cursor
    return [] if cursor is None else list(cursor.fetchall())


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows`; one whose unique key is there already stays as it was."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), list(rows))


def upsert(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, key: str, keep: Sequence[str] = ()
) -> None:
    """Insert `rows`, or set every column but `keep` where a row with this `key` is there already."""
    if not rows:
        return
    statement = _insert(connection, table)
    fresh = {name: statement.excluded[name] for name in rows[0] if name != key and name not in keep}
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=fresh), list(rows))


def count_again(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows` into a table with `hash`, `last_ms` and `times`; one that is there is counted once more."""
    statement = _insert(connection, table)
    again = {"times": table.c.times + 1, "last_ms": statement.excluded.last_ms}
    connection.execute(statement.on_conflict_do_update(index_elements=["hash"], set_=again), list(rows))


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    dialect = connection.dialect.name
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def _say(error: Exception) -> str:
    """Return what happened without the statement and its values, which may hold what a villager sent."""
    cause = getattr(error, "orig", None)
    return type(error).__name__ if cause is None else str(cause)
