"""From the draft to the record: only what was agreed to, sealed before anything touches the disk."""

from collections.abc import Callable
from datetime import date

from station.devices.reader.port import Card
from station.kiosk.labels import NOTICE_VERSION
from station.kiosk.state import NEEDS_NAME, Draft, purposes, registered
from station.sealing import Seal
from wire.person import Person
from wire.records import Language, Visit

MINOR_BELOW_YEARS = 14
"""PIPL 31: below this age the guardian consents."""


def person_of(card: Card) -> Person:
    """Return of the card what the forms can need; the rest is not kept."""
    return Person(
        name=card.name,
        id_number=card.id_number,
        card=card.kind,
        sex=card.sex,
        nation=card.nation,
        birth=card.birth,
        address=card.address,
        verified=True,
    )


def is_minor(birth: str, today: date) -> bool:
    """Say whether someone born on `birth` (YYYY-MM-DD) is under 14; a date that cannot be read says no."""
    try:
        born = date.fromisoformat(birth)
    except ValueError:
        return False
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return years < MINOR_BELOW_YEARS


def fewest_fields(draft: Draft) -> Person | None:
    """Return the identity this visit carries (PIPL 6, 19): the address by its own consent, the nation for the forms."""
    if draft.person is None or not registered(draft):
        return None
    known = draft.person
    return Person(
        name=known.name,
        id_number=known.id_number,
        card=known.card,
        sex=known.sex,
        nation=known.nation if draft.service in NEEDS_NAME else "",
        birth=known.birth,
        address=known.address if "contact" in draft.consents else "",
        verified=known.verified,
    )


def sealed_visit(draft: Draft, language: Language, seal: Seal) -> Callable[[str], Visit]:
    """Seal the draft; return what makes the record once its number is known. Nothing readable is kept in it."""
    if draft.service is None:
        raise ValueError("a visit without a service")
    service, person = draft.service, fewest_fields(draft)
    if person is None:
        return lambda number: Visit(number=number, service=service, who="anonymous", language=language)
    sealed, card = seal.person(person), person.card
    consents = [purpose for purpose in purposes(draft) if purpose in draft.consents]
    return lambda number: Visit(
        number=number,
        service=service,
        who="card",
        language=language,
        card=card,
        consents=consents,
        notice=NOTICE_VERSION,
        person=sealed,
    )
