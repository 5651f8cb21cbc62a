"""Lines and pairs of villages for other programs: every leg now and over time, any pair, 村村通率."""

import re
from collections.abc import Callable
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse

from hub.health.lines import Lines
from hub.health.matrix import rate_of, villages_of
from hub.line_told import each_once, leg_told, odd_pairs, pair_told, rate_told, summary_told, town_told
from hub.store.lines import LinksReader
from hub.view import View
from hub.web.door import Door
from hub.web.interface.query import number_of, query_of
from hub.web.linked import LinkedWatch
from hub.web.problem import bad_query, no_such_station

DEFAULT_LIMIT: Final = 120
MOST_SUMMARIES: Final = 5_000
CURSOR: Final = re.compile(r"([0-9]{1,15})-([0-9]{1,15})")


class LinesApi:
    """The routes, and what they read from."""

    def __init__(
        self, view: View, lines: Lines, links: LinksReader, linked: LinkedWatch, clock: Callable[[], int]
    ) -> None:
        """Take everything that is read, and the time."""
        self._view, self._lines, self._links, self._linked, self._clock = view, lines, links, linked, clock

    def doors(self) -> list[Door]:
        """Return the doors below `/api/v1`."""
        return [
            Door("/api/v1/lines", self.all, "see", kind="data"),
            Door("/api/v1/lines/{station}", self.one, "see", kind="data"),
            Door("/api/v1/pairs", self.pairs, "see", kind="data"),
            Door("/api/v1/pairs/towns", self.towns, "see", kind="data"),
            Door("/api/v1/pairs/rate", self.rate, "see", kind="data"),
        ]

    async def all(self, request: Request) -> JSONResponse:
        """Return every village's line to the county as it is now."""
        query_of(request, ())
        now_ms, legs = self._clock(), self._lines.legs()
        told = [leg_told(health, legs.get(health.station), now_ms) for health in self._view.stations()]
        return JSONResponse({"at_ms": now_ms, "lines": told})

    async def one(self, request: Request) -> JSONResponse:
        """Return one line with its summaries, newest first; `next` is the `before` of the following page, or null."""
        query = query_of(request, ("limit", "before"))
        limit = number_of(query, "limit", DEFAULT_LIMIT, most=MOST_SUMMARIES)
        before = None
        if (text := query.get("before")) is not None:
            cursor = CURSOR.fullmatch(text)
            if cursor is None:
                raise bad_query("before must be the next of a page before 应为上一页的 next")
            before = int(cursor[1]), int(cursor[2])
        station = request.path_params["station"]
        detail = self._view.detail(station)
        if detail is None:
            raise no_such_station()
        found = await to_thread.run_sync(lambda: self._links.of_station(station, limit, before=before))
        following = f"{found[-1].ended_ms}-{found[-1].id}" if len(found) == limit else None
        told = leg_told(detail.health, self._lines.leg(station), self._clock())
        return JSONResponse({**told, "history": [summary_told(one) for one in found], "next": following})

    async def pairs(self, request: Request) -> JSONResponse:
        """Return the pair `from`-`to`, all pairs of `from`, or without it those measured worse than predicted."""
        query = query_of(request, ("from", "to"))
        now_ms = self._clock()
        places = {one.code: one for one in villages_of(self._view.stations(), self._lines.legs(), now_ms)}
        a, b = query.get("from"), query.get("to")
        if (a is None and b is not None) or (a is not None and a == b):
            raise bad_query("from, and perhaps another station as to 应给出 from，to 应为另一个站点")
        if any(code is not None and code not in places for code in (a, b)):
            raise no_such_station()
        if a is None:
            wanted = await to_thread.run_sync(odd_pairs, self._lines, places, now_ms)
        else:
            wanted = [(places[a], other) for other in places.values() if other.code != a and b in {None, other.code}]
        told = [pair_told(*pair, self._lines, now_ms) for pair in wanted]
        return JSONResponse({"at_ms": now_ms, "pairs": told})

    async def towns(self, request: Request) -> JSONResponse:
        """Return what the towns are to each other, each two once; worked out at most every ten seconds."""
        query_of(request, ())
        matrix = await to_thread.run_sync(self._linked.matrix)
        cells = each_once(matrix.towns)
        return JSONResponse({"at_ms": matrix.at_ms, "towns": [town_told(pair, cell) for pair, cell in cells.items()]})

    async def rate(self, request: Request) -> JSONResponse:
        """Return 村村通率 now, with what it is made of."""
        query_of(request, ())
        now_ms = self._clock()
        villages = villages_of(self._view.stations(), self._lines.legs(), now_ms)
        rate = await to_thread.run_sync(rate_of, villages)
        return JSONResponse({"at_ms": now_ms, **rate_told(rate)})
