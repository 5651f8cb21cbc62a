"""The hub's web application: every door of wall, console and interface, and what all answers have in common."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from hub.desks.warning_watch import WarningWatch
from hub.web.by_station import StationDoors
from hub.web.centre import Centre
from hub.web.console.acceptances import AcceptancePages
from hub.web.console.account import AccountPages
from hub.web.console.accounts_admin import AccountAdminPages
from hub.web.console.audit_pages import AuditPages
from hub.web.console.call_backs import CallBackPages
from hub.web.console.calls import CallPages
from hub.web.console.certificates import CertificatePages
from hub.web.console.coverage import CoveragePages
from hub.web.console.disclosure import DisclosurePages
from hub.web.console.editing import EditingPages
from hub.web.console.exchange import ExchangePages
from hub.web.console.incidents import IncidentPages
from hub.web.console.library import LibraryPages
from hub.web.console.lines import LinePages
from hub.web.console.persons import PersonPages
from hub.web.console.report_doors import desk_of, report_doors
from hub.web.console.rollouts import RolloutPages
from hub.web.console.screens import ScreenPages
from hub.web.console.signin import SignInPages
from hub.web.console.stations import StationPages
from hub.web.console.status import StatusPages
from hub.web.console.tickets import TicketPages
from hub.web.console.tokens import TokenPages
from hub.web.console.visit_acts import VisitActs
from hub.web.console.visits import VisitPages
from hub.web.console.windows import WindowPages
from hub.web.console.work import WorkPages
from hub.web.door import Door, guarded
from hub.web.entrance import Entrance
from hub.web.gate import Gate
from hub.web.headers import SafeHeaders
from hub.web.healthz import Healthz
from hub.web.interface.alarms import AlarmsApi
from hub.web.interface.api import Api
from hub.web.interface.availability import AvailabilityApi
from hub.web.interface.contract import Contract
from hub.web.interface.faults import FaultsApi
from hub.web.interface.incidents import IncidentsApi
from hub.web.interface.lines import LinesApi
from hub.web.interface.rules import ruled
from hub.web.interface.tickets import TicketsApi
from hub.web.live import Live
from hub.web.metrics import Metrics
from hub.web.pages import FOLDER
from hub.web.refusals import refusals
from hub.web.wall import Wall


def build_app(centre: Centre) -> Starlette:
    """Return the application; whoever serves it calls `app.state.end_streams()` before it waits for connections."""
    wall = Wall(centre)
    live = Live(centre.view, centre.broker, centre.linked, centre.now_ms, wall.page_version, centre.who.may_still_see)

    warned = WarningWatch(desk_of(centre), centre.now_ms)

    @contextlib.asynccontextmanager
    async def running(_app: Starlette) -> AsyncIterator[None]:
        rounds = [asyncio.create_task(work) for work in (live.run(), centre.linked.run(), warned.run())]
        yield
        live.end()
        for work in rounds:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work

    every = doors(centre, wall, live)
    app = Starlette(
        routes=[
            *guarded(every, centre.who),
            Mount("/static", StaticFiles(directory=FOLDER / "static")),
        ],
        middleware=[Middleware(SafeHeaders), Middleware(Gate, names=centre.settings.web.names)],
        exception_handlers=refusals(centre.pages),
        lifespan=running,
    )
    app.state.end_streams = live.end
    app.state.doors, app.state.who = every, centre.who
    return app


def doors(centre: Centre, wall: Wall, live: Live) -> list[Door]:
    """Return every door there is, each with what it needs; only static files have none."""
    return [
        *wall.doors(),
        Door("/live", live.endpoint, "see", kind="data"),
        Door("/metrics", Metrics(centre.view, centre.readers.lines, live, centre.now_ms).endpoint, "see", kind="data"),
        Door("/healthz", Healthz(centre.view, centre.readers.visits, centre.now_ms).endpoint, "nothing", kind="data"),
        *StationDoors(centre).doors(),
        *console(centre),
        *interface(centre),
        *Contract(centre.pages).doors(),
        *StatusPages(centre).doors(),
    ]


def console(centre: Centre) -> list[Door]:
    """Return the pages of people."""
    entrance = Entrance(centre)
    return [
        *SignInPages(centre, entrance).doors(),
        *AccountPages(centre, entrance).doors(),
        *CallPages(centre).doors(),
        *IncidentPages(centre).doors(),
        *WindowPages(centre).doors(),
        *LinePages(centre.view, centre.readers.lines, centre.linked, centre.pages).doors(),
        *StationPages(centre).doors(),
        *AcceptancePages(centre).doors(),
        *report_doors(centre),
        *CallBackPages(centre).doors(),
        *(visits := VisitPages(centre)).doors(),
        *VisitActs(centre, visits).doors(),
        *TicketPages(centre).doors(),
        *PersonPages(centre).doors(),
        *ScreenPages(centre).doors(),
        *CertificatePages(centre).doors(),
        *RolloutPages(centre).doors(),
        *AuditPages(centre).doors(),
        *AccountAdminPages(centre).doors(),
        *TokenPages(centre).doors(),
        *LibraryPages(centre).doors(),
        *ExchangePages(centre).doors(),
        *EditingPages(centre).doors(),
        *CoveragePages(centre).doors(),
        *WorkPages(centre).doors(),
        *DisclosurePages(centre).doors(),
    ]


def interface(centre: Centre) -> list[Door]:
    """Return what other programs ask, below `/api/v1`."""
    view, readers, now_ms = centre.view, centre.readers, centre.now_ms
    asked = [
        *Api(view, readers.visits, centre.settings, centre.unsealer, centre.broker).doors(),
        *FaultsApi(view, readers.faults).doors(),
        *AlarmsApi(readers.alarms, now_ms).doors(),
        *IncidentsApi(readers.incidents, now_ms).doors(),
        *LinesApi(view, readers.lines, readers.links, centre.linked, now_ms).doors(),
        *AvailabilityApi(readers.intervals, now_ms).doors(),
        *TicketsApi(centre).doors(),
    ]
    return ruled(asked, now_ms)
