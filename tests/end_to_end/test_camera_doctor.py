"""A camera goes black in a village: the county knows within seconds, loses nothing, and may look, which is logged."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from demo.processes import tool
from station.devices.camera.bench.film import encode
from station.settings import CameraSettings
from station.store.spool import FILE_NAME, Spool
from station.vision import scenes
from tests.county import County
from tests.end_to_end.small_county import Part
from tests.hub_api import HubApi
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

FRAMES_PER_S = 5
BLACK_AFTER_S = (3, 10)
"""In the first village and in the second; then for longer than the test lasts."""
BLACK_S = 60
KNOWN_WITHIN_S = 10.0
"""3 s until the doctor is sure, the rest for a machine that is busy."""
BEAT_EVERY_S = 60.0
"""Nobody waits for it: what changed brings the next beat forward."""
WHO = ("--by", "测试员", "--reason", "核实黑屏")


def film(path: Path, black_after_s: int) -> Path:
    """Draw a room that turns black."""
    scene = scenes.draw("office", 4)
    seen = [scenes.at(scene, number / FRAMES_PER_S) for number in range(black_after_s * FRAMES_PER_S)]
    black = [np.zeros_like(seen[0])] * (BLACK_S * FRAMES_PER_S)
    encode([*seen, *black], FRAMES_PER_S, 400, path)
    return path


class Villages:
    """Two real agents with a real worker each, a real broker and a real hub."""

    def __init__(self, folder: Path) -> None:
        self.county = County(folder / "county")
        self.codes = [village.code for village in self.county.villages[:2]]
        configs = [
            self.county.station(
                index,
                cameras=[CameraSettings("hall.1", str(film(folder / f"film{index}.ts", black_after_s)))],
                beat_every_s=BEAT_EVERY_S,
                reconnect_max_s=0.5,
                rebirth_spread_s=0.1,
            )
            for index, black_after_s in enumerate(BLACK_AFTER_S)
        ]
        self.states = [config.parent / "state" for config in configs]
        log = folder / "log"
        self.agents = [
            Part(log / f"agent{index}.log", tool("station"), "agent", "--config", config)
            for index, config in enumerate(configs)
        ]
        self.hub = Part(log / "hub.log", tool("hub"), "run", "--config", self.county.hub_config)
        self.api = HubApi(f"http://127.0.0.1:{self.county.ports.web}", self.county.api_token)

    def video(self, index: int, word: str) -> Any:
        """Return the station once the county says so of its video."""
        path = f"/api/v1/stations/{self.codes[index]}"
        return self.api.wait_for(path, lambda answer: answer["video"] == word, within_s=40)

    def faults(self, index: int) -> list[dict[str, Any]]:
        return list(self.api.get(f"/api/v1/stations/{self.codes[index]}/faults")["faults"])

    def camera(self, *arguments: object) -> Any:
        """Run `hub camera …` and return what it prints as JSON."""
        command, *rest = (str(one) for one in arguments)
        done = subprocess.run(
            [tool("hub"), "camera", command, "--config", str(self.county.hub_config), *rest, "--json"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def villages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Villages]:
    with ExitStack() as stack:
        villages = Villages(tmp_path_factory.mktemp("black"))
        stack.callback(villages.county.stop_broker)
        for part in (villages.hub, *villages.agents):
            stack.callback(part.down)
        villages.county.start_broker()
        villages.hub.up()
        villages.api.wait_healthy()
        for agent in villages.agents:
            agent.up()
        yield villages


def test_the_county_knows_within_seconds_that_a_picture_is_black(villages: Villages) -> None:
    villages.video(0, "ok")
    answer = villages.video(0, "fault")
    known_ms = time.time() * 1000
    (camera,) = [device for device in answer["devices"] if device["device"] == "camera/hall.1"]
    assert (camera["state"], camera["code"]) == ("failed", "E-VQD-03")
    wait_for(lambda: villages.faults(0), "the record in the ledger")
    (fault,) = villages.faults(0)
    assert (fault["camera"], fault["kind"], fault["state"]) == ("hall.1", "black", "open")
    assert known_ms - fault["raised_ms"] < KNOWN_WITHIN_S * 1000


def test_an_outage_of_the_line_during_the_change_loses_nothing(villages: Villages) -> None:
    villages.video(1, "ok")
    villages.county.stop_broker()
    spool = Spool.open(villages.states[1] / FILE_NAME)
    try:
        wait_for(lambda: b"black" in waiting(spool), "the fault recorded without a line", 30)
        assert villages.faults(1) == []
        villages.county.start_broker()
        villages.video(1, "fault")
        wait_for(lambda: spool.depth().records == 0, "all of it at the hub")
    finally:
        spool.close()
    (fault,) = villages.faults(1)
    assert (fault["kind"], fault["state"], fault["cleared_ms"]) == ("black", "open", None)


def waiting(spool: Spool) -> bytes:
    return b"".join(bytes(record.body) for record in spool.pending(0, most=50, most_bytes=10**6))


def test_a_still_asked_for_is_a_jpeg_and_who_looked_is_logged(villages: Villages, tmp_path: Path) -> None:
    file = tmp_path / "still.jpg"
    order = villages.camera("still", villages.codes[0], *WHO, "--out", file)
    picture = cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape[:2] == (order["height_px"], order["width_px"])
    assert picture.mean() < 20
    (kept,) = villages.camera("pictures")
    assert [(viewing["who"], viewing["reason"]) for viewing in kept["viewings"]] == [("测试员", "核实黑屏")]


def test_the_fault_s_own_picture_was_kept_sealed_and_comes_when_asked_for(villages: Villages) -> None:
    (sealed,) = (villages.states[0] / "thumbnails").iterdir()
    order = villages.camera("thumbnail", villages.codes[0], *WHO)
    assert (order["camera"], order["fault"], order["outcome"]) == ("hall.1", "black", "done")
    assert sealed.name == "hall%2E1.sealed"
    assert b"\xff\xd8\xff" not in sealed.read_bytes()
