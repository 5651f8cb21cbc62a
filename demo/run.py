"""Brings a county up part by part, says so, and takes it down again in reverse."""

import json
import subprocess
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from demo.accounts import Accounts
from demo.county_map import made_up_map
from demo.plan import Plan
from demo.processes import ENDS_WITH_US, READY_WITHIN_S, ProcessError, own_user, start, start_broker, stop, tail, tool
from demo.trust import BrokerTrust
from firmware_config.county import add_station, make_county
from hub.settings import WebSettings
from station.settings import CameraSettings, ReaderSettings
from wire.durable import write_atomically

KEEPALIVE_S = 10
BEAT_EVERY_S = 5.0
VISITS_PER_HOUR = 2.0
"""Of each simulated village: 248 of them make a visit every seven seconds."""


LIBRARY: Final = Path(__file__).parent / "library"
"""Documents of a county that is nowhere, by people who are nobody."""


class Demo:
    """The parts that run, by name; everything started is stopped by the stack, last first."""

    def __init__(
        self, plan: Plan, stack: ExitStack, say: Callable[[str], None], progress: Callable[[int, int], None]
    ) -> None:
        """Take the plan, the stack that will stop what is started, and where to tell of steps and of progress."""
        self.plan = plan
        self.stack = stack
        self.say = say
        self.progress = progress
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        self._late: list[str] = []
        self.station = plan.villages[0]
        self.token = ""
        self.accounts = Accounts(plan.county / "hub" / "hub.toml", say)

    def bring_up(self) -> None:
        """Start every part, each after what it needs answers.

        Raises ProcessError when a part does not come up.
        """
        plan = self.plan
        self.say(f"county 建县: {plan.county_name}, {len(plan.villages)} villages; keys and certificates")
        config = self._lay_out()
        self.say(f"broker 消息服务器 (mosquitto, TLS): port {plan.ports.mqtt}")
        self._keep("broker", start_broker(plan.county, plan.ports.mqtt, plan.log / "broker.log"))
        self.say(f"hub 县级中心: {self.web_url}")
        hub = self._start("hub", [tool("hub"), "run", "--config", plan.county / "hub" / "hub.toml"])
        self._wait(hub, "hub", lambda: self._get("/healthz") is not None)
        self.accounts.begin()
        self.say("library 下发资料")
        library = self._publish(LIBRARY)
        if plan.reader is None:
            self.say("simulated ID-card reader 模拟读卡器")
            command = [tool("station"), "reader", "simulate", "--link", plan.reader_link]
            reader = self._start("reader", [*command, "--control", plan.reader_control])
            self._wait(reader, "reader", lambda: plan.reader_link.exists() and plan.reader_control.exists())
        self.say(f"station 站点 {self.station.code} {self.station.name}")
        agent = self._start("agent", [tool("station"), "agent", "--config", config])
        if len(plan.villages) > 1:
            self.say(f"fleet 其余站点: {len(plan.villages) - 1}")
            self._start("fleet", self._fleet_command())
        self._wait(agent, "agent", lambda: self._online() >= 1)
        self._wait(self.parts.get("fleet", agent), "fleet", self._all_online)
        self.accounts.wait()
        if library.wait(READY_WITHIN_S):
            raise ProcessError(f"E-DEMO-02 library: not published 资料未能下发; see {tail(plan.log / 'library.log')}")

    def show_kiosk(self) -> subprocess.Popen[bytes]:
        """Start the kiosk in this terminal."""
        config = self.plan.county / "stations" / self.station.code / "station.toml"
        command = [tool("station"), "kiosk", "--demo", "--config", str(config)]
        if self.plan.reader is None:
            command += ["--demo-reader", str(self.plan.reader_control)]
        kiosk = subprocess.Popen([*ENDS_WITH_US, *command])
        self.parts["kiosk"] = kiosk
        self.stack.callback(self._say_late)
        self.stack.callback(_end_kiosk, kiosk)
        return kiosk

    def write_summary(self) -> None:
        """Write demo.json: where everything is, for scripts."""
        plan = self.plan
        summary = {
            "web_url": self.web_url,
            "mqtt_port": plan.ports.mqtt,
            "ca_file": str(plan.county / "ca.crt"),
            "api_token": self.token,
            "accounts": self.accounts.names,
            "password": self.accounts.password,
            "station": self.station.code,
            "station_config": str(plan.county / "stations" / self.station.code / "station.toml"),
            "hub_config": str(plan.county / "hub" / "hub.toml"),
            "reader_port": plan.reader or str(plan.reader_link.resolve()),
            "reader_control": None if plan.reader else str(plan.reader_control),
            "pids": {name: process.pid for name, process in self.parts.items()},
        }
        text = json.dumps(summary, ensure_ascii=False, indent=2) + "\n"
        write_atomically(plan.state / "demo.json", text.encode(), mode=0o600)

    def wait(self) -> None:
        """Return when the time is over, the kiosk was left, or a part that must run has ended (says which)."""
        deadline = None if self.plan.seconds is None else time.monotonic() + self.plan.seconds
        ended: set[str] = set()
        trust = BrokerTrust(self.plan.county, self.parts["broker"].pid, self._tell)
        while deadline is None or time.monotonic() < deadline:
            for name, process in self.parts.items():
                if name not in ended and process.poll() is not None:
                    if name == "kiosk":
                        return
                    ended.add(name)
                    self._tell(f"✗ {name} ended with {process.returncode} 已退出; log: {self.plan.log / name}.log")
            trust.look()
            time.sleep(0.1)

    def _tell(self, told: str) -> None:
        if "kiosk" in self.parts:
            self._late.append(told)  # this terminal is the villager's screen
        else:
            self.say(told)

    def _say_late(self) -> None:
        for told in self._late:
            self.say(told)

    def say_how_to_look(self) -> None:
        """Say where wall and console are, and by what to sign in; the password is printed this once."""
        self.say(f"wall 墙屏 {self.web_url}  ({self.plan.state}/demo.json)")
        self.say(f"sign in 登录: {' | '.join(self.accounts.names)}; password 密码 {self.accounts.password}")

    @property
    def web_url(self) -> str:
        """Where the wall is."""
        return f"http://127.0.0.1:{self.plan.ports.web}/"

    def _lay_out(self) -> str:
        plan = self.plan
        map_ = made_up_map(Counter(village.town for village in plan.villages))
        write_atomically(plan.county / "hub" / "county.geojson", json.dumps(map_, ensure_ascii=False).encode())
        web = WebSettings("api.token", plan.ports.listen or "127.0.0.1", plan.ports.web, map_file="county.geojson")
        ca = make_county(
            plan.county,
            plan.villages,
            county_name=plan.county_name,
            ports=plan.ports,
            broker_user=own_user(),
            hub_overrides={"web": web},
        )
        self.token = (plan.county / "hub" / "api.token").read_text().strip()
        timing: dict[str, object] = {"keepalive_s": KEEPALIVE_S, "beat_every_s": BEAT_EVERY_S, "reconnect_max_s": 5.0}
        for village in plan.villages[1:]:
            add_station(plan.county, ca, village, ports=plan.ports, broker_overrides=timing)
        return str(
            add_station(
                plan.county,
                ca,
                self.station,
                ports=plan.ports,
                cameras=[CameraSettings("main", plan.camera)],
                reader=ReaderSettings(plan.reader or str(plan.reader_link)),
                broker_overrides=timing,
            )
        )

    def _fleet_command(self) -> list[str]:
        command = [tool("station"), "fleet", "--stations", str(len(self.plan.villages) - 1)]
        command += ["--county-dir", str(self.plan.county), "--except", self.station.code]
        command += ["--keepalive", str(KEEPALIVE_S), "--beat-every", str(BEAT_EVERY_S)]
        command += ["--visits-per-hour", str(VISITS_PER_HOUR), "--seed", "1"]
        return [*command, "--faults", self.plan.faults] if self.plan.faults else command

    def _publish(self, folder: Path) -> subprocess.Popen[bytes]:
        """Begin to publish a folder of documents, as somebody at the county would."""
        options = ["--config", str(self.plan.county / "hub" / "hub.toml"), "--by", "演示 demo"]
        process = start([tool("hub"), "library", "publish", *options, folder], self.plan.log / "library.log")
        self.stack.callback(stop, process)
        return process

    def _start(self, name: str, command: Sequence[object]) -> subprocess.Popen[bytes]:
        return self._keep(name, start([str(part) for part in command], self.plan.log / f"{name}.log"))

    def _keep(self, name: str, process: subprocess.Popen[bytes]) -> subprocess.Popen[bytes]:
        self.parts[name] = process
        self.stack.callback(stop, process)
        return process

    def _wait(self, process: subprocess.Popen[bytes], name: str, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + READY_WITHIN_S + len(self.plan.villages) / 20
        log = self.plan.log / f"{name}.log"
        while not ready():
            if process.poll() is not None:
                raise ProcessError(f"E-DEMO-02 {name} ended at once with {process.returncode}; see {tail(log)}")
            if time.monotonic() > deadline:
                raise ProcessError(f"E-DEMO-02 {name} did not come up in time 未能按时启动; see {tail(log)}")
            time.sleep(0.05)

    def _online(self) -> int:
        summary = self._get("/api/v1/summary")
        return int(summary["stations"]["online"]) if summary else 0

    def _all_online(self) -> bool:
        online, total = self._online(), len(self.plan.villages)
        self.progress(online, total)
        return online >= total or bool(self.plan.faults)

    def _get(self, path: str) -> dict[str, dict[str, int]] | None:
        request = urllib.request.Request(
            self.web_url.rstrip("/") + path, headers={"Authorization": f"Bearer {self.token}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=2) as answer:
                body: dict[str, dict[str, int]] = json.load(answer)
                return body
        except (OSError, ValueError, urllib.error.URLError):
            return None


def _end_kiosk(kiosk: subprocess.Popen[bytes]) -> None:
    if kiosk.poll() is None:
        kiosk.terminate()
        try:
            kiosk.wait(3)
        except subprocess.TimeoutExpired:
            kiosk.kill()
            kiosk.wait()
