"""有形覆盖 → 有效覆盖: a village counts when its legal adviser was active lately and its video works (pure).

Source: 如皋, 淮安 (from a kiosk that stands there to a kiosk that serves). Active is what the county can prove: a step
with a villager's matter of this village by the person its roster names as legal adviser, or one assigned to them
that was ended.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

from hub.visits.day import DAY_MS
from wire.health import StationHealth

Why = Literal["no_adviser", "never_active", "not_lately", "offline", "unknown", "maintenance", "fault", "no_picture"]
WITHIN_DAYS: Final = 30


class Village(NamedTuple):
    """What is known of one village."""

    health: StationHealth
    advisers: Sequence[str]
    """Named by the roster its kiosk should have."""
    active_ms: Mapping[str, int]
    """When each person last did something for this village."""


class Covered(NamedTuple):
    """Whether a village is covered, and why not."""

    health: StationHealth
    is_there: bool
    """有形: it has a kiosk that was ever heard, and an adviser by name."""
    reasons: tuple[Why, ...]
    """Empty when it is covered."""
    last_ms: int | None
    """When an adviser of it was last active."""
    advisers: tuple[str, ...]


class Totals(NamedTuple):
    """How many of some villages are covered."""

    villages: int
    there: int
    effective: int


def totals(every: Sequence[Covered]) -> Totals:
    """Count them."""
    return Totals(len(every), sum(one.is_there for one in every), sum(not one.reasons for one in every))


def covered(village: Village, now_ms: int, within_days: int = WITHIN_DAYS) -> Covered:
    """Return whether a village is covered now, with every reason why it is not."""
    health, reasons = village.health, list[Why]()
    times = [village.active_ms[name] for name in village.advisers if name in village.active_ms]
    last = max(times, default=None)
    if not village.advisers:
        reasons.append("no_adviser")
    elif last is None:
        reasons.append("never_active")
    elif now_ms - last > within_days * DAY_MS:
        reasons.append("not_lately")
    if health.state != "online":
        reasons.append(health.state)
    elif health.video != "ok":
        reasons.append("fault" if health.video == "fault" else "no_picture")
    there = health.last_heard_ms is not None and bool(village.advisers)
    return Covered(health, there, tuple(reasons), last, tuple(village.advisers))
