"""村村通率 and the towns' matrix, worked out at most every few seconds, beside the requests of those who look."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from anyio import to_thread

from hub.health.lines import Lines
from hub.health.matrix import Rate, TownCell, Village, rate_of, town_matrix, villages_of
from hub.view import View
from hub.web.picture import percent_of

EVERY_S: Final = 5.0
STALE_MS: Final = 30_000
"""A figure that nobody brought up to date for so long is not shown."""
MATRIX_EVERY_MS: Final = 10_000
"""500 villages are 124,750 pairs: whoever looks in between is shown the same."""


class Linked(NamedTuple):
    """In percent, rounded down."""

    share: float | None
    """Of the pairs that are known, how many could hold a video call; None when too few are known."""
    coverage: float | None
    """How many of all pairs are known."""


NOT_KNOWN: Final = Linked(None, None)


class Matrix(NamedTuple):
    """The county's pairs at one moment."""

    at_ms: int
    villages: Sequence[Village]
    rate: Rate
    towns: dict[tuple[str, str], TownCell]


class LinkedWatch:
    """Keeps the figures of the last few seconds; safe from any thread."""

    def __init__(self, view: View, lines: Lines, clock: Callable[[], int]) -> None:
        """Take what is read, and the time."""
        self._view, self._lines, self._clock = view, lines, clock
        self._now, self._at_ms = NOT_KNOWN, 0
        self._matrix: Matrix | None = None
        self._making = threading.Lock()

    def now(self) -> Linked:
        """Return the county's figure."""
        return self._now if abs(self._clock() - self._at_ms) <= STALE_MS else NOT_KNOWN

    async def run(self) -> None:
        """Bring the figure up to date, until cancelled."""
        while True:
            await to_thread.run_sync(self.measure)
            await asyncio.sleep(EVERY_S)

    def measure(self) -> None:
        """Bring the figure up to date."""
        self._now, self._at_ms = linked_of(rate_of(self._villages())), self._clock()

    def matrix(self) -> Matrix:
        """Return the towns' matrix, made anew when it is too old; may take some tenths of a second."""
        with self._making:
            now_ms = self._clock()
            if self._matrix is None or not 0 <= now_ms - self._matrix.at_ms < MATRIX_EVERY_MS:
                villages = self._villages()
                self._matrix = Matrix(now_ms, villages, rate_of(villages), town_matrix(villages))
            return self._matrix

    def _villages(self) -> list[Village]:
        return villages_of(self._view.stations(), self._lines.legs(), self._clock())


def linked_of(rate: Rate) -> Linked:
    """Return a rate as it is shown: no share while next to nothing is known."""
    known, all_ = rate.can + rate.cannot, rate.can + rate.cannot + rate.unknown
    share = percent_of(rate.can, known) if rate.says_something else None
    return Linked(share, percent_of(known, all_))
