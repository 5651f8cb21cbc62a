"""Every address of the hub, with what it takes to go in: one table, so that route × role can be tested whole.

A `Door` is declared where its page is; `guarded` makes it a route that asks who comes before its handler runs.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Literal, NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.access.caller import Caller
from hub.access.roles import Permission
from hub.access.throttle import Throttle
from hub.access.walls import is_for_walls
from hub.web.cookies import named
from hub.web.forms import check_origin
from hub.web.problem import ProblemError
from hub.web.who import SCREEN_COOKIE, Who

logger = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]
SAFE: Final = frozenset({"GET", "HEAD"})
SIGN_IN: Final = "/signin"
PAIR: Final = "/pair"
SIGN_OUT: Final = "/signout"
CHANGE_PASSWORD: Final = "/account/password"
BURST, PER_S = 240, 60
"""Requests of one address that is nobody: so many at once, then so many a second."""
REFRESH_HEADER: Final = "x-refresh"
"""On what a page's script asks by itself (`static/follow.js`): it keeps nobody signed in."""
REFRESH_QUERY: Final = "refresh"
"""The same where no script runs."""


class Door(NamedTuple):
    """One address."""

    path: str
    handler: Handler
    needs: Permission | Literal["nothing", "signed_in"]
    """A permission; `signed_in` is any account; `nothing` is open to the world."""
    methods: tuple[str, ...] = ("GET",)
    kind: Literal["page", "data", "station"] = "page"
    """A page sends whoever is not signed in to sign in, and takes cookies; data answers 401, and takes tokens too.
    A station's is open to the world: it proves itself by what it sends, and has a throttle of its own, for a whole
    county may come from behind one address."""


def guarded(doors: Sequence[Door], who: Who) -> list[Route]:
    """Return the routes of these doors; `request.state.caller` is who came (None where nothing is needed)."""
    strangers = Throttle(BURST, PER_S)
    return [Route(door.path, _guard(door, who, strangers), methods=list(door.methods)) for door in doors]


def caller_of(request: Request) -> Caller:
    """Return who came through a door that needs something."""
    caller: Caller = request.state.caller
    return caller


def _guard(door: Door, who: Who, strangers: Throttle) -> Handler:
    async def enter(request: Request) -> Response:
        if door.kind == "station":
            request.state.caller = None
            return await door.handler(request)
        known = await who.of(request, by_person=door.kind == "page" and not asks_by_itself(request))
        request.state.caller = None if known is None else known.caller
        if known is None:
            _count(request, strangers)
        if door.needs == "nothing":
            return await door.handler(request)
        if known is None:
            return _stranger(door, request)
        if known.must_change and door.path not in {CHANGE_PASSWORD, SIGN_OUT}:
            if door.kind == "data":
                raise forbidden(door.needs)
            return RedirectResponse(CHANGE_PASSWORD, 303)
        caller = known.caller
        allowed = caller.kind == "account" if door.needs == "signed_in" else caller.may(door.needs)
        if not allowed or (caller.kind == "screen" and not is_for_walls(door.path)):
            # By number, not by name: whose it is, an administrator can look up.
            logger.warning("refused: %s %s to %s %d", request.method, door.path, caller.kind, caller.key)
            raise forbidden(door.needs)
        if request.method not in SAFE and caller.kind in {"account", "screen"} and door.kind == "page":
            check_origin(request)  # before anything is looked up; the form's token is checked where it is read
        return await door.handler(request)

    return enter


def asks_by_itself(request: Request) -> bool:
    """Say whether a page asked this by itself, to be up to date, and not somebody who works with it."""
    return REFRESH_HEADER in request.headers or REFRESH_QUERY in request.query_params


def forbidden(needs: str) -> ProblemError:
    """Return the refusal of what somebody's role or area does not allow."""
    return ProblemError(
        403,
        "E-WEB-04",
        "Not allowed",
        f"this needs the permission '{needs}' (for this town); ask an administrator 当前账号没有此权限，请联系管理员",
    )


def require(caller: Caller, needs: Permission, town: str) -> None:
    """Refuse, with ProblemError E-WEB-04, whoever may not do this in this town ("" is what belongs to no town)."""
    if not caller.may(needs, town):
        raise forbidden(needs)


def _count(request: Request, strangers: Throttle) -> None:
    """Let one address ask only so much while nobody knows who it is."""
    address = "?" if request.client is None else request.client.host
    waits_ms = strangers.take(address, time.monotonic_ns() // 1_000_000)
    if waits_ms:
        what = "too many requests from this address; wait a moment 该地址请求过多，请稍候"
        wait = {"Retry-After": str(1 + waits_ms // 1000)}
        raise ProblemError(429, "E-WEB-10", "Too many requests", what, wait)


def _stranger(door: Door, request: Request) -> Response:
    if door.kind == "page" and request.method in {"GET", "HEAD"}:
        if door.path == "/" and named(SCREEN_COOKIE, request) in request.cookies:  # a screen that waits, or was revoked
            return RedirectResponse(PAIR, 303)
        there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(there, safe='')}", 303)
    raise ProblemError(
        401,
        "E-API-01",
        "Not authorised",
        "sign in, or send 'Authorization: Bearer TOKEN' 请登录，或在请求头中提供接口令牌",
        {"WWW-Authenticate": 'Bearer realm="cuncuntong"'},
    )
