"""`station firstboot` and `station bundle apply` as a technician runs them."""

import subprocess
from pathlib import Path

from demo.processes import tool
from station.identity.keys import load_identity
from tests.station.firstboot.county import STATION, TOKEN, county, hub_of, written_card


def run(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tool("station"), *words], input=given, capture_output=True, text=True, check=False, timeout=60
    )


def test_first_boot_then_a_newer_and_an_older_bundle(tmp_path: Path) -> None:
    root = tmp_path / "root"
    with hub_of(county()) as hub:
        layout = written_card(root, county().bundle(hub.url, sequence=3))
        done = run("firstboot", "--root", str(root), "--within", "20")
        assert done.returncode == 0, done.stderr
        assert load_identity(layout.station).station == STATION
        assert TOKEN not in done.stdout + done.stderr
        newer, older = tmp_path / "newer.ccb", tmp_path / "older.ccb"
        newer.write_bytes(county().bundle(hub.url, sequence=4))
        older.write_bytes(county().bundle(hub.url, sequence=2))
    assert run("bundle", "apply", str(newer), "--root", str(root)).returncode == 0
    refused = run("bundle", "apply", str(older), "--root", str(root))
    assert (refused.returncode, refused.stderr[:8]) == (6, "E-ARC-06")


def test_first_boot_says_what_it_waits_for(tmp_path: Path) -> None:
    waiting = run("firstboot", "--root", str(tmp_path), "--within", "0")
    assert waiting.returncode == 1
    assert "E-FIRST-14" in waiting.stderr
    assert "E-FIRST-01" in waiting.stderr
