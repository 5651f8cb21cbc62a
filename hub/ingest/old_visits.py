"""Indexing, a few in each round, the visits that were stored before visits had an index of persons."""

import logging
from typing import Final

from hub.store.engine import Database, StoreError, writing
from hub.store.indexing import set_person_keys, unindexed
from hub.visits.index import NOBODY, PersonIndex
from wire.codec import decode_trusted_size
from wire.errors import WireError
from wire.records import Visit

logger = logging.getLogger(__name__)

MOST_IN_A_ROUND: Final = 50
EVERY_MS: Final = 100


class OldVisits:
    """A chore of the writer until all were looked at; a database that takes nothing has it tried again.

    What is sealed to another key is left for a hub that has it: somebody put the wrong file there.
    """

    def __init__(self, database: Database, index: PersonIndex) -> None:
        """Take where visits stand and what names their persons."""
        self._database, self._index = database, index
        self._looked_ms: int | None = None
        self._named = self._after = 0
        self.done = False

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Look at the next few."""
        if self.done or (self._looked_ms is not None and 0 <= now_ms - self._looked_ms < EVERY_MS):
            return
        self._looked_ms = now_ms
        try:
            found = unindexed(self._database.reader, MOST_IN_A_ROUND, self._after)
            keys = {visit: key for visit, body in found if (key := self._key(body)) is not None}
            if keys:
                with writing(self._database) as connection:
                    set_person_keys(connection, keys)
        except StoreError:
            return  # the writer says so at its own commits
        self._named += len(keys)
        self.done = len(found) < MOST_IN_A_ROUND
        self._after = 0 if self.done else found[-1][0]
        if self.done and self._named:
            logger.info("%d visits of before are indexed 已为原有来访建立索引", self._named)

    def _key(self, body: bytes) -> bytes | None:
        try:
            return self._index.column(decode_trusted_size(body, Visit))
        except WireError:
            return NOBODY
