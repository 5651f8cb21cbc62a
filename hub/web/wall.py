"""The wall page `/` and what a cell tells when it is looked at; no personal data."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeVar, get_args

import msgspec
from anyio import to_thread
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from hub.settings import Settings
from hub.store.engine import StoreError
from hub.store.faults import FaultsReader
from hub.view import View
from hub.visits.day import CHINA_AHEAD_MS, DAY_MS
from hub.web.broker import BrokerWatch
from hub.web.faults import FaultsApi, device_of
from hub.web.live import county_frame, layout_of
from hub.web.picture import CELL_STATES, cell_state, columns, towns, why
from hub.web.problem import ProblemError
from hub.web.words import Language, words
from wire.health import StationHealth

Choice = TypeVar("Choice", bound=str)

FOLDER: Final = Path(__file__).parent
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
THEMES: Final = ("light", "dark")
REMEMBER_S: Final = 400 * 24 * 3600
COOKIE: Final = "cuncuntong_"
LAST_FAULTS: Final = 5
"""Of a station, shown on its card."""


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

    def __init__(
        self, view: View, faults: FaultsReader, settings: Settings, broker: BrokerWatch, clock: Callable[[], int]
    ) -> None:
        """Take what to show."""
        self._view, self._broker, self._clock = view, broker, clock
        self._faults, self._shown = faults, FaultsApi(view, faults).shown
        self._county_name = settings.county_name
        environment = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["clock"] = _clock
        environment.filters["minute"] = _minute
        self._template = environment.get_template("wall.html")
        self._files = _digest_of_files()

    def page_version(self, stations: Sequence[StationHealth]) -> str:
        """Name the page: another when its files or the county's villages are others."""
        layout = msgspec.json.encode((self._files, self._county_name, layout_of(stations)))
        return hashlib.sha256(layout).hexdigest()[:16]

    async def page(self, request: Request) -> Response:
        """Return the whole wall."""
        language = _choice(request, "lang", LANGUAGES) or "zh"
        theme = _choice(request, "theme", THEMES)
        stations = self._view.stations()
        size = next(size for size in SIZES if len(stations) <= size.stations)
        frame = county_frame(self._view, stations, self._broker)
        body = self._template.render(
            language=language,
            other_language="en" if language == "zh" else "zh",
            theme=theme,
            words=words(language),
            county_name=self._county_name,
            columns=columns(towns(stations, self._view.causes()), size.columns, size.across),
            states=CELL_STATES,
            size=size.name,
            now_ms=self._clock(),
            at_ms=self._view.county().at_ms,
            version=self.page_version(stations),
            files=self._files,
            towns_figures=frame.pop("towns"),
            **frame,
        )
        response = HTMLResponse(body, headers={"Vary": "Cookie"})
        for name, allowed in (("lang", LANGUAGES), ("theme", THEMES)):
            if request.query_params.get(name) in allowed:
                response.set_cookie(
                    COOKIE + name, request.query_params[name], max_age=REMEMBER_S, samesite="lax", httponly=True
                )
        return response

    async def station(self, request: Request) -> Response:
        """Return what the wall tells of one station."""
        detail = self._view.detail(request.path_params["station"])
        if detail is None:
            raise ProblemError(404, "E-API-02", "No such station", "the county has no such station 本县没有这个站点")
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
                "outbox": msgspec.to_builtins(detail.outbox),
                "software": detail.software,
                "skew": detail.skew_ms,
                "visits": detail.visits_today,
            }
        )


def _choice(request: Request, name: str, allowed: Sequence[Choice]) -> Choice | None:
    """Return what the address or, after it, the browser's memory asks for, or None."""
    for wanted in (request.query_params.get(name), request.cookies.get(COOKIE + name)):
        for choice in allowed:
            if wanted == choice:
                return choice
    return None


def _clock(at_ms: int) -> str:
    """Return the county's time of day, HH:MM:SS."""
    seconds = (at_ms + CHINA_AHEAD_MS) % DAY_MS // 1000
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _minute(at_ms: int) -> str:
    """Return the county's time of day, HH:MM."""
    return _clock(at_ms)[:5]


def _digest_of_files() -> str:
    digest = hashlib.sha256()
    for file in sorted([*(FOLDER / "static").iterdir(), *(FOLDER / "templates").iterdir(), FOLDER / "words.py"]):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
