"""Bringing calls for help and for staff to the view, at once when a new one was stored, or could not be stored."""

import logging
from collections.abc import Iterable, Mapping
from typing import Final

from hub.incidents.calls import Call
from hub.ingest.calling import Calling
from hub.ingest.handle import Handled
from hub.store.alarms import AlarmsReader
from hub.store.details import shown_ms
from hub.store.patience import Patience
from hub.store.stations import Village
from hub.view import Alarm, Alarms, View
from wire.records import Emergency

logger = logging.getLogger(__name__)

STAFF_CALLS_SHOWN_MS: Final = 2 * 3_600_000
MOST_SHOWN: Final = 100
MOST_OF_ONE: Final = 10
"""Of one station: one that calls without end hides no other."""
LOOK_EVERY_MS: Final = 1_000
"""What somebody at the centre took goes from the wall this soon; what nobody takes is escalated."""
STAFF_EVERY_MS: Final = 10_000
"""Time alone takes a call for staff off the wall."""


class Alarming:
    """Has a turn in each of the writer's rounds; a database that fails hides no call for help."""

    def __init__(self, calling: Calling, reader: AlarmsReader, view: View, villages: Iterable[Village]) -> None:
        """Take what keeps calls for help, where those for staff stand, what shows both, and the villages' names."""
        self._calling, self._reader, self._view = calling, reader, view
        self._villages: Mapping[str, Village] = {village.code: village for village in villages}
        self._looked_ms: int | None = None
        self._staff_ms: int | None = None
        self._patience = Patience(logger)
        self._stored = Alarms()
        self._unstored: dict[tuple[str, str], Alarm] = {}

    def look_again(self) -> None:
        """Look in the coming round: a call was stored."""
        self._looked_ms = self._staff_ms = None

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
        with self._patience:
            standing = self._calling.standing(now_ms, MOST_SHOWN)
            self._stored = self._stored._replace(emergencies=tuple(map(_alarm, standing)))
            if self._staff_ms is None or not 0 <= now_ms - self._staff_ms < STAFF_EVERY_MS:
                since_ms = now_ms - STAFF_CALLS_SHOWN_MS
                staff = tuple(self._reader.staff_calls(since_ms, MOST_SHOWN, of_each=MOST_OF_ONE))
                self._stored, self._staff_ms = self._stored._replace(staff=staff), now_ms
        self._view.alarm(self._stored._replace(emergencies=self._emergencies()))

    def _hold(self, village: Village, emergency: Emergency, at_ms: int | None, received_ms: int) -> None:
        key = (village.code, emergency.call)
        held = self._unstored.get(key)
        if held is None and sum(station == village.code for station, _ in self._unstored) >= MOST_OF_ONE:
            return
        if held is None or (emergency.withdrawn and not held.withdrawn):
            made_ms = shown_ms(at_ms, received_ms)
            self._unstored[key] = Alarm(0, *village, "0", made_ms, received_ms, emergency.withdrawn)
            self._looked_ms = None

    def _emergencies(self) -> tuple[Alarm, ...]:
        """Return what stands and what could not be stored yet; of that what was taken back was never to be answered."""
        waiting = [one for one in reversed(self._unstored.values()) if not one.withdrawn]
        return (*waiting, *self._stored.emergencies)[:MOST_SHOWN]


def _alarm(call: Call) -> Alarm:
    return Alarm(
        *(call.id, call.station, call.name, call.town, str(call.id), call.at_ms, call.received_ms),
        withdrawn=call.withdrawn_ms is not None,
        level=call.level,
        presses=call.presses,
    )
