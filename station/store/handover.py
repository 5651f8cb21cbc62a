"""What the agent and root's updater tell each other: small files, each written by one of them and read by the other.

Root reads in the agent's folder and writes nothing there: a folder's owner could lay a link where root writes. What
root says stands in the software's own folder, which everybody may read.
"""

import os
import stat
from pathlib import Path
from typing import Annotated, Final, TypeVar

from msgspec import Meta, Struct

from wire.codec import decoded, encode
from wire.durable import write_atomically
from wire.release import ReleaseName, UpdateOrder
from wire.scalars import Code, Count, Key

TOLD_NAME: Final = "told"
ORDER_NAME: Final = "update.order"
OUTCOMES_NAME: Final = "outcomes.json"
MOST_OUTCOMES: Final = 32
MOST_BYTES: Final = 32 * 1024

T = TypeVar("T", bound=Struct)


class Told(Struct, frozen=True):
    """What an agent last said of the county: it counts while that agent runs."""

    kernel_boot: Key
    online: bool
    """The hub answers."""
    welcomed_ms: Count | None = None
    """When it last began to answer, on the running count of this kernel boot."""
    calls: bool = False
    """Calls for help wait to be sent."""
    release: Count | None = None
    """Sequence of the release this agent runs from."""


class Outcome(Struct, frozen=True):
    """What became of an update; numbered from 1."""

    number: Count
    code: Code
    release: ReleaseName


class Outcomes(Struct, frozen=True):
    """The last of them, oldest first."""

    outcomes: Annotated[list[Outcome], Meta(max_length=MOST_OUTCOMES)]


def put_told(folder: Path, told: Told) -> None:
    """Say it, durably; raises OSError."""
    write_atomically(folder / TOLD_NAME, encode(told), mode=0o600)


def read_told(folder: Path) -> Told | None:
    """Return what the agent of `folder` last said, None when that cannot be read."""
    return _read(folder / TOLD_NAME, Told)


def put_order(folder: Path, order: UpdateOrder) -> None:
    """Hand an order on; a newer one takes its place. Raises OSError."""
    write_atomically(folder / ORDER_NAME, encode(order), mode=0o600)


def read_order(folder: Path) -> UpdateOrder | None:
    """Return the order that waits, None when there is none that can be understood."""
    return _read(folder / ORDER_NAME, UpdateOrder)


def drop_order(folder: Path) -> None:
    """Forget the order; raises OSError."""
    (folder / ORDER_NAME).unlink(missing_ok=True)


def add_outcome(software: Path, code: str, release: str) -> None:
    """Say what became of `release`; the same word twice running is one. Raises OSError."""
    before = read_outcomes(software)
    if before and (before[-1].code, before[-1].release) == (code, release):
        return
    number = before[-1].number + 1 if before else 1
    kept = [*before, Outcome(number, code, release)][-MOST_OUTCOMES:]
    write_atomically(software / OUTCOMES_NAME, encode(Outcomes(kept)))


def read_outcomes(software: Path) -> list[Outcome]:
    """Return what became of the last updates, oldest first."""
    found = _read(software / OUTCOMES_NAME, Outcomes)
    return [] if found is None else found.outcomes


def _read(path: Path, kind: type[T]) -> T | None:
    """Read a small regular file; a link, a pipe or anything large is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        data = file.read(MOST_BYTES + 1)
    return None if len(data) > MOST_BYTES else decoded(data, kind)
