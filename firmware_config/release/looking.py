"""Looking at releases: whether a station would take one, and what is in it."""

from pathlib import Path
from typing import Any

from firmware_config.bundle.looking import day
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_TRUST, EXIT_VALIDATION
from firmware_config.identity.authority import county_of_root
from station.errors import StationError
from station.update.archive import Incoming, read_release
from wire.archive import Head, check_contents, open_archive
from wire.certificates import Chain
from wire.durable import digest_of
from wire.errors import WireError
from wire.release import RELEASE_FILE

SCHEMA = 1


def verified(path: Path, authority: Chain) -> Incoming:
    """Return the release, read through, when a station of this county would take it; the file is closed then.

    Raises ProvisionError with the code and words that the station would show, E-BLD-08 when it cannot be read.
    """
    county = county_of_root(authority.leaf)
    try:
        with path.open("rb") as file:
            incoming = read_release(file, authority, county, 1)
            check_contents(file, incoming.opened)
    except (StationError, WireError) as error:
        raise ProvisionError(error.code, error.what, EXIT_TRUST) from None
    except OSError as error:
        raise _cannot_read(path, error) from None
    return incoming


def head_of(path: Path, authority: Chain) -> Head:
    """Return what a release says of itself; it may have expired.

    Raises WireError E-ARC-01 to E-ARC-04, ProvisionError E-BLD-08 when it is no release or cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = open_archive(file, path.stat().st_size, authority.leaf, at=None).head
    except OSError as error:
        raise _cannot_read(path, error) from None
    if head.kind != "release" or RELEASE_FILE not in {one.path for one in head.files}:
        raise ProvisionError("E-BLD-08", f"{path}: no release 不是版本文件", EXIT_VALIDATION)
    return head


def as_table(path: Path, head: Head) -> dict[str, Any]:
    """Return what there is to know of a release, for people and programs."""
    return {
        "file": str(path),
        "release": head.subject,
        "sequence": head.sequence,
        "county": head.county,
        "made": day(head.made_ms),
        "not_after": day(head.not_after_ms),
        "bytes": path.stat().st_size,
        "sha256": digest_of(path),
        "notes": head.about.get("notes", ""),
        "files": [{"path": one.path, "bytes": one.bytes, "sha256": one.sha256} for one in head.files],
    }


def _cannot_read(path: Path, error: OSError) -> ProvisionError:
    return ProvisionError("E-BLD-08", f"{path}: {error.strerror} 无法读取版本文件", EXIT_VALIDATION)
