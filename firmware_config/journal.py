"""Who did what with a county's authorities: `<folder>/audit.log`, a line of JSON each, only ever appended to.

Each line holds the SHA-256 of the line before it: one that was changed or taken out later shows.
"""

import datetime as dt
import fcntl
import getpass
import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_TRUST
from wire.scalars import Code, Line, Sha256, UtcMs

FILE: Final = "audit.log"
BEGIN: Final = "0" * 64


class Entry(Struct, frozen=True):
    """One thing that was done."""

    at_ms: UtcMs
    who: Line
    what: Code
    """`ca.delegate`, `stick.issue`, …"""
    about: dict[str, str]
    before: Sha256
    """SHA-256 of the line before, without its end; zeros in the first."""


def record(folder: Path, what: str, done: Sequence[Mapping[str, str]], now: dt.datetime) -> None:
    """Append an entry of `what` for each of `done`, durably, before what they say takes effect.

    Never given a secret. What a cut left half of the last line is taken away first: it never took effect.

    Raises ProvisionError E-JRN-01 when the last line is none of ours, OSError.
    """
    if not done:
        return
    path = folder / FILE
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) != len(content):
            os.ftruncate(descriptor, len(whole))
        last = whole[:-1].rpartition(b"\n")[2]
        if last:
            _read(path, last)
        before = _digest(last) if last else BEGIN
        lines: list[bytes] = []
        for about in done:
            entry = Entry(int(now.timestamp() * 1000), who(), what, dict(about), before)
            lines.append(msgspec.json.encode(entry))
            before = _digest(lines[-1])
        file.write(b"".join(line + b"\n" for line in lines))
        file.flush()
        os.fsync(descriptor)


def entries(folder: Path) -> list[Entry]:
    """Return all that was done, oldest first.

    Raises ProvisionError E-JRN-01 naming the first line that was changed, or the one after one that is gone.
    """
    path = folder / FILE
    if not path.exists():
        return []
    found: list[Entry] = []
    before = BEGIN
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
        entry = _read(path, line, number)
        if entry.before != before:
            raise _altered(path, number)
        before = _digest(line)
        found.append(entry)
    return found


def who() -> str:
    """Return who gives the command, also behind sudo."""
    return os.environ.get("SUDO_USER") or getpass.getuser()


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _read(path: Path, line: bytes, number: int | None = None) -> Entry:
    try:
        return msgspec.json.decode(line, type=Entry)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _altered(path, number) from None


def _altered(path: Path, number: int | None) -> ProvisionError:
    where = "its last line" if number is None else f"line {number}"
    return ProvisionError(
        "E-JRN-01", f"{path}: {where} was altered or one before it is gone 操作记录被改动", EXIT_TRUST
    )
