"""Taking a file of another platform in: read, judged row by row, then all of it or, asked for, what can be taken."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from hub.csv_text import file_of
from hub.errors import HubError
from hub.exchange.reading import rows_of
from hub.exchange.sealing import Sealer
from hub.exchange.sources import Platform
from hub.exchange.tickets import Places, Refused, tickets_of
from hub.store.engine import Transaction
from hub.store.exchanges import Outcome, SealedTicket, count_run, note_run, take_tickets


class Judged(NamedTuple):
    """A file that was read: what can be taken, sealed already, and what cannot."""

    platform: Platform
    rows: int
    file: bytes
    """SHA-256 of it."""
    tickets: list[SealedTicket]
    refused: list[Refused]

    @property
    def good(self) -> int:
        """How many rows can be taken."""
        return self.rows - len(self.refused)

    @property
    def named(self) -> tuple[str, str]:
        """What the audit log keeps of taking it: whose file, by the beginning of its digest, and rows taken of all."""
        return f"{self.platform} {self.file.hex()[:16]}", f"{self.good}/{self.rows}"

    def __repr__(self) -> str:
        return f"Judged({self.rows} rows, {len(self.refused)} refused)"


def judge(data: bytes, platform: Platform, places: Places, sealer: Sealer, now_ms: int) -> Judged:
    """Return what a file amounts to, without storing anything. Raises FileError (`hub/exchange/reading.py`)."""
    rows = rows_of(data)
    tickets, refused = tickets_of(rows, platform, places, now_ms)
    sealed = [sealer.seal(one) for one in tickets]
    return Judged(platform, len(rows), hashlib.sha256(data).digest(), sealed, refused)


def take(connection: Transaction, judged: Judged, who: str, now_ms: int, *, skip_bad: bool) -> Outcome:
    """Store a judged file in the caller's transaction.

    Raises HubError E-EXC-05 when rows were refused and `skip_bad` does not say to go on without them; then, as after
    any other error, nothing of the file stands.
    """
    if judged.refused and not skip_bad:
        raise HubError(
            "E-EXC-05",
            f"{len(judged.refused)} of {judged.rows} rows cannot be taken, so none was: mend them, or skip them"
            f" {judged.rows} 行中有 {len(judged.refused)} 行有误，未导入任何一行；请更正，或选择跳过有误的行",
        )
    run = note_run(
        connection,
        {
            "way": "in", "what": "tickets", "platform": judged.platform, "at_ms": now_ms, "who": who,
            "file": judged.file, "rows": judged.rows, "refused": len(judged.refused),
        },
    )  # fmt: skip
    outcome = take_tickets(connection, judged.tickets, run, now_ms)
    count_run(connection, run, outcome)
    return outcome


def refused_csv(refused: Sequence[Refused]) -> bytes:
    """Return the refused rows as a CSV of line and reasons: nothing personal stands in it."""
    return file_of([("行 line", "原因 why"), *((one.line, "; ".join(one.reasons)) for one in refused)])
