"""A county's stations enrol: one by itself, and 500 at once, at the real application behind uvicorn."""

import base64
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from demo.processes import free_port, own_user, start, start_broker, stop, tool
from firmware_config.county import Ports, Village, make_county
from hub.settings import Settings
from hub.store.engine import Database, writing
from hub.store.enrolment import Token, add_tokens
from station.identity.enrol import enrol_online, enrol_request, take_reply
from station.identity.hub_http import HubAwayError
from tests.bench.table import Figure
from tests.hub_api import HubApi
from wire.enrolment import new_token, token_digest
from wire.settings import load_settings

STATIONS = 500
DAY_MS = 86_400_000


def measure(folder: Path) -> list[Figure]:
    """Have one station enrol with the drawing of its key, then 500 others at once, and ask the web meanwhile."""
    villages = [Village(f"9999991{n:05d}", f"测试{n}村", f"测试{n % 14}镇") for n in range(STATIONS + 1)]
    ports, county = Ports(free_port(), free_port(), probe=0), folder / "county"
    make_county(county, villages, county_name="测试县", ports=ports, broker_user=own_user())
    tokens = {one.code: new_token(os.urandom(10)) for one in villages}
    _expect(county, tokens)
    broker = start_broker(county, ports.mqtt, folder / "broker.log")
    hub = start([tool("hub"), "run", "--config", str(county / "hub" / "hub.toml")], folder / "hub.log")
    url = f"http://127.0.0.1:{ports.web}"
    api = HubApi(url, (county / "hub" / "api.token").read_text().strip())
    try:
        api.wait_healthy()
        begun = time.perf_counter()
        _enrol(county, folder / villages[0].code, villages[0].code, tokens[villages[0].code], url)
        one_s = time.perf_counter() - begun
        slowest, done = [0.0], threading.Event()
        asking = threading.Thread(target=_ask, args=(api, done, slowest))
        asking.start()
        begun = time.perf_counter()
        with ThreadPoolExecutor(STATIONS) as pool:
            took = list(
                pool.map(lambda one: _enrol(county, folder / one.code, one.code, tokens[one.code], url), villages[1:])
            )
        all_s = time.perf_counter() - begun
        done.set()
        asking.join()
    finally:
        stop(hub)
        stop(broker)
    how = "uvicorn, SQLite, every station a thread, on the same machine"
    return [
        Figure("a station enrols, drawing its key", one_s, "s", 2, "HTTP, token burnt, audit, durable at both ends"),
        Figure(f"{STATIONS} stations enrol at once", all_s, "s", 60, how),
        Figure("the slowest of them", max(took), "s", None, how),
        Figure("web meanwhile: slowest answer", slowest[0] * 1000, "ms", 1000, "/healthz asked all the time"),
    ]


def _expect(county: Path, tokens: dict[str, str]) -> None:
    database = Database(load_settings(county / "hub" / "hub.toml", Settings).database)
    now_ms = time.time_ns() // 1_000_000
    with writing(database) as connection:
        add_tokens(
            connection, [Token(one, token_digest(it), now_ms, now_ms + 90 * DAY_MS) for one, it in tokens.items()]
        )
    database.stop()


def _enrol(county: Path, folder: Path, station: str, token: str, url: str) -> float:
    begun = time.perf_counter()
    folder.mkdir()
    ca, seal_key = county / "ca.crt", base64.b64decode((county / "seal.pub").read_text("ascii"))
    while True:
        try:
            reply = enrol_online(url, enrol_request(folder, station, token, seal_key), ca)
            break
        except HubAwayError:  # busy: as first boot does it, again a moment later
            time.sleep(0.5)
    take_reply(folder, reply, ca, station, None)
    return time.perf_counter() - begun


def _ask(api: HubApi, done: threading.Event, slowest: list[float]) -> None:
    while not done.wait(0.05):
        begun = time.perf_counter()
        api.get("/healthz")
        slowest[0] = max(slowest[0], time.perf_counter() - begun)
