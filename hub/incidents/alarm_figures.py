"""How many alarms people had to live with, by ISA-18.2 / IEC 62682 (pure).

Per operator about 6 an hour are acceptable and 12 the most; over ten in ten minutes is a flood, for under 1 % of the
time; the ten worst sources make 1 to 5 % of all; nothing chatters (three in a minute); fewer than five stand for over
a day; of priorities about 5, 15 and 80 %.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

HOUR_MS: Final = 3_600_000
TEN_MINUTES_MS: Final = 600_000
FLOOD: Final = 10
"""Over so many in ten minutes is a flood."""
CHATTERS: Final = 3
CHATTER_MS: Final = 60_000
STALE_MS: Final = 24 * HOUR_MS
TOP: Final = 10


class Notice(NamedTuple):
    """One alarm as it reached somebody, or was raised."""

    at_ms: int
    source: str
    """What it was about: kind and place; `digest` of many."""
    operator: str = ""
    """Who got it; empty for what was only raised."""
    priority: int = 0
    """1 … 3; 0 where it does not matter."""


class Load(NamedTuple):
    """What one operator, or the wall, had in a period."""

    operator: str
    alarms: int
    per_hour: float
    busiest: int
    """The most in any ten minutes."""
    flooded: float
    """Share of the ten-minute periods with over ten."""
    top: tuple[tuple[str, int], ...]
    """The ten worst sources, with how many."""
    top_share: float
    chattering: tuple[str, ...]
    """Sources with three or more in a minute."""


class Figures(NamedTuple):
    """All of a period."""

    from_ms: int
    until_ms: int
    raised: Load
    """What was raised: opened and returned."""
    priorities: tuple[float, float, float]
    """Shares of 1, 2 and 3 of what was raised."""
    stale: int
    """Incidents that have lasted for over a day at the period's end."""
    operators: tuple[Load, ...]
    """What reached each, by name."""


def figures(
    raised: Iterable[Notice], told: Iterable[Notice], lasting_since_ms: Iterable[int], from_ms: int, until_ms: int
) -> Figures:
    """Return the figures of the time from `from_ms` until before `until_ms`.

    `told` is what reached somebody; `lasting_since_ms` since when each incident lasts that lasts at the end.
    """
    shown = [one for one in raised if from_ms <= one.at_ms < until_ms]
    by_operator: dict[str, list[Notice]] = {}
    for one in told:
        if from_ms <= one.at_ms < until_ms:
            by_operator.setdefault(one.operator, []).append(one)
    ranks = Counter(one.priority for one in shown)
    shares = [ranks[rank] / len(shown) if shown else 0.0 for rank in (1, 2, 3)]
    return Figures(
        from_ms,
        until_ms,
        _load("", shown, from_ms, until_ms),
        (shares[0], shares[1], shares[2]),
        sum(until_ms - since_ms > STALE_MS for since_ms in lasting_since_ms),
        tuple(_load(who, notices, from_ms, until_ms) for who, notices in sorted(by_operator.items())),
    )


def _load(who: str, notices: Sequence[Notice], from_ms: int, until_ms: int) -> Load:
    times = sorted(one.at_ms for one in notices)
    periods = max(1, -(-(until_ms - from_ms) // TEN_MINUTES_MS))
    counts = Counter((at_ms - from_ms) // TEN_MINUTES_MS for at_ms in times)
    by_source: dict[str, list[int]] = {}
    for one in notices:
        by_source.setdefault(one.source, []).append(one.at_ms)
    numbers = [(source, len(those)) for source, those in by_source.items()]
    top = tuple(sorted(numbers, key=lambda one: (-one[1], one[0]))[:TOP])
    return Load(
        who,
        len(times),
        len(times) * HOUR_MS / max(1, until_ms - from_ms),
        most_within(times, TEN_MINUTES_MS),
        sum(number > FLOOD for number in counts.values()) / periods,
        top,
        sum(number for _, number in top) / len(times) if times else 0.0,
        tuple(sorted(source for source, those in by_source.items() if source != "digest" and _chatters(those))),
    )


def most_within(times: Sequence[int], span_ms: int) -> int:
    """Return the most of these sorted times in any span of this length, its ends included."""
    return max((bisect_right(times, at_ms + span_ms) - bisect_left(times, at_ms) for at_ms in times), default=0)


def _chatters(times: Iterable[int]) -> bool:
    return most_within(sorted(times), CHATTER_MS) >= CHATTERS
