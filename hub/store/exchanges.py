"""What came from other platforms and what went to them: tickets, each once, and the runs that brought them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Row, bindparam, func, insert, select, update

from hub.store import tables as t
from hub.store.casework_tickets import boxes_of
from hub.store.engine import reading
from hub.store.exchanges_tables import exchange, ticket
from hub.visits.index import NOBODY
from wire.records import SealedPerson, SealedWords

PERSONAL: Final = ("sealed_to", "identity", "mask", "words", "person_key")
"""What of a ticket is sealed, or names its person."""
AT_ONCE: Final = 500
"""So many values in one question: SQLite takes 32,766, PostgreSQL 65,535."""


class SealedTicket(NamedTuple):
    """A ticket as it is stored: who it is of and what they said are sealed."""

    platform: str
    external_id: str
    channel: str
    at_ms: int
    town: str
    station: str | None
    service: str
    matter: str | None
    state: str
    handled_by: str
    answered_ms: int | None
    rating: int | None
    changed_ms: int | None
    sealed_to: str
    identity: bytes | None
    mask: bytes | None
    words: bytes | None
    person_key: bytes | None
    digest: bytes


class Outcome(NamedTuple):
    """What became of the tickets of a file."""

    stored: int = 0
    updated: int = 0
    unchanged: int = 0
    older: int = 0
    """Said less than what stands there: it was changed after (`changed_ms`)."""


class Run(NamedTuple):
    """One import or export that stands."""

    id: int
    way: str
    what: str
    platform: str
    at_ms: int
    who: str
    rows: int
    stored: int
    updated: int
    unchanged: int
    refused: int


class TicketRow(NamedTuple):
    """One ticket as a list shows it; `person` and `said` stay sealed."""

    id: int
    platform: str
    external_id: str
    channel: str
    at_ms: int
    town: str
    station: str | None
    service: str
    matter: str | None
    state: str
    handled_by: str
    answered_ms: int | None
    rating: int | None
    stored_ms: int
    updated_ms: int
    person: SealedPerson | None
    said: SealedWords | None

    def __repr__(self) -> str:
        return f"TicketRow({self.platform} {self.id})"


def note_run(connection: Connection, run: Mapping[str, Any], marks: Mapping[str, int] | None = None) -> int:
    """Write an import or an export down and return its key."""
    row = {"stored": 0, "updated": 0, "unchanged": 0, "refused": 0, **run, "marks": json.dumps(marks or {})}
    made = connection.execute(insert(exchange).values(row))
    return int(made.inserted_primary_key[0])  # type: ignore[index]


def count_run(connection: Connection, key: int, outcome: Outcome) -> None:
    """Write down what came of an import."""
    told = {"stored": outcome.stored, "updated": outcome.updated, "unchanged": outcome.unchanged + outcome.older}
    connection.execute(update(exchange).where(exchange.c.id == key).values(told))


def take_tickets(connection: Connection, tickets: Sequence[SealedTicket], run: int, now_ms: int) -> Outcome:
    """Store each ticket once; one that is there already is brought up to date when it says something else and newer."""
    stations = _station_keys(connection, {one.station for one in tickets if one.station is not None})
    fresh: list[dict[str, Any]] = []
    moved: list[dict[str, Any]] = []
    without: list[dict[str, Any]] = []
    unchanged = older = 0
    for begin in range(0, len(tickets), AT_ONCE):
        some = tickets[begin : begin + AT_ONCE]
        there = _there(connection, some)
        for one in some:
            row = _row(one, stations, run, now_ms)
            known = there.get((one.platform, one.external_id))
            if known is None:
                fresh.append(row | {"stored_ms": now_ms})
            elif known.digest == one.digest:
                unchanged += 1
            elif (one.changed_ms or 0) < (known.changed_ms or 0):
                older += 1
            elif known.person_key == NOBODY:  # erased: whoever asked for that is not brought back by a file
                without.append({name: row[name] for name in row if name not in PERSONAL} | {"which": known.id})
            else:
                moved.append(row | {"which": known.id})
    if fresh:
        connection.execute(insert(ticket), fresh)
    for rows in (moved, without):
        if rows:
            fields: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name != "which"}
            values = [{f"new_{name}" if name != "which" else name: row[name] for name in row} for row in rows]
            connection.execute(update(ticket).where(ticket.c.id == bindparam("which")).values(fields), values)
    return Outcome(len(fresh), len(moved) + len(without), unchanged, older)


def _there(connection: Connection, some: Sequence[SealedTicket]) -> dict[tuple[str, str], Row[Any]]:
    c = ticket.c
    query = select(c.id, c.platform, c.external_id, c.digest, c.changed_ms, c.person_key).where(
        ticket.c.platform.in_({one.platform for one in some}),
        ticket.c.external_id.in_([one.external_id for one in some]),
    )
    return {(row.platform, row.external_id): row for row in connection.execute(query)}


def _station_keys(connection: Connection, codes: Iterable[str]) -> dict[str, int]:
    rows = connection.execute(select(t.station.c.code, t.station.c.id).where(t.station.c.code.in_(sorted(codes))))
    return {code: key for code, key in rows}  # noqa: C416 (rows are no pairs for dict())


def _row(one: SealedTicket, stations: Mapping[str, int], run: int, now_ms: int) -> dict[str, Any]:
    row = one._asdict()
    station = row.pop("station")
    return row | {
        "station_id": None if station is None else stations[station],
        "exchange_id": run,
        "updated_ms": now_ms,
    }


class ExchangesReader:
    """Reads on connections of its own; safe from any thread. Everything raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def places(self) -> dict[str, str]:
        """Return the stations of the county's list, each with its town."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(t.station.c.code, t.station.c.town).where(t.station.c.enrolled)).all()
        return {row.code: row.town for row in rows}

    def came_before(self, file: bytes) -> int | None:
        """Return when the very same file (its SHA-256) was imported last; None when it never was."""
        with reading(self._engine) as connection:
            query = select(func.max(exchange.c.at_ms)).where(exchange.c.way == "in", exchange.c.file == file)
            return connection.execute(query).scalar()

    def runs(self, limit: int) -> list[Run]:
        """Return imports and exports, newest first."""
        columns = [exchange.c[name] for name in Run._fields]
        with reading(self._engine) as connection:
            rows = connection.execute(select(*columns).order_by(exchange.c.id.desc()).limit(limit)).all()
        return [Run._make(row) for row in rows]

    def marks(self, what: str) -> dict[str, int]:
        """Return up to where the last export of `what` went; empty when there was none."""
        query = (
            select(exchange.c.marks)
            .where(exchange.c.way == "out", exchange.c.what == what)
            .order_by(exchange.c.id.desc())
            .limit(1)
        )
        with reading(self._engine) as connection:
            found = connection.execute(query).scalar()
        return {} if found is None else json.loads(found)

    def tickets(
        self,
        limit: int,
        *,
        before: int | None = None,
        towns: frozenset[str] = frozenset(),
        person_key: bytes | None = None,
    ) -> list[TicketRow]:
        """Return tickets, those stored last first, from before this id; of these towns (none is all) or this person."""
        names = TicketRow._fields
        columns = [ticket.c[name] for name in names if name not in {"station", "person", "said"}]
        sealed = (ticket.c.sealed_to, ticket.c.identity, ticket.c.mask, ticket.c.words)
        query = select(*columns, t.station.c.code.label("station"), *sealed).outerjoin(
            t.station, t.station.c.id == ticket.c.station_id
        )
        if before is not None:
            query = query.where(ticket.c.id < before)
        if towns:
            query = query.where(ticket.c.town.in_(sorted(towns)))
        if person_key is not None:
            query = query.where(ticket.c.person_key == person_key)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(ticket.c.id.desc()).limit(limit)).all()
        return [_ticket_row(row) for row in rows]


def _ticket_row(row: Row[Any]) -> TicketRow:
    person, said = boxes_of(row.sealed_to, row.identity, row.mask, row.words)
    told = {name: getattr(row, name) for name in TicketRow._fields if name not in {"person", "said"}}
    return TicketRow(**told, person=person, said=said)
