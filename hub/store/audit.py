"""The audit log in the database: entries are chained as they are written, in the transaction of the deed itself."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, insert, select, update

from hub.access.caller import Caller
from hub.access.chain import Deed, Entry, entry_of, link
from hub.store.access_tables import audit, audit_head
from hub.store.engine import reading

_COLUMNS: Final = (
    *(audit.c.number, audit.c.at_ms, audit.c.who, audit.c.unit, audit.c.role),
    *(audit.c.act, audit.c.subject, audit.c.reason, audit.c.address),
)


class Linked(NamedTuple):
    """An entry and what joins it to the one before."""

    entry: Entry
    link: bytes


class AuditLog:
    """Writes entries, and reads them on connections of its own."""

    def __init__(self, engine: Engine, key: bytes, digest: str = "sha256") -> None:
        """Take an engine for reading, the chain's key (`Unsealer.secret_for(b"audit")`) and its digest."""
        self._engine, self._key, self._digest = engine, key, digest

    def note(self, connection: Connection, caller: Caller, deed: Deed, at_ms: int, address: str) -> None:
        """Write a deed down; it stands when the caller's transaction does, or neither does.

        Personal data may be opened once that is committed, not before.
        """
        connection.execute(update(audit_head).values(last=audit_head.c.last + 1))
        number, before = connection.execute(select(audit_head.c.last, audit_head.c.link)).one()
        entry = entry_of(number, at_ms, caller, deed, address)
        joined = link(self._key, before, entry, self._digest)
        connection.execute(insert(audit).values(**entry._asdict(), link=joined))
        connection.execute(update(audit_head).values(link=joined))

    def page(
        self, limit: int, *, before: int | None = None, who: str | None = None, act: str | None = None
    ) -> list[Entry]:
        """Return entries, newest first, from before this number. Raises StoreError."""
        query = select(*_COLUMNS).order_by(audit.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.number < before)
        if who is not None:
            query = query.where(audit.c.who == who)
        if act is not None:
            query = query.where(audit.c.act == act)
        with reading(self._engine) as connection:
            return [Entry._make(row) for row in connection.execute(query)]

    def all(self) -> Iterator[Linked]:
        """Give every entry with its link, oldest first. Raises StoreError."""
        with reading(self._engine) as connection:
            query = select(*_COLUMNS, audit.c.link).order_by(audit.c.number)
            for row in connection.execution_options(yield_per=1000).execute(query):
                yield Linked(Entry._make(row[:-1]), row[-1])
