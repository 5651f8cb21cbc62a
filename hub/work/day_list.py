"""每日工作清单: what is one's own of all that waits, the most urgent first; what was ticked off today (pure)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from hub.access.roles import Permission
from hub.local_time import day_ms, day_of
from hub.work.sources import HOUR_MS, SOURCES, Facts, Item

May = Callable[[Permission, str], bool]
SOON_MS: Final = 4 * HOUR_MS
FIRST: Final = ("call", "waiting")
"""Whoever calls for help and was not answered comes before every clock."""


class Mark(NamedTuple):
    """That somebody ticked an item off for one day, and why."""

    item: str
    note: str
    at_ms: int


class Listed(NamedTuple):
    """An item as the list has it."""

    item: Item
    urgency: int
    """0 overdue or a call for help, 1 within four hours or an incident that nobody took, 2 today, 3 whenever."""
    mark: Mark | None


def listed(facts: Facts, who: str, may: May, marks: Iterable[Mark], now_ms: int) -> list[Listed]:
    """Return somebody's list: of their area and permissions, without what another has taken; ticked off comes last."""
    ticked = {mark.item: mark for mark in marks}
    found = []
    for place, source in enumerate(SOURCES):
        for item in source.items(facts, now_ms):
            if may(source.needs, item.town) and item.who in {None, "", who}:
                found.append((place, Listed(item, urgency(item, now_ms), ticked.get(item.key))))
    found.sort(key=lambda one: (one[1].mark is not None, one[1].urgency, one[0], one[1].item.due_ms or 2**53))
    return [one for _, one in found]


def urgency(item: Item, now_ms: int) -> int:
    """Return how urgent an item is."""
    if (
        (item.source, item.what) == FIRST
        or item.what == "overdue"
        or (item.due_ms is not None and item.due_ms <= now_ms)
    ):
        return 0
    if item.source == "incident" and item.what == "new":
        return 1
    if item.due_ms is None:
        return 3
    if item.due_ms - now_ms <= SOON_MS and item.source != "camera":
        return 1
    return 2 if item.due_ms <= day_ms(day_of(now_ms) + 1) else 3


def counts(items: Iterable[Listed]) -> Mapping[str, int]:
    """Return how many are still to be done, by source."""
    found: dict[str, int] = {}
    for one in items:
        if one.mark is None:
            found[one.item.source] = found.get(one.item.source, 0) + 1
    return found
