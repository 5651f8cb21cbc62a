"""Calls for help and for staff: for other programs, and as the wall shows them; nothing of who called."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.store.alarms import AlarmsReader
from hub.view import Alarm, Alarms
from hub.visits.day import DAY_MS
from hub.web.door import Door
from hub.web.interface.query import number_of, query_of
from hub.web.picture import called

DEFAULT_LIMIT: Final = 50
MOST_EMERGENCIES: Final = 500
NAMED: Final = 6
"""So many calls of a kind are named on the wall, those of different villages first; all are counted."""


class AlarmsApi:
    """The route, and what it reads from."""

    def __init__(self, alarms: AlarmsReader, clock: Callable[[], int]) -> None:
        """Take where calls stand, and the time."""
        self._alarms, self._clock = alarms, clock

    def doors(self) -> list[Door]:
        """Return the doors below `/api/v1`."""
        return [Door("/api/v1/emergencies", self.emergencies, "see", kind="data")]

    async def emergencies(self, request: Request) -> JSONResponse:
        """Return calls for help that arrived from `since` (ms, else a day ago) on, newest first; `more` if cut off."""
        query = query_of(request, ("since", "limit"))
        limit = number_of(query, "limit", DEFAULT_LIMIT, most=MOST_EMERGENCIES)
        since_ms = number_of(query, "since", self._clock() - DAY_MS, most=2**63 - 1)
        found = await to_thread.run_sync(self._alarms.emergencies, since_ms, limit + 1)
        shown = [alarm._asdict() for alarm in found[:limit]]
        return JSONResponse({"emergencies": shown, "more": len(found) > limit})


def alarms_frame(alarms: Alarms) -> dict[str, object]:
    """Return what the wall shows of them: how many of each kind, and the newest by name."""
    urgent = _calls(alarms.emergencies)
    urgent["waits"] = sum(not alarm.withdrawn for alarm in alarms.emergencies)
    return {"emergencies": urgent, "staff": _calls(alarms.staff)}


def _calls(alarms: Sequence[Alarm]) -> dict[str, object]:
    places: Counter[str] = Counter()
    named: list[tuple[int, int, Alarm]] = []
    for alarm in alarms:
        named.append((places[alarm.station], len(named), alarm))
        places[alarm.station] += 1
    return {"count": len(alarms), "newest": [_call(alarm) for *_, alarm in sorted(named)[:NAMED]]}


def _call(alarm: Alarm) -> dict[str, object]:
    told: dict[str, object] = {"station": alarm.station, "village": called(alarm.name, alarm.town), "at": alarm.at_ms}
    how = {"level": alarm.level, "withdrawn": alarm.withdrawn, "presses": alarm.presses - 1}
    return told | {name: value for name, value in how.items() if value}
