"""The pages of stations: `/stations` finds one, `/stations/<code>` tells everything of it and gives it orders."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, get_args

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.access.chain import Deed
from hub.desks.ordering import MOST_REASON, Desk, Wanted
from hub.errors import HubError
from hub.health.heartbeat import Bar, Reach, bars, stretches
from hub.health.lines import shown_state
from hub.incidents.incident import Incident
from hub.store.acceptances import AcceptancesReader, Accepted
from hub.store.engine import StoreError
from hub.store.faults import StationFault, state_of
from hub.store.orders import Order, Viewing, note_viewing
from hub.view import StationDetail
from hub.visits.day import DAY_MS
from hub.web.attention import Places
from hub.web.centre import Centre
from hub.web.console.order_form import ORDERS, Outcome, number_in, outcome_of
from hub.web.door import Door, caller_of, require
from hub.web.forms import Field, done, form_of
from hub.web.heartbeats import Drawn, drawn
from hub.web.pages import WORDS, Words, language_of
from hub.web.picture import Cell, cell_state, why
from hub.web.problem import ProblemError, no_such_station
from hub.web.telling import sentence

REACHES: Final[tuple[Reach, ...]] = get_args(Reach)
LATEST_ORDERS, LATEST_FAULTS, LATEST_INCIDENTS = 8, 12, 12
FORM: Final = {
    "order": Field(16, needed=True),
    "camera": Field(40),
    "reason": Field(MOST_REASON, needed=True),
    "seconds": Field(4),
}


class Past(NamedTuple):
    """What the database tells of a station; empty where it cannot be read."""

    bars: Mapping[Reach, Sequence[Bar]]
    faults: Sequence[StationFault]
    incidents: Sequence[Incident]
    orders: Sequence[Order]
    accepted: Accepted | None
    """The last acceptance record."""
    unreadable: bool


class StationPages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre) -> None:
        """Take the county's centre."""
        self._centre, self._desk = centre, Desk(centre.database)
        self._acceptances = AcceptancesReader(centre.database.reader)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/stations", self.listed, "see"),
            Door("/stations/{station}", self.one, "see"),
            Door("/stations/{station}/orders", self.order, "command", ("POST",)),
            Door("/stations/{station}/pictures/{order}", self.picture, "still", ("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        """Return the stations whose name, town or code holds what was asked (`q`), town by town."""
        asked = request.query_params.get("q", "").strip()[:40]
        causes = self._centre.view.causes()
        towns: dict[str, list[Cell]] = {}
        for health in self._centre.view.stations():
            if all(word in f"{health.town} {health.name} {health.station}" for word in asked.split()):
                cell = Cell(health.station, health.name, cell_state(health), why(causes.get(health.station)))
                towns.setdefault(health.town, []).append(cell)
        found = {"asked": asked, "towns": towns, "count": sum(map(len, towns.values()))}
        return self._centre.pages.render(request, "stations.html", found)

    async def one(self, request: Request) -> Response:
        """Return everything of one station."""
        return await self._page(request, self._detail(request))

    async def order(self, request: Request) -> Response:
        """Give an order, and return to the page, which tells what becomes of it."""
        detail = self._detail(request)
        asked = await form_of(request, FORM)
        caller, station = caller_of(request), detail.health.station
        kind = ORDERS.get(asked["order"])
        if kind is None:
            raise ProblemError(422, "E-WEB-06", "Not understood", f"order: {', '.join(ORDERS)}")
        require(caller, kind.needs, detail.health.town)
        try:
            seconds = None if kind.seconds is None else number_in(asked["seconds"], kind.seconds)
            arguments = None if kind.arguments is None else kind.arguments(seconds)
            camera = (asked["camera"] or None) if kind.camera else None
            wanted = Wanted(asked["order"], station, camera, caller.who, asked["reason"], arguments, seconds or 0)
            new = await to_thread.run_sync(self._desk.ready, wanted)
        except HubError as error:
            return await self._page(request, detail, typed=asked, refused=str(error))
        deed = Deed("station.order", f"{station} {wanted.name} {new.command.id}", wanted.reason)
        await self._centre.change(request, new.write, deed)
        return done(f"/stations/{station}", "ordered")

    async def picture(self, request: Request) -> Response:
        """Open a kept picture: who looks and why stands in the log before it is opened; it is kept nowhere."""
        detail = self._detail(request)
        asked = await form_of(request, {"reason": Field(MOST_REASON, needed=True)})
        caller, station, key = caller_of(request), detail.health.station, request.path_params["order"]
        require(caller, "still", detail.health.town)
        order = await to_thread.run_sync(self._desk.reader.order, key)
        sealed = await to_thread.run_sync(self._desk.reader.picture, key)
        if order is None or order.station != station or sealed is None:
            raise ProblemError(
                404,
                "E-ORD-06",
                "No picture",
                "nothing is kept of this order, or no more 没有保存这一单的画面，或已到期删除",
            )
        viewing = Viewing(key, caller.who, asked["reason"], self._centre.now_ms())
        deed = Deed("still.open", f"{station} {key}", asked["reason"])
        await self._centre.change(request, lambda connection: note_viewing(connection, viewing), deed)
        jpeg = await to_thread.run_sync(self._centre.unsealer.picture, sealed)
        if jpeg is None:
            raise ProblemError(
                422,
                "E-ORD-07",
                "Cannot be opened",
                "not sealed to this hub's key, or damaged 不是用本中心公钥加密的画面",
            )
        return Response(jpeg, media_type="image/jpeg", headers={"Content-Disposition": "inline"})

    def _detail(self, request: Request) -> StationDetail:
        detail = self._centre.view.detail(request.path_params["station"])
        if detail is None:
            raise no_such_station()
        return detail

    async def _page(
        self, request: Request, detail: StationDetail, *, typed: dict[str, str] | None = None, refused: str = ""
    ) -> Response:
        centre, health = self._centre, detail.health
        past = await to_thread.run_sync(self._past, health.station)
        said, now_ms, caller = WORDS[language_of(request)], centre.now_ms(), caller_of(request)
        leg = centre.readers.lines.leg(health.station)
        places = Places(centre.view.stations())
        cameras = [device for device in health.devices if device.device.startswith("camera/")]
        shown = {
            "detail": detail,
            "health": health,
            "cell": cell_state(health),
            "why": why(detail.cause),
            "past": past,
            "heartbeats": self._drawn(past, said),
            "faults": [(fault, state_of(fault, health.state, health.devices)) for fault in past.faults],
            "incidents": [(one, sentence(places.line(one), said, now_ms)) for one in past.incidents],
            "orders": self._orders(past, said, now_ms),
            "leg": leg,
            "leg_state": shown_state(leg, health.state, now_ms),
            "cameras": cameras,
            "devices": [device for device in health.devices if device not in cameras],
            "camera_names": [device.device.removeprefix("camera/") for device in cameras],
            "kinds": [name for name, kind in ORDERS.items() if caller.may(kind.needs, health.town)],
            "may_open": caller.may("still", health.town),
            "may_visit": caller.may("visit", health.town),
            "typed": typed or {},
            "refused": refused,
            "most_reason": MOST_REASON,
        }
        return centre.pages.render(request, "station.html", shown, status=409 if refused else 200)

    def _past(self, station: str) -> Past:
        readers, now_ms = self._centre.readers, self._centre.now_ms()
        try:
            told = {reach: self._bars(station, reach, now_ms) for reach in REACHES}
            faults = readers.faults.of_station(station, LATEST_FAULTS)
            incidents = readers.incidents.page(LATEST_INCIDENTS, station=station)
            orders, accepted = self._desk.reader.of_station(station, LATEST_ORDERS), self._acceptances.last(station)
            return Past(told, faults, incidents, orders, accepted, unreadable=False)
        except StoreError:
            return Past(dict.fromkeys(REACHES, ()), (), (), (), None, unreadable=True)

    def _bars(self, station: str, reach: Reach, now_ms: int) -> list[Bar]:
        spans = stretches(reach, now_ms)
        told = self._centre.readers.intervals.between(spans[0][0], now_ms, now_ms, station=station)
        return [bar for _, village in told.villages for bar in bars(village, spans, now_ms, told.blind)]

    def _drawn(self, past: Past, said: Words) -> dict[Reach, Drawn]:
        return {reach: drawn(reach, told, said) for reach, told in past.bars.items() if told}

    def _orders(self, past: Past, said: Words, now_ms: int) -> list[tuple[Order, Outcome, int | None]]:
        """Return each with what became of it, and until when its picture is kept (None: there is none to open)."""
        keep_ms = self._centre.settings.pictures_keep_days * DAY_MS
        told = []
        for order in past.orders:
            kept = order.camera is not None and order.deleted_ms is None and order.answered_ms is not None
            until_ms = order.answered_ms + keep_ms if kept and order.answered_ms is not None else None
            told.append((order, outcome_of(order, said, now_ms), until_ms))
        return told
