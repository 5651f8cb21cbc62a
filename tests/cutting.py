"""The power goes at the n-th thing that is done to the disk, and the machine stays dead until the block ends.

What was written and not yet fsynced is torn in half, as a card does it; `finally` blocks cannot tidy up after a cut.
"""

import builtins
import contextlib
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

CHANGES = (
    "fsync", "replace", "rename", "unlink", "remove", "rmdir", "mkdir", "symlink", "link", "chmod", "fchmod", "chown",
    "fchown", "lchown", "truncate", "ftruncate", "write", "posix_fallocate",
)  # fmt: skip


class CutError(BaseException):
    """The power went: nothing may catch it as it catches errors."""


class Disk:
    """Counts what is done to the disk below `folder`, and cuts at one of them."""

    def __init__(self, cut_at: int | None) -> None:
        """Cut before operation `cut_at` (from 1), never if None."""
        self.done: list[str] = []
        self.dead = False
        self._cut_at = cut_at
        self._unsynced: dict[int, str] = {}

    def before(self, what: str) -> None:
        if self.dead:
            raise CutError(what)
        self.done.append(what)
        if len(self.done) == self._cut_at:
            self.dead = True
            self._tear()
            raise CutError(what)

    def opened(self, descriptor: int, path: str) -> None:
        self._unsynced[descriptor] = path

    def synced(self, descriptor: int) -> None:
        self._unsynced.pop(descriptor, None)

    def _tear(self) -> None:
        for path in self._unsynced.values():
            with contextlib.suppress(OSError):
                real_truncate(path, Path(path).stat().st_size // 2)


real_truncate = os.truncate


@contextlib.contextmanager
def disk(cut_at: int | None = None) -> Iterator[Disk]:
    """Run the block on a disk that dies before its `cut_at`-th change; count the changes when None.

    A cut raises CutError out of the block's code; catch it there with `pytest.raises(CutError)`.
    """
    watched = Disk(cut_at)
    with pytest.MonkeyPatch.context() as patch:
        for name in CHANGES:
            patch.setattr(os, name, _watched(watched, name, getattr(os, name)))
        patch.setattr(os, "open", _opening(watched, os.open))
        opener = _file_opening(watched, io.open)
        patch.setattr(io, "open", opener)
        patch.setattr(builtins, "open", opener)
        yield watched


def _watched(watched: Disk, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **named: Any) -> Any:
        watched.before(f"{name} {args[0]}")
        result = real(*args, **named)
        if name == "fsync":
            watched.synced(args[0])
        return result

    return run


def _opening(watched: Disk, real: Callable[..., int]) -> Callable[..., int]:
    def run(path: Any, flags: int, *args: Any, **named: Any) -> int:
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))
        if writes:
            watched.before(f"open {path}")
        descriptor = real(path, flags, *args, **named)
        if writes and isinstance(path, (str, Path)):
            watched.opened(descriptor, str(path))
        return descriptor

    return run


def _file_opening(watched: Disk, real: Callable[..., Any]) -> Callable[..., Any]:
    def run(file: Any, mode: str = "r", *args: Any, **named: Any) -> Any:
        writes = not isinstance(file, int) and bool(set(mode) & set("wax+"))
        if writes:
            watched.before(f"open {file}")
        opened = real(file, mode, *args, **named)
        if writes:
            watched.opened(opened.fileno(), str(file))
        return opened

    return run
