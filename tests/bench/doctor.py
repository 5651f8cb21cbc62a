"""`station doctor` on a running station: how long a technician waits, but for the line; and what a record weighs."""

import json
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

from demo.processes import start, stop, tool
from station.devices.reader.simulated import SimulatedReader
from station.settings import CameraSettings, ReaderSettings
from tests.bench.table import Figure
from tests.county import County
from tests.hub_api import HubApi
from wire.acceptance import MAX_BYTES

CAMERAS = 2
ROUNDS = 3


def measure(folder: Path) -> list[Figure]:
    """Examine a station whose agent and hub run, then accept it and send the record."""
    county = County(folder / "county")
    reader = SimulatedReader(link=folder / "reader")
    cameras = [CameraSettings(f"camera{number}", "simulated:") for number in range(CAMERAS)]
    config = county.station(cameras=cameras, reader=ReaderSettings(str(folder / "reader")))
    with ExitStack() as stack:
        reader.start()
        stack.callback(reader.close)
        county.start_broker()
        stack.callback(county.stop_broker)
        stack.callback(stop, start([tool("hub"), "run", "--config", county.hub_config], folder / "hub.log"))
        stack.callback(stop, start([tool("station"), "agent", "--config", config], folder / "agent.log"))
        HubApi(f"http://127.0.0.1:{county.ports.web}", county.api_token).wait_state(county.villages[0].code, "online")
        looked = [_timed(config) for _ in range(ROUNDS)]
        quick = [
            _timed(config, *(f"--only={name}" for name in ("disk", "certificate", "broker", "hub"))) for _ in range(3)
        ]
        accepted = _timed(config, "--accept", "--by", "测试", "--aimed", "--send")
        record = next((config.parent / "state/acceptance").glob("*.filed.json")).stat().st_size
    how = f"{CAMERAS} simulated cameras, reader on a pty, agent, broker and hub running; cameras are watched for 14 s"
    return [
        Figure("doctor without the line, worst", max(looked), "s", 30, how),
        Figure(
            "disk, certificate, broker and round trip", max(quick), "s", 5, "the same station, start of Python included"
        ),
        Figure(
            "record, paper and filing beside it",
            accepted - max(looked),
            "s",
            5,
            "PDF by Typst, signed, stored at the hub",
        ),
        Figure("a record as it is sent", record / 1e6, "MB", MAX_BYTES / 1e6, f"{CAMERAS} pictures of at most 80 kB"),
    ]


def _timed(config: Path, *words: str) -> float:
    began = time.monotonic()
    command = [str(tool("station")), "doctor", "--config", str(config), "--json", "--line-seconds", "0", *words]
    done = subprocess.run(command, capture_output=True, check=False)
    took = time.monotonic() - began
    assert json.loads(done.stdout)["findings"], done.stderr
    return took
