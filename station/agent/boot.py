"""The boot counter: how often the agent has started, kept in a small file of its own."""

import time
from pathlib import Path

from station.errors import StoreError
from wire.durable import write_atomically


def next_boot(path: Path) -> int:
    """Count this start in the file at `path` and return it, one more each time.

    Without a readable count (a new card) it goes on from the seconds since 1970, which is above any honest count:
    the hub takes a lower boot for a late message of an older session. Raises StoreError E-AGENT-01 when the disk
    takes no file.
    """
    try:
        boot = _read(path) + 1
        write_atomically(path, f"{boot}\n".encode("ascii"), mode=0o600)
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
