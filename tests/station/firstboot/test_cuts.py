"""A sample of the cuts; `./run faults first-boot` makes every one."""

from pathlib import Path

import pytest

from tests.station.firstboot.cuts import SCENES, run_cuts

SAMPLE = {"by_line": 19, "newer": 13, "by_stick": 23}


@pytest.mark.parametrize("scene", SCENES)
def test_whatever_the_cut_the_next_run_makes_the_same_station(scene: str, tmp_path: Path) -> None:
    outcome = run_cuts(scene, tmp_path, every=SAMPLE[scene], first=2)
    assert outcome.cuts >= 5
    assert outcome.flaws == []
