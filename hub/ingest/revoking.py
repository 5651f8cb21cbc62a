"""Whom the hub no longer hears: looked up twice a second, whoever changed it; and the broker's lists kept to it."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Final

from firmware_config.identity.errors import IdentityError
from hub.desks.revoking import write_trust
from hub.settings import EnrolmentSettings
from hub.store.engine import Database, StoreError
from hub.store.enrolment import EnrolmentReader
from hub.store.patience import Patience

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.4
AGAIN_AFTER_S: Final = 30.0
"""How soon lists that could not be written are tried again."""
EVERY_S: Final = 3600.0
"""The lists are looked at without a change too: an authority came to the folder, or was taken from it."""


class Revocations:
    """`revoked` is which stations, and since when: a whole new value at each change, so that any thread may look."""

    def __init__(self, settings: EnrolmentSettings | None, database: Database, now_ms: Callable[[], int]) -> None:
        """Look once, so that a hub that starts hears none of them.

        Raises StoreError.
        """
        self._settings, self._database, self._now_ms = settings, database, now_ms
        self._reader = EnrolmentReader(database.reader)
        self._newest, revoked = self._reader.revoked()
        self.revoked: Mapping[str, int] = revoked
        self._written = -1
        self._patience = Patience(logger)
        self._told = ""
        self._due_s = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="revocations", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the thread."""
        self._stopping.set()
        self._thread.join(2.0)

    def _run(self) -> None:
        waited_s = EVERY_S
        while not self._stopping.is_set():
            self.look()
            if self._newest != self._written or waited_s >= self._due_s:
                self._write()
                waited_s = 0.0
            waited_s += LOOK_EVERY_S
            self._stopping.wait(LOOK_EVERY_S)

    def look(self) -> None:
        """Take up what changed."""
        with self._patience:
            if self._reader.newest() != self._newest:
                before = self.revoked
                self._newest, self.revoked = self._reader.revoked()
                for station in sorted(self.revoked.keys() - before.keys()):
                    logger.warning("%s is revoked: not heard from now on 证书已吊销，不再收取其消息", station)
                for station in sorted(before.keys() - self.revoked.keys()):
                    logger.info("%s is heard again 恢复收取其消息", station)

    def _write(self) -> None:
        newest, self._due_s = self._newest, AGAIN_AFTER_S
        if self._settings is None:
            self._written, self._due_s = newest, EVERY_S
            return
        try:
            if write_trust(self._settings, self._database, self._now_ms()):
                logger.info("lists of revoked certificates written for the broker 已写入吊销列表")
        except (IdentityError, OSError, StoreError) as error:
            if str(error) != self._told:
                logger.warning("E-ENR-34 the broker's lists cannot be written 吊销列表无法写入: %s", error)
            self._told, self._written = str(error), newest
        else:
            self._told, self._written, self._due_s = "", newest, EVERY_S
