"""Bringing calls for help and for staff to the view, at once when a new one was stored, or could not be stored."""

import logging
from collections.abc import Iterable, Mapping
from typing import Final

from hub.ingest.handle import Handled
from hub.store.alarms import AlarmsReader
from hub.store.details import shown_ms
from hub.store.patience import Patience
from hub.store.stations import Village
from hub.view import Alarm, Alarms, View
from wire.records import Emergency

logger = logging.getLogger(__name__)

EMERGENCIES_SHOWN_MS: Final = 24 * 3_600_000
STAFF_CALLS_SHOWN_MS: Final = 2 * 3_600_000
MOST_SHOWN: Final = 100
MOST_OF_ONE: Final = 10
"""Of one station: one that calls without end hides no other."""
LOOK_EVERY_MS: Final = 10_000
"""Time alone takes a call off the wall."""


class Alarming:
    """Has a turn in each of the writer's rounds; a database that fails hides no call for help."""

    def __init__(self, reader: AlarmsReader, view: View, villages: Iterable[Village]) -> None:
        """Take where calls stand, what shows them, and the names of the villages."""
        self._reader, self._view = reader, view
        self._villages: Mapping[str, Village] = {village.code: village for village in villages}
        self._looked_ms: int | None = None
        self._patience = Patience(logger)
        self._stored = Alarms()
        self._unstored: dict[tuple[str, str], Alarm] = {}

    def look_again(self) -> None:
        """Look in the coming round: a call was stored."""
        self._looked_ms = None

    def committed(self) -> None:
        """Forget what could not be stored: by now it is, or its station sends it again."""
        if self._unstored:
            self._unstored.clear()
            self._looked_ms = None

    def not_stored(self, handled: Iterable[Handled]) -> None:
        """Show the calls for help among these though they are not stored: nobody who needs help waits for a disk."""
        for one in handled:
            village = self._villages.get(one.station or "")
            if village is None:
                continue
            for record in one.records:
                if isinstance(record.item, Emergency):
                    self._hold(village, record.item, record.at_ms, one.received_ms)

    def round(self, now_ms: int, *, connected: bool) -> None:
        """Show what there is, when it is due."""
        if self._looked_ms is not None and 0 <= now_ms - self._looked_ms < LOOK_EVERY_MS:
            return
        self._looked_ms = now_ms
        since_ms = now_ms - EMERGENCIES_SHOWN_MS
        with self._patience:
            self._stored = Alarms(
                tuple(self._reader.emergencies(since_ms, MOST_SHOWN, withdrawn=False, of_each=MOST_OF_ONE)),
                tuple(self._reader.staff_calls(now_ms - STAFF_CALLS_SHOWN_MS, MOST_SHOWN, of_each=MOST_OF_ONE)),
            )
        self._view.alarm(self._stored._replace(emergencies=self._emergencies()))

    def _hold(self, village: Village, emergency: Emergency, at_ms: int | None, received_ms: int) -> None:
        key = (village.code, emergency.call)
        held = self._unstored.get(key)
        if held is None and sum(station == village.code for station, _ in self._unstored) >= MOST_OF_ONE:
            return
        if held is None or (emergency.withdrawn and not held.withdrawn):
            made_ms = shown_ms(at_ms, received_ms)
            self._unstored[key] = Alarm(0, *village, emergency.call, made_ms, received_ms, emergency.withdrawn)
            self._looked_ms = None

    def _emergencies(self) -> tuple[Alarm, ...]:
        standing = [one for one in self._stored.emergencies if (one.station, one.call) not in self._unstored]
        waiting = [one for one in reversed(self._unstored.values()) if not one.withdrawn]
        return (*waiting, *standing)[:MOST_SHOWN]
