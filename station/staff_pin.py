"""The staff's PIN: kept as an argon2id hash, tried a few times only, whatever restarts and whatever the clock says."""

import logging
import os
import re
import tempfile
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Final

import msgspec
from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

from station.clock import Stamp
from station.errors import StationError, StoreError
from station.kiosk.events import Pin
from wire.durable import sync_folder

logger = logging.getLogger(__name__)

MOST_WRONG: Final = 5
LOCKED_MS: Final = 300_000
OPERATIONS: Final = argon2id.OPSLIMIT_INTERACTIVE
MEMORY_BYTES: Final = argon2id.MEMLIMIT_INTERACTIVE
"""64 MiB: a few tenths of a second on a Pi. Who has the file finds a PIN all the same: it has 8 digits at the most."""


class Tries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often it was wrong since it was right, and until when it is not looked at."""

    wrong: int = 0
    until_ms: int = 0
    """On the running count of `boot`, not on a clock that somebody or nobody sets."""
    boot: str = ""


class StaffPin:
    """Compares what is entered with the file that `station staff-pin set` writes."""

    def __init__(self, path: Path | None, now: Callable[[], Stamp], tries_path: Path | None = None) -> None:
        """Look at `path` at every try; None is a PIN that is not set.

        `tries_path` outlives restarts, and is beside `path` where not given; `now` is `Clock.now`.
        """
        self._path = path
        self._now = now
        self._tries_path = tries_path or (path and path.with_name(f"{path.name}.tries"))
        self._tries: Tries | None = None
        self._one_at_a_time = threading.Lock()

    def ask(self, pin: str, told: Callable[[Pin], None]) -> None:
        """Compare in a thread, which calls `told`; returns at once."""
        threading.Thread(target=lambda: told(self.check(pin)), name="staff-pin", daemon=True).start()

    def check(self, pin: str) -> Pin:
        """Return what becomes of `pin`; takes a few tenths of a second, and never raises for a disk that fails."""
        with self._one_at_a_time:
            hashed = self._hashed()
            if hashed is None:
                return Pin.NOT_SET
            now = self._now()
            tries = self._tries or self._read_tries(now)
            if tries.wrong >= MOST_WRONG:
                if now.mono_ms < tries.until_ms:
                    self._tries = tries
                    return Pin.LOCKED
                tries = Tries()
            # Counted before it is looked at: pulling the plug in between is no try for free.
            wrong = tries.wrong + 1
            locked = wrong >= MOST_WRONG
            self._keep(Tries(wrong, now.mono_ms + LOCKED_MS if locked else 0, now.kernel_boot))
            if _is_right(hashed, pin):
                self._keep(Tries())
                return Pin.RIGHT
            return Pin.LOCKED if locked else Pin.WRONG

    def _hashed(self) -> bytes | None:
        if self._path is None:
            return None
        try:
            hashed = self._path.read_bytes().strip()
        except FileNotFoundError:
            return None
        except OSError:
            hashed = b""
        if hashed.startswith(b"$argon2id$"):
            return hashed
        logger.warning("E-PIN-03 the file of the staff's PIN cannot be read 工作人员口令文件无法读取")
        return None

    def _read_tries(self, now: Stamp) -> Tries:
        try:
            assert self._tries_path is not None
            tries = msgspec.json.decode(self._tries_path.read_bytes(), type=Tries)
        except FileNotFoundError:
            return Tries()
        except (OSError, msgspec.MsgspecError):
            logger.warning("E-PIN-04 the count of wrong PINs cannot be read; locked 错误次数无法读取，暂时锁定")
            return Tries(MOST_WRONG, now.mono_ms + LOCKED_MS, now.kernel_boot)
        if tries.boot == now.kernel_boot:
            return msgspec.structs.replace(tries, until_ms=min(tries.until_ms, now.mono_ms + LOCKED_MS))
        # How long the power was off nobody knows: this boot's own time is what has passed for certain.
        return msgspec.structs.replace(tries, until_ms=LOCKED_MS, boot=now.kernel_boot)

    def _keep(self, tries: Tries) -> None:
        self._tries = tries
        try:
            assert self._tries_path is not None
            _write(self._tries_path, msgspec.json.encode(tries))
        except OSError:
            # Staff are let in above all when a disk is broken; what is in memory counts on.
            logger.warning("E-PIN-05 the count of wrong PINs cannot be kept 错误次数无法保存")


def set_pin(path: Path, pin: str) -> None:
    """Write the hash of `pin` to `path`: 0600, whole or not at all, and its folder's owner's when root does it.

    Raises StationError E-PIN-01 for a PIN that will not do, StoreError E-PIN-02 when nothing could be written.
    """
    if is_weak(pin):
        raise StationError(
            "E-PIN-01",
            "4 to 8 digits, neither in a row nor repeated, are needed 口令须为4至8位数字，不能是连号或重复的数字",
        )
    hashed = argon2id.str(pin.encode("ascii"), opslimit=OPERATIONS, memlimit=MEMORY_BYTES)
    try:
        _write(path, hashed + b"\n")
        path.with_name(f"{path.name}.tries").unlink(missing_ok=True)
    except OSError:
        raise StoreError("E-PIN-02", f"{path}: cannot be written 无法写入，请检查磁盘和权限") from None


def is_weak(pin: str) -> bool:
    """Say whether `pin` is not of 4 to 8 digits, or is what everybody tries first: 0000, 1212, 1234, 9876."""
    if not re.fullmatch(r"[0-9]{4,8}", pin):
        return True
    steps = {(int(second) - int(first)) % 10 for first, second in pairwise(pin)}
    return len(steps) == 1 or any(
        pin == (pin[:period] * len(pin))[: len(pin)] for period in range(1, len(pin) // 2 + 1)
    )


def _is_right(hashed: bytes, pin: str) -> bool:
    try:
        return argon2id.verify(hashed, pin.encode("utf-8", errors="replace"))
    except CryptoError:
        return False


def _write(path: Path, data: bytes) -> None:
    number, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            if os.geteuid() == 0:
                folder = path.parent.stat()
                os.fchown(file.fileno(), folder.st_uid, folder.st_gid)
        Path(fresh).replace(path)
    except OSError:
        Path(fresh).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
