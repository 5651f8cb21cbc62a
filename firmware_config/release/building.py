"""A release out of a checkout: one signed archive, the same bytes whenever it is made from the same."""

import datetime as dt
import hashlib
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from firmware_config.bundle.looking import authority_of
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.identity.authority import county_of_root
from firmware_config.identity.signer import load_signer
from firmware_config.release.lock import Target, station_lock, wheels_for
from firmware_config.release.source import Source, build_wheel
from wire.archive import Head, write_archive
from wire.durable import digest_of, sync_folder
from wire.release import ANY_ARCH, LOCK_FILE, OWN_WHEEL, RELEASE_FILE, WHEELS, Release

SUFFIX: Final = ".ccr"
PYTHONS: Final = ("3.11", "3.12", "3.13")
"""Those the project runs on (`requires-python`)."""
AFTER_LAST: Final = "3.14"
MAX_NOTES: Final = 1024


class Wish(NamedTuple):
    """What is to be released."""

    source: Source
    target: Target
    sequence: int
    days: int
    """How long stations take it."""
    wheels: Path | None = None
    """Folder of packages for `target`, None leaves them out."""
    notes: str = ""


class Made(NamedTuple):
    """A release that was made."""

    path: Path
    sha256: str
    release: Release
    fresh: bool
    """False when the very same stood there."""


def releases(folder: Path) -> Path:
    """Return where a county's releases lie."""
    return folder / "releases"


def build(wish: Wish, folder: Path, now: dt.datetime) -> Made:
    """Make the release in the county's folder, or say that it is there.

    Raises ProvisionError E-BLD-02 to E-BLD-07, E-BUN-06 or IdentityError E-ID-07 without the county's authority or
    signer, WireError E-ARC-02 for a name that no release has.
    """
    signer, source = load_signer(folder), wish.source
    # Nobody signs before being appointed; the same signer gives the same date again.
    made_ms = max(source.made_s, int(signer.chain.leaf.not_valid_before_utc.timestamp())) * 1000
    not_after_ms = made_ms + wish.days * 86_400_000
    if not_after_ms <= now.timestamp() * 1000:
        raise ProvisionError(
            "E-BLD-05", "nobody would take it any more: give --days 有效期已过，请用 --days", EXIT_VALIDATION
        )
    if len(wish.notes) > MAX_NOTES:
        raise ProvisionError("E-BLD-07", f"notes of over {MAX_NOTES} characters 说明过长", EXIT_VALIDATION)
    text = (source.folder / LOCK_FILE).read_text("utf-8")
    lock, needed = station_lock(text, wish.target)
    wheels = {} if wish.wheels is None else wheels_for(needed, wish.wheels, wish.target)
    begins, below = _pythons(text, lock, wish)
    release = Release(
        source.version,
        wish.sequence,
        begins,
        below,
        hashlib.sha256(lock).hexdigest(),
        wish.target.arch if wheels else ANY_ARCH,
        bool(wheels),
    )
    about = {"notes": wish.notes} if wish.notes else {}
    county = county_of_root(authority_of(folder, None).leaf)
    head = Head("release", county, source.version, wish.sequence, made_ms, not_after_ms, "", [], about)
    with tempfile.TemporaryDirectory() as built:
        wheel = build_wheel(source, Path(built))
        contents: dict[str, bytes | Path] = {
            RELEASE_FILE: msgspec.json.format(msgspec.json.encode(release), indent=1) + b"\n",
            LOCK_FILE: lock,
            f"{OWN_WHEEL}{wheel.name}": wheel,
            **{f"{WHEELS}{name}": path for name, path in wheels.items()},
        }
        path = releases(folder) / f"cuncuntong-{source.version}{SUFFIX}"
        path.parent.mkdir(exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            write_archive(file, signer, head, contents)
        digest = digest_of(part)
    return Made(path, digest, release, _put(part, path, digest))


def _put(part: Path, path: Path, digest: str) -> bool:
    """Give the release its name, unless another has it: stations tell releases apart by it."""
    if path.exists():
        same = digest_of(path) == digest
        part.unlink()
        if same:
            return False
        raise ProvisionError(
            "E-BLD-06",
            f"{path}: another release has that name; give --version 已有同名的另一版本",
            EXIT_VALIDATION,
        )
    part.replace(path)
    sync_folder(path.parent)
    return True


def _pythons(text: str, lock: bytes, wish: Wish) -> tuple[str, str]:
    """Return from which Python on, and below which, it may run: those that need the very same packages.

    Wheels are made for one of them.
    """
    fits = [
        version
        for version in PYTHONS
        if version == wish.target.python
        or (wish.wheels is None and station_lock(text, wish.target._replace(python=version))[0] == lock)
    ]
    following = dict(zip(PYTHONS, [*PYTHONS[1:], AFTER_LAST], strict=True))
    # Without a gap around the one that was asked for.
    begins = ends = PYTHONS.index(wish.target.python)
    while begins > 0 and PYTHONS[begins - 1] in fits:
        begins -= 1
    while ends + 1 < len(PYTHONS) and PYTHONS[ends + 1] in fits:
        ends += 1
    return PYTHONS[begins], following[PYTHONS[ends]]
