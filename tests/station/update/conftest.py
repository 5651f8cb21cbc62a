"""Machines whose processes end with the test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.station.update.releases import Place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "root")
    yield place
    place.services.stop()
