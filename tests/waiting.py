"""Waiting for something that happens elsewhere, with a deadline."""

import time
from collections.abc import Callable
from typing import Any


def wait_for(what: Callable[[], Any], why: str, within_s: float = 15.0) -> Any:
    """Return what `what` returns once that is true; fail, saying `why` it was waited for, when it is not in time."""
    deadline = time.monotonic() + within_s
    while not (value := what()):
        assert time.monotonic() < deadline, f"not within {within_s} s: {why}"
        time.sleep(0.005)
    return value
