"""A village of the running demo for tests of its kiosk: a kiosk on a terminal, the county's desk, the reader's card."""

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from demo.processes import start, stop, tool
from station.devices.reader.control import Lift, Order, Place, steer
from tests.end_to_end.running import RunningDemo
from tests.hub_api import HubApi
from tests.terminal import Terminal
from tests.waiting import wait_for

ESC, F1, F4, F5, F12 = "\x1b", "\x1bOP", "\x1bOS", "\x1b[15~", "\x1b[24~"
ENTER: Final = "\r"
HOME: Final = "请刷身份证"
BY: Final = ("--by", "测试员")

Way = Iterable[tuple[str, str]]
"""Keys, and what the screen shows after them."""


class Town:
    """What a test does in village and county."""

    def __init__(self, demo: RunningDemo) -> None:
        self.demo = demo
        self.api: HubApi = demo.api
        self.station = demo.station
        self.folder = Path(demo.facts["station_config"]).parent
        self.hub_process: subprocess.Popen[bytes] | None = None
        self._kiosk: Terminal | None = None

    @contextmanager
    def kiosk(
        self, *settings: str, first: Sequence[str] = (), env: Mapping[str, str] | None = None
    ) -> Iterator[Terminal]:
        """Give the kiosk at its first screen; `settings` go into its file's [kiosk], `first` before all sections.

        One that was left at its first screen, as villagers leave it, is used again.
        """
        if settings or first or env:
            self.end_kiosk()
            with Terminal(self.command(*settings, first=first), env=env) as terminal:
                terminal.wait_for(HOME, within_s=30)
                yield terminal
            return
        if self._kiosk is None:
            self._kiosk = Terminal(self.command())
            self._kiosk.wait_for(HOME, within_s=30)
        try:
            yield self._kiosk
        finally:
            if HOME not in self._kiosk.text() or self._kiosk.process.poll() is not None:
                self.lift()
                self.end_kiosk()

    def end_kiosk(self) -> None:
        """End the kiosk that would be used again."""
        if self._kiosk is not None:
            self._kiosk.close()
            self._kiosk = None

    def command(self, *settings: str, first: Sequence[str] = ()) -> list[str]:
        """Return the kiosk's command line, with a file of its own beside the station's where it says other things."""
        config = Path(self.demo.facts["station_config"])
        if settings or first:
            names = {line.partition(" = ")[0] for line in (*settings, *first)}
            lines = [line for line in config.read_text("utf-8").splitlines() if line.partition(" = ")[0] not in names]
            at = lines.index("[kiosk]") + 1
            lines[at:at] = settings
            config = config.with_name("kiosk.toml")
            config.write_text("\n".join([*first, *lines]), "utf-8")
        return [tool("station"), "kiosk", "--config", str(config)]

    def card(self, order: Order) -> None:
        """Place or lift the resident's card."""
        steer(Path(self.demo.facts["reader_control"]), order)

    def place(self) -> None:
        self.card(Place())

    def lift(self) -> None:
        self.card(Lift())

    def hub(self, *arguments: str, right: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `hub …` at the county's desk."""
        group, name, *rest = arguments
        command = [tool("hub"), group, name, "--config", self.demo.facts["hub_config"], *rest]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert (done.returncode == 0) is right, done.stderr
        return done

    def visits(self) -> dict[str, dict[str, Any]]:
        """Return the visits that the county has of this village, by number."""
        return {visit["number"]: visit for visit in self.api.visits() if visit["station"] == self.station}

    def visit(self, number: str, within_s: float = 15.0) -> dict[str, Any]:
        """Return the visit once the county has it."""
        path = f"/api/v1/visits?station={self.station}"

        def there(page: Any) -> bool:
            return any(visit["number"] == number for visit in page["visits"])

        page = self.api.wait_for(path, there, within_s)
        return dict(next(visit for visit in page["visits"] if visit["number"] == number))

    def opened(self, number: str) -> dict[str, Any]:
        """Return the visit with everything that was sealed, as somebody at the county reads it."""
        why = ("--reason", "端到端测试")
        return dict(
            json.loads(self.hub("visits", "open", number, "--station", self.station, *BY, *why, "--json").stdout)
        )

    def stop_hub(self) -> None:
        pid = self.demo.facts["pids"]["hub"]
        if self.hub_process is not None:
            stop(self.hub_process)
        else:
            os.kill(pid, 15)
            wait_for(lambda: self.api.get_or_none("/healthz") is None, "the hub is down")

    def start_hub(self) -> None:
        command = [tool("hub"), "run", "--config", self.demo.facts["hub_config"]]
        self.hub_process = start(command, self.demo.state / "log" / "hub.log")
        self.api.wait_healthy()

    def close(self) -> None:
        self.end_kiosk()
        if self.hub_process is not None:
            stop(self.hub_process)

    def files_with(self, *secrets: str) -> list[str]:
        """Return the demo's files in which one of `secrets` stands in clear, in any of three writings."""
        forms = [
            form
            for text in secrets
            for form in (text.encode(), text.encode("utf-16-le"), json.dumps(text).strip('"').encode())
        ]
        files = [file for file in sorted(self.demo.state.rglob("*")) if file.is_file()]
        assert len(files) > 20
        return [str(file.relative_to(self.demo.state)) for file in files if _holds(file, forms)]


def _holds(file: Path, forms: list[bytes]) -> bool:
    try:
        data = file.read_bytes()
    except FileNotFoundError:  # renamed or removed meanwhile
        return False
    return any(form in data for form in forms)


def walk(kiosk: Terminal, way: Way, within_s: float = 10.0) -> str:
    """Press key after key, each once what the one before leads to is shown; return the last screen."""
    screen = ""
    for keys, shown in way:
        kiosk.press(keys)
        screen = kiosk.wait_for(shown, within_s=within_s)
    return screen


def number_on(screen: str) -> str:
    """Return the 受理编号 on the screen."""
    return str(re.findall(r"\d\d-\d{5,9}-\d", screen)[0])
