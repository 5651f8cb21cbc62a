"""A running county for tests of the whole."""

from collections.abc import Iterator

import pytest

from demo.processes import stop
from tests.end_to_end.running import RunningDemo, start_demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    running = start_demo(tmp_path_factory.mktemp("demo") / "state", "--stations", "8")
    yield running
    stop(running.process, within_s=15)
