"""`/api/v1`: the county for other programs. Identities only masked, opened from the mask box in memory."""

from typing import Final, get_args

import msgspec
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.settings import Settings
from hub.store.engine import StoreError
from hub.store.visits import VisitRow, VisitsReader
from hub.view import StationDetail, View
from hub.visits.opening import Unsealer
from hub.web.broker import BrokerWatch
from hub.web.door import Door, caller_of
from hub.web.interface.faults import device_of
from hub.web.interface.query import number_of, query_of
from hub.web.problem import bad_query, no_such_station
from wire.health import State, StationHealth
from wire.topics import is_station_id

DEFAULT_LIMIT: Final = 50
MOST_VISITS: Final = 500
VIDEOS: Final = ("ok", "fault", "unknown")
STATES: Final[tuple[State, ...]] = get_args(State)


class Api:
    """The routes, and what they read from."""

    def __init__(
        self, view: View, visits: VisitsReader, settings: Settings, unsealer: Unsealer, broker: BrokerWatch
    ) -> None:
        """Take everything that is read."""
        self._view, self._visits, self._settings = view, visits, settings
        self._unsealer, self._broker = unsealer, broker

    def doors(self) -> list[Door]:
        """Return the doors below `/api/v1`."""
        return [
            Door("/api/v1/summary", self.summary, "see", kind="data"),
            Door("/api/v1/stations", self.stations, "see", kind="data"),
            Door("/api/v1/stations/{station}", self.station, "see", kind="data"),
            Door("/api/v1/visits", self.visits, "visit", kind="data"),
        ]

    async def summary(self, request: Request) -> JSONResponse:
        """Return the county in figures; `visits.total` is null while the database cannot be read."""
        query_of(request, ())
        county, broker = self._view.county(), self._broker.state()
        video = dict.fromkeys(VIDEOS, 0)
        for health in self._view.stations():
            video[health.video] += 1
        try:
            total = await to_thread.run_sync(self._visits.total)
        except StoreError:
            total = None
        return JSONResponse(
            {
                "county": county.county,
                "county_name": self._settings.county_name,
                "at_ms": county.at_ms,
                "hub": {"broker": broker.word, "since_ms": broker.since_ms, "storage": self._view.storage_trouble()},
                "stations": {"total": county.stations, **{state: getattr(county, state) for state in STATES}},
                "video": video,
                "visits": {"today": county.visits_today, "total": total},
                "quarantined": county.quarantined,
            }
        )

    async def stations(self, request: Request) -> JSONResponse:
        """Return every station, or those of one state or town."""
        query = query_of(request, ("state", "town"))
        state, town = query.get("state"), query.get("town")
        if state is not None and state not in STATES:
            raise bad_query(f"state must be one of {', '.join(STATES)} 状态取值有误")
        shown = [
            _station(health)
            for health in self._view.stations()
            if state in {None, health.state} and town in {None, health.town}
        ]
        return JSONResponse({"stations": shown})

    async def station(self, request: Request) -> JSONResponse:
        """Return everything known of one station."""
        query_of(request, ())
        detail = self._view.detail(request.path_params["station"])
        if detail is None:
            raise no_such_station()
        return JSONResponse(_detail(detail))

    async def visits(self, request: Request) -> JSONResponse:
        """Return visits of the caller's towns, newest first; `next` is the `before` of the following page, or null."""
        query = query_of(request, ("limit", "before", "station"))
        limit = number_of(query, "limit", DEFAULT_LIMIT, most=MOST_VISITS)
        before = number_of(query, "before", None, most=2**63 - 1)
        station = query.get("station")
        if station is not None and not is_station_id(station):
            raise bad_query("station must be 12 digits, or 12 digits and -N 站点编码应为 12 位数字")
        assert limit is not None
        towns = caller_of(request).area.towns
        rows, shown = await to_thread.run_sync(self._page, limit, before, station, towns)
        return JSONResponse({"visits": shown, "next": rows[-1].id if len(rows) == limit else None})

    def _page(
        self, limit: int, before: int | None, station: str | None, towns: frozenset[str]
    ) -> tuple[list[VisitRow], list[dict[str, object]]]:
        rows = self._visits.recent(limit, before, station, towns=towns)
        return rows, [self._visit(row) for row in rows]

    def _visit(self, row: VisitRow) -> dict[str, object]:
        seen = self._unsealer.shown(row.person, row.who)
        identity = None if seen is None else {"name": seen.name, "id_number": seen.id_number}
        return row.told() | {"identity": identity}


def _station(health: StationHealth) -> dict[str, object]:
    return {
        "station": health.station,
        "name": health.name,
        "town": health.town,
        "state": health.state,
        "since_ms": health.since_ms,
        "reason": health.reason,
        "video": health.video,
        "last_heard_ms": health.last_heard_ms,
        "devices": [device_of(device) for device in health.devices],
    }


def _detail(detail: StationDetail) -> dict[str, object]:
    return {
        **_station(detail.health),
        "software": detail.software,
        "boot": detail.boot,
        "epoch": detail.epoch,
        "outbox": msgspec.to_builtins(detail.outbox),
        "skew_ms": detail.skew_ms,
        "keepalive_s": detail.keepalive_s,
        "visits_today": detail.visits_today,
        "stored_to": detail.stored_to,
    }
