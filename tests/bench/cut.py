"""From a town's cut to its one incident on the wall: a whole town is one process, killed; the wall's stream is read."""

import http.client
import json
import signal
import time
from pathlib import Path
from typing import Any

from tests.bench.table import Figure
from tests.end_to_end.three_towns import ThreeTowns

TRIES = 5
TOWN = "测试2镇"


def measure(folder: Path) -> list[Figure]:
    """Cut a town five times and time the frame that tells of it."""
    county = ThreeTowns(folder / "county")
    taken_s = []
    told: list[int] = []
    try:
        county.up()
        for _ in range(TRIES):
            stream = http.client.HTTPConnection("127.0.0.1", county.county.ports.web, timeout=30)
            stream.request("GET", "/live")
            frames = stream.getresponse()
            cut_s = time.monotonic()
            county.fleets[TOWN].signal(signal.SIGKILL)
            while not (shown := _of_town(_frame(frames))):
                pass
            taken_s.append(time.monotonic() - cut_s)
            stream.close()
            time.sleep(3)
            told.append(len(_lasting(county)))
            assert shown
            county.fleets[TOWN].up()
            county.wait_online(len(county.county.villages))
            county.api.wait_for("/api/v1/incidents", lambda _: not _lasting(county), 120)
    finally:
        county.down()
    how = f"{TRIES} cuts of a town of 8 in a county of 24: kill -9 of its process to the frame of /live"
    return [
        Figure("a town's cut to its incident on the wall, worst", max(taken_s), "s", 5, how),
        Figure("the same, best", min(taken_s), "s", None, how),
        Figure("incidents of one cut", max(told), "incidents", 1, "the interface, 3 s later"),
    ]


def _frame(frames: http.client.HTTPResponse) -> dict[str, Any]:
    while True:
        line = frames.readline()
        if line.startswith(b"data: "):
            return dict(json.loads(line.removeprefix(b"data: ")))


def _of_town(frame: dict[str, Any]) -> bool:
    return any(item.get("kind") == "down" and item.get("scope") == "town" for item in frame.get("attention", ()))


def _lasting(county: ThreeTowns) -> list[dict[str, Any]]:
    return [one for one in county.api.get("/api/v1/incidents")["incidents"] if one["recovered_ms"] is None]
