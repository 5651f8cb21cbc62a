"""Made-up programs on PATH, each of which notes that it began and with what, then does as it is told."""

import os
import stat
from pathlib import Path

import pytest

HANG = "exec sleep 60"
"""What a program that hangs does; `exec`, so that the process noted is the one that hangs."""


class Programs:
    """A folder that is first on PATH, and what was begun from it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()

    def put(self, name: str, does: str) -> None:
        """Let `name` note its arguments and its process id, then do `does` (shell)."""
        path = self.folder / name
        fresh = path.with_suffix(".new")
        note = f'echo "$@" >> "{self.folder}/{name}.arguments"\necho $$ >> "{self.folder}/{name}.pids"\n'
        fresh.write_text(f"#!/bin/sh\n{note}{does}\n", "utf-8")
        fresh.chmod(fresh.stat().st_mode | stat.S_IXUSR)
        fresh.replace(path)

    def arguments(self, name: str) -> list[str]:
        """Return the arguments of each time `name` was begun."""
        path = self.folder / f"{name}.arguments"
        return path.read_text("utf-8").splitlines() if path.exists() else []

    def pids(self, name: str) -> list[int]:
        """Return the process id of each time `name` was begun."""
        path = self.folder / f"{name}.pids"
        return [int(pid) for pid in path.read_text("ascii").split()] if path.exists() else []

    def silent(self) -> bool:
        """Say whether nothing that was begun runs any more."""
        return not any(_state_of(pid)[0] not in "ZX" for pid in self._begun())

    def gone(self) -> bool:
        """Say whether nothing that was begun is left, as a process or as a zombie of ours."""
        # An orphan's zombie is its adopter's to reap, which some containers never do.
        states = (_state_of(pid) for pid in self._begun())
        return not any(state not in "ZX" or parent == os.getpid() for state, parent in states)

    def _begun(self) -> list[int]:
        return [int(pid) for path in self.folder.glob("*.pids") for pid in path.read_text("ascii").split()]


def _state_of(pid: int) -> tuple[str, int]:
    """Return the state of a process as the kernel writes it, X where there is none, and its parent."""
    try:
        state, parent = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return "X", 0
    return state, int(parent)


def programs_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return made-up programs in `folder`, before all others."""
    made = Programs(folder)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return made
