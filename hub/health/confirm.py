"""Soft and hard: one look is a hint, two of the last three are a fact (pure; link.md, 'Confirm a leaf 2 of 3').

As in Nagios and Icinga a state is soft while the last look differs from what is held for certain, and hard once two of
the last three looks say it. Nobody has to look in vain: while nothing changes, each further look says the same, so
they are added when the next change comes (`run_on`), and it is known beforehand when a state will be hard (`wanting`).
"""

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


def look(looks: Looks, bad: bool) -> Looks:
    """Add a look."""
    last = (*looks.last, bad)[-KEPT:]
    return Looks(last, bad if last.count(bad) >= NEEDED else looks.hard)


def run_on(looks: Looks, elapsed_ms: int, every_ms: int) -> Looks:
    """Add the looks, one every `every_ms`, of a time in which nothing changed."""
    for _ in range(min(KEPT, elapsed_ms // every_ms) if looks.last else 0):
        looks = look(looks, looks.last[-1])
    return looks


def wanting(looks: Looks) -> int:
    """Return how many more looks like the last one make it hard; 0 when it is."""
    more = 0
    while looks.soft:
        looks = look(looks, looks.last[-1])
        more += 1
    return more
