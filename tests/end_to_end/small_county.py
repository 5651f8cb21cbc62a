"""A county of three real agents and a hub, each of which can be killed, stopped and started again."""

import os
import signal
import subprocess
from pathlib import Path

from demo.processes import start, stop, tool
from tests.county import County
from tests.hub_api import HubApi


class Part:
    """One process that can be started and killed."""

    def __init__(self, log: Path, *command: object) -> None:
        self._log = log
        self._command = [str(part) for part in command]
        self.process: subprocess.Popen[bytes] | None = None

    def up(self) -> None:
        self.process = start(self._command, self._log)

    def signal(self, sign: signal.Signals) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, sign)
        if sign is signal.SIGKILL:
            self.process.wait()

    def down(self) -> None:
        if self.process is not None:
            if self.process.poll() is None:
                self.signal(signal.SIGCONT)
            stop(self.process)


class SmallCounty:
    """A county of three real agents and a hub."""

    def __init__(self, folder: Path, *, keepalive_s: int) -> None:
        self.county = County(folder)
        self.codes = [village.code for village in self.county.villages[:3]]
        log = folder / "log"
        configs = [
            self.county.station(i, keepalive_s=keepalive_s, beat_every_s=0.5, reconnect_max_s=1.0, rebirth_spread_s=0.2)
            for i in range(3)
        ]
        self.agents = [
            Part(log / f"agent{i}.log", tool("station"), "agent", "--config", config)
            for i, config in enumerate(configs)
        ]
        self.hub = Part(log / "hub.log", tool("hub"), "run", "--config", self.county.hub_config)
        self.api = HubApi(f"http://127.0.0.1:{self.county.ports.web}", self.county.api_token)

    def up(self) -> None:
        self.county.start_broker()
        self.hub.up()
        for agent in self.agents:
            agent.up()
        self.api.wait_healthy()
        self.all_online()

    def all_online(self, within_s: float = 20.0) -> None:
        for code in self.codes:
            self.api.wait_state(code, "online", within_s)

    def states(self) -> list[str]:
        return [self.api.state_of(code) for code in self.codes]
