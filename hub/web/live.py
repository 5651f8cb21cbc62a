"""The wall's live stream: changes as server-sent events, at most fourteen frames a second.

No frame waits in a queue. Each client has only the version it was told last, and the next frame holds whatever changed
since: a slow reader is sent less often, never more, and is never behind by more than one frame. Of the county as a
whole a frame holds only the parts that changed.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hub.view import Cause, View
from hub.web.attention import attention
from hub.web.broker import BrokerWatch
from hub.web.interface.alarms import alarms_frame
from hub.web.linked import LinkedWatch
from hub.web.picture import Counts, TownStanding, cell_state, holders, level_of, standings, top_faults, trouble_of, why
from hub.web.problem import ProblemError
from wire.health import StationHealth

GAP_S: Final = 0.07
"""Between two frames: what happens right after one is on the screen within 100 ms all the same."""
BEAT_S: Final = 2.0
MOST_STREAMS: Final = 500
RETRY_MS: Final = 1_000
ASK_WHO_S: Final = 2.0
"""So often a stream asks whether its screen or session still may see."""
KEPT: Final = 100
"""Of so many versions it is known what was said of the county; who is further behind is told all of it."""
GONE: Final = b"event: gone\ndata: {}\n\n"
"""Ends the stream of a screen that was revoked, or of somebody who signed out."""

Part = str | tuple[str, ...]
Parts = dict[str, Part]
"""What a frame tells of the county, each part written out; the towns one by one."""


class News(NamedTuple):
    """One frame, and the version a client knows after it."""

    version: int
    frame: bytes


class Live:
    """Wakes every client's stream after changes, and makes each frame once for all who need the same."""

    def __init__(
        self,
        view: View,
        broker: BrokerWatch,
        linked: LinkedWatch,
        clock: Callable[[], int],
        page_version: Callable[[Sequence[StationHealth]], str],
        may_see: Callable[[Request], Awaitable[bool]] | None = None,
    ) -> None:
        """Take what to tell of; `page_version` names the page that a full frame fits.

        `may_see` is asked again and again whether who opened a stream may still see; None lets it.
        """
        self._view, self._broker, self._linked = view, broker, linked
        self._clock, self._page_version, self._may_see = clock, page_version, may_see
        self._made: dict[int | None, News] = {}
        self._parts: dict[int, Parts] = {}
        self._turn = asyncio.Event()
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ended = False
        self.streams = 0

    async def run(self) -> None:
        """Turn what the view wakes us for into rounds, until cancelled."""
        self._loop = asyncio.get_running_loop()
        stop = self._view.listen(self._wake)
        try:
            while not self._ended:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), BEAT_S)
                self._woken.clear()
                self._next_turn()
                await asyncio.sleep(GAP_S)
        finally:
            stop()
            self._ended = True
            self._next_turn()

    def end(self) -> None:
        """End every stream, so that the server can stop; to be called on the server's loop."""
        self._ended = True
        self._woken.set()
        self._next_turn()

    async def endpoint(self, request: Request) -> Response:
        """Open a stream: a full frame first, then what changes. HEAD says only whether one would be opened."""
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        if self._ended or self.streams >= MOST_STREAMS:
            raise ProblemError(
                503, "E-WEB-02", "Too many walls", "no more live streams now 实时连接过多", {"Retry-After": "10"}
            )
        return StreamingResponse(
            self._stream(request), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )

    async def _stream(self, request: Request) -> AsyncIterator[bytes]:
        self.streams += 1
        loop = asyncio.get_running_loop()
        asked = loop.time()
        try:
            yield b"retry: %d\n\n" % RETRY_MS
            version: int | None = None
            while not self._ended:
                turn = self._turn
                if self._may_see is not None and loop.time() - asked > ASK_WHO_S:
                    asked = loop.time()
                    if not await self._may_see(request):
                        yield GONE
                        return
                version, frame = self._news(version)
                yield frame
                await turn.wait()
        finally:
            self.streams -= 1

    def _wake(self) -> None:
        if self._loop is not None and not self._ended:
            self._loop.call_soon_threadsafe(self._woken.set)

    def _next_turn(self) -> None:
        self._made.clear()
        turn, self._turn = self._turn, asyncio.Event()
        turn.set()

    def _news(self, since: int | None) -> News:
        """Return what a client that knows `since` (None: nothing) must be told."""
        if since not in self._made:
            self._made[since] = self._make(since)
        return self._made[since]

    def _make(self, since: int | None) -> News:
        now_ms = self._clock()
        head: dict[str, object] = {"now": now_ms, "at": self._view.county().at_ms}
        head["linked"] = self._linked.now()._asdict()
        if since is not None and since == self._view.version():
            return News(since, _event(head))
        # The version first: what changes in between is only told twice.
        version, changed = self._view.changed_since(-1 if since is None else since)
        stations = self._view.stations()
        if since is None:
            head |= {"full": True, "page": self._page_version(stations)}
            changed = stations
        causes, held = self._view.causes(), holders(self._view.incidents())
        head["cells"] = [_cell(health, causes.get(health.station), held.get(health.station)) for health in changed]
        parts = self._parts_at(version, stations)
        return News(version, _event(head, _changed(parts, self._parts.get(-1 if since is None else since, {}))))

    def _parts_at(self, version: int, stations: Sequence[StationHealth]) -> Parts:
        """Return what is to be said of the county, worked out once for each version."""
        if version not in self._parts:
            frame = county_frame(self._view, stations, self._broker)
            self._parts[version] = _parts_of(frame)
            while len(self._parts) > KEPT:
                self._parts.pop(next(iter(self._parts)))
        return self._parts[version]


def county_frame(view: View, stations: Sequence[StationHealth], broker: BrokerWatch) -> dict[str, object]:
    """Return the part of a frame that tells of the county as a whole; the page's first paint shows the same."""
    county, state = view.county(), broker.state()
    causes, incidents = view.causes(), view.incidents()
    towns = standings(stations, incidents)
    counts = sum((town.counts for town in towns), Counts())
    told = attention(stations, causes, incidents, view.out_of_service())
    return {
        "hub": {"connected": state.connected, "since": state.since_ms, "storage": view.storage_trouble()},
        "counts": {**counts._asdict(), "up": counts.up, "total": counts.total},
        "rate": counts.rate,
        "coverage": counts.coverage,
        "faults": top_faults(causes.values()),
        "visits": county.visits_today,
        "quarantined": county.quarantined,
        "towns": [town_figures(town) for town in towns],
        "lacks": [line._asdict() for line in told.hub],
        "incidents": [line._asdict() for line in told.incidents],
        "singles": [single._asdict() for single in told.singles],
        "waiting": told.waiting,
        "more": told.more,
        "alarms": alarms_frame(view.alarms()),
    }


def _cell(health: StationHealth, cause: Cause | None, incident: str | None) -> list[object]:
    cell: list[object] = [
        health.station,
        cell_state(health),
        why(cause) or "",
        cause and cause.since_ms,
        incident or "",
    ]
    while not cell[-1]:
        cell.pop()
    return cell


def town_figures(town: TownStanding) -> dict[str, object]:
    """Return what heading and map tell of a town."""
    counts = town.counts
    troubles = {state: n for state, n in counts._asdict().items() if n and state != "online"}
    return {
        "up": counts.up,
        "total": counts.total,
        "trouble": trouble_of(counts, down=town.down),
        "level": level_of(counts, down=town.down),
        "troubles": troubles,
    }


def layout_of(stations: Sequence[StationHealth]) -> list[tuple[str, str, str]]:
    """Return what the page's cells are made from: when it differs, the page is another."""
    return [(health.station, health.name, health.town) for health in stations]


def _parts_of(frame: dict[str, object]) -> Parts:
    towns: Sequence[object] = frame["towns"]  # type: ignore[assignment]
    rest = {name: _json(part) for name, part in frame.items() if name != "towns"}
    return {**rest, "towns": tuple(_json(town) for town in towns)}


def _changed(parts: Parts, known: Parts) -> list[str]:
    """Return, written out, the parts that who knows `known` must be told; of the towns only those that changed."""
    told = []
    for name, part in parts.items():
        if part == known.get(name):
            continue
        if isinstance(part, tuple):
            before = known.get(name, ())
            places = [
                f"[{index},{one}]" for index, one in enumerate(part) if len(before) != len(part) or before[index] != one
            ]
            told.append(f'"{name}":[{",".join(places)}]')
        else:
            told.append(f'"{name}":{part}')
    return told


def _event(content: dict[str, object], parts: Sequence[str] = ()) -> bytes:
    """Return one event: a JSON object of `content`, and of parts that are written out already."""
    return f"data: {','.join([_json(content)[:-1], *parts])}}}\n\n".encode()


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
