"""Whether whoever opened a stream still may see: one look into the database for all of them, every two seconds."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from anyio import to_thread

from hub.access.caller import Caller
from hub.store.access import SEEN_EVERY_MS, Secrets, note_screens_seen
from hub.store.engine import Database, StoreError, writing

OLD_MS: Final = 2_000


class Standing:
    """Knows which sessions, screens and tokens stand; 500 open streams cost it one question."""

    def __init__(self, database: Database, clock: Callable[[], int]) -> None:
        """Take the county's database, and the time."""
        self._database, self._secrets, self._clock = database, Secrets(database.reader), clock
        self._standing: frozenset[tuple[str, int]] = frozenset()
        self._at_ms = self._noted_ms = 0
        self._watching: set[int] = set()
        self._looking = asyncio.Lock()

    async def holds(self, caller: Caller) -> bool:
        """Say whether this caller still stands; while the database cannot be asked, that is no refusal."""
        if caller.kind == "token" and caller.key == 0:  # the file of the hub's own machine
            return True
        if caller.kind == "screen":
            self._watching.add(caller.key)
        async with self._looking:
            if not 0 <= self._clock() - self._at_ms < OLD_MS:
                try:
                    await to_thread.run_sync(self._look)
                except StoreError:
                    return True
        key = int(caller.session) if caller.kind == "account" else caller.key
        return (caller.kind, key) in self._standing

    def _look(self) -> None:
        now_ms = self._clock()
        self._standing = self._secrets.standing(now_ms)
        self._at_ms = now_ms
        if not 0 <= now_ms - self._noted_ms < SEEN_EVERY_MS:
            seen, self._watching, self._noted_ms = self._watching, set(), now_ms
            with contextlib.suppress(StoreError), writing(self._database) as connection:
                note_screens_seen(connection, seen, now_ms)
