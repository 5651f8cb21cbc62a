"""Tickets of other platforms as work of this county: those that wait, who has each, and what was done about it."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Row, insert, select, update

from hub.store import casework
from hub.store import tables as t
from hub.store.casework import Assigned, Work
from hub.store.casework_tickets import OVER, boxes_of
from hub.store.engine import reading
from hub.store.exchanges_tables import ticket, ticket_step
from hub.visits.index import NOBODY
from hub.visits.matters import Step
from wire.records import SealedPerson, SealedWords

MOST_OPEN: Final = 5_000
_T, _S = ticket.c, ticket_step.c


class Sealed(NamedTuple):
    """Who a ticket is of and what they said, sealed."""

    person: SealedPerson | None
    said: SealedWords | None

    def __repr__(self) -> str:
        return "Sealed(…)"


class TicketWork(NamedTuple):
    """A ticket with what was done about it: a row of the inbox as a visit is."""

    work: Work
    sealed: Sealed
    state: str
    """As the platform or this county said it last."""
    handled_by: str
    whoms: dict[int, str]
    """Whom each step assigned."""


def add_step(connection: Connection, step: Step, whom: str | None, *, answers: bool) -> None:
    """Write down what was done; `step.visit` is the ticket's key, `step.id` is given out here."""
    values = {name: getattr(step, name) for name in ("at_ms", "who", "state", "note")}
    connection.execute(insert(ticket_step).values(ticket_id=step.visit, whom=whom, **values))
    told: dict[str, Any] = {"state": step.state, "updated_ms": step.at_ms}
    connection.execute(update(ticket).where(_T.id == step.visit).values(told))
    if answers:
        first = (_T.id == step.visit, _T.answered_ms.is_(None))
        connection.execute(update(ticket).where(*first).values(answered_ms=step.at_ms))


def newest_step(connection: Connection, key: int) -> Step | None:
    """Return what was done last."""
    steps, _ = _steps(connection, [key])
    return next(iter(steps.get(key, [])[-1:]), None)


def is_erased(connection: Connection, key: int) -> bool:
    """Say whether what is personal of a ticket was erased."""
    return connection.execute(select(_T.id).where(_T.id == key, _T.person_key == NOBODY)).first() is not None


class TicketWorkReader:
    """Reads on connections of its own; safe from any thread. Everything raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def waiting(self, towns: frozenset[str]) -> list[TicketWork]:
        """Return every ticket that nobody is through with in these towns (none is all), newest first."""
        return self._read([_T.state.not_in(OVER), *_in(towns)], MOST_OPEN, None)

    def page(
        self, limit: int, before: int | None, towns: frozenset[str], platform: str, *, over: bool
    ) -> list[TicketWork]:
        """Return tickets of a platform, those stored last first, from before this id; `over` only those."""
        which = [_T.platform == platform, *_in(towns), *([_T.state.in_(OVER)] if over else [])]
        return self._read(which, limit, before)

    def one(self, key: int) -> TicketWork | None:
        """Return one."""
        return next(iter(self._read([_T.id == key], 1, None)), None)

    def _read(self, which: Sequence[Any], limit: int, before: int | None) -> list[TicketWork]:
        query = (
            select(ticket, t.station.c.code.label("code"), t.station.c.name.label("village"))
            .outerjoin(t.station, t.station.c.id == _T.station_id)
            .where(*which, *([] if before is None else [_T.id < before]))
            .order_by(_T.id.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
            steps, whoms = _steps(connection, [row.id for row in rows])
        return [_ticket(row, steps.get(row.id, []), whoms) for row in rows]


def _in(towns: frozenset[str]) -> list[Any]:
    return [_T.town.in_(sorted(towns))] if towns else []


def _steps(connection: Connection, keys: Sequence[int]) -> tuple[dict[int, list[Step]], dict[int, str]]:
    steps: dict[int, list[Step]] = {}
    whoms: dict[int, str] = {}
    query = select(_S.id, _S.ticket_id, _S.at_ms, _S.who, _S.state, _S.note, _S.whom).where(_S.ticket_id.in_(keys))
    for row in connection.execute(query.order_by(_S.id)) if keys else ():
        steps.setdefault(row.ticket_id, []).append(Step._make((*row[:6], None)))
        if row.whom is not None:
            whoms[row.id] = row.whom
    return steps, whoms


def _ticket(row: Row[Any], steps: list[Step], whoms: dict[int, str]) -> TicketWork:
    assigned = [
        Assigned(whoms[one.id], "self" if whoms[one.id] == one.who else "other", one.who, one.at_ms)
        for one in steps
        if one.id in whoms
    ]
    ended_ms = row.updated_ms if row.state in OVER else None
    told = casework.Row(
        row.id, row.code or "", row.village or "", row.town, row.external_id, row.service, row.matter, "ticket",
        row.at_ms, ended_ms, row.person_key == NOBODY, row.platform, row.channel,
    )  # fmt: skip
    mine = {one.id: whoms[one.id] for one in steps if one.id in whoms}
    sealed = Sealed(*boxes_of(row.sealed_to, row.identity, row.mask, row.words))
    work = Work(told, steps, assigned[-1] if assigned else None, row.rating)
    return TicketWork(work, sealed, row.state, row.handled_by, mine)
