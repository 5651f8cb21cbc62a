"""From a town's cut to its one incident on the wall: a whole town is one process, killed; the wall's stream is read."""

import http.client
import json
import time
from pathlib import Path
from typing import Any

from firmware_config.county import Village
from tests.bench.table import Figure
from tests.end_to_end.county_of_towns import CountyOfTowns

TOWNS, VILLAGES_EACH, CUTS = 8, 6, 4
"""More cuts would be half the county: another cause."""


def measure(folder: Path) -> list[Figure]:
    """Cut one town after the other and time the frame that tells of it."""
    villages = [
        Village(f"9999991{town:02d}{unit:03d}", f"测试{town}镇第{unit}村", f"测试{town}镇")
        for town in range(1, TOWNS + 1)
        for unit in range(1, VILLAGES_EACH + 1)
    ]
    county = CountyOfTowns(folder / "county", villages)
    try:
        county.up()
        taken_s = [_cut(county, town) for town in list(county.towns)[:CUTS]]
        time.sleep(60)
        told = len(county.api.get("/api/v1/incidents?kind=down")["incidents"])
    finally:
        county.down()
    how = f"{CUTS} towns of {VILLAGES_EACH} villages, of {TOWNS}: kill -9 of a town's process to the frame of /live"
    return [
        Figure("a town's cut to its incident on the wall, worst", max(taken_s), "s", 5, how),
        Figure("the same, best", min(taken_s), "s", None, how),
        Figure("incidents of these cuts", told, "incidents", CUTS, "the interface, a minute later"),
    ]


def _cut(county: CountyOfTowns, town: str) -> float:
    stream = http.client.HTTPConnection("127.0.0.1", county.county.ports.web, timeout=30)
    stream.request("GET", "/live", headers={"Authorization": f"Bearer {county.county.api_token}"})
    frames = stream.getresponse()
    begun_s = time.monotonic()
    county.cut(town)
    while not _tells_of(_frame(frames), town):
        pass
    taken_s = time.monotonic() - begun_s
    stream.close()
    return taken_s


def _frame(frames: http.client.HTTPResponse) -> dict[str, Any]:
    while True:
        line = frames.readline()
        if line.startswith(b"data: "):
            return dict(json.loads(line.removeprefix(b"data: ")))


def _tells_of(frame: dict[str, Any], town: str) -> bool:
    return any((one["kind"], one["scope"], one["name"]) == ("down", "town", town) for one in frame.get("incidents", ()))
