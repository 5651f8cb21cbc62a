"""One hub for one database: a second would take the broker's connection from the first, and it from the second."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from hub.store.engine import StoreError


@contextmanager
def sole(url: str) -> Iterator[None]:
    """Hold a lock beside a SQLite database, which the kernel gives up with this process however that ends.

    Commands are not hindered. Another engine has none: there the broker tells. Raises StoreError E-STORE-07 (another
    hub runs), E-STORE-02 (no such folder, or not ours to write in).
    """
    try:
        address = make_url(url)
    except ArgumentError:
        address = None  # said by whoever opens it
    if address is None or address.get_backend_name() != "sqlite" or not address.database:
        yield
        return
    # Never the database itself: SQLite loses its own locks on a file that is opened and closed beside it.
    lock = Path(f"{address.database}.lock")
    try:
        held = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(
            "E-STORE-02",
            f"{lock}: cannot be written; check the folder, its rights and the disk"
            f" 无法写入，请检查目录、权限与磁盘: {error.strerror}",
        ) from None
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreError(
                "E-STORE-07",
                f"another hub runs on {address.database}: one database, one hub; stop that one first"
                f" 另一个县级中心正在使用该数据库，请先停止它",
            ) from None
        yield
    finally:
        os.close(held)
