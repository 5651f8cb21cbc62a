"""The machine's clock, for what people do; the hub at work counts by its own (`hub/ingest/clock.py`)."""

import time


def now_ms() -> int:
    """Return UTC in ms."""
    return time.time_ns() // 1_000_000
