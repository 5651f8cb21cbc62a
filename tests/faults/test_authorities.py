"""The short form of `./run faults authorities`."""

from pathlib import Path

from tests.faults.authorities import run_authorities


def test_cut_while_authorities_are_made_the_next_run_finishes_and_nothing_half_is_believed(tmp_path: Path) -> None:
    assert all("whole after each" in line for line in run_authorities(tmp_path, every=17))
