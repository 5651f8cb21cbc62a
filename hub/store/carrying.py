"""What must not come back with a backup: who was erased since, what was revoked since, and what is held since then.

A backup is older than the database it replaces. Everything else of that one is given up on purpose; this is not.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    NullPool,
    Row,
    Table,
    and_,
    bindparam,
    create_engine,
    func,
    literal,
    select,
    update,
)  # fmt: skip
from sqlalchemy.exc import SQLAlchemyError

from hub.store import casework_tables as w
from hub.store import tables as t
from hub.store.access_tables import account, recovery, screen, token
from hub.store.casework import hold, holds_of
from hub.store.casework_erasing import erase, forget_questions_of
from hub.store.casework_tickets import erase_tickets
from hub.store.casework_tombs import MARK, is_tomb, was
from hub.store.enrolment_carrying import Trust, carry_trust, read_trust
from hub.store.exchanges_tables import ticket
from hub.store.sqlite import prepare_reader
from hub.visits.index import NOBODY

NEWER: Final = (
    "unit", "role", "towns", "password", "must_change", "totp_secret", "totp_step", "failures", "locked_until_ms",
    "ended_ms",
)  # fmt: skip
"""Of an account: who may come in, and by what, is as it was last."""

Place = tuple[str, str, int]
"""Names a record for ever: station, epoch, seq. Numbers of rows begin anew in another database."""


class Carried(NamedTuple):
    """What was brought over."""

    visits: int = 0
    """Erased since."""
    words: int = 0
    """Of calls for help."""
    tickets: int = 0
    holds: int = 0
    ended: int = 0
    """Tokens, screens and accounts."""


class Before(NamedTuple):
    """What the database that is replaced says of these things."""

    erased: Mapping[Place, Row[Any]]
    tombs: Mapping[Place, bytes]
    holds: Mapping[Place, Row[Any]]
    tickets: frozenset[tuple[str, str]]
    ended: Mapping[str, frozenset[bytes]]
    """Digests, by table."""
    accounts: Sequence[Mapping[str, Any]]
    recovery: frozenset[bytes]
    """Of codes that still open."""
    trust: Trust
    """Tokens and certificates of stations."""


def read_before(database: Path) -> Before | None:
    """Return what a database says, which nobody need be able to write; None where it cannot be read, or there is none.

    One of an older version of this software has no such tables, or cannot be trusted in them: None too.
    """
    if not database.is_file():
        return None
    engine = create_engine(f"sqlite:///{database}", poolclass=NullPool)
    prepare_reader(engine)
    try:
        with engine.connect() as connection:
            return _read(connection)
    except SQLAlchemyError:
        return None


def carry_over(connection: Connection, before: Before, now_ms: int) -> Carried:
    """Bring it into a database that is older."""
    carry_trust(connection, before.trust)
    held = _hold(connection, before, now_ms)
    visits = _erase(connection, before, now_ms)
    words = _bury(connection, before)
    found = connection.execute(select(ticket.c.id, ticket.c.platform, ticket.c.external_id)).all()
    gone = [row.id for row in found if (row.platform, row.external_id) in before.tickets]
    ended = 0
    for table in (token, screen):
        dead = and_(table.c.digest.in_(before.ended[table.name]), table.c.ended_ms.is_(None))
        ended += connection.execute(update(table).where(dead).values(ended_ms=now_ms)).rowcount
    standing = set(connection.execute(select(account.c.name).where(account.c.ended_ms.is_(None))).scalars())
    ended += sum(one["name"] in standing and one["ended_ms"] is not None for one in before.accounts)
    if before.accounts:
        values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in NEWER}
        rows = [{f"new_{name}": value for name, value in one.items()} for one in before.accounts]
        connection.execute(update(account).where(account.c.name == bindparam("new_name")).values(values), rows)
    used = and_(recovery.c.used_ms.is_(None), recovery.c.digest.not_in(before.recovery))
    connection.execute(update(recovery).where(used).values(used_ms=now_ms))
    return Carried(visits, words, erase_tickets(connection, gone), held, ended)


def _read(connection: Connection) -> Before:
    v, r, q = t.visit, t.record.c, w.visit_hold.c
    erased = _placed(v.c, w.visit_erasure.c.who, w.visit_erasure.c.why).join(
        w.visit_erasure, w.visit_erasure.c.visit_id == v.c.id
    )
    held = _placed(v.c, q.who, q.reason).join(w.visit_hold, q.visit_id == v.c.id).where(q.ended_ms.is_(None))
    buried = _placed(r, r.body).where(func.substr(r.body, 1, 1) == literal(MARK, LargeBinary))
    codes = select(recovery.c.digest).where(recovery.c.used_ms.is_(None))
    gone = select(ticket.c.platform, ticket.c.external_id).where(ticket.c.person_key == NOBODY)
    return Before(
        {_place(row): row for row in connection.execute(erased)},
        {_place(row): row.body for row in connection.execute(buried)},
        {_place(row): row for row in connection.execute(held)},
        frozenset((row.platform, row.external_id) for row in connection.execute(gone)),
        {table.name: _ended(connection, table) for table in (token, screen)},
        [dict(row._mapping) for row in connection.execute(select(account.c.name, *(account.c[n] for n in NEWER)))],
        frozenset(connection.execute(codes).scalars()),
        read_trust(connection),
    )


def _ended(connection: Connection, table: Table) -> frozenset[bytes]:
    return frozenset(connection.execute(select(table.c.digest).where(table.c.ended_ms.is_not(None))).scalars())


def _placed(of: Any, *more: ColumnElement[Any]) -> Any:
    """Return a query of rows of the ledger, or of visits, each with its place."""
    return (
        select(t.station.c.code, t.epoch.c.epoch, of.seq, of.id, *more)
        .join(t.epoch, t.epoch.c.id == of.epoch_id)
        .join(t.station, t.station.c.id == t.epoch.c.station_id)
    )


def _place(row: Row[Any]) -> Place:
    return row.code, row.epoch, row.seq


def _hold(connection: Connection, before: Before, now_ms: int) -> int:
    """Keep what is kept since: a lawsuit that began after the backup must not lose its papers to the next purge."""
    count = 0
    for row in _those(connection, t.visit.c, before.holds):
        if not holds_of(connection, [row.id]):
            said = before.holds[_place(row)]
            hold(connection, row.id, said.who, said.reason, now_ms)
            count += 1
    return count


def _erase(connection: Connection, before: Before, now_ms: int) -> int:
    count, persons = 0, set()
    for row in _those(connection, t.visit.c, before.erased):
        said = before.erased[_place(row)]
        key = connection.execute(select(t.visit.c.person_key).where(t.visit.c.id == row.id)).scalar()
        if said.why == "person" and key:
            persons.add(key)
        count += erase(connection, [row.id], said.who, said.why, now_ms)
    for key in persons:
        if connection.execute(select(t.visit.c.id).where(t.visit.c.person_key == key)).first() is None:
            forget_questions_of(connection, key)
    return count


def _bury(connection: Connection, before: Before) -> int:
    """Erase every other record that stands there by its digest alone: words with calls for help."""
    count = 0
    for row in _those(connection, t.record.c, before.tombs, t.record.c.body):
        tomb = before.tombs[_place(row)]
        if row.body is not None and not is_tomb(row.body) and was(tomb, row.body):
            connection.execute(update(t.record).where(t.record.c.id == row.id).values(body=tomb))
            count += 1
    return count


def _those(connection: Connection, of: Any, places: Mapping[Place, Any], *more: ColumnElement[Any]) -> list[Row[Any]]:
    """Return the rows at these places, epoch by epoch: a few of many."""
    by_epoch: dict[tuple[str, str], list[int]] = {}
    for station, epoch, seq in places:
        by_epoch.setdefault((station, epoch), []).append(seq)
    found: list[Row[Any]] = []
    for (station, epoch), seqs in by_epoch.items():
        query = _placed(of, *more).where(t.station.c.code == station, t.epoch.c.epoch == epoch)
        for first in range(0, len(seqs), 500):
            found += connection.execute(query.where(of.seq.in_(seqs[first : first + 500]))).all()
    return found
