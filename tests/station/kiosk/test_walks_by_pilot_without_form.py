"""Every flow without a form, walked by the pilot as those with one are."""

import pytest

from tests.station.kiosk.piloted import walked_by_pilot
from tests.station.kiosk.walks import Walk
from tests.station.kiosk.walks_without_form import WITHOUT_FORM


@pytest.mark.parametrize("walk", [pytest.param(walk, id=walk.name) for walk in WITHOUT_FORM])
async def test_a_flow_leads_to_its_end_and_loses_nothing_at_any_step(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await walked_by_pilot(walk, monkeypatch)
