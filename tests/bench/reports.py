"""A month's report of 500 villages from the database to the PDF, and a workbook of 20,000 rows."""

import os
import random
import time
from pathlib import Path

from sqlalchemy import insert

from hub.desks.reporting import ReportDesk, add, document_of
from hub.desks.warning_watch import look
from hub.local_time import month_ms
from hub.reports.document import Document, Section, Table
from hub.reports.names import MATTERS, SERVICES
from hub.reports.period import read_period
from hub.reports.press import pressed
from hub.store import tables as t
from hub.store.engine import Database, writing
from hub.store.reports import keep_figures
from tests.bench.availability import VILLAGES, fill
from tests.bench.table import Figure

VISITS = 60_000
"""In the month, and as many in the one before and in the same of last year: 120 a village."""
ROWS = 20_000
COLUMNS = 9
TIMES = 3


def measure(folder: Path) -> list[Figure]:
    """Time what somebody waits for."""
    database = Database(f"sqlite:///{folder / 'hub.sqlite3'}")
    from_ms, until_ms = month_ms("2026-11") or (0, 0)
    fill(database, from_ms - 13 * (until_ms - from_ms), until_ms, changes=100)
    _visits(database)
    desk, now_ms = ReportDesk(database), until_ms + 8 * 86_400_000
    period = read_period("2026-11", now_ms)
    cold_s = min(_report(desk, now_ms) for _ in range(TIMES))
    for past in (period.before, period.last_year):
        figures = None if past is None else desk.to_keep(past, now_ms)
        assert figures is not None
        with writing(database) as connection:
            keep_figures(connection, figures)
    worked = _worked_s()
    warm = [_report(desk, now_ms) for _ in range(TIMES)]
    worked = (_worked_s() - worked) / TIMES
    with writing(database) as connection:
        key = add(connection, desk.drafted("monthly", period, "", "测试县", now_ms), "测试", now_ms)
    begun = time.perf_counter()
    pages = pressed(document_of(desk.find(key), "测试县"), "pdf")
    again_s = time.perf_counter() - begun
    assert pages.startswith(b"%PDF")
    begun = time.perf_counter()
    look(desk, until_ms)
    look_s = time.perf_counter() - begun
    database.stop()
    sheet_s = min(_workbook() for _ in range(TIMES))
    how = f"{VISITS} visits and 100 changes of state and camera a village in each month, best of {TIMES}"
    return [
        Figure(
            f"month report of {VILLAGES} villages, database to PDF", min(warm), "s", 2,
            f"{how}; {worked:.2f} s of a core",
        ),
        Figure("the same before anything was kept of the months it compares with", cold_s, "s", None, how),
        Figure("a kept report as PDF again", again_s, "s", 2, "from the stored figures, in a process of its own"),
        Figure(f"workbook of {ROWS} rows", sheet_s, "s", 2, f"{COLUMNS} columns, handed over, best of {TIMES}"),
        Figure(f"warnings of {VILLAGES} villages looked for", look_s, "s", None, "once an hour, 16 weeks"),
    ]  # fmt: skip


def _worked_s() -> float:
    """Return how long this process and those it waited for were at work: what others do on the machine is not in it."""
    return sum(os.times()[:4])


def _report(desk: ReportDesk, now_ms: int) -> float:
    begun = time.perf_counter()
    new = desk.drafted("monthly", read_period("2026-11", now_ms), "", "测试县", now_ms)
    with writing(desk.database) as connection:
        key = add(connection, new, "测试", now_ms)
    assert pressed(document_of(desk.find(key), "测试县"), "pdf").startswith(b"%PDF")
    return time.perf_counter() - begun


def _workbook() -> float:
    rows = [["测试1镇", f"第{at}村", at, at / ROWS, 0.5, None, 0.9999, "=1+1", at * 7] for at in range(ROWS)]
    kinds = ["text", "text", "count", "percent", "percent", "percent", "percent", "text", "hours"]
    table = Table("明细", [f"列{at}" for at in range(COLUMNS)], kinds, rows)  # type: ignore[arg-type]
    document = Document("明细", "测试县", "2026年11月", "", [Section("明细", [], [], [table])])
    begun = time.perf_counter()
    assert pressed(document, "xlsx").startswith(b"PK")
    return time.perf_counter() - begun


def _visits(database: Database) -> None:
    chance, rows, ratings, steps, seq = random.Random(9), [], [], [], 0
    for month in ("2025-11", "2026-10", "2026-11"):
        from_ms, until_ms = month_ms(month) or (0, 0)
        for at_ms in sorted(chance.randrange(from_ms, until_ms) for _ in range(VISITS)):  # as they arrive
            seq += 1
            station = chance.randrange(1, VILLAGES + 1)
            service = chance.choice(list(SERVICES))
            rows.append(
                {
                    "id": seq, "station_id": station, "epoch_id": station, "seq": seq, "at_ms": at_ms,
                    "received_ms": at_ms, "shown_ms": at_ms, "number": f"42-{seq:07d}-1", "service": service,
                    "who": chance.choice(["card", "anonymous"]), "language": "zh",
                    "matter": chance.choice([None, *MATTERS]),
                }
            )  # fmt: skip
            if chance.random() < 0.6:
                ratings.append(
                    {
                        "station_id": station, "epoch_id": station, "seq": 10_000_000 + seq, "at_ms": at_ms,
                        "received_ms": at_ms, "shown_ms": at_ms, "visit_seq": seq,
                        "grade": chance.choice([1, 2, 3, 4, 4, 5, 5, 5, 5]),
                    }
                )  # fmt: skip
            if service in {"legal_advice", "mediation", "legal_aid"}:
                steps.append(
                    {
                        "visit_id": seq,
                        "at_ms": at_ms + chance.randrange(3 * 86_400_000),
                        "who": "x",
                        "state": "answered",
                    }
                )
    with writing(database) as connection:
        connection.execute(insert(t.visit), rows)
        connection.execute(insert(t.rating), ratings)
        connection.execute(insert(t.visit_step), steps)
