"""What holds at every door below `/api/v1`: what changes anything takes a token, and no caller asks without measure."""

from collections.abc import Callable, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from hub.access.throttle import Throttle
from hub.web.door import Door, Handler, caller_of
from hub.web.problem import ProblemError
from hub.web.who import LOCAL

PER_S: Final = 10
"""Requests a second that a caller may go on with."""
BURST: Final = 300
"""Requests at once, after a rest: a program that reads the whole county page by page."""


def ruled(doors: Sequence[Door], now_ms: Callable[[], int]) -> list[Door]:
    """Return the doors of the interface, each under these rules; all share what a caller may ask."""
    throttle = Throttle(BURST, PER_S)
    return [door._replace(handler=_rule(door, throttle, now_ms)) for door in doors]


def _rule(door: Door, throttle: Throttle, now_ms: Callable[[], int]) -> Handler:
    async def enter(request: Request) -> Response:
        if door.needs == "nothing":
            return await door.handler(request)
        caller = caller_of(request)
        if request.method not in {"GET", "HEAD"} and caller.kind != "token":
            raise ProblemError(
                403,
                "E-API-08",
                "A token is needed",
                "what changes anything here takes a token, never a browser's session 写操作须使用令牌",
            )
        # Whoever reads the token's file on this machine could stop the hub as well.
        waits_ms = 0 if caller == LOCAL else throttle.take(f"{caller.kind} {caller.key} {caller.session}", now_ms())
        if waits_ms:
            wait_s = 1 + waits_ms // 1000
            raise ProblemError(
                429,
                "E-API-09",
                "Too many requests",
                f"at most {PER_S} a second in the long run; wait {wait_s} s 请求过于频繁，请稍候",
                {"Retry-After": str(wait_s)},
            )
        return await door.handler(request)

    return enter
