"""Bringing calls for help and for staff from the database to the view, at once when a new one was stored."""

import logging
from typing import Final

from hub.store.alarms import AlarmsReader
from hub.store.engine import StoreError
from hub.view import Alarms, View

logger = logging.getLogger(__name__)

EMERGENCIES_SHOWN_MS: Final = 24 * 3_600_000
STAFF_CALLS_SHOWN_MS: Final = 2 * 3_600_000
MOST_SHOWN: Final = 100
LOOK_EVERY_MS: Final = 10_000
"""Time alone takes a call off the wall."""


class Alarming:
    """Has a turn in each of the writer's rounds; a database that cannot be read leaves what was shown."""

    def __init__(self, reader: AlarmsReader, view: View) -> None:
        """Take where calls stand and what shows them."""
        self._reader, self._view = reader, view
        self._looked_ms: int | None = None
        self._trouble: str | None = None

    def look_again(self) -> None:
        """Look in the coming round: a call was stored."""
        self._looked_ms = None

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Show what there is, when it is due."""
        if self._looked_ms is not None and 0 <= now_ms - self._looked_ms < LOOK_EVERY_MS:
            return
        self._looked_ms = now_ms
        try:
            emergencies = self._reader.emergencies(now_ms - EMERGENCIES_SHOWN_MS, MOST_SHOWN, withdrawn=False)
            staff = self._reader.staff_calls(now_ms - STAFF_CALLS_SHOWN_MS, MOST_SHOWN)
        except StoreError as error:
            if self._trouble != error.code:
                logger.warning("%s", error)
            self._trouble = error.code
            return
        self._trouble = None
        self._view.alarm(Alarms(tuple(emergencies), tuple(staff)))
