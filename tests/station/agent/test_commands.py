"""What a command tells of this machine."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from station.agent.camera_desk import CameraDesk
from station.agent.commands import execute
from station.agent.line_desk import LineDesk
from station.agent.thumbnails import Thumbnails
from station.agent.updates import UpdateDesk
from station.clock import Clock
from station.settings import ProbeSettings
from station.store.spool import FILE_NAME, Spool
from wire.orders import Command


class Usage(NamedTuple):
    free: int


def test_a_ping_tells_of_the_disk_the_records_lie_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool.open(tmp_path / FILE_NAME)
    try:
        monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(7 if Path(path) == tmp_path else 1_000))
        desk = CameraDesk([], None, Thumbnails(tmp_path / "thumbnails"), Clock())
        line = LineDesk(ProbeSettings(enabled=False), "127.0.0.1", [], {})
        answer = execute(Command("one", "ping", 2**40), spool, desk, line, UpdateDesk(tmp_path, None)).answer
    finally:
        spool.close()
    assert answer is not None
    assert answer.measures["disk_free_bytes"] == 7
