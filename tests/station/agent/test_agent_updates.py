"""The agent out of a slot: it says which release it is, hands an order on, and records what became of it."""

import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import msgspec

from station.store.handover import add_outcome, read_order, read_told
from tests.county import County
from tests.station.agent.processes import Make, Station
from tests.station.small_hub import SmallHub
from tests.test_house import ROOT
from tests.waiting import wait_for
from wire.orders import Command
from wire.release import Release

ARGUMENTS: dict[str, str | int | float | bool] = {"release": "1.2", "sequence": 7, "sha256": "a" * 64, "bytes": 5}


def slot(software: Path) -> Path:
    """Lay out a slot that runs this very source."""
    slot = software / "slots" / "1.1"
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = slot / "lib" / version / "site-packages"
    site.mkdir(parents=True)
    (slot / "bin").mkdir()
    (slot / "bin/python").symlink_to(Path(sys.base_prefix, "bin", version))
    (slot / "pyvenv.cfg").write_text(f"home = {Path(sys.base_prefix, 'bin')}\n")
    (site / "packages.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n")
    (slot / "release.json").write_bytes(msgspec.json.encode(Release("1.1", 6, "3.11", "3.14", "b" * 64)))
    return slot


def start(station: Station, software: Path) -> None:
    with station.log.open("ab") as log:
        station.agent = subprocess.Popen(
            [slot(software) / "bin/python", "-m", "station", "agent", "--config", station.config],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        )


def test_an_order_reaches_the_updater_and_its_outcome_the_hub(county: County, stations: Make, tmp_path: Path) -> None:
    station = stations()
    software = tmp_path / "cuncuntong"
    with SmallHub(county) as hub:
        start(station, software)
        wait_for(lambda: hub.births, "birth")
        assert hub.births[0][1].release == 6
        wait_for(lambda: (told := read_told(station.state)) is not None and told.online, "the updater is told")
        told = read_told(station.state)
        assert told is not None
        assert (told.release, told.calls) == (6, False)
        hub.command(station.id, Command("c1", "update", int((time.time() + 60) * 1000), ARGUMENTS))
        wait_for(lambda: hub.answers, "answer")
        assert (hub.answers[0][1].outcome, hub.answers[0][1].note) == ("done", "1.2")
        order = read_order(station.state)
        assert order is not None
        assert (order.release, order.sequence) == ("1.2", 7)
        add_outcome(software, "E-UPD-11", "1.2")

        def recorded() -> bool:
            bodies = [msgspec.json.decode(msgspec.json.encode(one.body)) for one in hub.records(station.id)]
            return {"device": "software", "code": "E-UPD-11", "note": "1.2", "kind": "device"} in bodies

        wait_for(recorded, "what became of it")
