"""Writing files so that a cut at any instant leaves the old one or the new one, never half of either."""

import hashlib
import os
import threading
from pathlib import Path


def write_atomically(path: Path, data: bytes, *, mode: int = 0o644, owner: tuple[int, int] | None = None) -> None:
    """Write `data` to a temporary file beside `path`, fsync it, and rename it into place with `mode`, durably.

    `owner` (user and group id) is whose it is before it stands there; None leaves it to whoever writes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _clear_what_a_cut_left(path)
    temporary = path.with_name(f".{path.name}.{threading.get_native_id()}.tmp")
    descriptor = _made_new(temporary, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if owner is not None:
                os.fchown(file.fileno(), *owner)
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def _made_new(path: Path, mode: int) -> int:
    """Open a file that was not there: root writes into folders of others, who might hold one open, or link it."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        return os.open(path, flags, mode)
    except FileExistsError:
        path.unlink()
        return os.open(path, flags, mode)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a whole file, 64 hex digits; raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    """Have the names in a folder stand on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _clear_what_a_cut_left(path: Path) -> None:
    """Remove temporary files of writers that are gone: half a private key must not lie about."""
    for left in path.parent.glob(f".{path.name}.*.tmp"):
        writer = left.name.removesuffix(".tmp").rpartition(".")[2]
        if not Path("/proc", writer).exists():
            left.unlink(missing_ok=True)
