"""The inventory's file: read whole and checked, written whole and durably, by one command at a time."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from tinydb.storages import Storage

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from wire.durable import write_atomically
from wire.inventory import MAX_INVENTORY_BYTES
from wire.owner import as_owner

FILE: Final = "inventory.json"
BEFORE: Final = "inventory.before.json"
"""The file as it was before the last change, for whoever finds the other damaged by the disk."""
LOCK: Final = ".inventory.lock"
PLANNING: Final = frozenset({FILE, BEFORE, LOCK, "secrets", "bundle.toml", "card.toml"})
"""What a technician may write into a county's folder before the county is made."""
LOCK_WITHIN_S: Final = 30.0

Tables = dict[str, dict[str, Any]]


class InventoryStorage(Storage):
    """Keeps what TinyDB writes until `commit`: a change of several tables is one change of the file.

    TinyDB's own JSONStorage rewrites the file in place, once a table.
    """

    def __init__(self, folder: Path) -> None:
        """Read `inventory.json` of the county's `folder`.

        Raises ProvisionError E-INV-05 when it cannot be read or is no inventory: it is left as it is.
        """
        self._path = folder / FILE
        self._tables = _read(self._path)
        self._changed = False

    def read(self) -> Tables | None:
        """Return what is stored, as changed so far."""
        return self._tables

    def write(self, data: Tables) -> None:
        """Keep `data` for the commit."""
        self._tables = data
        self._changed = True

    def commit(self) -> None:
        """Have all that was changed stand on the disk, and beside it what was there before."""
        if not self._changed:
            return
        written = json.dumps(self._tables, ensure_ascii=False, indent=0).encode()
        if len(written) > MAX_INVENTORY_BYTES:
            raise ProvisionError("E-INV-05", f"{self._path}: larger than any county 站点清单过大", EXIT_VALIDATION)
        with as_owner(self._path.parent):
            if self._path.exists():
                _keep_before(self._path)
            write_atomically(self._path, written, mode=0o600)
        self._changed = False


@contextlib.contextmanager
def locked(folder: Path, within_s: float = LOCK_WITHIN_S) -> Iterator[None]:
    """Hold the inventory for the block: no other command changes it meanwhile, and a cut frees it.

    Raises ProvisionError E-INV-06 when another holds it for longer than `within_s`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with as_owner(folder):  # cards need sudo; an inventory of root's its technician could not read
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + within_s
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise ProvisionError(
                        "E-INV-06", f"{folder}: another command is changing the inventory 另一命令正在修改站点清单"
                    ) from None
                time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> Tables | None:
    try:
        if path.stat().st_size > MAX_INVENTORY_BYTES:
            raise damaged(path, "too large")
        content = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except PermissionError:
        raise  # another user's: it is not damaged, and nothing must be copied over it
    except OSError as error:
        raise damaged(path, error.strerror or "cannot be read") from None
    except (ValueError, RecursionError):
        raise damaged(path, "no JSON") from None
    if not _is_tables(content):
        raise damaged(path, "no tables")
    return cast("Tables", content)


def damaged(path: Path, why: str) -> ProvisionError:
    """Return the refusal of an inventory that cannot be used: nothing is written over it."""
    return ProvisionError(
        "E-INV-05",
        f"{path}: not a usable inventory ({why}); it is left as it is. Copy {BEFORE} or a backup over it "
        f"站点清单无法读取，原文件未动；请用 {BEFORE} 或备份覆盖",
        EXIT_VALIDATION,
    )


def _is_tables(content: object) -> bool:
    """Say whether it has TinyDB's form: tables of documents by whole numbers."""
    return isinstance(content, dict) and all(
        isinstance(table, dict)
        and all(number.isascii() and number.isdigit() and len(number) < 16 for number in table)
        and all(isinstance(document, dict) for document in table.values())
        for table in content.values()
    )


def _keep_before(path: Path) -> None:
    """Give the file that is to be replaced a second name; no data is written for it."""
    kept, fresh = path.with_name(BEFORE), path.with_name(f".{BEFORE}.next")
    fresh.unlink(missing_ok=True)
    os.link(path, fresh)
    fresh.replace(kept)
