"""What the hub says of revoked stations, put into the broker's folder; then the broker is told to read it.

The hub's user writes `crl.pem` and `acl` into its trust folder and nothing else; root installs them. So what is
installed is read first and must be lists of this county and an access list as it is rendered here.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from firmware_config.broker import denied_in, render_acl
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_TRUST
from firmware_config.identity.lists import ACCESS, LISTS, check_lists, read_lists, revoked_in
from wire.durable import write_atomically

MAX_BYTES = 16 * 1024 * 1024
PENDING = ".trust-pending"
"""In the broker's folder from before the first file is installed until the broker has been told."""
CUT = b"cut"
"""In it: told by a restart, as `Change.cut` says."""


class Change(NamedTuple):
    """What is to be done at the broker."""

    files: dict[str, bytes]
    """New content by name."""
    revoked: tuple[str, ...]
    """Serials (hex) that the broker's lists did not name before."""
    denied: tuple[str, ...]
    """Stations to be silenced that were not before."""
    allowed: tuple[str, ...]
    """Stations that were silenced and are not any more."""
    pending: bool
    """An earlier run ended before the broker was told."""
    cut: bool
    """Every connection has to end, for mosquitto looks at a certificate only when one begins: a station that was
    silenced is to be heard again, and whoever stole its old machine may still hold on; or an authority is gone."""

    @property
    def anything(self) -> bool:
        """Say whether there is anything to do."""
        return bool(self.files) or self.pending


def compare(trust: Path, broker: Path, now: dt.datetime) -> Change:
    """Return what has to change in the folder `broker` for it to say what the hub's folder `trust` says.

    Raises ProvisionError E-BRK-01 when a file is missing or is no access list of ours, IdentityError E-ID-08 for lists
    that are not this county's or not valid now: a mistake there neither locks the county out nor lets anybody in.
    """
    lists, access = _read(trust / LISTS), _read(trust / ACCESS)
    check_lists(lists, _read(broker / "ca.crt"), now)
    text = access.decode("utf-8", "replace")
    if text != render_acl(denied_in(text)):
        raise _unusable(trust / ACCESS, "not an access list as this version renders it 不是本版本生成的访问列表")
    had_lists = _read(broker / LISTS) if (broker / LISTS).exists() else b""
    had_access = _read(broker / ACCESS) if (broker / ACCESS).exists() else b""
    before = {one.serial for one in revoked_in(had_lists)} if had_lists else set()
    denied, silent = denied_in(text), denied_in(had_access.decode("utf-8", "replace"))
    gone = _authorities(had_lists) - _authorities(lists) if had_lists else frozenset()
    pending = (broker / PENDING).exists()
    return Change(
        {name: new for name, new, old in ((LISTS, lists, had_lists), (ACCESS, access, had_access)) if new != old},
        tuple(sorted(f"{one.serial:x}" for one in revoked_in(lists) if one.serial not in before)),
        tuple(sorted(denied - silent)),
        tuple(sorted(silent - denied)),
        pending=pending,
        cut=bool(silent - denied or gone) or (pending and (broker / PENDING).read_bytes() == CUT),
    )


def install(change: Change, broker: Path, tell: Callable[[], None] | None) -> None:
    """Install the files, each whole and its predecessor's owner's, then `tell` the broker.

    Whatever is cut, the next run finishes: until the broker was told a mark stays. `tell` None leaves the mark.
    """
    if not change.anything:
        return
    write_atomically(broker / PENDING, CUT if change.cut else b"")
    for name, content in change.files.items():
        mode, owner = _mode_and_owner(broker, name)
        write_atomically(broker / name, content, mode=mode, owner=owner)
    if tell is not None:
        tell()
        (broker / PENDING).unlink()


def _authorities(pem: bytes) -> frozenset[bytes]:
    """Return the names of all that have a list; a delegated authority's never repeats."""
    return frozenset(one.issuer.public_bytes() for one in read_lists(pem))


def _mode_and_owner(broker: Path, name: str) -> tuple[int, tuple[int, int]]:
    """Return those of the file it takes the place of; of the key, which the broker reads, where there is none."""
    there = broker / name
    like = (there if there.exists() else broker / "broker.key").stat()
    return like.st_mode & 0o777, (like.st_uid, like.st_gid)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unusable(path, f"cannot be read 无法读取: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise _unusable(path, "too large 文件过大")
    return content


def _unusable(path: Path, what: str) -> ProvisionError:
    return ProvisionError("E-BRK-01", f"{path}: {what}; nothing was changed 未作更改", EXIT_TRUST)
