"""Soft and hard: one look is a hint, two of the last three are a fact (pure; link.md, 'Confirm a leaf 2 of 3').

As in Nagios and Icinga a state is soft while the last look differs from what is held for certain, and hard once two of
the last three looks say it. Nobody has to look in vain: while nothing changes, each further look says the same, so
they are added when the next change comes (`again`), and it is known beforehand when a state will be hard (`wanting`).
"""

from functools import cache
from typing import Final, NamedTuple

KEPT: Final = 3
NEEDED: Final = 2


class Looks(NamedTuple):
    """The last three looks, oldest first, and what is held for certain: None before anything is."""

    last: tuple[bool, ...] = ()
    hard: bool | None = None

    @property
    def soft(self) -> bool:
        """Say whether the last look differs from what is held for certain."""
        return bool(self.last) and self.last[-1] is not self.hard


# There are few different ones, so what comes of each is worked out once: twenty thousand villages may change at a time.
@cache
def look(looks: Looks, bad: bool) -> Looks:
    """Add a look."""
    last = (*looks.last, bad)[-KEPT:]
    return Looks(last, bad if last.count(bad) >= NEEDED else looks.hard)


@cache
def again(looks: Looks, times: int) -> Looks:
    """Add looks like the last one; more than KEPT of them change nothing more."""
    for _ in range(times if looks.last else 0):
        looks = look(looks, looks.last[-1])
    return looks


@cache
def wanting(looks: Looks) -> int:
    """Return how many more looks like the last one make it hard; 0 when it is."""
    return 0 if not looks.soft else 1 + wanting(again(looks, 1))
