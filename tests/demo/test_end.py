"""However the demo is ended, it says so and leaves no process."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.running import start_demo


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGKILL, -9)]
)
def test_an_ended_demo_leaves_no_process(tmp_path: Path, sign: signal.Signals, code: int) -> None:
    running = start_demo(tmp_path / "state", "--stations", "2")
    parts = [psutil.Process(pid) for pid in running.facts["pids"].values()]
    assert len(parts) >= 4
    os.kill(running.process.pid, sign)
    assert running.process.wait(15) == code
    _, alive = psutil.wait_procs(parts, timeout=10)
    assert alive == []
    if sign != signal.SIGKILL:
        assert "nothing is left running" in (tmp_path / "demo.log").read_text().splitlines()[-1]
