"""kill -9 of hub, broker and agents at seeded random moments while visits are saved: none lost, none twice."""

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from demo.processes import start, stop, tool
from station.clock import Clock
from station.number import visit_number
from station.store.spool import FILE_NAME, Spool
from tests.county import County
from tests.hub_api import HubApi
from wire.records import Visit

DRAINED_WITHIN_S = 5.0
"""The target; waiting goes on past it so that a miss is measured, not only seen."""
PATIENCE_S = 60.0


@dataclass
class Outcome:
    """What the campaign saw."""

    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    saved: int = 0
    lost: int = 0
    twice: int = 0
    foreign: int = 0
    """Visits at the hub that no kiosk saved."""
    drained_s: float = 0.0

    def line(self) -> str:
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        return (
            f"seed {self.seed}: {self.kills.total()} kills ({kills}); {self.saved} records saved, {self.lost} lost, "
            f"{self.twice} twice, {self.foreign} foreign; drained {self.drained_s:.2f} s after the last restart"
        )


class Kiosks:
    """Saves visits at `per_s` in turn over the stations' spools, and keeps the ledger of what was said saved."""

    def __init__(self, spools: dict[str, Path], per_s: float) -> None:
        self.ledger: list[tuple[str, str]] = []
        self._spools = spools
        self._pause_s = 1 / per_s
        self._over = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._save)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        self._over.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def _save(self) -> None:
        try:
            self._save_in_turn()
        except Exception as failure:  # noqa: BLE001 - told by `finish`
            self._failure = failure

    def _save_in_turn(self) -> None:
        clock = Clock()
        spools = {station: Spool.open(path) for station, path in self._spools.items()}
        try:
            while True:
                for station, spool in spools.items():
                    if self._over.wait(self._pause_s):
                        return
                    seq = spool.append(lambda seq, epoch=spool.epoch: _visit(epoch, seq), clock.now())
                    self.ledger.append((station, visit_number(spool.epoch, seq)))
        finally:
            for spool in spools.values():
                spool.close()


def _visit(epoch: str, seq: int) -> Visit:
    return Visit(number=visit_number(epoch, seq), service="legal_advice", who="anonymous", language="zh")


class Parts:
    """Every process of the county that may be killed, by name."""

    def __init__(self, county: County, stations: int) -> None:
        self.county = county
        configs = {
            county.villages[i].code: county.station(i, rebirth_spread_s=0.5, reconnect_max_s=1.0)
            for i in range(stations)
        }
        self.spools = {code: config.parent / "state" / FILE_NAME for code, config in configs.items()}
        self._starters: dict[str, Callable[[], subprocess.Popen[bytes]]] = {
            "broker": self._start_broker,
            "hub": lambda: self._start("hub", "hub", "run", "--config", county.hub_config),
        }
        for code, config in configs.items():
            self._starters[f"agent {code}"] = lambda config=config: self._start(
                "agent", "station", "agent", "--config", config
            )
        self.names = list(self._starters)
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def up(self, name: str) -> None:
        self._running[name] = self._starters[name]()

    def kill(self, name: str) -> None:
        """kill -9 the process and whatever it started."""
        process = self._running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def down(self) -> None:
        for process in reversed(self._running.values()):
            stop(process)

    def _start_broker(self) -> subprocess.Popen[bytes]:
        self.county.start_broker()
        assert self.county.broker is not None
        return self.county.broker

    def _start(self, log: str, command: str, *arguments: object) -> subprocess.Popen[bytes]:
        return start([tool(command), *(str(part) for part in arguments)], self.county.folder / "log" / f"{log}.log")


def run_campaign(
    folder: Path,
    *,
    seed: int,
    kills: int,
    stations: int = 4,
    per_s: float = 20.0,
    say: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Run one campaign in `folder`: mosquitto without persistence, `stations` real agents, one hub."""
    draw = random.Random(seed)
    outcome = Outcome(seed)
    county = County(folder, persistence=False)
    parts = Parts(county, stations)
    api = HubApi(f"http://127.0.0.1:{county.ports.web}", county.api_token)
    kiosks = Kiosks(parts.spools, per_s)
    try:
        for name in parts.names:
            parts.up(name)
        api.wait_healthy()
        kiosks.start()
        try:
            for number in range(1, kills + 1):
                time.sleep(draw.uniform(0.05, 1.5))
                name = draw.choice(["hub", "broker", draw.choice(parts.names[2:])])
                parts.kill(name)
                outcome.kills[name.split(maxsplit=1)[0]] += 1
                time.sleep(draw.uniform(0.0, 0.5))
                parts.up(name)
                say(f"{number}/{kills} killed and restarted: {name}")
        finally:
            kiosks.finish()
        restarted = time.monotonic()
        outcome.drained_s = _wait_drained(parts.spools) - restarted
        _compare(outcome, kiosks.ledger, api)
    finally:
        parts.down()
    return outcome


def _wait_drained(spools: dict[str, Path]) -> float:
    deadline = time.monotonic() + PATIENCE_S
    open_spools = [Spool.open(path) for path in spools.values()]
    try:
        while any(spool.depth().records for spool in open_spools) and time.monotonic() < deadline:
            time.sleep(0.02)
        return time.monotonic()
    finally:
        for spool in open_spools:
            spool.close()


def _compare(outcome: Outcome, ledger: list[tuple[str, str]], api: HubApi) -> None:
    api.wait_healthy()
    stored = Counter((visit["station"], visit["number"]) for visit in api.visits())
    saved = set(ledger)
    outcome.saved = len(ledger)
    outcome.lost = len(saved - stored.keys())
    outcome.twice = sum(count - 1 for count in stored.values()) + len(ledger) - len(saved)
    outcome.foreign = len(stored.keys() - saved)
