"""The boot counter: how often the agent has started, kept in a small file of its own."""

import os
import time
from pathlib import Path

from station.errors import StoreError


def next_boot(path: Path) -> int:
    """Count this start in the file at `path` and return it, one more each time.

    Without a readable count (a new card) it goes on from the seconds since 1970, which is above any honest count:
    the hub takes a lower boot for a late message of an older session. Raises StoreError E-AGENT-01 when the disk
    takes no file.
    """
    try:
        boot = _read(path) + 1
        fresh = path.with_suffix(".new")
        with fresh.open("w", encoding="ascii") as file:
            file.write(f"{boot}\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise StoreError(
            "E-AGENT-01", f"{path}: cannot be written 无法写入启动计数，请检查磁盘: {error.strerror}"
        ) from None
    return boot


def _read(path: Path) -> int:
    try:
        text = path.read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        text = ""
    return int(text) if text.isdigit() and 0 < int(text) < 2**52 else int(time.time())
