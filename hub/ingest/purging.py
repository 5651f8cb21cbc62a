"""Erasing what is personal when the time it may be kept is up, a few in a round: no commit waits for it."""

import logging
from typing import Final

from hub.desks.purge import Purged, Walk
from hub.settings import KeepSettings
from hub.store.engine import Database
from hub.store.patience import Patience
from hub.view import View

logger = logging.getLogger(__name__)

AGAIN_MS: Final = 250
"""While the walk goes on."""
EVERY_MS: Final = 3_600_000


class Purging:
    """A chore of the writer: a walk each hour; a database that takes nothing has its step done again."""

    def __init__(self, database: Database, keep: KeepSettings, view: View) -> None:
        """Take where everything stands, how long it is kept, and what counts for the metrics."""
        self._database, self._keep, self._view = database, keep, view
        self._walk = Walk(keep)
        self._due_ms: int | None = None
        self._erased = Purged()
        self._patience = Patience(logger)

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Go on with the walk when that is due."""
        if self._due_ms is not None and 0 < self._due_ms - now_ms <= EVERY_MS:
            return
        self._due_ms = now_ms + AGAIN_MS
        with self._patience:
            purged = self._walk.step(self._database, now_ms)
            self._erased = Purged(*(was + more for was, more in zip(self._erased, purged, strict=True)))
            self._view.count_purged(purged._asdict())
            if self._walk.is_over:
                self._end(now_ms)

    def _end(self, now_ms: int) -> None:
        if any(self._erased):
            self._database.empty_log()
            told = ", ".join(f"{count} {kind}" for kind, count in self._erased._asdict().items() if count)
            logger.info("erased, their time was up 已清除到期个人信息: %s", told)
        self._walk, self._erased = Walk(self._keep), Purged()
        self._due_ms = now_ms + EVERY_MS
