"""Whose visit: a blind index that finds the visits of one person again and tells nobody without the key who it is.

The key is made from the hub's private key, so whoever has the database alone cannot try id numbers against it. A box
is opened for this in the hub's memory only, and nothing of it is kept.
"""

import hmac
from typing import Final

from hub.visits.opening import Unsealer
from wire.records import SealedPerson, Visit

PURPOSE: Final = b"cuncuntong visit.person_key 1"
KEY_BYTES: Final = 16
NOBODY: Final = b""
"""Stands in the table for a visit that was looked at and names nobody."""


class PersonIndex:
    """Makes the keys of one hub."""

    def __init__(self, unsealer: Unsealer) -> None:
        """Take what opens boxes and holds the private key."""
        self._unsealer = unsealer
        self._secret = unsealer.secret_for(PURPOSE)

    def key_of_number(self, id_number: str) -> bytes | None:
        """Return the key of an id number (X and x are one digit), or None of an empty one."""
        number = id_number.strip().upper()
        return hmac.digest(self._secret, number.encode(), "sha256")[:KEY_BYTES] if number else None

    def key_of(self, person: SealedPerson | None) -> bytes | None:
        """Return the key of who came, or None: anonymous, no id number, or a box of another key or damaged."""
        opened = None if person is None else self._unsealer.identity(person)
        return None if opened is None else self.key_of_number(opened.id_number)

    def column(self, visit: Visit) -> bytes | None:
        """Return what stands in `visit.person_key`: `key_of`, NOBODY, or None while this hub has not the box's key."""
        if visit.person is not None and visit.person.key != self._unsealer.key:
            return None
        return self.key_of(visit.person) or NOBODY

    def __repr__(self) -> str:
        return "PersonIndex(…)"
