"""The short form of `./run faults kiosk`."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_random_touches_leave_a_living_kiosk_and_nothing_of_anybody() -> None:
    # In a process of its own: the people of other tests are no trace of this one's.
    command = [sys.executable, "-m", "tests.faults", "kiosk", "--touches", "60", "--seed", "20261124"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert "nothing of anybody is left" in ran.stdout
