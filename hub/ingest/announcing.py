"""Incidents on MQTT, retained: told on every change, again once the broker is back, and cleared a day after closing."""

import logging
from typing import Final

from hub.incidents.alert_texts import announced
from hub.incidents.incident import Incident
from hub.ingest.outward import PACE, Publishes
from hub.store.engine import Database
from hub.store.incidents import IncidentsReader
from hub.store.patience import Patience
from hub.visits.day import DAY_MS
from wire.codec import encode
from wire.topics import incident as topic

logger = logging.getLogger(__name__)

LOOK_EVERY_MS: Final = 250
STAYS_MS: Final = DAY_MS
"""How long a closed one stays."""
CLEARED_AGAIN_MS: Final = 7 * DAY_MS
"""Those closed so long ago are cleared once more at each connection: the broker may not have heard it."""
MOST_STEPS: Final = 500
PAGE: Final = 200


class Announcing:
    """Called in each of the writer's rounds; never raises for a database that gives nothing."""

    def __init__(self, database: Database, edge: Publishes, county: str) -> None:
        """Take where incidents are, what publishes them, and the county's name."""
        self._incidents = IncidentsReader(database.reader)
        self._edge, self._county = edge, county
        self._position: int | None = None
        self._waiting: dict[str, None] = {}
        self._stays: dict[str, int] = {}
        """Until when those that are closed stay."""
        self._looked_ms = -LOOK_EVERY_MS
        self._connected = False
        self._patience = Patience(logger)

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Tell up to PACE of those that changed."""
        self._connected = self._connected and connected
        if 0 <= now_ms - self._looked_ms < LOOK_EVERY_MS:
            return
        self._looked_ms = now_ms
        with self._patience:
            self._look(now_ms)
            if connected and not self._connected:
                self._all_again(now_ms)
            self._connected = connected
            if connected and self._waiting:
                self._tell_some(now_ms)

    def _look(self, now_ms: int) -> None:
        if self._position is None:
            self._position = self._incidents.last_step()  # what was before is told at the first connection
        for step in self._incidents.steps_after(self._position, MOST_STEPS):
            self._waiting[step.incident] = None
            self._position = step.id
        for key in [key for key, until_ms in self._stays.items() if now_ms >= until_ms]:
            self._waiting[key] = None
            del self._stays[key]

    def _all_again(self, now_ms: int) -> None:
        """Have every one told: a broker that was restarted may have forgotten what it was given."""
        self._waiting.update(dict.fromkeys(one.id for one in self._incidents.open_incidents()))
        since_ms = now_ms - STAYS_MS - CLEARED_AGAIN_MS
        last: str | None = None
        while True:
            page = self._incidents.page(PAGE, before=last, since_ms=since_ms, is_open=False)
            self._waiting.update(dict.fromkeys(one.id for one in page))
            if len(page) < PAGE:
                return
            last = page[-1].id

    def _tell_some(self, now_ms: int) -> None:
        some = list(self._waiting)[:PACE]
        found = self._incidents.these(some)
        for key in some:
            if not self._edge.publish(topic(key), self._payload(found.get(key), now_ms), retain=True):
                return
            del self._waiting[key]

    def _payload(self, one: Incident | None, now_ms: int) -> bytes:
        if one is None:
            return b""
        if one.state == "closed" and one.closed_ms is not None:
            if now_ms - one.closed_ms >= STAYS_MS:
                return b""
            self._stays[one.id] = one.closed_ms + STAYS_MS
        return encode(announced(one, self._county, now_ms))
