"""Lines: 500 villages against each other, a million summaries in the database, 20,000 villages listened to."""

import random
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import insert

from hub.health.matrix import Village as Place
from hub.health.matrix import rate_of, town_matrix, village_matrix
from hub.health.probes import Hearing
from hub.ingest.forgetting import MOST_IN_A_ROUND
from hub.store import tables as t
from hub.store.engine import Database, writing
from hub.store.line_tables import link_summary
from hub.store.lines import LinksReader, forget_ledger, forget_summaries
from hub.store.stations import Village, enrol
from tests.bench.table import Figure

VILLAGES = 500
SUMMARIES = 1_000_000
EVERY_MS = 30_000
LISTENED_TO = 20_000
NOW = 1_795_000_000_000
TIMES = 20
BODY = (
    b'{"kind":"link","leg":"county","lasted_ms":30000,"sent":30,"reached":30,"received":30,'
    b'"measures":{"rtt_min_ms":11.1,"rtt_p50_ms":12.2,"rtt_p95_ms":15.5,"rtt_max_ms":20.1,"jitter_ms":0.71}}'
)


def measure(folder: Path) -> list[Figure]:
    """Time everything that grows with villages or days."""
    return [*_pairs(), *_summaries(folder), _listening()]


def median_ms(what: Callable[[], object], times: int = TIMES) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        what()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[times // 2]


def _pairs() -> list[Figure]:
    chance = random.Random(1)

    def place(number: int) -> Place:
        state = chance.choices(("online", "offline", "unknown"), (92, 5, 3))[0]
        up, down = (1 - chance.choice((0, 0, 0, 0.01, 0.03)) for _ in range(2))
        return Place(f"v{number}", "", f"t{number // 20}", state, up, down, chance.uniform(5, 220))

    county = [place(number) for number in range(VILLAGES)]
    how = f"{VILLAGES} villages in 25 towns, {VILLAGES * (VILLAGES - 1) // 2} pairs, median of 5"
    return [
        Figure("村村通率 of a county", median_ms(lambda: rate_of(county), 5), "ms", 50, how),
        Figure("matrix town × town", median_ms(lambda: town_matrix(county), 5), "ms", 500, how),
        Figure("matrix village × village", median_ms(lambda: village_matrix(county, county), 5), "ms", 1_000, how),
    ]


def _summaries(folder: Path) -> list[Figure]:
    database = Database(f"sqlite:///{folder / 'hub.sqlite3'}")
    codes = [f"9999991{number // 100:02d}{number % 100:03d}" for number in range(VILLAGES)]
    with writing(database) as connection:
        ids = enrol(connection, [Village(code, "村", "镇") for code in codes])
        epochs = [{"id": key, "station_id": key, "epoch": f"{key:016x}", "stored_to": 2**40} for key in ids.values()]
        connection.execute(insert(t.epoch), [epoch | {"first_ms": 1} for epoch in epochs])
    first_ms = NOW - SUMMARIES // VILLAGES * EVERY_MS
    keys = list(ids.values())
    for first in range(0, SUMMARIES, 20_000):
        rounds = (divmod(number, VILLAGES) for number in range(first, first + 20_000))
        _add(database, [_row(keys[which], turn + 1, first_ms + turn * EVERY_MS) for turn, which in rounds])
    reader, half_ms, added = LinksReader(database.reader), (first_ms + NOW) // 2, iter(range(2**30, 2**31))

    def forget(before_ms: int) -> None:
        with writing(database) as connection:
            forget_summaries(connection, before_ms, MOST_IN_A_ROUND)
            forget_ledger(connection, before_ms, MOST_IN_A_ROUND)

    how = f"{SUMMARIES} summaries and as many in the ledger, median of {TIMES}"
    figures = [
        Figure(f"forgetting {MOST_IN_A_ROUND} of each", median_ms(lambda: forget(half_ms)), "ms", 50, how),
        Figure("looking for what to forget, where nothing is due", median_ms(lambda: forget(5)), "ms", 5, how),
        Figure(
            "a commit of a batch of 50 summaries",
            median_ms(lambda: _add(database, [_row(keys[0], next(added), NOW) for _ in range(50)])), "ms", 20, how,
        ),
        Figure("a page of a line's history", median_ms(lambda: reader.of_station(codes[7], 120)), "ms", 50, how),
        Figure("what a starting hub reads", median_ms(lambda: reader.lines(NOW), 3), "ms", 1_000, how),
    ]  # fmt: skip
    database.stop()
    return figures


def _row(key: int, seq: int, at_ms: int) -> dict[str, object]:
    return {"epoch_id": key, "seq": seq, "at_ms": at_ms, "received_ms": at_ms + 50}


def _add(database: Database, rows: list[dict[str, object]]) -> None:
    counts = {"leg": "county", "lasted_ms": EVERY_MS, "sent": 30, "reached": 30, "received": 30}
    rtts = {"rtt_min_ms": 11.1, "rtt_p50_ms": 12.2, "rtt_p95_ms": 15.5, "rtt_max_ms": 20.1, "jitter_ms": 0.7}
    told = [row | counts | rtts | {"station_id": row["epoch_id"], "shown_ms": row["at_ms"]} for row in rows]
    with writing(database) as connection:
        connection.execute(insert(link_summary), told)
        connection.execute(insert(t.record), [row | {"kind": "link", "body": BODY} for row in rows])


def _listening() -> Figure:
    hearing, marks = Hearing(1_000), {f"{number:012d}": 0 for number in range(LISTENED_TO)}
    at_ms = NOW

    def listen() -> None:
        nonlocal at_ms
        at_ms += 250
        for code in list(marks)[at_ms // 250 % 4 :: 4]:
            marks[code] += 1
        began = time.perf_counter()
        hearing.hear(marks, at_ms)
        taken.append((time.perf_counter() - began) * 1000)

    taken: list[float] = []
    for _ in range(60):
        listen()
    how = "four times a second, a quarter of them heard each time; median of 60"
    return Figure(f"listening to {LISTENED_TO} villages", sorted(taken)[30], "ms", 50, how)
