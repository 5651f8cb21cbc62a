"""Figures of a whole county: memory of each process with 248 stations, start-up, and honest states on a hub restart."""

import os
import signal
import subprocess
import sys
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
MAKE_CLIP = """
import sys, cv2, numpy as np
out = cv2.VideoWriter(sys.argv[1], cv2.VideoWriter.fourcc(*"mp4v"), 25.0, (1280, 720))
draw = np.random.default_rng(1)
scene = cv2.resize(draw.integers(0, 255, (45, 80, 3), np.uint8), (1280, 720))
for number in range(250):
    frame = scene.copy()
    cv2.rectangle(frame, (number * 4, 200), (number * 4 + 120, 420), (30, 160, 220), -1)
    out.write(frame)
out.release()
"""


def measure(folder: Path) -> list[Figure]:
    """Start a demo of 248 stations and measure it."""
    clip = folder / "clip.mp4"
    subprocess.run([sys.executable, "-c", MAKE_CLIP, str(clip)], check=True)
    begun = time.monotonic()
    with running_demo(folder / "state", clip) as demo:
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
                "RSS, agent and camera process added up; the camera is a 720p MPEG-4 file at 25 frames/s",
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
def running_demo(state: Path, clip: Path) -> Iterator[RunningDemo]:
    demo = start_demo(state, "--camera", str(clip), within_s=120)
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
    with Terminal([*command, "--demo", "--demo-reader", demo.facts["reader_control"]]) as kiosk:
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
