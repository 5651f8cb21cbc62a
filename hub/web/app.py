"""The hub's web application: wall, live stream, interface, metrics, health."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from hub.errors import HubError
from hub.settings import Settings
from hub.view import View
from hub.visits.opening import Unsealer
from hub.web.access import BearerToken, SafeHeaders, read_token
from hub.web.alarms import AlarmsApi
from hub.web.api import Api
from hub.web.availability import AvailabilityApi
from hub.web.broker import BrokerWatch
from hub.web.faults import FaultsApi
from hub.web.healthz import Healthz
from hub.web.incident_pages import IncidentPages
from hub.web.incidents import IncidentsApi
from hub.web.line_pages import LinePages
from hub.web.lines import LinesApi
from hub.web.linked import LinkedWatch
from hub.web.live import Live
from hub.web.metrics import Metrics
from hub.web.pages import FOLDER, Pages
from hub.web.problem import ProblemError, on_crash, on_http_error, on_hub_error, on_problem
from hub.web.readers import Readers
from hub.web.wall import Wall


def build_app(view: View, readers: Readers, settings: Settings, unsealer: Unsealer) -> Starlette:
    """Return the application; whoever serves it calls `app.state.end_streams()` before it waits for connections.

    Raises HubError E-WEB-01 when there is no token for the interface.
    """
    token = read_token(Path(settings.web.api_token_file))
    broker = BrokerWatch(view, _now_ms)
    pages, linked = Pages(settings.county_name, _now_ms), LinkedWatch(view, readers.lines, _now_ms)
    wall = Wall(view, readers, pages, broker, linked)
    live = Live(view, broker, linked, _now_ms, wall.page_version)
    api = Api(view, readers.visits, settings, unsealer, broker)
    interface = [
        *api.routes(),
        *FaultsApi(view, readers.faults).routes(),
        *AlarmsApi(readers.alarms, _now_ms).routes(),
        *IncidentsApi(readers.incidents, _now_ms).routes(),
        *LinesApi(view, readers.lines, readers.links, linked, _now_ms).routes(),
        *AvailabilityApi(readers.intervals, _now_ms).routes(),
    ]

    @contextlib.asynccontextmanager
    async def running(_app: Starlette) -> AsyncIterator[None]:
        rounds = [asyncio.create_task(work) for work in (live.run(), linked.run())]
        yield
        live.end()
        for work in rounds:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work

    app = Starlette(
        routes=[
            Route("/", wall.page),
            Route("/live", live.endpoint),
            *IncidentPages(view, readers.incidents, pages).routes(),
            *LinePages(view, readers.lines, linked, pages).routes(),
            Route("/wall/stations/{station}", wall.station),
            Mount("/api/v1", routes=interface, middleware=[Middleware(BearerToken, token=token)]),
            Route("/metrics", Metrics(view, readers.lines, live, _now_ms).endpoint),
            Route("/healthz", Healthz(view, readers.visits, _now_ms).endpoint),
            Mount("/static", StaticFiles(directory=FOLDER / "static")),
        ],
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={
            ProblemError: on_problem,
            HubError: on_hub_error,
            HTTPException: on_http_error,
            Exception: on_crash,
        },
        lifespan=running,
    )
    app.state.end_streams = live.end
    return app


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
