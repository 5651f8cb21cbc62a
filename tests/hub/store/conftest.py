"""A real database with a small county in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.store.engine import Database, writing
from hub.store.stations import Village, enrol
from tests.hub.fresh_database import fresh_database

STATIONS = ("999999101001", "999999101002")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = fresh_database(tmp_path / "hub.sqlite3")
    yield opened
    opened.stop()


@pytest.fixture
def ids(database: Database) -> dict[str, int]:
    with writing(database) as connection:
        return enrol(connection, [Village(code, f"第{index}村", "测试镇") for index, code in enumerate(STATIONS, 1)])
