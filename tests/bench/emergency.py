"""紧急求助: from the kiosk's second touch until it may say that the county has it; real agent, broker and hub."""

import secrets
import statistics
import time
from pathlib import Path

from station.clock import Clock
from station.store.spool import Spool
from station.store.spool_file import connect, encoded, insert, next_seq, transaction
from tests.bench.table import Figure
from tests.online_station import online_station
from tests.waiting import wait_for
from wire.records import Emergency, Rating

CALLS = 30
BACKLOG = 5_000
LIMIT_MS = 1_000


def measure(folder: Path) -> list[Figure]:
    """Call for help with an empty outbox, then each time while so many records are on their way."""
    with online_station(folder) as station:
        calls = [called_ms(station.spool, withdrawn=False) for _ in range(CALLS)]
        taken_back = [called_ms(station.spool, withdrawn=True) for _ in range(CALLS)]
        behind = [_behind_a_backlog(station.spool) for _ in range(CALLS)]
    how = f"{CALLS} calls: append begun by another process than the agent's, until that process reads the county has it"
    figures = []
    for name, taken in (
        ("emergency, empty outbox", calls),
        ("emergency taken back, empty outbox", taken_back),
        (f"emergency, {BACKLOG} records before it", behind),
    ):
        figures.append(Figure(f"{name}, p50", statistics.median(taken), "ms", None, how))
        figures.append(Figure(f"{name}, max", max(taken), "ms", LIMIT_MS, how))
    return figures


def called_ms(spool: Spool, *, withdrawn: bool) -> float:
    """Call for help and return how long it took until the county had it, as the kiosk can know."""
    begun = time.perf_counter()
    call = Emergency(secrets.token_hex(8), withdrawn=withdrawn)
    seq = spool.append(lambda _: call, Clock().now(), urgent=True)
    while not (seq in spool.urgent_receipted() or spool.trimmed_to() >= seq):
        time.sleep(0.002)
    return (time.perf_counter() - begun) * 1000


def add_backlog(path: Path, count: int) -> None:
    """Add records to a spool all at once, as if the line had been away."""
    connection, stamp = connect(path), Clock().now()
    try:
        with transaction(connection):
            for _ in range(count):
                seq = next_seq(connection)
                insert(connection, seq, *encoded(Rating(seq, 5)), stamp)
    finally:
        connection.close()


def _behind_a_backlog(spool: Spool) -> float:
    wait_for(lambda: spool.depth().records == 0, "an empty outbox", within_s=60)
    before = spool.trimmed_to()
    add_backlog(spool.path, BACKLOG)
    wait_for(lambda: spool.trimmed_to() > before, "the first receipt of the backlog")  # all lanes are full now
    return called_ms(spool, withdrawn=False)
