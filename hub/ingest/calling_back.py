"""Opening a call-back (回访) for every bad rating, soon after it arrived; also for those of while the hub was away."""

import logging
from typing import Final

from hub.store.casework_calls import open_for_ratings
from hub.store.engine import Database, writing
from hub.store.patience import Patience
from hub.visits.day import DAY_MS

logger = logging.getLogger(__name__)

EVERY_MS: Final = 2_000
LOOK_BACK_MS: Final = 2 * DAY_MS
"""Once all were looked at, only what arrived within so long is: a visit may arrive after its rating."""


class CallingBack:
    """A chore of the writer; a database that takes nothing has it tried again."""

    def __init__(self, database: Database) -> None:
        """Take where ratings stand."""
        self._database = database
        self._looked_ms: int | None = None
        self._since_ms = 0
        self._patience = Patience(logger)

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Open what is due, as often as it is."""
        if self._looked_ms is not None and 0 <= now_ms - self._looked_ms < EVERY_MS:
            return
        self._looked_ms = now_ms
        with self._patience:
            with writing(self._database) as connection:
                opened, reached_ms = open_for_ratings(connection, self._since_ms)
            self._since_ms = now_ms - LOOK_BACK_MS if reached_ms is None else reached_ms
            if opened:
                logger.info("%d call-backs opened by bad ratings 差评已列入回访", opened)
