"""The live stream: what a wall is told, how often, and how it ends."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse

from hub.web import live as live_module
from hub.web.broker import BrokerWatch
from hub.web.linked import LinkedWatch
from hub.web.live import GAP_S, Live
from hub.web.problem import ProblemError
from tests.hub.web.conftest import FIRST, SECOND, VILLAGES
from tests.hub.web.made_up import MadeUpCounty, now_ms

REQUEST = Request({"type": "http", "method": "GET", "path": "/live", "headers": []})


class Reader:
    """A wall's side of one stream."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self.frames: AsyncIterator[bytes]

    async def open(self) -> dict[str, Any]:
        answer = await self._live.endpoint(REQUEST)
        assert isinstance(answer, StreamingResponse)
        assert answer.media_type == "text/event-stream"
        self.frames = answer.body_iterator  # type: ignore[assignment]
        assert (await anext(self.frames)).startswith(b"retry:")
        return await self.next()

    async def next(self, within_s: float = 5.0) -> dict[str, Any]:
        frame = await asyncio.wait_for(anext(self.frames), within_s)
        assert frame.startswith(b"data: ")
        assert frame.endswith(b"\n\n")
        assert frame.count(b"\n") == 2, "one event is one line"
        return dict(json.loads(frame[6:]))

    async def next_change(self) -> dict[str, Any]:
        while True:
            frame = await self.next()
            if "cells" in frame:
                return frame


@pytest.fixture
async def live(made_up: MadeUpCounty) -> AsyncIterator[Live]:
    broker = BrokerWatch(made_up.view, now_ms)
    linked = LinkedWatch(made_up.view, made_up.lines, now_ms)
    live = Live(made_up.view, broker, linked, now_ms, lambda stations: f"page-{len(stations)}")
    rounds = asyncio.create_task(live.run())
    await asyncio.sleep(0)
    yield live
    live.end()
    rounds.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await rounds


async def test_a_wall_is_first_told_everything(live: Live) -> None:
    frame = await Reader(live).open()
    assert frame["full"] is True
    assert frame["page"] == "page-8"
    assert frame["cells"] == [[code, "online"] for code, _, _ in VILLAGES]
    assert (frame["rate"], frame["coverage"], frame["visits"]) == (100.0, 100.0, 57)
    assert frame["hub"]["connected"] is True
    assert [(index, town["up"]) for index, town in frame["towns"]] == [(0, 4), (1, 4)]


async def test_a_change_is_told_at_once_and_alone(live: Live, made_up: MadeUpCounty) -> None:
    wall = Reader(live)
    await wall.open()
    begun = asyncio.get_running_loop().time()
    made_up.set(SECOND, "offline", reason="died")
    frame = await wall.next()
    assert asyncio.get_running_loop().time() - begun < 3 * GAP_S
    assert frame["cells"] == [[SECOND, "offline"]]
    assert "full" not in frame
    assert frame["counts"]["offline"] == 1
    first = {"up": 3, "total": 4, "trouble": "some", "level": "many", "troubles": {"offline": 1}}
    assert frame["towns"] == [[0, first]], "of the county only what changed"
    assert frame.keys().isdisjoint({"incidents", "hub", "alarms", "visits"})
    assert frame["singles"][0]["code"] == SECOND


async def test_an_incident_is_told_at_once_with_the_cells_it_holds(live: Live, made_up: MadeUpCounty) -> None:
    wall = Reader(live)
    await wall.open()
    made_up.trouble("down", "town", "测试1镇", FIRST, SECOND)
    frame = await wall.next()
    assert [(line["name"], line["now"], line["of"]) for line in frame["incidents"]] == [("测试1镇", 2, 4)]
    assert frame["cells"] == [[code, "online", "", None, "i1"] for code in (FIRST, SECOND)]
    assert [(index, town["trouble"]) for index, town in frame["towns"]] == [(0, "down")]
    made_up.trouble("down", "town", "测试1镇", FIRST, id="i1")
    assert (await wall.next())["cells"] == [[SECOND, "online"]], "told anew only where it changed"


async def test_a_hundred_changes_cross_in_few_frames(live: Live, made_up: MadeUpCounty) -> None:
    wall = Reader(live)
    await wall.open()
    frames = 0

    async def read() -> None:
        nonlocal frames
        state = ""
        while state != "maintenance":
            frame = await wall.next_change()
            frames += 1
            state = dict(map(tuple, frame["cells"])).get(FIRST, state)

    reading = asyncio.create_task(read())
    begun = asyncio.get_running_loop().time()
    for number in range(100):
        made_up.set(FIRST, "offline" if number % 2 else "online")
        await asyncio.sleep(0.005)
    made_up.set(FIRST, "maintenance")
    await asyncio.wait_for(reading, 5)
    took_s = asyncio.get_running_loop().time() - begun
    assert frames <= took_s / GAP_S + 2


async def test_a_slow_wall_gets_one_frame_with_all_it_missed(live: Live, made_up: MadeUpCounty) -> None:
    slow, quick = Reader(live), Reader(live)
    await slow.open()
    await quick.open()
    for state in ("offline", "online", "unknown"):
        for code, _, _ in VILLAGES:
            made_up.set(code, state)
        await quick.next_change()
    await asyncio.sleep(GAP_S)  # the last round may have been split in two
    frame = await slow.next()
    assert frame["cells"] == [[code, "unknown"] for code, _, _ in VILLAGES], "each station once, as it is now"
    made_up.set(FIRST, "online")
    assert (await slow.next_change())["cells"] == [[FIRST, "online"]], "and then nothing of the past"


async def test_walls_that_know_the_same_share_one_frame(
    live: Live, made_up: MadeUpCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    walls = [Reader(live) for _ in range(20)]
    for wall in walls:
        await wall.open()
    made = 0
    make = live_module.county_frame

    def counted(*arguments: Any) -> dict[str, object]:
        nonlocal made
        made += 1
        return make(*arguments)

    monkeypatch.setattr(live_module, "county_frame", counted)
    made_up.set(FIRST, "offline")
    frames = [await wall.next_change() for wall in walls]
    assert all(frame == frames[0] for frame in frames)
    assert made == 1


async def test_silence_is_told_too(live: Live, made_up: MadeUpCounty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "BEAT_S", 0.05)
    wall = Reader(live)
    await wall.open()
    made_up.set(FIRST, "online")  # so that the next round waits only as long as set above
    await wall.next_change()
    frame = await wall.next()
    assert frame.keys() == {"now", "at", "linked"}


async def test_the_hubs_own_blindness_is_told(live: Live, made_up: MadeUpCounty) -> None:
    wall = Reader(live)
    await wall.open()
    made_up.connected, made_up.storage_trouble = False, "E-STORE-03"
    made_up.tell()
    frame = await wall.next()
    assert frame["hub"]["connected"] is False
    assert frame["hub"]["storage"] == "E-STORE-03"
    assert frame["cells"] == []


async def test_every_stream_ends_when_the_server_does(live: Live) -> None:
    walls = [Reader(live) for _ in range(3)]
    for wall in walls:
        await wall.open()
    assert live.streams == 3
    live.end()
    for wall in walls:
        with pytest.raises(StopAsyncIteration):
            await wall.next(within_s=0.5)
    assert live.streams == 0
    with pytest.raises(ProblemError, match="E-WEB-02"):
        await live.endpoint(REQUEST)


async def test_there_is_a_limit_to_streams(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "MOST_STREAMS", 1)
    await Reader(live).open()
    with pytest.raises(ProblemError, match="E-WEB-02") as refused:
        await live.endpoint(REQUEST)
    assert refused.value.status == 503


async def test_news_from_another_thread_wakes_the_stream(live: Live, made_up: MadeUpCounty) -> None:
    wall = Reader(live)
    await wall.open()
    await asyncio.to_thread(made_up.set, FIRST, "unknown")
    assert (await wall.next())["cells"] == [[FIRST, "unknown"]]
