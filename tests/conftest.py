"""Fixtures that more than one folder of tests uses."""

import gc
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.county import County, running_county

# A run in the background of a script ignores SIGINT, and so would every process under test.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples every time: what is to be searched for at random is searched for in `./run faults`.
# How long one takes says nothing on a machine that does something else beside it.
settings.register_profile("seeded", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("seeded")


def pytest_collection_finish() -> None:
    """Let Python not look for garbage in what stands for good, thousands of tests: that was a seventh of the work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    """A fresh county with a running broker."""
    with running_county(tmp_path / "county") as running:
        yield running


@pytest.fixture
def shared() -> Path:
    """The data beside the project; tests that need it are skipped where it is not."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not beside this checkout")
    return SHARED
