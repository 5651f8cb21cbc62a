"""Figures of a whole county: memory of each process with 248 stations, start-up, and honest states on a hub restart."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from demo.processes import start, stop, tool
from tests.bench.table import Figure
from tests.end_to_end.running import RunningDemo, start_demo
from tests.terminal import Terminal

STATIONS = 248
MB = 1_000_000
SETTLE_S = 20.0
"""Memory is read after this long of beats and visits, not at start."""
KEEPALIVE_S = 10


def measure(folder: Path) -> list[Figure]:
    """Start a demo of 248 stations and measure it."""
    begun = time.monotonic()
    with running_demo(folder / "state") as demo:
        up_s = time.monotonic() - begun
        time.sleep(SETTLE_S)
        figures = [
            Figure(
                "demo of 248 stations, start to all online", up_s, "s", None, "./run demo to demo.json, set up before"
            ),
            Figure("hub memory, 248 stations", rss_mb(demo.facts["pids"]["hub"]), "MB", 150, "RSS of the process"),
            Figure(
                "agent memory with one 720p camera",
                rss_mb(demo.facts["pids"]["agent"]),
                "MB",
                200,
                "RSS, agent and camera process added up",
            ),
            Figure(
                "fleet memory, 247 stations",
                rss_mb(demo.facts["pids"]["fleet"]),
                "MB",
                None,
                "RSS of all its processes",
            ),
            kiosk_memory(demo),
        ]
        return figures + hub_restart(demo)


@contextmanager
def running_demo(state: Path) -> Iterator[RunningDemo]:
    demo = start_demo(state, within_s=120)
    try:
        yield demo
    finally:
        stop(demo.process, within_s=20)


def rss_mb(pid: int) -> float:
    """Return the resident memory of a process and its children, added up."""
    process = psutil.Process(pid)
    return sum(part.memory_info().rss for part in (process, *process.children(recursive=True))) / MB


def kiosk_memory(demo: RunningDemo) -> Figure:
    command = [tool("station"), "kiosk", "--config", demo.facts["station_config"]]
    with Terminal([*command, "--demo", demo.facts["reader_control"]]) as kiosk:
        begun = time.monotonic()
        kiosk.wait_for("身份证", within_s=20)
        shown_s = time.monotonic() - begun
        time.sleep(5)
        return Figure(
            "kiosk memory",
            rss_mb(kiosk.process.pid),
            "MB",
            120,
            f"RSS on its first screen, shown after {shown_s:.2f} s",
        )


def hub_restart(demo: RunningDemo) -> list[Figure]:
    """Kill -9 the hub, start it again, and count stations that are ever called offline."""
    os.killpg(demo.facts["pids"]["hub"], signal.SIGKILL)
    begun = time.monotonic()
    hub = start([tool("hub"), "run", "--config", demo.facts["hub_config"]], demo.state / "log" / "hub-again.log")
    try:
        return _watch_restart(demo, begun)
    finally:
        stop(hub)


def _watch_restart(demo: RunningDemo, begun: float) -> list[Figure]:
    demo.api.wait_healthy()
    healthy_s = time.monotonic() - begun
    most_offline = 0
    all_online_s: float | None = None
    while time.monotonic() < begun + 1.75 * KEEPALIVE_S + 10:
        counts = demo.api.counts()
        most_offline = max(most_offline, counts["offline"])
        if all_online_s is None and counts["online"] == counts["total"]:
            all_online_s = time.monotonic() - begun
        time.sleep(0.2)
    return [
        Figure("hub restart, ready again", healthy_s, "s", None, "kill -9 to /healthz, 248 stations"),
        Figure(
            "hub restart, false offline", most_offline, "stations", 0, "most at any poll until 1.75 keepalive + 10 s"
        ),
        Figure("hub restart, all online", all_online_s or float("inf"), "s", None, "kill -9 to 248 online"),
    ]
