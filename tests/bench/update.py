"""A release of this software comes to a station with a real agent and kiosk: how long, how long without a screen."""

import datetime as dt
import shutil
import subprocess
import sys
import sysconfig
import time
from contextlib import ExitStack
from pathlib import Path

from demo.processes import start, stop, tool
from firmware_config.commands.release import CHECKOUT
from firmware_config.release.building import Wish, build
from firmware_config.release.lock import Target
from firmware_config.release.source import read_source
from station.layout import Layout
from station.store.presence import agent_runs
from station.update.run import Updater
from station.update.trying import Site
from station.update.watching import hub_answers
from tests.bench.table import Figure
from tests.county import County
from tests.terminal import Terminal

READY = "不刷卡继续"


class RealOnes:
    """The real agent and kiosk, from whatever `current` leads to."""

    def __init__(self, layout: Layout, config: Path, log: Path) -> None:
        self._station = layout.software / "current/bin/station"
        self._config = config
        self._log = log
        self._agent: subprocess.Popen[bytes] | None = None
        self._kiosk: Terminal | None = None
        self.dark_s = 0.0

    def restart(self) -> None:
        begun = time.monotonic()
        self.stop()
        self._agent = start([self._station, "agent", "--config", self._config], self._log)
        self._kiosk = Terminal([str(self._station), "kiosk", "--config", str(self._config)])
        self._kiosk.wait_for(READY, within_s=60)
        self.dark_s = time.monotonic() - begun

    def agent(self) -> int | None:
        return self._agent.pid if self._agent is not None and self._agent.poll() is None else None

    def kiosk(self) -> int | None:
        running = self._kiosk is not None and self._kiosk.process.poll() is None
        return self._kiosk.process.pid if running and self._kiosk is not None else None

    def starts(self) -> tuple[int, int]:
        return 0, 0

    def stop(self) -> None:
        if self._kiosk is not None:
            self._kiosk.close()
        if self._agent is not None:
            stop(self._agent)


def measure(folder: Path, source: Path = CHECKOUT) -> list[Figure]:
    """Build two releases, install the first, bring the second."""
    county = County(folder / "county")
    config = county.station()
    layout, state = Layout(folder / "root"), config.parent / "state"
    layout.etc.mkdir(parents=True)
    shutil.copyfile(county.folder / "ca.crt", layout.etc / "ca.crt")
    target = Target(f"3.{sys.version_info.minor}", "any")
    now = dt.datetime.now(dt.UTC)
    begun = time.monotonic()
    first, second = (
        build(Wish(read_source(source, version), target, number, 365), county.folder, now)
        for number, version in enumerate(("9.0", "9.1"), 1)
    )
    built_s = (time.monotonic() - begun) / 2
    packages = layout.software / "deps" / first.release.lock
    packages.parent.mkdir(parents=True)
    packages.symlink_to(sysconfig.get_path("purelib"))  # as if they had been installed
    services = RealOnes(layout, config, folder / "agent.log")
    waiting_s, skipped_s = 30.0, [0.0]

    def sleep(s: float) -> None:
        skipped_s[0] += waiting_s if services.dark_s == 0 else 0
        time.sleep(s / 20)

    with ExitStack() as stack:
        county.start_broker()
        stack.callback(county.stop_broker)
        stack.callback(stop, start([tool("hub"), "run", "--config", county.hub_config], folder / "hub.log"))
        stack.callback(services.stop)
        updater = Updater(Site(layout, state, services, lambda: time.monotonic() + skipped_s[0], sleep), "999999", None)
        begun = time.monotonic()
        with first.path.open("rb") as file:
            updater.bring(file)
        staged_s = time.monotonic() - begun
        services.restart()
        deadline = time.monotonic() + 60
        while not (agent_runs(state) and hub_answers(state)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        services.dark_s = 0.0
        begun = time.monotonic()
        with second.path.open("rb") as file:
            ended = updater.bring(file)
        whole_s = time.monotonic() - begun
        assert ended == "kept"
        size = second.path.stat().st_size / 1e6
    how = f"a release of {size:.1f} MB of this software, its packages there; real agent, kiosk in a pty, hub, broker"
    return [
        Figure("build a release", built_s, "s", None, "wheel by setuptools, lock, signed archive"),
        Figure("stage a release", staged_s, "s", 60, f"{how}: verified, unpacked, compiled, every file fsynced"),
        Figure("update: villager without screen", services.dark_s, "s", 15, f"{how}: kiosk stopped to {READY} shown"),
        Figure("update: brought to kept", whole_s, "s", 240, f"{how}: 15 s of steady running and a welcome in it"),
    ]
