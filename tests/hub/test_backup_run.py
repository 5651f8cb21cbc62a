"""A real hub on a real broker: backed up while it works, restored when it is stopped, and stations go on."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.processes import tool
from tests.county import County
from tests.hub.test_run import Station, running_hub, stored_seqs
from tests.waiting import wait_for


@pytest.fixture
def station(county: County) -> Iterator[Station]:
    one = Station(county)
    yield one
    one.leave()


def does(county: County, command: str, file: Path) -> subprocess.CompletedProcess[str]:
    words = [tool("hub"), command, "--config", county.hub_config, str(file), "--by", "测试管"]
    return subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.slow
def test_a_county_is_backed_up_restored_and_goes_on(county: County, station: Station) -> None:
    file = county.folder / "county.zip"
    with running_hub(county):
        wait_for(lambda: station.hub_is(True), "the hub says it is there")
        station.be_born()
        station.send(1, 40)
        wait_for(lambda: station.receipted(40), "the receipt")
        made = does(county, "backup", file)
        assert made.returncode == 0, made.stderr
        station.send(41, 50)
        wait_for(lambda: station.receipted(50), "the hub goes on")
        refused = does(county, "restore", file)
        assert refused.returncode == 1
        assert "E-BAK-04" in refused.stderr
        station.send(51, 51)
        wait_for(lambda: station.receipted(51), "and takes no harm by the refusal")
    restored = does(county, "restore", file)
    assert restored.returncode == 0, restored.stderr
    assert stored_seqs(county) == list(range(1, 41))
    with running_hub(county):
        wait_for(lambda: len(station.hub) > 2 and station.hub_is(True), "the hub is back")
        station.receipts.clear()
        station.be_born(boot=2)
        wait_for(lambda: station.receipts and station.receipts[-1].seq == 40, "it says what it has")
        station.send(52, 60, after=51)
        wait_for(lambda: station.receipted(60), "what the station still held is taken, past the gap")
    assert stored_seqs(county) == [*range(1, 41), *range(52, 61)]
    (beside,) = (county.folder / "hub").glob("hub.sqlite3.before-*")
    assert beside.stat().st_mode & 0o077 == 0
