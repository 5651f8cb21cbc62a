from pathlib import Path

import pytest

from tests.faults.campaign import run_campaign


@pytest.mark.slow
@pytest.mark.timeout(150)
def test_no_visit_is_lost_or_stored_twice_when_hub_broker_and_agents_are_killed(tmp_path: Path) -> None:
    outcome = run_campaign(tmp_path / "county", seed=7, kills=9)
    assert outcome.saved > 100
    assert (outcome.lost, outcome.twice, outcome.foreign) == (0, 0, 0), outcome.line()
