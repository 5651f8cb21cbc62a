"""Agents that are ended with the test."""

from collections.abc import Iterator

import pytest

from tests.county import County
from tests.station.agent.processes import Make, Station


@pytest.fixture
def stations(county: County) -> Iterator[Make]:
    made: list[Station] = []

    def make(index: int = 0, **broker: object) -> Station:
        made.append(Station(county, index, **broker))
        return made[-1]

    yield make
    for station in made:
        station.close()
