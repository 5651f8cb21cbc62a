"""The short form of `./run faults kiosk`."""

from pathlib import Path

import pytest

from tests.faults.touches import walk


@pytest.mark.slow
def test_random_touches_leave_a_living_kiosk_and_nothing_of_anybody(tmp_path: Path) -> None:
    walked = walk(tmp_path, seed=20261124, touches=150)
    assert walked.traces == []
    assert len(walked.screens) > 5, walked.screens
