"""`/rollouts`: releases of the stations' software, the roll-out that is on its way, and those before; acts on it."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from hub.desks import rolling_out
from hub.desks.auditing import Doing
from hub.desks.rolling_out import DEFAULT_SOAK, DEFAULT_WAVES
from hub.errors import HubError
from hub.local_time import length_ms
from hub.store.orders import OrdersReader
from hub.store.rollouts import Part, Rollout, RolloutsReader
from hub.web.centre import Centre
from hub.web.door import Door, caller_of, require
from hub.web.forms import Field, bad_field, done, form_of
from hub.web.problem import ProblemError

SOAKS: Final = ("1h", "8h", DEFAULT_SOAK, "3d")
REASON: Final = Field(200, needed=True)
START: Final = {
    "release": Field(64, needed=True), "waves": Field(60, needed=True), "soak": Field(8, needed=True),
    "most_failed": Field(4, needed=True), "town": Field(64), "reason": REASON,
}  # fmt: skip
NOTHING_TYPED: Final[Mapping[str, str]] = {
    "release": "",
    "town": "",
    "reason": "",
    "waves": DEFAULT_WAVES,
    "soak": DEFAULT_SOAK,
    "most_failed": "0",
}
ACT: Final = {"act": Field(12, needed=True), "station": Field(15), "reason": REASON}
MOST_ROWS: Final = 400


class Wave(NamedTuple):
    """One wave's figures."""

    number: int
    stations: int
    well: int
    failed: int
    ordered: int
    """Under way: ordered, and nothing came of it yet."""


class RolloutPages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre) -> None:
        """Take the centre."""
        self._centre, self._reader = centre, RolloutsReader(centre.database.reader)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/rollouts", self.listed, "provision"),
            Door("/rollouts", self.started, "provision", ("POST",)),
            Door("/rollouts/{number:int}", self.shown, "provision"),
            Door("/rollouts/{number:int}", self.acted, "provision", ("POST",)),
        ]

    async def listed(self, request: Request) -> Response:
        """Return releases and roll-outs."""
        return await self._list(request, NOTHING_TYPED)

    async def started(self, request: Request) -> Response:
        """Begin one."""
        typed = await form_of(request, START)
        require(caller_of(request), "provision", "")  # it goes through all towns
        try:
            doing = await to_thread.run_sync(self._start, caller_of(request).who, typed)
            number = await self._centre.change(request, *doing)
        except HubError as error:
            return await self._list(request, typed, str(error))
        return done(f"/rollouts/{number}", "rollout_begun")

    async def shown(self, request: Request) -> Response:
        """Return one roll-out with each station's part."""
        return await self._one(request, request.path_params["number"])

    async def acted(self, request: Request) -> Response:
        """Pause one, go on, end it, or leave a station out."""
        typed, number = await form_of(request, ACT), request.path_params["number"]
        require(caller_of(request), "provision", "")
        try:
            doing = await to_thread.run_sync(self._act, number, caller_of(request).who, typed)
            await self._centre.change(request, *doing)
        except HubError as error:
            return await self._one(request, number, str(error))
        return done(f"/rollouts/{number}", f"rollout_{typed['act']}")

    def _start(self, by: str, typed: Mapping[str, str]) -> Doing:
        soak_ms = length_ms(typed["soak"])
        if soak_ms is None:
            raise bad_field("soak", "a number and h or d 应为数字加 h 或 d")
        if not typed["most_failed"].isascii() or not typed["most_failed"].isdigit():
            raise bad_field("most_failed", "a number 应为数字")
        keys = OrdersReader(self._centre.database.reader).station_ids()
        stations = [
            (one.station, one.town, keys[one.station])
            for one in self._centre.view.stations()
            if typed["town"] in {"", one.town} and one.station in keys
        ]
        _, doing = rolling_out.start(
            self._reader.release(typed["release"]), stations, waves=typed["waves"], soak_ms=soak_ms,
            most_failed=int(typed["most_failed"]), by=by, reason=typed["reason"], now_ms=self._centre.now_ms(),
        )  # fmt: skip
        return doing

    def _act(self, number: int, by: str, typed: Mapping[str, str]) -> Doing:
        one, reason, now_ms = self._reader.rollout(number), typed["reason"], self._centre.now_ms()
        acts: dict[str, Callable[[], Doing]] = {
            "pause": lambda: rolling_out.pause(one, by, reason, now_ms),
            "resume": lambda: rolling_out.resume(one, self._reader.parts(number), by, reason, now_ms),
            "cancel": lambda: rolling_out.cancel(one, by, reason, now_ms),
            "ahead": lambda: rolling_out.ahead(one, by, reason, now_ms),
            "leave_out": lambda: rolling_out.without(one, typed["station"], by, reason, now_ms),
        }
        if typed["act"] not in acts:
            raise bad_field("act", "unknown 未知")
        return acts[typed["act"]]()

    async def _list(self, request: Request, typed: Mapping[str, str], refused: str = "") -> Response:
        def read() -> dict[str, Any]:
            found = self._reader.rollouts()
            return {
                "releases": self._reader.releases(),
                "rollouts": [(one, waves_of(one, self._reader.parts(one.id))) for one in found],
                "open": any(one.ended_ms is None for one in found),
            }

        values = await to_thread.run_sync(read)
        towns = sorted({one.town for one in self._centre.view.stations()})
        values |= {"typed": typed, "refused": refused, "soaks": SOAKS, "towns": towns}
        return self._centre.pages.render(request, "rollouts.html", values, status=422 if refused else 200)

    async def _one(self, request: Request, number: int, refused: str = "") -> Response:
        def read() -> dict[str, Any]:
            one, parts = self._reader.rollout(number), self._reader.parts(number)
            shown = sorted(parts, key=lambda part: (_rank(part), part.place))[:MOST_ROWS]
            return {
                "one": one, "waves": waves_of(one, parts),
                "parts": [(part, one.plan.wave_of(part.place)) for part in shown],
                "more": len(parts) - len(shown), "steps": self._reader.steps(number)[::-1],
            }  # fmt: skip

        try:
            values = await to_thread.run_sync(read)
        except HubError as error:
            raise ProblemError(404, error.code, "No such roll-out", str(error)) from None
        return self._centre.pages.render(
            request, "rollout.html", values | {"refused": refused}, status=422 if refused else 200
        )


def waves_of(one: Rollout, parts: list[Part]) -> list[Wave]:
    """Return the figures of each wave."""
    begin, waves = 0, []
    for number, end in enumerate(one.plan.ends, 1):
        members = parts[begin:end]
        counts = Counter(part.outcome for part in members)
        under_way = sum(part.outcome is None and part.tries > 0 for part in members)
        waves.append(Wave(number, len(members), counts["settled"] + counts["already"], counts["failed"], under_way))
        begin = end
    return waves


def _rank(part: Part) -> int:
    # What failed stands first, then what is under way, then what is through, then what waits.
    if part.outcome == "failed":
        return 0
    return 1 if part.outcome is None and part.tries else 3 if part.outcome is None else 2
