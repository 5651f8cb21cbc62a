"""A camera's process lives within the agent's unit, whose walls refuse what only would have been polite."""

import resource
import signal
from pathlib import Path

import pytest

from station.devices.camera import worker
from station.kiosk.entry import build_pinyin


def refused(_: int) -> int:
    raise PermissionError(1, "Operation not permitted")  # as SystemCallFilter=~@resources has it


def test_a_process_that_may_not_step_back_works_all_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("os.nice", refused)
    for module, name in ((resource, "setrlimit"), (signal, "signal"), (Path, "write_text")):
        monkeypatch.setattr(module, name, lambda *_: None)  # not of the tests' own process
    monkeypatch.setattr("ctypes.CDLL.__getattr__", lambda *_: lambda *_: 0)
    worker._confine()
    assert build_pinyin.main([str(tmp_path / "away" / "pinyin.sqlite3")]) == 1, "a folder is missing: said, not thrown"
