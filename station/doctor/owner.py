"""Root looks at a station, whose folder belongs to another user: what is done there is done as that user.

So nothing that lies there can lead root's hand elsewhere, and nothing is left behind that the agent cannot read.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def as_owner(folder: Path) -> Iterator[None]:
    """Work as the user who owns `folder`, where this process is root; raises OSError when it is not there."""
    owner = folder.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        yield
        return
    group, groups = os.getegid(), os.getgroups()
    try:
        os.setgroups([])
        os.setegid(owner.st_gid)
        os.seteuid(owner.st_uid)
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)


def foreign_files(folder: Path, *names: str) -> list[Path]:
    """Return files right in these folders below `folder` that belong to somebody else than it."""
    uid = folder.stat().st_uid
    found = []
    for name in names:
        for path in sorted((folder / name).glob("*")) + sorted((folder / name).glob(".*")):
            if not path.is_symlink() and path.is_file() and path.stat().st_uid != uid:
                found.append(path)
    return found


def give_back(path: Path, folder: Path) -> None:
    """Give a file to the owner of `folder`; what turned into a link meanwhile is not followed."""
    owner = folder.stat()
    os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
