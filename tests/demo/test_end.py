"""However the demo is ended, it says so and leaves no process."""

import json
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.running import start_demo, wait_for_file
from tests.terminal import Terminal


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


@pytest.mark.slow
def test_a_killed_demo_takes_its_kiosk_with_it(tmp_path: Path) -> None:
    state = tmp_path / "state"
    command = [sys.executable, "-m", "demo", "--stations", "1", "--state", str(state)]
    with Terminal(command) as terminal:
        wait_for_file(state / "demo.json", terminal.process, 60.0)
        kiosk = psutil.Process(json.loads((state / "demo.json").read_text())["pids"]["kiosk"])
        terminal.process.kill()
        assert psutil.wait_procs([kiosk], timeout=10)[1] == []


@pytest.mark.slow
def test_what_ends_beside_the_kiosk_is_not_written_over_its_screen_but_said_at_the_end(tmp_path: Path) -> None:
    state = tmp_path / "state"
    command = [sys.executable, "-m", "demo", "--stations", "1", "--state", str(state)]
    with Terminal(command) as terminal:
        wait_for_file(state / "demo.json", terminal.process, 60.0)
        terminal.wait_for("请刷身份证", within_s=30)
        os.kill(json.loads((state / "demo.json").read_text())["pids"]["agent"], signal.SIGKILL)
        assert "agent ended" not in terminal.wait_for("离线", within_s=20)
        terminal.press("\x03")
        terminal.wait_for("agent ended with -9", "nothing is left running")
