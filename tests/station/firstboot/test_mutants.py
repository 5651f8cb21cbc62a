"""A sample of the changed bundles; `./run faults bundles` reads 10,000."""

from pathlib import Path

from tests.station.firstboot.mutants import run_mutants


def test_a_changed_bundle_is_refused_with_a_code_never_a_trace(tmp_path: Path) -> None:
    refused = run_mutants(tmp_path, 400, seed=20260101)
    assert refused.flaws == []
    assert {"E-ARC-01", "E-ARC-02", "E-ARC-03"} <= set(refused.codes)
