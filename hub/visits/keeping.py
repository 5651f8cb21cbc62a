"""When the time is up that what is personal of a visit may be kept unasked (pure). PIPL 19: no longer than needed."""

from hub.settings import KeepSettings
from hub.visits.day import DAY_MS
from hub.visits.matters import CASES


def time_is_up(
    keep: KeepSettings, service: str, received_ms: int, ended_ms: int | None, now_ms: int, *, held: bool
) -> bool:
    """Say whether what is personal of a visit is to be erased; never while it is held, nor while a case is open."""
    if held:
        return False
    if service not in CASES:
        return now_ms - received_ms > keep.visit_days * DAY_MS
    return ended_ms is not None and now_ms - ended_ms > keep.case_days * DAY_MS
