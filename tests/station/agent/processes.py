"""The agent as a process, with its settings and its spool."""

import os
import subprocess
from collections.abc import Callable

from demo.processes import tool
from station.clock import Clock
from station.store.spool import Spool
from tests.county import County
from wire.records import Rating

FAST = {"keepalive_s": 5, "beat_every_s": 0.5, "reconnect_max_s": 0.5, "rebirth_spread_s": 0.1}


class Station:
    """One station: its settings file, its spool as the kiosk has it, and its agent when it runs."""

    def __init__(self, county: County, index: int = 0, **broker: object) -> None:
        self.config = county.station(index, **{**FAST, **broker})
        self.id = county.villages[index].code
        self.state = self.config.parent / "state"
        self.state.mkdir(exist_ok=True)
        self.spool = Spool.open(self.state / "spool.sqlite3")
        self.log = self.config.parent / "agent.log"
        self.agent: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> None:
        with self.log.open("ab") as log:
            self.agent = subprocess.Popen(
                [tool("station"), "agent", "--config", str(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, **environment},
            )

    def kill(self) -> None:
        assert self.agent is not None
        self.agent.kill()
        self.agent.wait()

    def stop(self) -> int:
        assert self.agent is not None
        self.agent.terminate()
        return self.agent.wait(5)

    def record(self, count: int = 1) -> int:
        seq = 0
        for _ in range(count):
            seq = self.spool.append(lambda seq: Rating(seq, 5), Clock().now())
        return seq

    def drained(self) -> bool:
        return self.spool.depth().records == 0

    def close(self) -> None:
        if self.agent is not None and self.agent.poll() is None:
            self.agent.kill()
            self.agent.wait()
        self.spool.close()


Make = Callable[..., Station]
