"""What a release of the software is, how a hub orders one, and what becomes of it at a station.

A release is a signed archive of kind `release` (`wire/archive.py`), whose subject is its name:

    release.json  requirements.lock  wheel/<the project's own>  [wheels/<everything the lock names>]
"""

from typing import Annotated, Final

from msgspec import Meta, Struct

from wire.scalars import Code, Sha256

RELEASE_FILE: Final = "release.json"
LOCK_FILE: Final = "requirements.lock"
OWN_WHEEL: Final = "wheel/"
WHEELS: Final = "wheels/"
MAX_RELEASE_BYTES: Final = 1024 * 1024 * 1024
ANY_ARCH: Final = "any"

UPDATE: Final = "update"
"""Command: take a release. Arguments are those of `UpdateOrder`; the answer says only whether the order was taken."""
SOFTWARE: Final = "software"
"""`DeviceEvent.device` of what became of an update; `note` is the release, `code` one of these or E-UPD-…."""
KEPT: Final = "kept"
"""It runs, and passed its trial."""
WENT_BACK: Final = "taken_back"
"""Somebody on site took it back by hand."""
PUT_OFF: Final = "E-UPD-10"
"""Villagers were at the kiosk all the time: it is tried again at night. No failure."""
NOT_YET: Final = frozenset({PUT_OFF, "E-UPD-08", "E-UPD-16", "E-UPD-17"})
"""Codes after which a station tries by itself again; every other E-UPD-… is a failure of this release there."""

ReleaseName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}\Z")]
"""The subject of its archive, and the name of its folder; never begins with a dot."""
Sequence = Annotated[int, Meta(ge=1, le=2**53 - 1)]
PythonVersion = Annotated[str, Meta(pattern=r"^3\.[0-9]{1,2}\Z")]


class Release(Struct, frozen=True):
    """`release.json`."""

    version: ReleaseName
    sequence: Sequence
    python_from: PythonVersion
    python_below: PythonVersion
    lock: Sha256
    """Digest of `requirements.lock`: stations that have its packages already need no wheels."""
    arch: Code = ANY_ARCH
    """`aarch64`, `x86_64`, as `uname -m` says it, of the wheels inside."""
    wheels: bool = False
    """Whether the packages that the lock names are inside."""


class UpdateOrder(Struct, frozen=True, omit_defaults=True):
    """What the hub orders, and what the agent hands to root's updater, which believes none of it unseen."""

    release: ReleaseName
    sequence: Sequence
    sha256: Sha256
    """Of the whole archive, by which the hub hands it out (`wire/enrolment.py`, RELEASE_PATH)."""
    bytes: Annotated[int, Meta(ge=1, le=MAX_RELEASE_BYTES)]
    url: Annotated[str, Meta(pattern=r"^https?://[^\s/?#@]+/?\Z", max_length=200)] | None = None
    """The hub's address; only the one a station is set up with is taken, None means that."""
