"""Waiting for something that happens elsewhere, with a deadline."""

import time
from collections.abc import Callable


def until(condition: Callable[[], object], what: str, within_s: float = 10.0) -> None:
    """Return once `condition()` holds; fail, saying `what` was waited for, when it does not in time."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {within_s} s: {what}"
        time.sleep(0.01)
