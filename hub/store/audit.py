"""The audit log in the database: entries are chained as they are written, in the transaction of the deed itself."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Select, insert, select, update

from hub.access.caller import Caller
from hub.access.chain import Deed, Entry, check_digest, entry_of, link
from hub.access.verify import Head, Linked, Verdict, verify
from hub.store.access_tables import audit, audit_head
from hub.store.engine import reading

_COLUMNS: Final = (
    *(audit.c.number, audit.c.at_ms, audit.c.who, audit.c.unit, audit.c.role),
    *(audit.c.act, audit.c.subject, audit.c.reason, audit.c.address),
)
_AT_ONCE: Final = 1000


class Asked(NamedTuple):
    """Which entries are asked for; None is every."""

    who: str | None = None
    act: str | None = None
    subject: str | None = None
    """Any part of it."""
    since_ms: int | None = None
    until_ms: int | None = None
    """Up to, not with."""


EVERY: Final = Asked()


class AuditLog:
    """Writes entries, and reads them on connections of its own."""

    def __init__(self, engine: Engine, key: bytes, digest: str = "sha256") -> None:
        """Take an engine for reading, the chain's key (`Unsealer.secret_for(b"audit")`) and its digest.

        Raises HubError E-AUDIT-02 when this machine cannot make such a digest.
        """
        check_digest(digest)
        self._engine, self._key, self._digest = engine, key, digest

    def note(self, connection: Connection, caller: Caller, deed: Deed, at_ms: int, address: str) -> None:
        """Write a deed down; it stands when the caller's transaction does, or neither does.

        Personal data may be opened once that is committed, not before. Whoever writes holds the one row of the head
        until then, so that several processes make one chain.
        """
        connection.execute(update(audit_head).values(last=audit_head.c.last + 1))
        number, before = connection.execute(select(audit_head.c.last, audit_head.c.link)).one()
        entry = entry_of(number, at_ms, caller, deed, address)
        joined = link(self._key, before, entry, self._digest)
        connection.execute(insert(audit).values(**entry._asdict(), digest=self._digest, link=joined))
        connection.execute(update(audit_head).values(link=joined))

    def page(self, limit: int, asked: Asked = EVERY, before: int | None = None) -> list[Entry]:
        """Return entries, newest first, from before this number. Raises StoreError, as all of these do."""
        query = _fitting(select(*_COLUMNS), asked).order_by(audit.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.number < before)
        with reading(self._engine) as connection:
            return [Entry._make(row) for row in connection.execute(query)]

    def every(self, asked: Asked = EVERY) -> Iterator[Entry]:
        """Give every entry that is asked for, oldest first."""
        query = _fitting(select(*_COLUMNS), asked).order_by(audit.c.number)
        with reading(self._engine) as connection:
            for row in connection.execution_options(yield_per=_AT_ONCE).execute(query):
                yield Entry._make(row)

    def names(self) -> list[str]:
        """Return everybody who stands in the log."""
        with reading(self._engine) as connection:
            return list(connection.execute(select(audit.c.who).distinct().order_by(audit.c.who)).scalars())

    def head(self) -> Head | None:
        """Return where it ends by its own word; None when that row is gone."""
        with reading(self._engine) as connection:
            return _head(connection)

    def verdict(self, wanted: Mapping[int, str] | None = None) -> Verdict:
        """Walk the whole chain as it stands at one moment, while others may go on writing."""
        with reading(self._engine) as opened:
            connection = opened
            if opened.dialect.name != "sqlite":  # whose readers see one moment anyway
                connection = opened.execution_options(isolation_level="REPEATABLE READ")
            head = _head(connection)
            query = select(*_COLUMNS, audit.c.digest, audit.c.link).order_by(audit.c.number)
            rows = connection.execution_options(yield_per=_AT_ONCE).execute(query)
            return verify(self._key, (Linked(Entry._make(row[:-2]), row[-2], row[-1]) for row in rows), head, wanted)


def _head(connection: Connection) -> Head | None:
    row = connection.execute(select(audit_head.c.last, audit_head.c.link)).first()
    return None if row is None else Head._make(row)


def _fitting(query: Select[Any], asked: Asked) -> Select[Any]:
    if asked.who is not None:
        query = query.where(audit.c.who == asked.who)
    if asked.act is not None:
        query = query.where(audit.c.act == asked.act)
    if asked.subject is not None:
        query = query.where(audit.c.subject.contains(asked.subject, autoescape=True))
    if asked.since_ms is not None:
        query = query.where(audit.c.at_ms >= asked.since_ms)
    if asked.until_ms is not None:
        query = query.where(audit.c.at_ms < asked.until_ms)
    return query
