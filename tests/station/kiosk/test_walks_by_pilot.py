"""Every flow with a form, walked by the pilot in both languages, offline and online, with its time-outs and backs."""

import pytest

from tests.station.kiosk.piloted import walked_by_pilot
from tests.station.kiosk.walks import WITH_FORM, Walk


@pytest.mark.parametrize("walk", [pytest.param(walk, id=walk.name) for walk in WITH_FORM])
async def test_a_flow_leads_to_its_end_and_loses_nothing_at_any_step(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await walked_by_pilot(walk, monkeypatch)
