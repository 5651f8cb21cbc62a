"""The county is never told a lie: what is offline, what is unknown, and how fast it is known."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from demo.processes import start, stop, tool
from tests.county import County
from tests.hub_api import HubApi

pytestmark = pytest.mark.slow

KEEPALIVE_S = 2


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
            self.signal(signal.SIGCONT) if self.process.poll() is None else None
            stop(self.process)


class Small:
    """A county of three real agents and a hub."""

    def __init__(self, folder: Path) -> None:
        self.county = County(folder)
        self.codes = [village.code for village in self.county.villages[:3]]
        log = folder / "log"
        configs = [
            self.county.station(i, keepalive_s=KEEPALIVE_S, beat_every_s=0.5, reconnect_max_s=1.0, rebirth_spread_s=0.2)
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


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with ExitStack() as stack:
        small = Small(tmp_path_factory.mktemp("small") / "county")
        stack.callback(small.county.stop_broker)
        for part in (small.hub, *small.agents):
            stack.callback(part.down)
        small.up()
        yield small


def test_a_killed_station_is_offline_within_five_seconds_and_back_when_started(small: Small) -> None:
    killed = time.monotonic()
    small.agents[0].signal(signal.SIGKILL)
    answer = small.api.wait_state(small.codes[0], "offline")
    assert time.monotonic() - killed < 5.0
    assert answer["reason"] == "death"
    assert small.states()[1:] == ["online", "online"]
    small.agents[0].up()
    small.api.wait_state(small.codes[0], "online")


def test_a_silent_station_is_offline_within_its_keepalive_and_a_second(small: Small) -> None:
    silent = time.monotonic()
    small.agents[1].signal(signal.SIGSTOP)
    answer = small.api.wait_state(small.codes[1], "offline")
    took_s = time.monotonic() - silent
    small.agents[1].signal(signal.SIGCONT)
    assert took_s < 1.75 * KEEPALIVE_S + 1.0
    assert answer["state"] == "offline"
    small.api.wait_state(small.codes[1], "online")


def test_a_stopped_broker_makes_stations_unknown_never_offline(small: Small) -> None:
    small.county.stop_broker()
    seen: set[str] = set()
    deadline = time.monotonic() + 1.75 * KEEPALIVE_S + 2.0
    while time.monotonic() < deadline:
        seen |= set(small.states())
        time.sleep(0.1)
    assert set(small.states()) == {"unknown"}
    assert "offline" not in seen
    small.county.start_broker()
    small.all_online()


def test_a_hub_killed_and_restarted_raises_no_false_offline(small: Small) -> None:
    small.hub.signal(signal.SIGKILL)
    small.hub.up()
    small.api.wait_healthy()
    seen: set[str] = set()
    deadline = time.monotonic() + 1.75 * KEEPALIVE_S + 2.0
    while time.monotonic() < deadline:
        seen |= set(small.states())
        time.sleep(0.1)
    assert set(small.states()) == {"online"}
    assert "offline" not in seen
