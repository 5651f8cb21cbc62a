"""Sending the county's orders: taken up from the database, published, and ended when their time is over."""

import logging
from typing import Final

from hub.ingest.outward import Publishes
from hub.store.engine import Database, writing
from hub.store.orders import Due, anything_open, end_expired, forget_pictures, give_back, note_sent, take_up
from hub.store.patience import Patience
from hub.visits.day import DAY_MS
from wire.codec import encode
from wire.topics import down

logger = logging.getLogger(__name__)

LOOK_EVERY_MS: Final = 250
FORGET_EVERY_MS: Final = 60_000


class Orders:
    """Called in each of the writer's rounds; never raises for a database that takes nothing."""

    def __init__(self, database: Database, edge: Publishes, run: int, keep_days: int) -> None:
        """Take where orders stand, what publishes them, this run's key and how long pictures are kept."""
        self._database, self._edge, self._run = database, edge, run
        self._keep_ms = keep_days * DAY_MS
        self._looked_ms = self._forgot_ms = -FORGET_EVERY_MS
        self._patience = Patience(logger)
        self._sent: dict[str, int] = {}
        self._unsent: list[str] = []
        """What became of those taken up, until it is committed."""

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Send what waits, end what is over, and delete pictures whose time is up; as often as each is due."""
        if 0 <= now_ms - self._looked_ms < LOOK_EVERY_MS:
            return
        self._looked_ms = now_ms
        with self._patience:
            self._look(now_ms, connected=connected)
            self._forget(now_ms)

    def _look(self, now_ms: int, *, connected: bool) -> None:
        if not (self._sent or self._unsent or anything_open(self._database.reader)):
            return
        self._note()
        with writing(self._database) as connection:
            end_expired(connection, now_ms)
            due = take_up(connection, self._run, now_ms) if connected else []
        for one in due:
            if self._send(one, now_ms):
                self._sent[one.command.id] = now_ms
                logger.info("order %s: %s for %s 指令已发出", one.command.id, one.command.name, one.station)
            else:
                self._unsent.append(one.command.id)
        self._note()

    def _note(self) -> None:
        if not (self._sent or self._unsent):
            return
        with writing(self._database) as connection:
            note_sent(connection, self._sent)
            give_back(connection, self._unsent)
        self._sent.clear()
        self._unsent.clear()

    def _send(self, due: Due, now_ms: int) -> bool:
        left_s = max(1, -(-(due.command.expires_ms - now_ms) // 1000))
        return self._edge.publish(down(due.station, "command"), encode(due.command), expires_s=left_s)

    def _forget(self, now_ms: int) -> None:
        if 0 <= now_ms - self._forgot_ms < FORGET_EVERY_MS:
            return
        self._forgot_ms = now_ms
        with writing(self._database) as connection:
            gone = forget_pictures(connection, now_ms - self._keep_ms, now_ms)
        if gone:
            self._database.empty_log()
            logger.info("%d pictures deleted: their time was up 已删除到期画面", gone)
