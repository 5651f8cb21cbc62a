"""Availability against every second of 10,000 random histories, and how long a month of 500 villages takes."""

import random
import time
from pathlib import Path

from sqlalchemy import insert

from hub.desks.availability import answer, read_question
from hub.health.windows import Calendar, Effect, Window
from hub.incidents.trouble import Node
from hub.local_time import month_ms
from hub.store import tables as t
from hub.store.engine import Database, writing
from hub.store.intervals import IntervalsReader
from hub.store.line_tables import camera_change
from hub.store.service import change_service
from hub.store.stations import Village, enrol
from tests.bench.table import Figure
from tests.hub.health.seconds import drawn
from tests.hub.health.test_availability import differing

HISTORIES = 10_000
REACH_S = 400
VILLAGES = 500
CHANGES = 100
"""Of state, and as many of the camera's, of each village in the month."""
MONTHS_BEFORE = 5
"""The database is not new: so many months lie before the one that is asked for."""
STATIONS = 20_000
TIMES = 5


def measure(folder: Path) -> list[Figure]:
    """Compare, and time."""
    wrong = sum(bool(differing(drawn(seed, REACH_S))) for seed in range(HISTORIES))
    month_s = _month(folder)
    county_ms, calendar_ms = _calendar()
    how = f"{HISTORIES} seeded histories, {2 * REACH_S} s around a month's end each: windows, unknown, clock steps"
    return [
        Figure("availability differs from counting seconds", wrong, "histories", 0, how),
        Figure(
            f"a month of {VILLAGES} villages, read and worked out", month_s, "s", 1,
            f"{CHANGES} changes of state and of a camera each, {MONTHS_BEFORE} months before it, best of {TIMES}",
        ),
        Figure(
            f"effects of planned times for {STATIONS} stations", calendar_ms, "ms", 50,
            f"151 windows, best of {TIMES}; the first after a change took {county_ms:.1f} ms",
        ),
    ]  # fmt: skip


def _month(folder: Path) -> float:
    database = Database(f"sqlite:///{folder / 'hub.sqlite3'}")
    from_ms, until_ms = month_ms("2026-11") or (0, 0)
    begin_ms = from_ms - MONTHS_BEFORE * (until_ms - from_ms)
    fill(database, begin_ms, until_ms, changes=CHANGES)
    reader, took_s = IntervalsReader(database.reader), []
    for _ in range(TIMES):
        begun = time.perf_counter()
        answered = answer(reader, read_question(until_ms, month="2026-11"), until_ms)
        took_s.append(time.perf_counter() - begun)
        assert answered.whole.villages == answered.whole.cameras == VILLAGES
        assert answered.whole.online.coverage is not None
    database.stop()
    return min(took_s)


def fill(database: Database, begin_ms: int, until_ms: int, *, changes: int) -> None:
    """Put 500 villages in, with so many changes of state and of a camera in each month of November's length."""
    chance = random.Random(5)
    codes = [f"999999{100 + at // 20:03d}{at % 20 + 1:03d}" for at in range(VILLAGES)]
    times = changes * round((until_ms - begin_ms) / (30 * 86_400_000))
    with writing(database) as connection:
        ids = enrol(connection, [Village(code, f"第{code[-3:]}村", f"测试{code[6:9]}镇") for code in codes])
        change_service(connection, [(key, begin_ms) for key in ids.values()], starts=True, how="born", now_ms=begin_ms)
        connection.execute(insert(t.hub_life).values(started_ms=begin_ms, alive_ms=until_ms, orderly=False))
        epochs = [
            {"id": key, "station_id": key, "epoch": "a" * 16, "stored_to": 0, "first_ms": 0} for key in ids.values()
        ]
        connection.execute(insert(t.epoch), epochs)
        states, cameras = [], []
        for key in ids.values():
            for seq, at_ms in enumerate(sorted(chance.randrange(begin_ms, until_ms) for _ in range(times)), 1):
                state = ("online", "offline", "unknown")[seq % 3]
                states.append({"station_id": key, "at_ms": at_ms, "noticed_ms": at_ms, "state": state, "reason": "x"})
                word = {"camera": "hall", "was": "ok", "now": ("ok", "failed")[seq % 2]}
                when = dict.fromkeys(("at_ms", "received_ms", "shown_ms"), at_ms)
                cameras.append({"station_id": key, "epoch_id": key, "seq": seq, **when, **word})
        connection.execute(insert(t.transition), sorted(states, key=lambda row: row["at_ms"]))
        connection.execute(insert(camera_change), sorted(cameras, key=lambda row: row["at_ms"]))


def _calendar() -> tuple[float, float]:
    """Return how long the first question after a change takes, and then those for all stations."""
    towns = {f"9999{town:03d}{unit:05d}": f"测试{town}镇" for town in range(400) for unit in range(STATIONS // 400)}
    codes, now_ms, day_ms = list(towns), 1_795_000_000_000, 86_400_000

    def planned(key: int, effect: Effect, node: Node) -> Window:
        if effect == "maintenance":
            return Window(str(key), effect, node, "fixed", now_ms - day_ms, now_ms + day_ms)
        long_ms = 300 * day_ms
        return Window(
            str(key), effect, node, "recurring", now_ms - long_ms, now_ms + long_ms, day_ms // 12, "daily 02:00"
        )

    windows = [planned(key, "maintenance", Node("town", f"测试{key}镇")) for key in range(50)]
    windows += [planned(key, "no_alerts", Node("station", codes[key * 37])) for key in range(100)]
    calendar = Calendar([*windows, planned(-1, "no_alerts", Node("county"))], towns)
    begun = time.perf_counter()
    calendar.effects(codes[0], now_ms)
    first_s, took_s = time.perf_counter() - begun, []
    for _ in range(TIMES):
        begun = time.perf_counter()
        for code in codes:
            calendar.effects(code, now_ms)
        took_s.append(time.perf_counter() - begun)
    return first_s * 1000, min(took_s) * 1000
