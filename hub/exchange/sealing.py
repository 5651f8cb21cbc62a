"""Sealing what is personal in a ticket to the hub's own key, in memory, before anything of it is stored."""

import hmac
import json

from hub.exchange.tickets import Ticket
from hub.store.exchanges import SealedTicket
from hub.visits.index import PersonIndex
from hub.visits.opening import Unsealer
from wire.codec import encode
from wire.person import Person, Words, mask

PURPOSE = b"cuncuntong ticket.digest 1"


class Sealer:
    """Seals tickets of one hub."""

    def __init__(self, unsealer: Unsealer) -> None:
        """Take what holds the hub's key."""
        self._unsealer, self._index = unsealer, PersonIndex(unsealer)
        self._secret = unsealer.secret_for(PURPOSE)

    def seal(self, one: Ticket) -> SealedTicket:
        """Return a ticket as it may be stored."""
        person = Person(one.name, one.id_number, phone=one.phone) if one.named else None
        box = self._unsealer.seal_note
        said = Words(one.words) if one.words else None
        return SealedTicket(
            platform=one.platform,
            external_id=one.external_id,
            channel=one.channel,
            at_ms=one.at_ms,
            town=one.town,
            station=one.station,
            service=one.service,
            matter=one.matter,
            state=one.state,
            handled_by=one.handled_by,
            answered_ms=one.answered_ms,
            rating=one.rating,
            changed_ms=one.changed_ms,
            sealed_to=self._unsealer.key,
            identity=None if person is None else box(encode(person).decode()),
            mask=None if person is None else box(encode(mask(person)).decode()),
            words=None if said is None else box(encode(said).decode()),
            person_key=self._index.key_of_number(one.id_number),
            digest=self._digest(one),
        )

    def _digest(self, one: Ticket) -> bytes:
        """Name what a ticket says; keyed, so that whoever has the database cannot try numbers against it."""
        told = json.dumps(one._replace(line=0), ensure_ascii=False).encode()
        return hmac.digest(self._secret, told, "sha256")

    def __repr__(self) -> str:
        return "Sealer(…)"
