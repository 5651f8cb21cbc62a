"""How fast the county knows, and whether it is ever told a lie: three real agents, one hub, one broker."""

import signal
import time
from contextlib import ExitStack
from pathlib import Path

from tests.bench.table import Figure
from tests.end_to_end.small_county import SmallCounty

KEEPALIVE_S = 4
TRIES = 5


def measure(folder: Path) -> list[Figure]:
    """Kill, silence and cut, and time what the interface says."""
    small = SmallCounty(folder / "county", keepalive_s=KEEPALIVE_S)
    with ExitStack() as stack:
        stack.callback(small.county.stop_broker)
        for part in (small.hub, *small.agents):
            stack.callback(part.down)
        small.up()
        killed_s = max(_killed(small) for _ in range(TRIES))
        silent_s = max(_silent(small) for _ in range(TRIES))
        unknown_s, offline = _broker_stopped(small)
    limit_s = 1.75 * KEEPALIVE_S + 1
    worst = f"worst of {TRIES}, seen by polling the interface"
    return [
        Figure("killed station is offline after", killed_s, "s", 5, f"kill -9 of the agent, {worst}"),
        Figure(
            "silent station is offline after", silent_s, "s", limit_s, f"SIGSTOP, keepalive {KEEPALIVE_S} s, {worst}"
        ),
        Figure("stopped broker: all unknown after", unknown_s, "s", None, "broker stopped"),
        Figure("stopped broker: called offline", offline, "stations", 0, "at any poll for 1.75 keepalive + 3 s"),
    ]


def _killed(small: SmallCounty) -> float:
    begun = time.monotonic()
    small.agents[0].signal(signal.SIGKILL)
    small.api.wait_state(small.codes[0], "offline")
    taken_s = time.monotonic() - begun
    small.agents[0].up()
    small.all_online()
    return taken_s


def _silent(small: SmallCounty) -> float:
    begun = time.monotonic()
    small.agents[1].signal(signal.SIGSTOP)
    small.api.wait_state(small.codes[1], "offline")
    taken_s = time.monotonic() - begun
    small.agents[1].signal(signal.SIGCONT)
    small.all_online()
    return taken_s


def _broker_stopped(small: SmallCounty) -> tuple[float, int]:
    begun = time.monotonic()
    small.county.stop_broker()
    unknown_s = float("inf")
    offline = 0
    while time.monotonic() < begun + 1.75 * KEEPALIVE_S + 3:
        states = small.states()
        offline = max(offline, states.count("offline"))
        if set(states) == {"unknown"}:
            unknown_s = min(unknown_s, time.monotonic() - begun)
        time.sleep(0.05)
    small.county.start_broker()
    small.all_online()
    return unknown_s, offline
