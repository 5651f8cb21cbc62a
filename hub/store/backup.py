"""Copying a county's database while the hub writes to it, and putting a copy in its place. SQLite only."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from sqlalchemy import NullPool, create_engine, func, make_url, select, text, update
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from hub.store import tables as t
from hub.store.access_tables import screen, session, token
from hub.store.engine import Database, StoreError, reading, writing
from hub.store.sqlite import prepare_reader
from wire.durable import sync_folder

POSTGRES: Final = (
    "this county's database is PostgreSQL: back it up with its own tool, pg_dump --format=custom --file=FILE DATABASE,"
    " and put it back with pg_restore 数据库是 PostgreSQL，请用 pg_dump --format=custom 备份、pg_restore 恢复"
)


class Copy(NamedTuple):
    """A copy of a database, looked at."""

    revision: str
    """Of its tables (`hub/store/migrations/versions/`)."""
    records: int
    last_ms: int | None
    """When the hub that wrote it was last alive."""


class Standing(NamedTuple):
    """What in a database lets somebody in."""

    tokens: int
    screens: int


def file_of(url: str) -> Path:
    """Return the file of a SQLite database. Raises StoreError E-BAK-01 (another engine), E-STORE-01 (no address)."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise StoreError("E-STORE-01", "no usable database address 数据库地址有误") from None
    if address.get_backend_name() != "sqlite" or not address.database:
        raise StoreError("E-BAK-01", POSTGRES)
    return Path(address.database)


def copy_database(database: Path, to: Path) -> None:
    """Write one moment of a database, which may be in use, to `to` (SQLite's online backup), private and on the disk.

    Readers and writers go on meanwhile. Raises StoreError E-BAK-02.
    """
    if not database.is_file():
        raise StoreError("E-BAK-02", f"{database}: there is no database 没有数据库文件")
    source = create_engine(f"sqlite:///{database}", poolclass=NullPool)
    prepare_reader(source)
    to.touch(mode=0o600, exist_ok=False)
    target = create_engine(f"sqlite:///{to}", poolclass=NullPool)
    try:
        with source.connect() as read, target.connect() as write:
            read.connection.driver_connection.backup(write.connection.driver_connection)  # type: ignore[union-attr]
            write.exec_driver_sql("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        with to.open("r+b") as file:
            os.fsync(file.fileno())
    except (SQLAlchemyError, OSError) as error:
        raise StoreError("E-BAK-02", f"{to}: the copy could not be made 无法写入副本: {_said(error)}") from None


def look_at(database: Path) -> Copy:
    """Return what a copy holds, once SQLite has found every page and every reference of it sound.

    Raises StoreError E-BAK-03 (damaged), or no database of a hub.
    """
    engine = create_engine(f"sqlite:///{database}", poolclass=NullPool)
    prepare_reader(engine)
    try:
        with engine.connect() as connection:
            said = connection.execute(text("PRAGMA integrity_check(1)")).scalars().all()
            dangling = connection.execute(text("PRAGMA foreign_key_check")).first()
            if said != ["ok"] or dangling is not None:
                raise StoreError(
                    "E-BAK-03", f"{database.name}: damaged; take another backup 数据库副本已损坏，请换一份备份"
                )
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
            records = connection.execute(select(func.count()).select_from(t.record)).scalar_one()
            alive_ms = connection.execute(select(func.max(t.hub_life.c.alive_ms))).scalar()
    except SQLAlchemyError as error:
        raise StoreError(
            "E-BAK-03", f"{database.name}: no database of a hub 不是本系统的数据库: {_said(error)}"
        ) from None
    return Copy(str(revision), int(records), alive_ms)


def set_aside(database: Path) -> Path | None:
    """Move a database that nobody uses beside its place and return where it is; None where there is none.

    Whether anybody uses it SQLite itself says: its log is folded back, which needs it alone. Raises StoreError E-BAK-04
    (somebody does).
    """
    if not database.exists():
        return None
    engine = create_engine(f"sqlite:///{database}", poolclass=NullPool)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 500")
            mode = connection.exec_driver_sql("PRAGMA journal_mode = DELETE").scalar()
    except SQLAlchemyError as error:
        mode = "damaged" if "not a database" in _said(error) or "malformed" in _said(error) else "busy"
    if mode not in {"delete", "damaged"}:
        raise StoreError(
            "E-BAK-04",
            "a hub, or one of its commands, has the database open: stop it first"
            " 县级中心（或其命令）正在使用数据库，请先停止",
        )
    stamp = time.strftime("%Y%m%d-%H%M%S")
    beside = database.with_name(f"{database.name}.before-{stamp}")
    number = 1
    while beside.exists():
        number += 1
        beside = database.with_name(f"{database.name}.before-{stamp}-{number}")
    for tail in ("", "-wal", "-shm"):
        part = database.with_name(database.name + tail)
        if part.exists():
            part.rename(beside.with_name(beside.name + tail))
    sync_folder(database.parent)
    return beside


def make_ready(copy: Path, now_ms: int, settle: Callable[[Database], None]) -> Standing:
    """Bring a copy up to the newest tables, end every session in it, `settle` it, and return who else may enter.

    Who was signed in at the time of the backup is not now. Raises StoreError (E-STORE-02 when it is of a newer version
    of this software).
    """
    database = Database(f"sqlite:///{copy}")
    try:
        with writing(database) as connection:
            connection.execute(update(session).where(session.c.ended_ms.is_(None)).values(ended_ms=now_ms))
        settle(database)
        with reading(database.reader) as connection:
            tokens = select(func.count()).where(token.c.ended_ms.is_(None), token.c.expires_ms > now_ms)
            screens = select(func.count()).where(screen.c.ended_ms.is_(None), screen.c.paired_ms.is_not(None))
            standing = Standing(connection.execute(tokens).scalar_one(), connection.execute(screens).scalar_one())
    finally:
        database.stop()
    engine = create_engine(f"sqlite:///{copy}", poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
    with copy.open("r+b") as file:
        os.fsync(file.fileno())
    return standing


def _said(error: Exception) -> str:
    cause = getattr(error, "orig", None)
    return str(cause) if cause is not None else type(error).__name__
