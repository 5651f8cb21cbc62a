"""Textual's pilot looks every 20 ms whether the process is quiet; here every 4 ms: most screens are done sooner."""

import pytest
from textual import _wait

LOOK_EVERY_S = 0.004
QUIET_S = LOOK_EVERY_S / 10
"""So little work in between is none."""


@pytest.fixture(autouse=True, scope="session")
def _pilot_looks_often() -> None:
    _wait.SLEEP_GRANULARITY, _wait.SLEEP_IDLE = LOOK_EVERY_S, QUIET_S
