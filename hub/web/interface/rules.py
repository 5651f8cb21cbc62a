"""What holds at every door below `/api/v1`: what changes anything takes a token, and no caller asks without measure."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from hub.web.door import Door, Handler, caller_of
from hub.web.problem import ProblemError

PER_S: Final = 10
"""Requests a second that a caller may go on with."""
BURST: Final = 300
"""Requests at once, after a rest: a program that reads the whole county page by page."""
MOST_CALLERS: Final = 1_000
"""So many are remembered; whoever asked longest ago is forgotten, and begins anew."""


class Bucket(NamedTuple):
    """What is left to a caller, and when that was so."""

    left: float
    at_ms: int


class Throttle:
    """A bucket for each caller that fills by time; memory is bounded. Times in ms of one clock."""

    def __init__(self, per_s: float = PER_S, burst: int = BURST, most: int = MOST_CALLERS) -> None:
        """Take how fast a bucket fills, what it holds, and of how many callers."""
        self._per_s, self._burst, self._most = per_s, burst, most
        self._buckets: OrderedDict[tuple[str, int, str], Bucket] = OrderedDict()

    def wait_s(self, who: tuple[str, int, str], now_ms: int) -> int:
        """Count a request; return 0, or in how many whole seconds the caller may ask again."""
        was = self._buckets.pop(who, Bucket(self._burst, now_ms))
        filled = was.left + max(0, now_ms - was.at_ms) / 1000 * self._per_s
        left = min(float(self._burst), filled)
        refused = left < 1
        self._buckets[who] = Bucket(left if refused else left - 1, now_ms)
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return max(1, round((1 - left) / self._per_s + 0.5)) if refused else 0

    def __len__(self) -> int:
        return len(self._buckets)


def ruled(doors: Sequence[Door], now_ms: Callable[[], int]) -> list[Door]:
    """Return the doors of the interface, each under these rules; all share what a caller may ask."""
    throttle = Throttle()
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
        wait_s = throttle.wait_s((caller.kind, caller.key, caller.session), now_ms())
        if wait_s:
            raise ProblemError(
                429,
                "E-API-09",
                "Too many requests",
                f"at most {PER_S} a second in the long run; wait {wait_s} s 请求过于频繁，请稍候",
                {"Retry-After": str(wait_s)},
            )
        return await door.handler(request)

    return enter
