"""The wall page `/` and what a cell tells when it is looked at; no personal data."""

import hashlib
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.store.engine import StoreError
from hub.web.attention import Line
from hub.web.centre import Centre
from hub.web.door import Door
from hub.web.interface.faults import FaultsApi, device_of
from hub.web.live import county_frame, layout_of
from hub.web.pages import WORDS, language_of
from hub.web.picture import CELL_STATES, cell_state, columns, towns, why
from hub.web.problem import no_such_station
from hub.web.telling import leg_of, sentence
from wire.health import StationHealth

LAST_FAULTS: Final = 5
"""Of a station, shown on its card."""


SPOKEN: Final = (
    *("text", "state", "reason", "device", "why"),
    *("incident", "incident_state", "priority", "scope", "kind", "line", "leg"),
)
"""Tables of words that the wall's scripts use."""


class Size(NamedTuple):
    """How a county of at most so many stations is laid out on a wide screen; wall.css draws it by this name."""

    stations: float
    name: str
    columns: int
    across: int


SIZES: Final = (
    Size(60, "roomy", 3, 4),
    Size(320, "normal", 4, 4),
    Size(640, "dense", 5, 4),
    Size(float("inf"), "packed", 6, 5),
)


class Wall:
    """Renders the page; what it shows first is what the stream goes on from."""

    def __init__(self, centre: Centre) -> None:
        """Take what to show, and what draws it."""
        self._view, self._pages, self._broker, self._linked = centre.view, centre.pages, centre.broker, centre.linked
        self._faults, self._shown = centre.readers.faults, FaultsApi(centre.view, centre.readers.faults).shown
        self._lines = centre.readers.lines

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [Door("/", self.page, "see"), Door("/wall/stations/{station}", self.station, "see", kind="data")]

    def page_version(self, stations: Sequence[StationHealth]) -> str:
        """Name the page: another when its files or the county's villages are others."""
        layout = msgspec.json.encode((self._pages.files, self._pages.county_name, layout_of(stations)))
        return hashlib.sha256(layout).hexdigest()[:16]

    async def page(self, request: Request) -> Response:
        """Return the whole wall."""
        stations, said = self._view.stations(), WORDS[language_of(request)]
        size = next(size for size in SIZES if len(stations) <= size.stations)
        frame = county_frame(self._view, stations, self._broker)
        now_ms = self._pages.now_ms()
        incidents = self._view.incidents()
        shown = {
            "spoken": {table: said[table] for table in SPOKEN},
            "columns": columns(towns(stations, self._view.causes(), incidents), size.columns, size.across),
            "states": CELL_STATES,
            "size": size.name,
            "at_ms": self._view.county().at_ms,
            "version": self.page_version(stations),
            "linked": self._linked.now(),
            "line_of": lambda line: sentence(Line(**line), said, now_ms),
            "towns_figures": frame.pop("towns"),
        }
        return self._pages.render(request, "wall.html", frame | shown)

    async def station(self, request: Request) -> Response:
        """Return what the wall tells of one station."""
        detail = self._view.detail(request.path_params["station"])
        if detail is None:
            raise no_such_station()
        health = detail.health
        try:
            faults = await to_thread.run_sync(self._faults.of_station, health.station, LAST_FAULTS)
        except StoreError:
            faults = []
        return JSONResponse(
            {
                "station": health.station,
                "name": health.name,
                "town": health.town,
                "cell": cell_state(health),
                "state": health.state,
                "since": health.since_ms,
                "reason": health.reason,
                "heard": health.last_heard_ms,
                "why": detail.cause and {"kind": why(detail.cause), "since": detail.cause.since_ms},
                "devices": [device_of(device) for device in health.devices],
                "faults": [self._shown(fault) for fault in faults],
                "line": leg_of(self._lines.leg(health.station), health.state, self._pages.now_ms()),
                "incidents": [
                    {"id": one.id, "kind": one.kind, "scope": one.scope, "state": one.state, "since": one.since_ms}
                    for one in self._view.incidents()
                    if health.station in one.stations
                ],
                "outbox": msgspec.to_builtins(detail.outbox),
                "software": detail.software,
                "skew": detail.skew_ms,
                "visits": detail.visits_today,
            }
        )
