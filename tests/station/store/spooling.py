"""Records for the tests of the spool, and looking at what it holds."""

from pathlib import Path

from station.clock import Stamp
from station.store.spool import Spool
from wire.codec import decode, encode
from wire.records import Body, DeviceEvent, Rating, Record, SealedWords, Visit

NOW = Stamp(at_ms=1_700_000_000_000, mono_ms=5_000, kernel_boot="0" * 16)
UNDATED = Stamp(at_ms=None, mono_ms=7_000, kernel_boot="a" * 16)


def visit(seq: int, words_bytes: int = 0) -> Visit:
    words = SealedWords("f" * 16, bytes(seq * i % 251 for i in range(words_bytes))) if words_bytes else None
    return Visit(number=f"10-{seq:05d}-0", service="legal_advice", who="anonymous", language="zh", words=words)


def seqs(spool: Spool, after: int = 0) -> list[int]:
    """All places held, read as the agent reads them: a batch ends before a gap."""
    found: list[int] = []
    while batch := spool.pending(after, most=50, most_bytes=10**9):
        found += [record.seq for record in batch]
        after = found[-1]
    return found


def bodies(spool: Spool, after: int = 0) -> list[Body]:
    found: list[Body] = []
    while batch := spool.pending(after, most=50, most_bytes=10**9):
        found += [decode(encode(record), Record).body for record in batch]
        after = batch[-1].seq
    return found


def numbers(spool: Spool) -> list[str]:
    return [body.number for body in bodies(spool) if isinstance(body, Visit)]


def told(spool: Spool) -> list[str]:
    """The codes of what the spool has to tell the hub of itself."""
    return [body.code for body in bodies(spool) if isinstance(body, DeviceEvent) and body.device == "spool"]


def fill(path: Path, count: int = 40, words_bytes: int = 0) -> None:
    """Make a spool with `count` visits and a rating of the last one."""
    spool = Spool.open(path)
    for _ in range(count):
        spool.append(lambda seq: visit(seq, words_bytes), NOW)
    spool.append(lambda _: Rating(visit=count, grade=5), NOW)
    spool.close()
