"""One running demo for all tests of the kiosk."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.processes import stop, tool
from station.settings import Settings
from tests.end_to_end.kiosk.town import Town
from tests.end_to_end.kiosk.villager import SERVICE_CARD
from tests.end_to_end.running import start_demo
from tests.few_words import give_few_words
from wire.settings import load_settings


@pytest.fixture(scope="package")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("kiosk")
    picture = folder / "card.png"
    subprocess.run([tool("station"), "service-card", SERVICE_CARD, "--out", str(picture)], check=True, timeout=20)
    demo = start_demo(folder / "state", "--stations", "2", "--camera", f"simulated:?card={picture}")
    give_few_words(load_settings(Path(demo.facts["station_config"]), Settings))
    running = Town(demo)
    yield running
    running.close()
    stop(demo.process, within_s=15)
