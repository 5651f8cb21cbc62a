"""Root looks at a station, whose folder belongs to another user: what is done there is done as that user.

So nothing that lies there can lead root's hand elsewhere, and nothing is left behind that the agent cannot read.
"""

import errno
import os
import stat
from pathlib import Path


def foreign_files(folder: Path, *names: str) -> list[Path]:
    """Return files right in these folders below `folder` that belong to somebody else than it; no link is followed."""
    uid = folder.stat().st_uid
    found = []
    for name in names:
        if (folder / name).is_symlink():
            continue
        for path in sorted((folder / name).glob("*")) + sorted((folder / name).glob(".*")):
            if not path.is_symlink() and path.is_file() and path.stat().st_uid != uid:
                found.append(path)
    return found


def give_back(path: Path, folder: Path) -> None:
    """Give a file below `folder` to the owner of that.

    Step by step from `folder` down, for whoever owns it may lay links meanwhile, and writes the settings that say where
    the file lies. Raises OSError for a file that lies elsewhere, behind a link, or has another name besides.
    """
    owner = folder.stat()
    if folder not in path.parents or ".." in path.parts:
        raise _elsewhere(path)
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in path.relative_to(folder).parts:
            below = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=place)
            os.close(place)
            place = below
        found = os.fstat(place)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            raise _elsewhere(path)
        os.fchown(place, owner.st_uid, owner.st_gid)
    finally:
        os.close(place)


def _elsewhere(path: Path) -> OSError:
    return OSError(errno.EPERM, "not a file of the station's folder alone 不是本站目录中的普通文件", str(path))
