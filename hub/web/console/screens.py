"""Screens on walls: `/pair` is what one shows that is not paired yet; `/admin/screens` confirms and revokes them."""

import secrets
from collections.abc import Mapping
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hub.access.chain import Deed
from hub.access.codes import grouped, read_code
from hub.access.throttle import Throttle
from hub.errors import HubError
from hub.store.engine import Transaction, writing
from hub.store.screens import Screen, ScreensReader, Waiting, ask, end, pair
from hub.visits.day import DAY_MS
from hub.web.centre import Centre, address_of
from hub.web.cookies import named, put
from hub.web.door import Door, caller_of
from hub.web.forms import Field, done, form_of
from hub.web.problem import ProblemError
from hub.web.qr import qr_answer
from hub.web.who import SCREEN_COOKIE, SCREEN_S

CODES_EACH, CODES_ALL = 30, 300
"""New codes at once for one address and for all; as many again in ten minutes."""
TRIES_EACH, TRIES_ALL = 10, 50
"""Wrong codes at once of one account and of all; as many again in ten minutes."""
WITHIN_S: Final = 600
ALL: Final = "all"
ENDED_SHOWN_MS: Final = 30 * DAY_MS
MOST_NAME: Final = 40


class ScreenPages:
    """The pages, and what they read from."""

    def __init__(self, centre: Centre) -> None:
        """Take the centre."""
        self._centre, self._reader = centre, ScreensReader(centre.database.reader)
        self._asked, self._asked_all = _limit(CODES_EACH), _limit(CODES_ALL)
        self._wrong, self._wrong_all = _limit(TRIES_EACH), _limit(TRIES_ALL)

    def doors(self) -> list[Door]:
        """Return the doors."""
        return [
            Door("/pair", self.page, "nothing"),
            Door("/pair/state", self.state, "nothing", kind="data"),
            Door("/pair/code.svg", self.picture, "nothing", kind="data"),
            Door("/admin/screens", self.listed, "screen"),
            Door("/admin/screens", self.confirm, "screen", ("POST",)),
            Door("/admin/screens/{screen}/end", self.revoke, "screen", ("POST",)),
        ]

    async def page(self, request: Request) -> Response:
        """Show the code this browser is to be paired by, a new one when it has none; go to the wall once it is."""
        secret = request.cookies.get(named(SCREEN_COOKIE, request))
        standing = await self._standing(secret)
        if standing is True:
            return RedirectResponse("/", 303)
        if standing is None or secret is None:
            secret = secrets.token_urlsafe(32)
        if not isinstance(standing, Waiting):
            standing = await self._ask(request, secret)
        where = f"{request.base_url}admin/screens"
        values = {"waiting": standing, "where": where, "code": standing and grouped(standing.code)}
        answer = self._centre.pages.render(request, "pair.html", values, status=200 if standing else 429)
        if standing is not None:
            put(answer, request, SCREEN_COOKIE, secret, max_age=SCREEN_S)
        return answer

    async def state(self, request: Request) -> JSONResponse:
        """Return how this browser stands: `paired`, `waiting` with its code, or `none` when it is to ask anew."""
        standing = await self._standing(request.cookies.get(named(SCREEN_COOKIE, request)))
        if isinstance(standing, Waiting):
            return JSONResponse({"state": "waiting", "code": grouped(standing.code)})
        return JSONResponse({"state": "paired" if standing else "none", "code": None})

    async def picture(self, request: Request) -> Response:
        """Return this browser's code as a QR code: the address where it is confirmed, with the code filled in."""
        standing = await self._standing(request.cookies.get(named(SCREEN_COOKIE, request)))
        if not isinstance(standing, Waiting):
            raise ProblemError(404, "E-SCREEN-01", "No code", "this browser waits for nothing 本浏览器没有等待配对")
        return qr_answer(f"{request.base_url}admin/screens?code={standing.code}")

    async def listed(self, request: Request) -> Response:
        """Return the paired screens, and the form that confirms a code."""
        typed = read_code(request.query_params.get("code", ""))
        return await self._listed(request, {"code": grouped(typed) if typed else ""})

    async def confirm(self, request: Request) -> Response:
        """Pair the screen that shows a code; a wrong one is counted, of this account and of all."""
        asked = await form_of(request, {"code": Field(40, needed=True), "name": Field(MOST_NAME, needed=True)})
        caller, now_ms = caller_of(request), self._centre.now_ms()
        if self._wrong.take(caller.name, now_ms) or self._wrong_all.take(ALL, now_ms):
            what = "too many wrong codes; wait ten minutes 错误编码过多，请 10 分钟后再试"
            return await self._listed(request, asked, refused=f"E-SCREEN-04 {what}", status=429)
        code = read_code(asked["code"])

        def work(connection: Transaction) -> Screen:
            return pair(connection, code or "", asked["name"], caller.who, now_ms)

        try:
            await self._centre.change(request, work, Deed("screen.pair", asked["name"]))
        except HubError as error:
            if error.code != "E-SCREEN-01":
                self._not_wrong(caller.name, now_ms)
            return await self._listed(request, asked, refused=str(error), status=422)
        self._not_wrong(caller.name, now_ms)
        return done("/admin/screens", "screen_paired")

    async def revoke(self, request: Request) -> Response:
        """Revoke a screen: its stream ends within seconds, and it asks for a code again."""
        await form_of(request, {})
        key, now_ms = request.path_params["screen"], self._centre.now_ms()
        found = next((one for one in await to_thread.run_sync(self._reader.paired) if str(one.key) == key), None)
        try:
            if found is not None:
                deed = Deed("screen.end", found.name)
                await self._centre.change(request, lambda connection: end(connection, found.key, now_ms), deed)
        except HubError:
            pass  # somebody else revoked it meanwhile: it is as it was to be
        return done("/admin/screens", "screen_ended")

    async def _listed(
        self, request: Request, typed: Mapping[str, str], *, refused: str = "", status: int = 200
    ) -> Response:
        since_ms = self._centre.now_ms() - ENDED_SHOWN_MS
        screens = await to_thread.run_sync(self._reader.paired, since_ms)
        values = {
            "paired": [one for one in screens if one.ended_ms is None],
            "ended": [one for one in screens if one.ended_ms is not None],
            "typed": {"code": "", "name": ""} | dict(typed),
            "refused": refused,
            "pair_at": f"{request.base_url}pair",
            "most_name": MOST_NAME,
        }
        return self._centre.pages.render(request, "screens.html", values, status=status)

    def _not_wrong(self, name: str, now_ms: int) -> None:
        self._wrong.give_back(name, now_ms)
        self._wrong_all.give_back(ALL, now_ms)

    async def _standing(self, secret: str | None) -> Waiting | bool | None:
        if not secret:
            return None
        return await to_thread.run_sync(self._reader.standing, secret, self._centre.now_ms())

    async def _ask(self, request: Request, secret: str) -> Waiting | None:
        address, now_ms = address_of(request), self._centre.now_ms()
        if self._asked.take(address, now_ms) or self._asked_all.take(ALL, now_ms):
            return None
        browser = request.headers.get("user-agent", "")

        def work() -> Waiting | None:
            with writing(self._centre.database) as connection:
                return ask(connection, secret, now_ms, address=address, browser=browser)

        return await to_thread.run_sync(work)


def _limit(burst: int) -> Throttle:
    return Throttle(burst, burst / WITHIN_S)
