"""Sending the county's documents: what each station lacks by its last birth, a few a round, none twice."""

import hashlib
import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from hub.health.county import Member
from hub.ingest.outward import PACE, Publishes
from hub.library.rules import Catalogue, Due, Where, behind
from hub.store.documents import DocumentsReader
from hub.store.engine import Database
from hub.store.patience import Patience
from wire.codec import encode
from wire.life import Birth
from wire.orders import Document, Library
from wire.topics import county_of, library

logger = logging.getLogger(__name__)

LOOK_EVERY_MS: Final = 1_000
SEND_EVERY_MS: Final = 250
"""A writer that is busy has many rounds a second: PACE counts for this long."""
MOST_TIMES: Final = 3
"""A version that a station took and then lost (its card is failing) is sent again, but not for ever."""
WITHDRAWN: Final = "null"


class _Sent(NamedTuple):
    """What this run sent last of one document to one station."""

    boot: int
    version: int
    times: int
    taken: bool
    """A birth since then said that the station holds it."""


class Documents:
    """Called in each of the writer's rounds; never raises for a database that gives nothing.

    A station that refuses a document goes on saying that it lacks it: what was sent in this run of the hub to this run
    of the station is not sent again. A restart of either, or of the broker, tries once more.
    """

    def __init__(self, database: Database, edge: Publishes, members: Mapping[str, Member]) -> None:
        """Take where documents stand, what publishes them, and the county's stations with their last births."""
        self._reader = DocumentsReader(database.reader)
        self._edge = edge
        self._members = members
        self._catalogue = Catalogue(())
        self._newest = 0
        self._looked_ms = self._sent_ms = -LOOK_EVERY_MS
        self._births: dict[str, Birth] = {}
        self._waiting: dict[str, None] = {}
        self._sent: dict[tuple[str, str], _Sent] = {}
        self._text = lru_cache(maxsize=64)(self._reader.text)
        self._patience = Patience(logger)
        self._connected = False

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Send up to PACE documents to stations that lack them."""
        with self._patience:
            if not 0 <= now_ms - self._looked_ms < LOOK_EVERY_MS:
                self._looked_ms = now_ms
                self._look()
            self._hear()
            if connected and not self._connected:
                self._begin_again()
            self._connected = connected
            if connected and not 0 <= now_ms - self._sent_ms < SEND_EVERY_MS:
                self._sent_ms = now_ms
                self._send_some()

    def _look(self) -> None:
        """Take up what was published since."""
        newest = self._reader.newest_version()
        if newest != self._newest:
            self._catalogue = Catalogue(self._reader.latest())
            self._newest = newest
            self._waiting.update(dict.fromkeys(self._births))

    def _begin_again(self) -> None:
        """Look at every station anew: a broker that was restarted may have forgotten what it was given."""
        self._sent.clear()
        self._waiting.update(dict.fromkeys(self._births))

    def _hear(self) -> None:
        """Take up the births since the last round."""
        for code, member in self._members.items():
            birth = member.birth
            if birth is None or birth is self._births.get(code):
                continue
            self._births[code] = birth
            self._waiting[code] = None
            for key in [(code, name) for name in birth.library if (code, name) in self._sent]:
                sent = self._sent[key]
                if sent.version <= birth.library[key[1]]:
                    self._sent[key] = sent._replace(taken=True)

    def _send_some(self) -> None:
        room = PACE
        while self._waiting and room:
            code = next(iter(self._waiting))
            lacks = [due for due in self._lacking(code) if self._is_news(code, due)]
            for due in lacks[:room]:
                if not self._send(code, due):
                    return
            room -= min(room, len(lacks))
            if room:
                del self._waiting[code]

    def _lacking(self, code: str) -> list[Due]:
        where = Where(county_of(code), self._members[code].place.town, code)
        return behind(self._catalogue.due(where), self._births[code].library)

    def _is_news(self, code: str, due: Due) -> bool:
        sent = self._sent.get((code, due.name))
        if sent is None or (sent.boot, sent.version) != (self._births[code].boot, due.version):
            return True
        return sent.taken and sent.times < MOST_TIMES

    def _send(self, code: str, due: Due) -> bool:
        text = None if due.source is None else self._text(due.source.version)
        text = WITHDRAWN if text is None else text
        digest = hashlib.sha256(text.encode()).hexdigest()
        message = Library(due.version, [Document(due.name, due.version, digest, text)])
        if not self._edge.publish(library(code, due.name), encode(message), retain=True):
            return False
        key, boot = (code, due.name), self._births[code].boot
        before = self._sent.get(key)
        same = before is not None and (before.boot, before.version) == (boot, due.version)
        self._sent[key] = _Sent(boot, due.version, before.times + 1 if before is not None and same else 1, taken=False)
        return True
