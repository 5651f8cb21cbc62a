"""A sample of the cuts; `./run faults first-boot` makes every one."""

import tempfile
from pathlib import Path

import pytest

from tests.station.firstboot.cuts import SCENES, run_cuts

SAMPLE = {"by_line": 23, "newer": 17, "pulled": 17, "by_stick": 29}
IN_MEMORY = Path("/dev/shm")
"""What is fsynced does not matter to a cut that is played; to a disk that many use it does."""


@pytest.mark.parametrize("scene", SCENES)
def test_whatever_the_cut_the_next_run_makes_the_same_station(scene: str) -> None:
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
        outcome = run_cuts(scene, Path(folder), every=SAMPLE[scene], first=2)
    assert outcome.cuts >= 5
    assert outcome.flaws == []
