"""The demo itself, started as a newcomer starts it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from demo.processes import stop
from tests.hub_api import HubApi
from tests.waiting import wait_for


class RunningDemo:
    """`./run demo --no-kiosk --stations 8`, and what demo.json says of it."""

    def __init__(self, state: Path, process: subprocess.Popen[bytes]) -> None:
        self.state = state
        self.process = process
        self.facts: dict[str, Any] = json.loads((state / "demo.json").read_text())
        self.api = HubApi(self.facts["web_url"], self.facts["api_token"])
        self.station: str = self.facts["station"]


def start_demo(state: Path, *options: str, within_s: float = 60.0) -> RunningDemo:
    command = [sys.executable, "-m", "demo", "--no-kiosk", "--state", str(state), *options]
    log = (state.parent / "demo.log").open("wb")
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_for_file(state / "demo.json", process, within_s)
    except BaseException as error:
        stop(process)
        error.add_note((state.parent / "demo.log").read_text())
        raise
    finally:
        log.close()
    return RunningDemo(state, process)


def wait_for_file(path: Path, process: subprocess.Popen[bytes], within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not path.exists():
        assert process.poll() is None, f"ended with {process.returncode} before {path.name} was there"
        assert time.monotonic() < deadline, f"{path.name} is not there after {within_s} s"
        time.sleep(0.05)


def have_the_broker_store(demo: RunningDemo) -> Path:
    """Return the file in which the broker keeps its messages, written now; by itself it writes once a minute."""
    stored = demo.state / "county" / "broker" / "data" / "mosquitto.db"
    before_ns = stored.stat().st_mtime_ns if stored.exists() else 0
    os.kill(demo.facts["pids"]["broker"], signal.SIGUSR1)
    wait_for(lambda: stored.exists() and stored.stat().st_mtime_ns > before_ns, "the broker's file")
    return stored
