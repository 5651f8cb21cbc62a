"""What the county has of one person, as `/persons` and `hub person` tell, copy and erase it."""

from collections.abc import Sequence
from typing import NamedTuple

from hub.access.chain import Deed
from hub.store.casework_erasing import OfPerson, PersonsReader, Wish
from hub.store.casework_tickets import TicketOf, tickets_of
from hub.store.engine import Database
from hub.visits.rights import Decision, decide


class Theirs(NamedTuple):
    """Visits and tickets of one person, sealed."""

    visits: Sequence[OfPerson]
    tickets: Sequence[TicketOf]

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.visits) + len(self.tickets)

    @property
    def decision(self) -> Decision:
        """What becomes of the visits when they ask for deletion."""
        return decide((one.id, one.service, one.ended_ms, one.hold is not None) for one in self.visits)

    @property
    def going(self) -> "Theirs":
        """What a deletion erases: neither what is open nor what is held."""
        erased = frozenset(self.decision.erased)
        return Theirs([one for one in self.visits if one.id in erased], [one for one in self.tickets if one.is_over])

    def deeds(self, act: str, reason: str) -> list[Deed]:
        """Return what the audit log keeps of an act on all of them."""
        subjects = [f"{one.station} {one.number}" for one in self.visits]
        subjects += [f"{one.platform} {one.external_id}" for one in self.tickets]
        return [Deed(act, subject, reason) for subject in subjects]

    def wish(self, key: bytes, *, is_all: bool) -> Wish:
        """Return the wish to have all of them erased; `is_all` when the county has nothing else of the person."""
        return Wish(key, [one.id for one in self.visits], [one.id for one in self.tickets], is_all)

    def __repr__(self) -> str:
        return "Theirs(…)"


def theirs_of(database: Database, key: bytes) -> Theirs:
    """Return everything of a person in the whole county, newest first. Raises StoreError."""
    return Theirs(PersonsReader(database.reader).visits(key), tickets_of(database.reader, key))
