"""The page of planned times, `/windows`: what `hub maintenance`, `hub commission`, `hub decommission` do, in forms."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.access.chain import Deed
from hub.desks.maintenance import MaintenanceDesk, plan, state_of
from hub.desks.ordering import MOST_REASON
from hub.errors import HubError
from hub.health.every import WEEKDAYS
from hub.incidents.trouble import Node
from hub.local_time import moment_ms
from hub.store.engine import StoreError, Transaction
from hub.store.service import change_service
from hub.store.stations import Village
from hub.store.windows import add_window, end_window
from hub.web.centre import Centre
from hub.web.console.window_forms import EFFECTS, KINDS, asked_of, is_retroactive, when_of, where_of
from hub.web.door import Door, caller_of, require
from hub.web.forms import Field, done, form_of, needed
from hub.web.pages import WORDS, language_of
from hub.web.picture import called
from hub.web.problem import ProblemError

MOST_NAMED: Final = 2_000
"""So many stations are offered by name; others are written by code."""
LENGTHS: Final = ("30m", "1h", "2h", "4h", "8h", "1d", "3d", "7d")
ADD: Final = {
    "effect": Field(16, needed=True),
    "scope": Field(8, needed=True),
    "town": Field(64),
    "station": Field(12),
    "kind": Field(12, needed=True),
    "begin": Field(16),
    "until": Field(16),
    "lasts": Field(6),
    "flexible": Field(6),
    "repeat": Field(8),
    "clock": Field(5),
    "day": Field(2),
    "retroactive": Field(4),
    "reason": Field(MOST_REASON, needed=True),
} | dict.fromkeys(WEEKDAYS, Field(3))
END: Final = {"window": Field(12, needed=True), "reason": Field(MOST_REASON, needed=True), "withdraw": Field(4)}
SERVICE: Final = {"codes": Field(400, needed=True), "since": Field(16), "reason": Field(MOST_REASON)}
NOTHING_TYPED: Final[Mapping[str, str]] = dict.fromkeys((*ADD, *END, *SERVICE), "")


class Doing(NamedTuple):
    """What a form comes to once it is understood and allowed."""

    change: Callable[[Transaction], object]
    deeds: Sequence[Deed]


Work = Callable[[Request, Mapping[str, str]], Doing]


class WindowPages:
    """The page, and what it reads from."""

    def __init__(self, centre: Centre) -> None:
        """Take what is read and changed, and what draws it."""
        self._centre = centre

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/windows", self.listed, "see"),
            Door("/windows", self.added, "plan", methods=("POST",)),
            *(Door(f"/windows/{form}", self.listed, "see") for form in ("end", "commission", "decommission")),
            Door("/windows/end", self.ended, "plan", methods=("POST",)),
            Door("/windows/commission", self.commissioned, "plan", methods=("POST",)),
            Door("/windows/decommission", self.decommissioned, "plan", methods=("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        """Return what holds, waits or is to come; with `?all=1` also what is over."""
        return await self._page(request, NOTHING_TYPED)

    async def added(self, request: Request) -> Response:
        """Plan a time."""
        typed = await form_of(request, ADD)
        return await self._try(request, typed, self._add, "window_add", "add")

    async def ended(self, request: Request) -> Response:
        """End one, or withdraw it."""
        typed = await form_of(request, END)
        return await self._try(request, typed, self._end, "window_end", typed["window"])

    async def commissioned(self, request: Request) -> Response:
        """Put stations into service."""
        typed = await form_of(request, SERVICE)
        return await self._try(request, typed, self._commission, "in_service", "service")

    async def decommissioned(self, request: Request) -> Response:
        """Take stations out of service."""
        typed = await form_of(request, SERVICE)
        return await self._try(request, typed, self._decommission, "out_of_service", "service")

    async def _try(self, request: Request, typed: Mapping[str, str], work: Work, word: str, form: str) -> Response:
        """Do what a form asks; what is refused is said beside what they typed."""
        try:
            doing = await to_thread.run_sync(work, request, typed)
            await self._centre.change(request, doing.change, *doing.deeds)
        except HubError as error:
            said = WORDS[language_of(request)]["window_refused"]
            return await self._page(request, typed, said.get(error.code, str(error)), form)
        except ProblemError as error:
            if error.status != 422:
                raise
            return await self._page(request, typed, error.detail, form)
        return done("/windows", word)

    def _add(self, request: Request, typed: Mapping[str, str]) -> Doing:
        caller, now_ms, desk = caller_of(request), self._centre.now_ms(), self._desk()
        scope = typed["scope"]
        node = desk.node(
            town=typed["town"] if scope == "town" else None,
            station=typed["station"] if scope == "station" else None,
            county=scope == "county",
        )
        self._check_area(request, node)
        asked = asked_of(typed, node)
        planned = plan(asked, caller.who, typed["reason"], now_ms)

        def change(connection: Transaction) -> None:
            add_window(connection, planned)

        return Doing(change, [Deed("window.add", planned.window.id, typed["reason"])])

    def _end(self, request: Request, typed: Mapping[str, str]) -> Doing:
        caller, now_ms, desk = caller_of(request), self._centre.now_ms(), self._desk()
        key = typed["window"]
        reason, withdrawn = desk.ending(key, typed["reason"], now_ms, withdraw=bool(typed["withdraw"]))
        found = desk.windows.find(key)
        if found is not None:
            self._check_area(request, found.window.node)

        def change(connection: Transaction) -> None:
            end_window(connection, key, caller.who, reason, now_ms, withdrawn=withdrawn)

        return Doing(change, [Deed("window.end", key, typed["reason"])])

    def _commission(self, request: Request, typed: Mapping[str, str]) -> Doing:
        now_ms = self._centre.now_ms()
        since_ms = moment_ms(typed["since"], now_ms, past=True) if typed["since"] else now_ms
        codes = self._codes(request, typed)
        pairs = self._desk().commissioning(codes, since_ms, now_ms, corrects=bool(typed["since"]))
        return self._serve(request, typed, codes, pairs, starts=True)

    def _decommission(self, request: Request, typed: Mapping[str, str]) -> Doing:
        needed(typed, "reason")
        codes = self._codes(request, typed)
        pairs = self._desk().decommissioning(codes, self._centre.now_ms())
        return self._serve(request, typed, codes, pairs, starts=False)

    def _serve(
        self,
        request: Request,
        typed: Mapping[str, str],
        codes: Sequence[str],
        pairs: list[tuple[int, int]],
        *,
        starts: bool,
    ) -> Doing:
        who, now_ms, why = caller_of(request).who, self._centre.now_ms(), typed["reason"]

        def change(connection: Transaction) -> None:
            change_service(connection, pairs, starts=starts, how="person", now_ms=now_ms, who=who, reason=why)

        act = "station.commission" if starts else "station.decommission"
        return Doing(change, [Deed(act, code, why) for code in codes])

    def _codes(self, request: Request, typed: Mapping[str, str]) -> list[str]:
        codes = list(dict.fromkeys(typed["codes"].replace(",", " ").replace("，", " ").split()))
        for code in codes:
            self._check_area(request, self._desk().node(town=None, station=code, county=False))
        return codes

    def _check_area(self, request: Request, node: Node) -> None:
        """Refuse a place that whoever asks is not responsible for."""
        towns = {health.station: health.town for health in self._centre.view.stations()}
        town = node.place if node.scope == "town" else towns.get(node.place, "")
        require(caller_of(request), "plan", town)

    def _desk(self) -> MaintenanceDesk:
        villages = [Village(one.station, one.name, one.town) for one in self._centre.view.stations()]
        return MaintenanceDesk(self._centre.settings, self._centre.database, villages)

    async def _page(self, request: Request, typed: Mapping[str, str], refused: str = "", form: str = "") -> Response:
        caller, now_ms, desk = caller_of(request), self._centre.now_ms(), self._desk()
        every, unreadable = bool(request.query_params.get("all")), False
        said, rows = WORDS[language_of(request)], []
        stations = self._centre.view.stations()
        towns = {one.station: one.town for one in stations}
        names = {one.station: called(one.name, one.town) for one in stations}
        try:
            found = await to_thread.run_sync(desk.windows.overlapping, 0 if every else now_ms, 2**62)
        except StoreError:
            found, unreadable = [], True
        may_plan = caller.kind == "account" and caller.may("plan")
        for one in found:
            state, node = state_of(one, now_ms), one.window.node
            if every or state not in {"over", "withdrawn"}:
                town = node.place if node.scope == "town" else towns.get(node.place, "")
                may = may_plan and caller.may("plan", town) and state != "withdrawn"
                when = when_of(one.window, said)
                rows.append(
                    (one, state, where_of(node, desk.stations(node), names, said), when, may, is_retroactive(one))
                )
        values = {
            "rows": rows,
            "every": every,
            "unreadable": unreadable,
            "may_plan": may_plan,
            "may_county": may_plan and caller.may("plan", ""),
            "stations": [(code, name) for code, name in names.items() if caller.area.holds(towns[code])][:MOST_NAMED],
            "towns": sorted(town for town in set(towns.values()) if caller.area.holds(town)),
            "typed": {**NOTHING_TYPED, **typed},
            "refused": refused,
            "form": form,
            "effects": EFFECTS,
            "kinds": KINDS,
            "lengths": LENGTHS,
            "weekdays": WEEKDAYS,
        }
        return self._centre.pages.render(request, "windows.html", values, status=409 if refused else 200)
