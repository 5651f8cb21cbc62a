"""What a finger can hit, at every moment of the kiosk: foot takes a touch that slides a cell for scrolling."""

from itertools import combinations

import pytest
from textual.geometry import Region

from tests.station.kiosk.moments import moments
from tests.station.kiosk.visitor import LARGE, PANEL, kiosk
from wire.records import Language

ROWS_AT_LEAST = {PANEL: 5, LARGE: 4}
"""150 px either way on the 7-inch panel, about 22 mm: the cells of 大字版 are 40 px high, not 30."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "language"), [pytest.param(PANEL, "zh", id="panel"), pytest.param(LARGE, "en", id="large")]
)
async def test_every_choice_of_every_moment_can_be_hit(size: tuple[int, int], language: Language) -> None:
    everything = Region(0, 0, *size)
    seen = 0
    async with kiosk(size, language) as visitor:
        for name, state in moments():
            await visitor.shows(state._replace(language=language, large=size == LARGE))
            choices = visitor.choices()
            for choice in choices:
                assert choice.region.height >= ROWS_AT_LEAST[size], f"{name}: {choice.label} {choice.region}"
                assert everything.contains_region(choice.region), f"{name}: {choice.label} {choice.region}"
            for one, other in combinations(choices, 2):
                assert not one.region.overlaps(other.region), f"{name}: {one.label} lies over {other.label}"
            seen += len(choices)
    assert seen > 300
