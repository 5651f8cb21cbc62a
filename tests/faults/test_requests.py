"""The short form of `./run faults requests`."""

from pathlib import Path

from tests.faults.requests import run


def test_whatever_a_station_sends_is_answered_with_a_code(tmp_path: Path) -> None:
    outcome = run(tmp_path, 600, 20261128)
    assert outcome.flaws == []
    assert {"E-ENR-25", "E-ENR-16", "E-CERT-01", "E-ID-06"} <= set(outcome.codes)
