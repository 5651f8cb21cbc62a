"""Forgetting the summaries of lines whose time is up, a few in a round: a county of 500 makes a million in 17 hours."""

from typing import Final

from hub.store.engine import Database, StoreError, writing
from hub.store.lines import forget_ledger, forget_summaries
from hub.visits.day import DAY_MS

MOST_IN_A_ROUND: Final = 100
"""Of each kind: some 8 ms on a database of a million."""
AGAIN_MS: Final = 250
"""While there is more."""
EVERY_MS: Final = 30_000
LEDGER_KEPT_MS: Final = 2 * DAY_MS
"""As the station sent it; what it says stays `probe.keep_days` in its own table."""


class OldSummaries:
    """A chore of the writer; a database that takes nothing has it tried again."""

    def __init__(self, database: Database, keep_days: int) -> None:
        """Take where they stand and how long they are kept."""
        self._database = database
        self._kept_ms = keep_days * DAY_MS
        self._due_ms: int | None = None

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Delete the oldest that are due."""
        if self._due_ms is not None and 0 < self._due_ms - now_ms <= EVERY_MS:
            return
        self._due_ms = now_ms + EVERY_MS
        try:
            with writing(self._database) as connection:
                gone = forget_summaries(connection, now_ms - self._kept_ms, MOST_IN_A_ROUND)
                of_ledger = forget_ledger(connection, now_ms - LEDGER_KEPT_MS, MOST_IN_A_ROUND)
        except StoreError:
            return  # the writer says so at its own commits
        if MOST_IN_A_ROUND in {gone, of_ledger}:
            self._due_ms = now_ms + AGAIN_MS
