"""Installing a bundle: the whole set or none, however often the power goes.

Every file is written beside its place as `.<name>.next` and fsynced; then `installing.json` turns from `staging` to
`swapping`, which is the instant the set counts; then each takes its place. A cut before that instant leaves the old
set, a cut after it is gone through with by `finish`, which needs no bundle for it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct, structs

from station.errors import StationError
from station.firstboot.bundle import Bundle, as_trust_error, cannot_read
from station.firstboot.contents import SEALED, target_of
from station.layout import Layout
from wire.archive import File, copy_next
from wire.codec import read_file
from wire.durable import sync_folder, write_atomically
from wire.errors import WireError

INSTALLED_FILE: Final = "installed.json"
INSTALLING_FILE: Final = "installing.json"


class Installed(Struct, frozen=True):
    """The bundle a station lives by."""

    station: str
    sequence: int
    sha256: str
    fingerprint: str
    """Of the county's authority that its signer leads to."""
    files: list[str]
    """Paths in the bundle, so that the next one knows what to take away."""


class Installing(Struct, frozen=True):
    """A bundle on its way in."""

    phase: Literal["staging", "swapping"]
    bundle: Installed
    gone: list[str]
    """Files of the bundle before it that it has no more."""


def installed(layout: Layout) -> Installed | None:
    """Return the bundle this station lives by, None before the first."""
    return read_file(layout.provision / INSTALLED_FILE, Installed)


def install(path: Path, bundle: Bundle, layout: Layout) -> None:
    """Stage the verified bundle in the file `path` and have it take its place; `settled` ends it.

    Raises StationError E-FIRST-04 (no room, or the disk takes nothing: what was installed stays as it is), E-FIRST-02,
    TrustError E-ARC-03 (altered since it was verified).
    """
    head, before = bundle.head, installed(layout)
    now = Installed(head.subject, head.sequence, bundle.sha256, bundle.fingerprint, [one.path for one in head.files])
    gone = [] if before is None else [one for one in before.files if one not in set(now.files)]
    journal = Installing("staging", now, gone)
    try:
        make_folder(layout.provision, 0o700)
        _note(layout, journal)
        _stage(path, bundle, layout)
        _note(layout, structs.replace(journal, phase="swapping"))
    except OSError as error:
        _drop(layout, now.files)
        raise cannot_write(error) from None
    except WireError as error:
        _drop(layout, now.files)
        raise as_trust_error(error) from None
    except StationError:
        _drop(layout, now.files)
        raise
    finish(layout)


def finish(layout: Layout) -> bool:
    """Go through with what a cut left, or drop it where it did not count yet; say whether a set awaits `settled`.

    Raises StationError E-FIRST-04.
    """
    journal = read_file(layout.provision / INSTALLING_FILE, Installing)
    try:
        if journal is None:
            (layout.provision / INSTALLING_FILE).unlink(missing_ok=True)
            return False
        if journal.phase == "staging":
            _drop(layout, journal.bundle.files)
            return False
        _swap(layout, journal)
        write_atomically(layout.provision / INSTALLED_FILE, msgspec.json.encode(journal.bundle))
    except OSError as error:
        raise cannot_write(error) from None
    return True


def settled(layout: Layout) -> None:
    """End the installing: users, folders, devices and units of the machine are as the bundle has them.

    Raises StationError E-FIRST-04.
    """
    try:
        (layout.provision / INSTALLING_FILE).unlink(missing_ok=True)
        sync_folder(layout.provision)
    except OSError as error:
        raise cannot_write(error) from None


def make_folder(folder: Path, mode: int = 0o755) -> None:
    """Have a folder, and those above it, durably; a new one gets `mode`."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode, exist_ok=True)
    sync_folder(folder.parent)


@contextmanager
def only_one(layout: Layout) -> Iterator[None]:
    """Hold the lock of whoever changes what is provisioned; the kernel lets go of it however he ends.

    Raises StationError E-FIRST-05 when another holds it, E-FIRST-04 when there can be none.
    """
    try:
        lock = (layout.provision / "lock").open("ab")
    except OSError as error:
        raise cannot_write(error) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StationError(
                "E-FIRST-05", "another first boot runs on this machine already 首次启动程序已在运行"
            ) from None
        yield


def cannot_write(error: OSError) -> StationError:
    """Return what a full, broken or read-only disk is told by."""
    return StationError("E-FIRST-04", f"the disk takes nothing more 系统卡无法写入（已满或损坏）: {error.strerror}")


def place_of(path: str, layout: Layout) -> Path:
    """Return where a bundle's file lies once installed: a sealed one stays sealed, for the token to open."""
    target = target_of(path, layout)
    if target is None:  # refused when the bundle was verified
        raise StationError("E-FIRST-03", f"{path}: no bundle may bring this 配置包含有不允许的文件")
    return layout.provision / path if path.startswith(SEALED) else target


def no_detour(place: Path, layout: Layout) -> None:
    """Refuse a place below the station's folder that a link there leads away from: the folder is its user's.

    Raises StationError E-FIRST-03.
    """
    for folder in place.parents:
        if folder == layout.root:
            return
        if folder.is_symlink() and layout.station in folder.parents:
            raise StationError("E-FIRST-03", f"{folder}: a link where a folder should be 此处应为文件夹而非链接")


def _stage(path: Path, bundle: Bundle, layout: Layout) -> None:
    try:
        file = path.open("rb")
    except OSError as error:
        raise cannot_read(path, error) from None
    with file:
        for one in bundle.head.files:
            place = place_of(one.path, layout)
            no_detour(place, layout)
            make_folder(place.parent, 0o700 if place.parent in {layout.station, layout.provision} else 0o755)
            staged = _staged(place)
            staged.unlink(missing_ok=True)
            # O_EXCL and O_NOFOLLOW: the station's folder is its user's, who may have put a link there.
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(staged, flags, 0o600), "wb") as into:
                copy_next(file, bundle.opened, one, into)
                into.flush()
                os.fchmod(into.fileno(), _mode(one, place, layout))
                os.fsync(into.fileno())
        for folder in {place_of(one.path, layout).parent for one in bundle.head.files}:
            sync_folder(folder)


def _swap(layout: Layout, journal: Installing) -> None:
    places = [place_of(one, layout) for one in journal.bundle.files]
    gone = list(_gone(layout, journal.gone))
    for place in (*places, *gone):
        no_detour(place, layout)
    for place in places:
        if (staged := _staged(place)).exists():
            staged.replace(place)
    for place in gone:
        place.unlink(missing_ok=True)
    for folder in {place.parent for place in (*places, *gone)}:
        if folder.is_dir():
            sync_folder(folder)


def _gone(layout: Layout, paths: list[str]) -> Iterator[Path]:
    for one in paths:
        yield place_of(one, layout)
        if one.startswith(SEALED) and (opened := target_of(one, layout)) is not None:
            yield opened


def _drop(layout: Layout, files: list[str]) -> None:
    """Take away what was staged, and its journal; as far as the disk lets us."""
    try:
        for one in files:
            _staged(place_of(one, layout)).unlink(missing_ok=True)
        (layout.provision / INSTALLING_FILE).unlink(missing_ok=True)
    except OSError:
        return  # said by whoever called; the journal still tells what to take away


def _staged(place: Path) -> Path:
    return place.with_name(f".{place.name}.next")


def _mode(one: File, place: Path, layout: Layout) -> int:
    public = layout.station not in place.parents and layout.provision not in place.parents
    return (0o644 if public else 0o600) | ((0o111 if public else 0o100) if one.executable else 0)


def _note(layout: Layout, journal: Installing) -> None:
    write_atomically(layout.provision / INSTALLING_FILE, msgspec.json.encode(journal), mode=0o600)
