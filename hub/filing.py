"""Writing a file whole or not at all: private from its first byte, on the disk before it has its name."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from hub.errors import HubError
from wire.durable import sync_folder


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write that becomes `path` when the block ends well, and is gone when it does not.

    Only its owner reads it. Raises HubError E-FILE-01 (`path` is there already) or E-FILE-02 (it cannot be written).
    """
    if path.exists():
        raise HubError("E-FILE-01", f"{path}: is there already, and is not overwritten 文件已存在，不会覆盖")
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600, exist_ok=False)
        with part.open("r+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise HubError("E-FILE-02", f"{path}: cannot be written 文件无法写入: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
