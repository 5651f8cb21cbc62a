"""Labels and bundles of a county of 500 stations, as `label mint --all` and `bundle build --all` make them."""

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

from firmware_config.bundle.building import build
from firmware_config.county import Ports, Village, make_county
from firmware_config.inventory import wifi
from firmware_config.inventory.entry import Entry
from firmware_config.inventory.inventory import Inventory
from firmware_config.labels import minting
from station.settings import CameraSettings, ReaderSettings
from tests.bench.table import Figure

STATIONS = 500


def measure(folder: Path) -> list[Figure]:
    """Time a county's labels (sheet and pictures) and bundles, each station with Wi-Fi, reader and camera."""
    villages = [Village(f"9999991{n:05d}", f"测试{n}村", f"测试{n % 14}镇") for n in range(STATIONS)]
    make_county(folder / "county", villages, county_name="测试县", ports=Ports(8883, 8080))
    inventory = Inventory.open(folder / "county")
    wifi.keep_secret(inventory.folder, "village", "secret 123")
    with inventory.changing("import") as draft:
        for village in villages:
            draft.entries[village.code] = Entry(
                *village,
                reader=ReaderSettings("/dev/cuncuntong-reader"),
                cameras=[CameraSettings("hall", "/dev/video0")],
                wifi_ssid="village",
            )
    now = dt.datetime.now(dt.UTC)
    minted = _timed(lambda: minting.mint(inventory, inventory.all(), now, days=90))
    built = _timed(lambda: build(inventory, inventory.all(), now))
    again = _timed(lambda: build(inventory, inventory.all(), now))
    how = f"{STATIONS} stations with Wi-Fi, on this machine's disk"
    return [
        Figure("labels: PDF and PNG", minted, "s", 10, how),
        Figure("bundles built", built, "s", 60, how),
        Figure("bundles built again, unchanged", again, "s", None, how),
    ]


def _timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began
