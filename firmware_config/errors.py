"""The base error of provisioning: what happened, what it means and the next step, with a stable code."""

import errno
from pathlib import Path
from typing import Final

from firmware_config.exits import EXIT_FAILURE

_FULL: Final = "the disk is full: make room, then run it again 磁盘已满，请腾出空间后再运行一次"
_DENIED: Final = "no right to it: run it as the folder's owner 没有权限，请以该目录所有者的身份运行"
_LOCKED: Final = "it cannot be written: is it write-protected? 只读，请检查写保护或换一个目录"
_GONE: Final = "no such place: check the path, and that the stick is in 没有此位置，请核对路径、优盘是否插好"
_NEXT: Final = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), _FULL),
    **dict.fromkeys((errno.EACCES, errno.EPERM), _DENIED),
    errno.EROFS: _LOCKED,
    **dict.fromkeys((errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ENXIO), _GONE),
}
_ELSE: Final = "check disk and stick, then run it again 无法读写，请检查磁盘、优盘后再运行一次"


class ProvisionError(Exception):
    """Begins with a stable code (E-…); `exit_code` is what a command ends with. Never holds a secret."""

    def __init__(self, code: str, what: str, exit_code: int = EXIT_FAILURE) -> None:
        """Keep the stable `code` beside the text."""
        super().__init__(f"{code} {what}")
        self.code, self.what = code, what
        self.exit_code = exit_code


def of_disk(error: OSError, path: Path | None = None) -> str:
    """Return E-PRO-04: what the system refused, of the file it names or else `path`, and the next step."""
    where = error.filename or path
    said = f"{where}: {error.strerror}" if where else error.strerror
    return f"E-PRO-04 {said}; {_NEXT.get(error.errno or 0, _ELSE)}"
