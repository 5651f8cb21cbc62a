"""`/api/v1/availability`: 在线率 and 完好率 of a period, with the parameters of `hub availability`."""

from collections.abc import Callable

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.desks.availability import PARAMETERS, answer, read_question, told
from hub.errors import HubError
from hub.store.intervals import IntervalsReader
from hub.web.door import Door
from hub.web.interface.query import query_of
from hub.web.problem import ProblemError, bad_query


class AvailabilityApi:
    """The route, and what it reads from; one answer is worked out at a time, others wait their turn."""

    def __init__(self, intervals: IntervalsReader, now_ms: Callable[[], int]) -> None:
        """Take everything that is read."""
        self._intervals, self._now_ms = intervals, now_ms
        self._one: CapacityLimiter | None = None

    def doors(self) -> list[Door]:
        """Return the door below `/api/v1`."""
        return [Door("/api/v1/availability", self.endpoint, "see", kind="data")]

    async def endpoint(self, request: Request) -> JSONResponse:
        """Return the rows asked for, and all of them as one."""
        query = query_of(request, PARAMETERS)
        if any(value != value.strip() or not value for value in query.values()):
            raise bad_query("a parameter is empty, or has blanks around it 参数为空或首尾有空格")
        if self._one is None:
            self._one = CapacityLimiter(1)
        try:
            return JSONResponse(await to_thread.run_sync(self._answer, dict(query), limiter=self._one))
        except HubError as error:
            raise ProblemError(400, error.code, "Bad query", str(error).partition(" ")[2]) from None

    def _answer(self, query: dict[str, str]) -> dict[str, object]:
        now_ms = self._now_ms()
        named = {"begin" if name == "from" else name: value for name, value in query.items()}
        return told(answer(self._intervals, read_question(now_ms, **named), now_ms))
