"""及时性和完整性: how much of each record is filled in, and how long after the fact it was entered (pure)."""

import math
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from hub.store.outgoing import ENTERED, Entered
from hub.visits.day import DAY_MS

SOURCES: Final = ("kiosk", "hotline", "provincial")


class Quality(NamedTuple):
    """What is known of the records of one source."""

    source: str
    records: int
    filled: dict[str, int]
    """Of each of ENTERED, in how many records it stands."""
    complete: float | None
    """Share of all those fields that are filled; None of no record."""
    dated: int
    """Of how many the delay is known."""
    median_ms: int | None
    p95_ms: int | None
    within_day: float | None
    """Share of the dated ones that were entered within 24 hours."""


def quality_of(entered: Iterable[Entered]) -> list[Quality]:
    """Return the quality of every source, those without a record too."""
    by_source: dict[str, list[Entered]] = {source: [] for source in SOURCES}
    for one in entered:
        by_source.setdefault(one.source, []).append(one)
    return [_of(source, records) for source, records in by_source.items()]


def share_told(share: float | None) -> str:
    """Return a share as people read it, rounded down: 100 is said of all only."""
    return "-" if share is None else f"{math.floor(share * 1000 + 1e-9) / 10:.1f} %"


def _of(source: str, records: Sequence[Entered]) -> Quality:
    delays = sorted(max(0, one.entered_ms - one.at_ms) for one in records if one.at_ms is not None)
    filled = {name: sum(one.filled[place] for one in records) for place, name in enumerate(ENTERED)}
    return Quality(
        source=source,
        records=len(records),
        filled=filled,
        complete=sum(filled.values()) / (len(records) * len(ENTERED)) if records else None,
        dated=len(delays),
        median_ms=_rank(delays, 0.5),
        p95_ms=_rank(delays, 0.95),
        within_day=sum(delay <= DAY_MS for delay in delays) / len(delays) if delays else None,
    )


def _rank(delays: Sequence[int], share: float) -> int | None:
    """Return the nearest rank: a delay that was really there."""
    return delays[max(0, math.ceil(share * len(delays)) - 1)] if delays else None
