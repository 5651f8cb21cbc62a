"""The short form of `./run faults enrolments`."""

from pathlib import Path

from tests.faults.enrolments import run_enrolments


def test_whatever_is_changed_in_a_request_is_refused_with_a_clear_code(tmp_path: Path) -> None:
    refused = run_enrolments(tmp_path, 600, 20261128)
    assert refused.flaws == []
    assert {"E-ID-05", "E-ENR-12", "E-ENR-16", "E-ENR-17"} <= set(refused.codes)
    assert sum(refused.codes.values()) + refused.unchanged == 600
