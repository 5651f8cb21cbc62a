"""The wall in headless Chromium, and its stream to very many: sizes, paints, main thread, frames, event to pixel."""

import asyncio
import os
import resource
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from demo.processes import free_port, stop
from hub.web.who import SCREEN_COOKIE
from tests.bench.table import Figure
from tests.browser import launched
from tests.hub.web.made_up_database import SCREEN
from tests.waiting import wait_for

FULL_HD = {"width": 1920, "height": 1080}
LOOKS_S = 8
CLIENTS, CLIENTS_S = 500, 10
COOKIE = f"{SCREEN_COOKIE}={SCREEN}"
WATCH = """() => {
    window.seen = [];
    const channel = new MessageChannel();
    let codes = [];
    channel.port1.onmessage = () => { const at = performance.timeOrigin + performance.now(); for (const code of codes) window.seen.push([code, at]); codes = []; };
    new MutationObserver((records) => {
        const before = codes.length;
        for (const { target } of records) if (target.id) codes.push(target.id.slice(1));
        if (!before && codes.length) requestAnimationFrame(() => channel.port2.postMessage(0));
    }).observe(document.getElementById("towns"), { subtree: true, attributes: true, attributeFilter: ["data-s", "data-why"] });
}"""  # noqa: E501
"""Notes when a changed cell was painted: the first task after the frame that shows it."""
FRAMES = """(ms) => new Promise((done) => {
    const times = [];
    const begun = performance.now();
    const count = (at) => { times.push(at); if (performance.now() - begun < ms) requestAnimationFrame(count); else done(times); };
    requestAnimationFrame(count);
})"""  # noqa: E501


class Wall:
    """A county's web in a process of its own."""

    def __init__(self, stations: int, updates_per_s: float) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        command = [sys.executable, "-m", "tests.bench.served_wall", str(self.port), str(stations), str(updates_per_s)]
        self.process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.PIPE, text=True)
        self.changes: list[tuple[float, int, str]] = []
        threading.Thread(target=self._read, daemon=True).start()
        wait_for(self._answers, "the wall", within_s=60)

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url + "healthz").status_code < 600
        except httpx.TransportError:
            return False

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            at_ms, number, code, _ = line.split()
            self.changes.append((float(at_ms), int(number), code))

    def cpu_s(self) -> float:
        """Return the processor time it used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(stations: int, updates_per_s: float) -> Iterator[Wall]:
    wall = Wall(stations, updates_per_s)
    try:
        yield wall
    finally:
        stop(wall.process)


def measure(_: Path) -> list[Figure]:
    """Measure everything the wall promises."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        try:
            seen = [*_five_hundred(browser), *_twenty_thousand(browser), *_twelve_tabs(browser)]
        finally:
            browser.close()
    return [*seen, *_clients(), *_stopping()]


def _five_hundred(browser: Browser) -> list[Figure]:
    with served(500, 0) as wall:
        html = httpx.get(wall.url, headers={"Cookie": COOKIE}).content
        paints = sorted(_first_paint(_opened(browser, wall)) for _ in range(5))
    with served(500, 100) as wall:
        page = _opened(browser, wall)
        page.evaluate(WATCH)
        busy, own = _busy_ms_per_s(page)
        pixels = sorted(_to_pixels(page, wall))
        frames = _frame_times(page)
        page.context.close()
    how = "500 cells, 1920×1080, headless Chromium"
    return [
        Figure("wall: HTML", len(html) / 1000, "kB", 60, "500 cells, as it is sent, not compressed"),
        Figure("wall: first paint", statistics.median(paints), "ms", 500, f"{how}, first contentful, median of 5"),
        Figure("wall: main thread", busy, "ms/s", 200, f"{how}, 100 single changes a second for {LOOKS_S} s"),
        Figure("wall: main thread, its processor time", own, "ms/s", None, "the same; what others took is not counted"),
        Figure("wall: event to pixel, p50", _part(pixels, 0.5), "ms", None, f"{how}, {len(pixels)} changes"),
        Figure("wall: event to pixel, p95", _part(pixels, 0.95), "ms", 100, f"{how}, {len(pixels)} changes"),
        Figure("wall: time of a frame", statistics.mean(frames), "ms", 20, f"{how}, 100 changes a second; 20 ms: 50/s"),
    ]


def _twenty_thousand(browser: Browser) -> list[Figure]:
    how = "20,000 cells on a canvas, 1920×1080"
    with served(20_000, 0) as wall:
        first = []
        for _ in range(3):
            page = _opened(browser, wall)
            first.append(page.evaluate("performance.getEntriesByName('drawn')[0].startTime"))
            quiet = _frame_times(page)
            page.context.close()
    with served(20_000, 100) as wall:
        page = _opened(browser, wall)
        before, begun = wall.cpu_s(), time.monotonic()
        busy, _ = _busy_ms_per_s(page)
        hub = (wall.cpu_s() - before) / (time.monotonic() - begun)
        moving = _frame_times(page)
        page.context.close()
    return [
        Figure("canvas: first frame", statistics.median(first), "ms", 1500, f"{how}, from the address to drawn, of 3"),
        Figure("canvas: time of a frame, quiet", statistics.mean(quiet), "ms", 20, f"{how}; 20 ms are 50/s"),
        Figure("canvas: time of a frame, moving", statistics.mean(moving), "ms", 20, f"{how}, 100 changes a second"),
        Figure("canvas: main thread", busy, "ms/s", None, f"{how}, 100 changes a second for {LOOKS_S} s"),
        Figure("canvas: hub's processor", 100 * hub, "% of a core", None, f"{how}, one screen, 100 changes a second"),
    ]


def _twelve_tabs(browser: Browser) -> list[Figure]:
    with served(200, 20) as wall:
        context = browser.new_context(viewport=FULL_HD)
        _sign(context, wall)
        pages = []
        for _ in range(12):
            pages.append(context.new_page())
            pages[-1].goto(wall.url)
        for page in pages:
            page.wait_for_selector("html[data-live=on]", timeout=30_000)
        streams = _streams(wall)
        context.close()
    return [Figure("streams of 12 tabs", streams, "streams", 1, "12 walls open in one browser, counted by the hub")]


def _clients() -> list[Figure]:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 4096), most))
    with served(500, 10) as wall:
        late, cpu, frames = asyncio.run(_listen(wall))
    late.sort()
    how = f"{CLIENTS} streams for {CLIENTS_S} s, 10 changes a second of 500 villages"
    return [
        Figure("streams: hub's processor", 100 * cpu / CLIENTS_S, "% of a core", 25, how),
        Figure("streams: event to client, p99", _part(late, 0.99), "ms", 100, f"{how}, {frames} frames"),
        Figure(
            "streams: frames lost", max(0.0, CLIENTS * CLIENTS_S * 10 * 0.98 - frames), "frames", 0, "below 98 % of all"
        ),
    ]


async def _listen(wall: Wall) -> tuple[list[float], float, int]:
    """Return how late each frame came at each client, and what the hub's process used meanwhile."""
    heard: list[tuple[int, float]] = []
    counting = asyncio.Event()

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", wall.port, limit=2**20)
        writer.write(f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{wall.port}\r\nCookie: {COOKIE}\r\n\r\n".encode())
        while line := await reader.readline():
            if counting.is_set() and (place := line.find(b'"visits":')) > 0:
                heard.append((int(line[place + 9 :].split(b",", 1)[0].rstrip(b"}\n\r")), time.time() * 1000))

    clients = []
    for _ in range(CLIENTS // 20):
        clients += [asyncio.create_task(client()) for _ in range(20)]
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    before = wall.cpu_s()
    counting.set()
    await asyncio.sleep(CLIENTS_S)
    counting.clear()
    cpu = wall.cpu_s() - before
    for one in clients:
        one.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
    at = {number: at_ms for at_ms, number, _ in wall.changes}
    return [came - at[number] for number, came in heard if number in at], cpu, len(heard)


def _stopping() -> list[Figure]:
    with served(500, 10) as wall:
        taken_s = asyncio.run(_stop(wall))
    return [Figure("SIGTERM with 100 streams", taken_s, "s", 2, "until the process ended by itself, each stream ended")]


async def _stop(wall: Wall) -> float:
    lines = [await asyncio.open_connection("127.0.0.1", wall.port, limit=2**20) for _ in range(100)]
    for _, writer in lines:
        writer.write(f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{wall.port}\r\nCookie: {COOKIE}\r\n\r\n".encode())
    await asyncio.gather(*(reader.readuntil(b'"full":true') for reader, _ in lines))
    begun = time.monotonic()
    wall.process.send_signal(signal.SIGTERM)
    ends = await asyncio.gather(*(reader.read() for reader, _ in lines))
    assert await asyncio.to_thread(wall.process.wait, 10) == 0
    assert all(end.endswith(b"0\r\n\r\n") for end in ends), "a stream was cut, not ended"
    return time.monotonic() - begun


def _opened(browser: Browser, wall: Wall) -> Page:
    context = browser.new_context(viewport=FULL_HD)
    _sign(context, wall)
    page = context.new_page()
    page.goto(wall.url)
    page.wait_for_selector("html[data-live=on]", timeout=30_000)
    return page


def _sign(context: Any, wall: Wall) -> None:
    context.add_cookies([{"name": SCREEN_COOKIE, "value": SCREEN, "url": wall.url}])


def _first_paint(page: Page) -> float:
    at_ms = float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
    page.context.close()
    return at_ms


def _busy_ms_per_s(page: Page) -> tuple[float, float]:
    """Return how long the main thread's tasks took, by the clock and by its processor time alone."""
    clock, own = _busy(page, "timeTicks"), _busy(page, "threadTicks")
    page.wait_for_timeout(2_000)
    before, begun = (clock(), own()), time.monotonic()
    page.wait_for_timeout(LOOKS_S * 1000)
    taken_s = time.monotonic() - begun
    return 1000 * (clock() - before[0]) / taken_s, 1000 * (own() - before[1]) / taken_s


def _busy(page: Page, domain: str) -> Callable[[], float]:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": domain})

    def busy_s() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

    return busy_s


def _to_pixels(page: Page, wall: Wall) -> list[float]:
    """Return how long each change took from the hub's view to the screen."""
    page.evaluate("() => { window.seen.length = 0; }")
    begun_ms = time.time() * 1000
    page.wait_for_timeout(LOOKS_S * 1000)
    until_ms = time.time() * 1000 - 1000
    seen: dict[str, list[float]] = {}
    for code, at_ms in page.evaluate("window.seen"):
        seen.setdefault(code, []).append(at_ms)
    taken = []
    for at_ms, _, code in list(wall.changes):
        if begun_ms < at_ms < until_ms:
            after = [shown_ms for shown_ms in seen.get(code, []) if shown_ms >= at_ms]
            if after:
                taken.append(min(after) - at_ms)
    return taken


def _frame_times(page: Page) -> list[float]:
    times = page.evaluate(FRAMES, 5_000)
    return [later - earlier for earlier, later in pairwise(times)]


def _streams(wall: Wall) -> float:
    text = httpx.get(wall.url + "metrics", headers={"Cookie": COOKIE}).text
    return float(next(row.split()[1] for row in text.splitlines() if row.startswith("cuncuntong_wall_streams ")))


def _part(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("inf")
