"""Tickets of other platforms as data of a person: found by the index, opened for a copy, erased as visits are."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, or_, select, update

from hub.store.engine import reading
from hub.store.exchanges_tables import ticket, ticket_step
from hub.visits.index import NOBODY
from wire.records import SealedPerson, SealedWords

OVER: Final = ("answered", "refused", "closed")
"""States after which nobody works on a ticket any more."""
_T = ticket.c


class TicketOf(NamedTuple):
    """A ticket of one person, sealed."""

    id: int
    platform: str
    external_id: str
    town: str
    at_ms: int
    service: str
    matter: str | None
    state: str
    person: SealedPerson | None
    said: SealedWords | None

    @property
    def is_over(self) -> bool:
        """Say whether nobody works on it any more."""
        return self.state in OVER

    def __repr__(self) -> str:
        return f"TicketOf({self.id})"


def boxes_of(
    sealed_to: str, identity: bytes | None, mask: bytes | None, words: bytes | None
) -> tuple[SealedPerson | None, SealedWords | None]:
    """Return who a row is of and what they said, sealed."""
    person = None if identity is None or mask is None else SealedPerson(sealed_to, identity, mask)
    return person, None if words is None else SealedWords(sealed_to, words)


def tickets_of(engine: Engine, key: bytes) -> list[TicketOf]:
    """Return every ticket of a person, newest first. Raises StoreError."""
    query = (
        select(
            _T.id, _T.platform, _T.external_id, _T.town, _T.at_ms, _T.service, _T.matter, _T.state,
            _T.sealed_to, _T.identity, _T.mask, _T.words,
        )
        .where(_T.person_key == key)
        .order_by(_T.at_ms.desc(), _T.id.desc())
    )  # fmt: skip
    with reading(engine) as connection:
        return [TicketOf._make((*row[:-4], *boxes_of(*row[-4:]))) for row in connection.execute(query)]


def erase_tickets(connection: Connection, tickets: Sequence[int]) -> int:
    """Erase what is personal of these and return of how many; no later import fills it in again (`exchanges.py`)."""
    if not tickets:
        return 0
    gone = {"identity": None, "mask": None, "words": None, "person_key": NOBODY}
    notes = update(ticket_step).where(ticket_step.c.ticket_id.in_(tickets), ticket_step.c.note.is_not(None))
    connection.execute(notes.values(note=None))
    return connection.execute(update(ticket).where(_T.id.in_(tickets)).values(gone)).rowcount


def forget_tickets(connection: Connection, before_ms: int, most: int) -> int:
    """Erase what is personal of tickets that are over and were not touched since then; return how many."""
    boxes = or_(_T.identity.is_not(None), _T.words.is_not(None))
    old = select(_T.id).where(_T.state.in_(OVER), _T.updated_ms < before_ms, boxes).limit(most)
    return erase_tickets(connection, list(connection.execute(old).scalars()))
