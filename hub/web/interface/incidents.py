"""Incidents for other programs: which there are, and everything that happened to one. Only read; acts are commands."""

from collections.abc import Callable
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.incidents.acts import possible
from hub.incidents.incident import STATES
from hub.incidents.trouble import KINDS
from hub.store.incidents import IncidentsReader
from hub.web.course import shown_to
from hub.web.door import Door, caller_of
from hub.web.interface.query import number_of, query_of
from hub.web.problem import ProblemError, bad_query
from wire.topics import is_station_id

DEFAULT_LIMIT: Final = 50
MOST_INCIDENTS: Final = 500
FILTERS: Final = ("limit", "before", "state", "kind", "town", "station", "since", "open")


class IncidentsApi:
    """The routes, and what they read from."""

    def __init__(self, incidents: IncidentsReader, clock: Callable[[], int]) -> None:
        """Take where incidents stand, and the time."""
        self._incidents, self._clock = incidents, clock

    def doors(self) -> list[Door]:
        """Return the doors below `/api/v1`."""
        return [
            Door("/api/v1/incidents", self.list, "see", kind="data"),
            Door("/api/v1/incidents/{incident}", self.one, "see", kind="data"),
        ]

    async def list(self, request: Request) -> JSONResponse:
        """Return incidents, those opened last first; `next` is the `before` of the following page, or null at the end.

        `town` and `station` fit what ever affected them; `since` (ms) what was not closed before it.
        """
        query = query_of(request, FILTERS)
        limit: int = number_of(query, "limit", DEFAULT_LIMIT, most=MOST_INCIDENTS)
        since_ms: int | None = number_of(query, "since", None, most=2**63 - 1)
        state, kind, station, is_open = (query.get(name) for name in ("state", "kind", "station", "open"))
        if state is not None and state not in STATES:
            raise bad_query(f"state must be one of {', '.join(STATES)} 状态取值有误")
        if kind is not None and kind not in KINDS:
            raise bad_query(f"kind must be one of {', '.join(KINDS)} 类别取值有误")
        if station is not None and not is_station_id(station):
            raise bad_query("station must be 12 digits, or 12 digits and -N 站点编码应为 12 位数字")
        if is_open not in {None, "true", "false"}:
            raise bad_query("open must be true or false 应为 true 或 false")

        def read() -> list[dict[str, object]]:
            found = self._incidents.page(
                limit,
                before=query.get("before"),
                state=state,
                kind=kind,
                town=query.get("town"),
                station=station,
                since_ms=since_ms,
                is_open=None if is_open is None else is_open == "true",
            )
            return [one.told() for one in found]

        shown = await to_thread.run_sync(read)
        return JSONResponse({"incidents": shown, "next": shown[-1]["id"] if len(shown) == limit else None})

    async def one(self, request: Request) -> JSONResponse:
        """Return one incident: what people may do now, every village it affected, and every step of it.

        A paired screen is told no step's note of people (`course.shown_to`).
        """
        query_of(request, ())
        key, caller = request.path_params["incident"], caller_of(request)

        def read() -> dict[str, object] | None:
            incident = self._incidents.find(key)
            if incident is None:
                return None
            return incident.told() | {
                "possible": possible(incident, self._clock()),
                "villages": [member._asdict() for member in self._incidents.members(key)],
                "steps": [step._asdict() for step in shown_to(caller, self._incidents.steps(key))],
            }

        told = await to_thread.run_sync(read)
        if told is None:
            raise no_such_incident()
        return JSONResponse(told)


def no_such_incident() -> ProblemError:
    """Return the refusal of an id that is no incident's."""
    return ProblemError(404, "E-INC-01", "No such incident", "there is no incident of this id 没有这个事件编号")
