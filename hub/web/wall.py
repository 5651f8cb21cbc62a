"""The wall page `/`, a town's page, and what a cell tells when it is looked at; no personal data."""

import hashlib
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.store.engine import StoreError
from hub.web.attention import Line, Places
from hub.web.centre import Centre
from hub.web.cookies import named, put
from hub.web.door import Door, caller_of
from hub.web.interface.faults import FaultsApi, device_of
from hub.web.live import county_frame, layout_of
from hub.web.pages import WORDS, language_of
from hub.web.picture import CELL_STATES, Counts, Town, cell_state, columns, level_of, standings, towns, why
from hub.web.problem import no_such_station
from hub.web.telling import leg_of, sentence
from hub.web.views import ViewName, Views
from hub.web.who import SCREEN_COOKIE, SCREEN_S
from wire.health import StationHealth

LAST_FAULTS: Final = 5
"""Of a station, shown on its card."""


SPOKEN: Final = (
    "call_overlay",
    *("text", "state", "reason", "device", "why"),
    *("incident", "incident_state", "priority", "scope", "kind", "line", "leg", "wall"),
)
"""Tables of words that the wall's scripts use."""


MOST_CELLS: Final = 2_000
"""Up to so many villages each cell is an element of the page; more are drawn on a canvas beside a table."""
SIGNS: Final = {"online": "o", "noview": "n", "fault": "f", "offline": "x", "unknown": "u", "maintenance": "m"}
"""States as the canvas is first told them, a letter each."""


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
        self.views = Views(centre)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/", self.page, "see"),
            Door("/town/{town}", self.town, "see"),
            Door("/wall/stations/{station}", self.station, "see", kind="data"),
            *self.views.doors(),
        ]

    def page_version(self, stations: Sequence[StationHealth]) -> str:
        """Name the page: another when its files or the county's villages are others."""
        layout = msgspec.json.encode((self._pages.files, self._pages.county_name, layout_of(stations)))
        return hashlib.sha256(layout).hexdigest()[:16]

    async def page(self, request: Request) -> Response:
        """Return the whole wall; `?view=` names what it shows first."""
        stations, said = self._view.stations(), WORDS[language_of(request)]
        wanted = request.query_params.get("view", "grid")
        view: ViewName = next((name for name in self.views.offered if name == wanted), "grid")
        frame = county_frame(self._view, stations, self._broker)
        now_ms = self._pages.now_ms()
        shown = {
            "spoken": {table: said[table] for table in SPOKEN},
            "states": CELL_STATES,
            "at_ms": self._view.county().at_ms,
            "version": self.page_version(stations),
            "linked": self._linked.now(),
            "line_of": lambda line: sentence(Line(**line), said, now_ms),
            "towns_figures": frame.pop("towns"),
            "views": self.views.offered,
            "view": view,
        }
        grid = self._grid(stations) if len(stations) <= MOST_CELLS else self._canvas(stations)
        more = {} if view == "grid" else await self.views.values(view, request)
        answer = self._pages.render(request, "wall.html", {**more, **frame, **shown, **grid})
        if caller_of(request).kind == "screen":
            put(answer, request, SCREEN_COOKIE, request.cookies[named(SCREEN_COOKIE, request)], max_age=SCREEN_S)
        return answer

    def _grid(self, stations: Sequence[StationHealth]) -> dict[str, object]:
        size = next(size for size in SIZES if len(stations) <= size.stations)
        shown = towns(stations, self._view.causes(), self._view.incidents())
        return {"columns": columns(shown, size.columns, size.across), "size": size.name, "canvas": None}

    def _canvas(self, stations: Sequence[StationHealth]) -> dict[str, object]:
        """Return what the canvas is drawn from: of each town its name, its villages' codes and their states."""
        by_town: dict[str, tuple[list[str], list[str]]] = {}
        for health in stations:
            codes, states = by_town.setdefault(health.town, ([], []))
            codes.append(health.station)
            states.append(SIGNS[cell_state(health)])
        cells = [[town, " ".join(codes), "".join(states)] for town, (codes, states) in by_town.items()]
        standing = standings(stations, self._view.incidents())
        return {"columns": (), "size": "drawn", "canvas": {"towns": cells, "signs": SIGNS}, "standing": standing}

    async def town(self, request: Request) -> Response:
        """Return one town: its figures, its villages large, its incidents."""
        name, said, now_ms = request.path_params["town"], WORDS[language_of(request)], self._pages.now_ms()
        stations, incidents = self._view.stations(), self._view.incidents()
        here = [health for health in stations if health.town == name]
        shown = towns(here, self._view.causes(), incidents)
        codes = {health.station for health in here}
        places = Places(stations)
        lines = [places.line(one) for one in incidents if one.place == name or codes.intersection(one.stations)]
        values = {
            "town": shown[0] if shown else Town(name, (), Counts()),
            "names": list(dict.fromkeys(health.town for health in stations)),
            "sentences": [(line, sentence(line, said, now_ms)) for line in lines],
            "healths": {health.station: health for health in here},
            "level": level_of(shown[0].counts, down=shown[0].down) if shown else "unknown",
        }
        return self._pages.render(request, "town.html", values, status=200 if here else 404)

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
