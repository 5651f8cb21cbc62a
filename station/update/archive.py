"""Reading a release: signed by the county, for this county and this machine, and whole."""

import datetime as dt
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from station.errors import StationError, TrustError
from station.layout import Layout
from wire.archive import File, Opened, copy_next, open_archive, unverified, why_not_for
from wire.certificates import Chain, read_chain
from wire.codec import decoded
from wire.errors import WireError
from wire.release import LOCK_FILE, OWN_WHEEL, RELEASE_FILE, WHEELS, Release

MAX_SMALL_BYTES = 4 * 1024 * 1024


class Incoming(NamedTuple):
    """A verified release, still in its archive."""

    file: BinaryIO
    opened: Opened
    release: Release
    lock: bytes
    wheel: File
    wheels: tuple[File, ...]


def authority_of(layout: Layout) -> Chain:
    """Return the county's authority, which this machine trusts.

    Raises TrustError E-UPD-20 when there is none.
    """
    try:
        return Chain(read_chain((layout.etc / "ca.crt").read_bytes()).leaf)
    except (OSError, WireError):
        raise TrustError(
            "E-UPD-20", f"{layout.etc / 'ca.crt'}: no authority to verify a release by 没有县级证书，无法核验版本"
        ) from None


def read_release(file: BinaryIO, authority: Chain, county: str | None, floor: int, revoked: bytes = b"") -> Incoming:
    """Return the release in `file`, whose head and small files are verified; wheels are where they are copied.

    `county` None is a machine that is no station yet; `revoked` as for `open_archive`.

    Raises TrustError with the codes of `wire/archive.py`, and E-UPD-02 for a signed archive that is no release as we
    know them.
    """
    try:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        # The system's clock, trusted or not: without a battery it lags, which is the earliest the time can be.
        opened = open_archive(file, size, authority.leaf, at=dt.datetime.now(dt.UTC), revoked=revoked)
        why = why_not_for(opened.head, kind="release", county=county or opened.head.county, subject=None, floor=floor)
        if why is not None:
            raise why
        by_path = {one.path: one for one in opened.head.files}
        release = decoded(_small(file, opened, by_path[RELEASE_FILE]), Release)
        lock = _small(file, opened, by_path[LOCK_FILE])
    except WireError as error:
        raise TrustError(error.code, error.what) from None
    except KeyError:
        raise _no_release("a part of it is missing") from None
    if release is None:
        raise _no_release("it does not say what it is")
    own = [one for one in opened.head.files if one.path.startswith(OWN_WHEEL)]
    wheels = tuple(one for one in opened.head.files if one.path.startswith(WHEELS))
    if (release.version, release.sequence) != (opened.head.subject, opened.head.sequence):
        raise _no_release("it says another name than its archive")
    if hashlib.sha256(lock).hexdigest() != release.lock or len(own) != 1 or bool(wheels) != release.wheels:
        raise _no_release("what it says is not what is in it")
    return Incoming(file, opened, release, lock, own[0], wheels)


def sequence_of(place: Path) -> int | None:
    """Return the sequence that a file says of itself, unverified: to choose one; None when it is no release."""
    try:
        with place.open("rb") as file:
            told = unverified(file).head
    except (OSError, WireError):
        return None
    return told.sequence if told.kind == "release" else None


def content(incoming: Incoming, one: File, into: Path, tell: Callable[[int], None] = lambda _: None) -> None:
    """Copy one of its files to `into`, verified and durable.

    Raises TrustError E-ARC-03 when it was altered, OSError.
    """
    with into.open("wb") as file:
        copied(incoming, one, file, tell)


def copied(incoming: Incoming, one: File, into: BinaryIO, tell: Callable[[int], None] = lambda _: None) -> None:
    """Copy one of its files into an open one; raises as `content`."""
    try:
        copy_next(incoming.file, incoming.opened, one, into, tell=tell)
    except WireError as error:
        raise TrustError(error.code, error.what) from None


def _small(file: BinaryIO, opened: Opened, one: File) -> bytes:
    if one.bytes > MAX_SMALL_BYTES:
        raise KeyError(one.path)
    into = io.BytesIO()
    copy_next(file, opened, one, into)
    return into.getvalue()


def _no_release(what: str) -> StationError:
    return TrustError("E-UPD-02", f"signed, but no release as this software knows them: {what} 不是可识别的版本文件")
