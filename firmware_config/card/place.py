"""The boot partition of a card: its files read, written whole, and removed; the same for a folder and for a device.

A file is written under another name, flushed, read back and compared, and only then takes its own. Where the
partition is a device's nothing is mounted: mtools work in it, at its offset.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_DEVICE, EXIT_VALIDATION
from wire.durable import sync_folder, write_atomically

NEW: Final = ".new"
"""Being written: worth nothing."""
WHOLE: Final = ".ok"
"""Written and compared, about to take its own name."""
_WITHIN_S: Final = 300


class Place(Protocol):
    """A boot partition; paths are relative, with `/` between."""

    def names(self) -> frozenset[str]:
        """Return the files in its top folder, and those of `cuncuntong/` by their paths."""

    def read(self, path: str) -> bytes | None:
        """Return a file's content as it is on the card, None where there is none."""

    def write(self, path: str, content: bytes) -> None:
        """Write a file whole and durably. Raises ProvisionError E-DISK-06 when it reads back otherwise."""

    def remove(self, path: str) -> None:
        """Remove a file, durably; one that is not there is removed already."""


class Folder:
    """A mounted boot partition, or a plain folder that stands for one."""

    def __init__(self, folder: Path) -> None:
        """Take an existing folder.

        Raises ProvisionError E-DISK-01 when there is none.
        """
        if not folder.is_dir():
            raise ProvisionError("E-DISK-01", f"{folder}: no such folder 没有该目录", EXIT_DEVICE)
        self._folder = folder

    def names(self) -> frozenset[str]:
        """See Place."""
        folders = (self._folder, self._folder / "cuncuntong", self._folder / "cuncuntong/before")
        return frozenset(
            str(path.relative_to(self._folder))
            for folder in folders
            if folder.is_dir()
            for path in folder.iterdir()
            if path.is_file()
        )

    def read(self, path: str) -> bytes | None:
        """See Place."""
        try:
            with (self._folder / path).open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)  # ask the card, not memory
                return file.read()
        except FileNotFoundError:
            return None

    def write(self, path: str, content: bytes) -> None:
        """See Place."""
        write_atomically(self._folder / path, content)
        _compare(path, self.read(path), content)

    def remove(self, path: str) -> None:
        """See Place."""
        target = self._folder / path
        if target.exists():
            target.unlink()
            sync_folder(target.parent)


class Fat:
    """The boot partition of a device that nothing has mounted, by mtools."""

    def __init__(self, configuration: Path, flush: int) -> None:
        """Take mtools' configuration file with drive `z:`, and a descriptor of the device to flush; use `fat`."""
        self._environment = {"MTOOLSRC": str(configuration), "PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"}
        self._flush = flush

    def names(self) -> frozenset[str]:
        """See Place."""
        found: set[str] = set()
        for folder in ("", "cuncuntong/", "cuncuntong/before/"):
            listed = self._run("mdir", "-b", "-a", f"z:/{folder}")
            if listed is not None:
                # `Z:/NAME`, a folder with a last `/`; FAT takes capitals for the same.
                lines = (line.removeprefix("Z:/").strip() for line in listed.decode("utf-8", "replace").splitlines())
                found |= {line.lower() for line in lines if line and not line.endswith("/")}
        return frozenset(found)

    def read(self, path: str) -> bytes | None:
        """See Place."""
        return self._run("mcopy", "-n", f"z:/{path}", "-")

    def write(self, path: str, content: bytes) -> None:
        """See Place."""
        folder = path.rpartition("/")[0]
        parents = [folder[:end] for end, letter in enumerate(f"{folder}/") if letter == "/"] if folder else []
        for parent in parents:
            if self._run("mdir", "-b", f"z:/{parent}") is None:
                self._do("mmd", f"z:/{parent}")
        self._do("mcopy", "-D", "o", "-", f"z:/{path}{NEW}", content=content)
        _compare(path, self.read(path + NEW), content)
        self._run("mdel", f"z:/{path}{WHOLE}")
        self._do("mren", f"z:/{path}{NEW}", f"z:/{path}{WHOLE}")
        self._take(path)

    def remove(self, path: str) -> None:
        """See Place."""
        if self.read(path) is not None:
            self._do("mdel", f"z:/{path}")

    def recover(self) -> None:
        """Give those files their names that a cut left with none, and clear away what was half written."""
        for name in sorted(self.names()):
            if name.endswith(WHOLE):
                self._take(name.removesuffix(WHOLE))
            elif name.endswith(NEW):
                self._do("mdel", f"z:/{name}")

    def _take(self, path: str) -> None:
        """Let the whole file take its own name; between the two steps neither is lost, for `recover` finds it."""
        self._run("mdel", f"z:/{path}")
        self._do("mren", f"z:/{path}{WHOLE}", f"z:/{path}")

    def _do(self, *command: str, content: bytes = b"") -> None:
        """Run what must succeed, and have it on the card.

        Raises ProvisionError E-DISK-06 when the card does not take it, E-DISK-07.
        """
        if self._run(*command, content=content) is None:
            raise ProvisionError(
                "E-DISK-06",
                f"{command[0]} {command[-1]}: the card does not take it (full, damaged or write-protected) "
                "存储卡已满、损坏或写保护，请检查或换卡",
            )
        os.fsync(self._flush)

    def _run(self, *command: str, content: bytes = b"") -> bytes | None:
        """Return what a command of mtools says, None when it did not succeed."""
        try:
            ended = subprocess.run(
                command,
                input=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=self._environment,
                check=False,
                timeout=_WITHIN_S,
            )
        except FileNotFoundError:
            raise _no_mtools() from None
        except subprocess.TimeoutExpired:
            raise ProvisionError("E-DISK-06", f"{command[0]}: no answer from the card 存储卡无响应，请换卡") from None
        return ended.stdout if ended.returncode == 0 else None


@contextmanager
def fat(device: Path, first_byte: int, flush: int) -> Iterator[Fat]:
    """Open the FAT partition that begins at `first_byte` of `device`; `flush` is a descriptor of the device.

    Raises ProvisionError E-DISK-07 (no mtools) or E-DISK-04 (no FAT there).
    """
    if any(letter in str(device) for letter in '"\n\\'):
        raise ProvisionError("E-DISK-01", f"{device}: a name that mtools cannot take 设备名不可用", EXIT_DEVICE)
    with tempfile.TemporaryDirectory(prefix="cuncuntong-card-") as folder:
        # nolock: we hold the device's lock ourselves; the sizes that Raspberry Pi's images give are not a floppy's.
        configuration = Path(folder) / "mtoolsrc"
        configuration.write_text(
            f'mtools_skip_check=1\ndrive z:\n  file="{device}"\n  offset={first_byte}\n  nolock\n', "utf-8"
        )
        place = Fat(configuration, flush)
        if place._run("mdir", "-b", "z:/") is None:
            raise ProvisionError(
                "E-DISK-04", f"{device}: no FAT filesystem in its boot partition 启动分区不是 FAT", EXIT_VALIDATION
            )
        yield place


def _compare(path: str, read: bytes | None, content: bytes) -> None:
    if read != content:
        raise ProvisionError("E-DISK-06", f"{path}: reads back otherwise; take another card 读回内容不符，请换卡")


def _no_mtools() -> ProvisionError:
    return ProvisionError(
        "E-DISK-07", "mtools is not installed: 'apt install mtools' 未安装 mtools，请先安装", EXIT_DEVICE
    )
