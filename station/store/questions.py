"""Questions to the county and their answers: sealed both ways, kept for minutes, of no worth after a restart.

A question is answered once: the first reply stands, and one that nobody waits for is not kept.
"""

from contextlib import suppress
from typing import Final, NamedTuple

from station.clock import Stamp
from station.store.spool_file import QUESTIONS, Connection, transaction
from wire.codec import decode, encode
from wire.errors import WireError
from wire.orders import Ask, Reply

KEPT_MS: Final = 300_000
"""An older question goes with its answer: whoever asked has long gone home."""
MOST_KEPT: Final = 20


class OpenAsk(NamedTuple):
    """A question that has no reply yet, and the running count (ms) at which one is of no use any more."""

    ask: Ask
    deadline_mono_ms: int


def add_tables(connection: Connection) -> None:
    """Make the tables in a spool of an older version; on a full disk that waits for the first question."""
    if not _has_tables(connection):
        with suppress(connection.OperationalError), transaction(connection):
            _create_tables(connection)


def put_ask(connection: Connection, ask: Ask, now: Stamp) -> None:
    """Keep a question whose `expires_ms` counts from now on; the oldest goes when there are MOST_KEPT."""
    with transaction(connection):
        _create_tables(connection)
        _purge(connection, now)
        connection.execute(
            "DELETE FROM ask WHERE id NOT IN (SELECT id FROM ask ORDER BY put_ms DESC LIMIT ?)", (MOST_KEPT - 1,)
        )
        values = (ask.id, encode(ask), now.kernel_boot, now.mono_ms)
        connection.execute("INSERT OR REPLACE INTO ask VALUES (?, ?, ?, ?)", values)
        connection.execute("DELETE FROM reply WHERE id = ? OR id NOT IN (SELECT id FROM ask)", (ask.id,))


def open_asks(connection: Connection, now: Stamp) -> list[OpenAsk]:
    """Return the questions without a reply, oldest first; what is too old is deleted on the way."""
    if not _has_tables(connection):
        return []
    (old,) = connection.execute(f"SELECT EXISTS (SELECT 1 FROM ask WHERE {_TOO_OLD})", _limits(now)).fetchone()
    if old:
        with transaction(connection):
            _purge(connection, now)
    found = connection.execute("SELECT ask, put_ms FROM ask WHERE id NOT IN (SELECT id FROM reply) ORDER BY put_ms")
    return [one for raw, put_ms in found.fetchall() if (one := _read(raw, put_ms)) is not None]


def put_reply(connection: Connection, reply: Reply) -> bool:
    """Keep the reply to a question that is still there and has none; say whether it was kept."""
    if not _has_tables(connection):
        return False
    with transaction(connection):
        kept = connection.execute(
            "INSERT OR IGNORE INTO reply SELECT id, ? FROM ask WHERE id = ?", (encode(reply), reply.id)
        )
        return kept.rowcount == 1


def take_reply(connection: Connection, ask_id: str) -> Reply | None:
    """Return the reply and forget it together with its question; None while there is none."""
    if not _has_tables(connection):
        return None
    row = connection.execute("SELECT reply FROM reply WHERE id = ?", (ask_id,)).fetchone()
    if row is None:
        return None
    forget_ask(connection, ask_id)
    try:
        return decode(row[0], Reply)
    except (WireError, TypeError):
        return Reply(ask_id, "late")  # altered on the disk: the same as none in time


def forget_ask(connection: Connection, ask_id: str) -> None:
    """Forget a question and its reply: nobody waits for it any more."""
    if _has_tables(connection):
        with transaction(connection):
            connection.execute("DELETE FROM reply WHERE id = ?", (ask_id,))
            connection.execute("DELETE FROM ask WHERE id = ?", (ask_id,))


def _create_tables(connection: Connection) -> None:
    for statement in QUESTIONS.split(";\n"):
        connection.execute(statement)


def _has_tables(connection: Connection) -> bool:
    tables = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name IN ('ask', 'reply')"
    return bool(connection.execute(tables).fetchone()[0] == 2)


_TOO_OLD: Final = "kernel_boot != ? OR put_ms <= ? OR put_ms > ?"


def _limits(now: Stamp) -> tuple[str, int, int]:
    return now.kernel_boot, now.mono_ms - KEPT_MS, now.mono_ms


def _purge(connection: Connection, now: Stamp) -> None:
    connection.execute(f"DELETE FROM ask WHERE {_TOO_OLD}", _limits(now))
    connection.execute("DELETE FROM reply WHERE id NOT IN (SELECT id FROM ask)")


def _read(raw: object, put_ms: object) -> OpenAsk | None:
    """Return the question as kept, None for a row that was altered on the disk: it is purged in time."""
    if not (isinstance(raw, bytes) and isinstance(put_ms, int)):
        return None
    try:
        ask = decode(raw, Ask)
    except WireError:
        return None
    return OpenAsk(ask, put_ms + min(ask.expires_ms, KEPT_MS))
