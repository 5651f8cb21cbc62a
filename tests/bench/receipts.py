"""From a villager's confirmation to the county's receipt, on a county of one station."""

import statistics
import time
from pathlib import Path

from demo.processes import tool
from station.clock import Clock
from station.number import visit_number
from station.store.spool import Spool
from tests.bench.table import Figure
from tests.end_to_end.villager import MESSAGE
from tests.online_station import online_station
from tests.terminal import Terminal
from wire.records import Visit

VISITS = 300
PAUSE_S = 0.1
WALKS = 60
"""Visits made with keys at a real kiosk."""


def measure(folder: Path) -> list[Figure]:
    """Save visits one by one, as the kiosk does, and time each until its receipt has trimmed the outbox."""
    with online_station(folder) as station:
        taken_ms = sorted(_one(station.spool) for _ in range(VISITS))
        with Terminal([tool("station"), "kiosk", "--config", str(station.config)]) as kiosk:
            walked_ms = sorted(_walk(kiosk, station.spool) for _ in range(WALKS))
    how = (
        f"{VISITS} visits {PAUSE_S} s apart: append begun to outbox trimmed; kiosk's store, agent, broker, hub all real"
    )
    walk = f"{WALKS} anonymous messages at a real kiosk in a pty, from the key pressed to outbox trimmed"
    return [
        Figure("confirm to receipt, p50", statistics.median(taken_ms), "ms", None, how),
        Figure("confirm to receipt, p99", taken_ms[int(len(taken_ms) * 0.99)], "ms", 250, how),
        Figure("key on 确认 to receipt, p50", statistics.median(walked_ms), "ms", None, walk),
        Figure("key on 确认 to receipt, p99", walked_ms[int(len(walked_ms) * 0.99)], "ms", 250, walk),
    ]


def _walk(kiosk: Terminal, spool: Spool) -> float:
    """Make an anonymous visit with keys; time from the confirming key until its receipt has trimmed the outbox."""
    kiosk.wait_for("不刷卡继续", within_s=20)
    before = spool.trimmed_to()
    kiosk.press("1")
    kiosk.wait_for("请选择要办的事")
    for _, key, shown in MESSAGE:
        kiosk.press(key)
        kiosk.wait_for(shown)
    time.sleep(PAUSE_S)
    begun = time.monotonic()
    kiosk.press("2")
    while spool.trimmed_to() == before and time.monotonic() - begun < 30:
        time.sleep(0.002)
    taken_ms = (time.monotonic() - begun) * 1000
    kiosk.wait_for("受理编号")
    kiosk.press("4")
    kiosk.wait_for("谢谢您")
    kiosk.press("1")
    return taken_ms


def _one(spool: Spool) -> float:
    begun = time.monotonic()
    seq = spool.append(
        lambda seq: Visit(
            number=visit_number(spool.epoch, seq), service="legal_advice", who="anonymous", language="zh"
        ),
        Clock().now(),
    )
    while spool.trimmed_to() < seq:
        time.sleep(0.002)
        if time.monotonic() - begun > 30:
            break
    taken_ms = (time.monotonic() - begun) * 1000
    time.sleep(PAUSE_S)
    return taken_ms
