"""Where releases of the software lie: a slot each, links to those in use, and packages that slots share.

`current` is what agent and kiosk run, `previous` what a rollback goes back to, `updater` what updates: always a
release that has passed its trial, so that a broken one can be taken back.
"""

import sys
from pathlib import Path
from typing import Final

from station.layout import Layout
from wire.codec import read_file
from wire.durable import sync_folder
from wire.release import RELEASE_FILE, Release

CURRENT: Final = "current"
PREVIOUS: Final = "previous"
UPDATER: Final = "updater"
STAGING: Final = ".new"
"""Ends the name of what is being laid out: never linked to, removed by the next update."""


def slots(layout: Layout) -> Path:
    """Return the folder of the slots."""
    return layout.software / "slots"


def packages(layout: Layout) -> Path:
    """Return the folder of the packages, each set of them by the digest of its lock."""
    return layout.software / "deps"


def release_of(slot: Path) -> Release | None:
    """Return what `slot` says it holds, None when that cannot be read."""
    return read_file(slot / RELEASE_FILE, Release)


def running_release(prefix: Path | None = None) -> Release | None:
    """Return the release this process runs from, None where its software came another way."""
    return release_of(Path(sys.prefix) if prefix is None else prefix)


def linked(layout: Layout, link: str) -> str | None:
    """Return the name of the slot that `link` leads to, None when there is none or it holds no release."""
    try:
        slot = (layout.software / link).readlink()
    except OSError:
        return None
    return slot.name if release_of(slots(layout) / slot.name) is not None else None


def point(layout: Layout, link: str, slot: str) -> None:
    """Have `link` lead to `slot`, at once and durably; nothing changes where it does already. Raises OSError."""
    place = layout.software / link
    target = f"slots/{slot}"
    if place.is_symlink() and place.readlink() == Path(target):
        return
    fresh = place.with_name(f".{link}{STAGING}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(place)
    sync_folder(layout.software)


def unlink(layout: Layout, link: str) -> None:
    """Have `link` lead nowhere, durably; raises OSError."""
    place = layout.software / link
    if place.is_symlink():
        place.unlink()
        sync_folder(layout.software)
