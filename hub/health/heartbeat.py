"""A station's past as a row of bars, each an equal stretch of time: what it was, and for how much of it (pure)."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from hub.health.availability import Tally, Village, lived, tally_of
from hub.health.intervals import Span, common, length_ms, union
from hub.local_time import UNIT_MS, day_ms, day_of

Look = Literal["up", "partly", "down", "unknown", "maintenance", "none"]
Reach = Literal["day", "month", "year"]
UNKNOWN_SHARE: Final = 0.5
"""A bar of which less than this is known says so rather than how its known part fared."""


class Bar(NamedTuple):
    """One stretch of time."""

    from_ms: int
    until_ms: int
    look: Look
    """`partly`: down for a part of it; `none`: not in service, or still to come."""
    tally: Tally


def stretches(reach: Reach, now_ms: int) -> list[Span]:
    """Return the bars' times, oldest first: 48 half hours, 30 days of the county's, or 52 weeks of them, up to now.

    The last is the one that is not over yet.
    """
    if reach == "day":
        step = UNIT_MS["h"] // 2
        last = now_ms // step * step
        return [(last - back * step, last - back * step + step) for back in range(47, -1, -1)]
    days, count = (1, 30) if reach == "month" else (7, 52)
    end = day_of(now_ms) + 1
    return [(day_ms(end - back * days), day_ms(end - back * days + days)) for back in range(count, 0, -1)]


def bars(village: Village, spans: Sequence[Span], now_ms: int, blind: Sequence[Span] = ()) -> list[Bar]:
    """Return how a village fared in each of these adjoining times; of what is to come nothing is told."""
    period = (spans[0][0], min(spans[-1][1], now_ms))
    service, up, down = lived(village, period, blind)
    planned = common(union(village.maintenance), common(union(village.service), [period]))
    return [_bar(span, service, up, down, planned) for span in spans]


def _bar(span: Span, service: Sequence[Span], up: Sequence[Span], down: Sequence[Span], planned: Sequence[Span]) -> Bar:
    tally = tally_of(common(service, [span]), up, down)
    return Bar(*span, _look(tally, length_ms(common(planned, [span]))), tally)


def _look(tally: Tally, planned_ms: int) -> Look:
    if not tally.service_ms:
        return "maintenance" if planned_ms else "none"
    if tally.down_ms:
        return "partly" if tally.up_ms > tally.down_ms else "down"
    if tally.up_ms < UNKNOWN_SHARE * tally.service_ms:
        return "unknown"
    return "up"
