"""From the draft to the record: only what was agreed to, sealed before anything touches the disk."""

from collections.abc import Callable
from typing import Final, Literal

from station.devices.reader.port import Card
from station.kiosk.forms import DECLARED, FORMS, REACHED_BY, Field
from station.kiosk.state import NEEDS_NAME, Draft, registered
from station.kiosk.texts import Texts
from station.sealing import Seal
from wire.person import Person, Words
from wire.records import Language, Purpose, Service, Visit

NOTICE_VERSION: Final = "2026-11/2"
"""Changes with any word of the notice; every visit says which one was shown."""
PURPOSES: Final[tuple[Purpose, ...]] = ("identity", "contact", "words", "guardian")


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


def fewest_fields(draft: Draft) -> Person | None:
    """Return the identity this visit carries (PIPL 6, 19): address and telephone by a consent of their own."""
    if draft.person is None or not registered(draft):
        return None
    known, guardian = draft.person, draft.guardian if draft.minor else None
    reachable = "contact" in draft.consents
    return Person(
        name=known.name,
        id_number=known.id_number,
        card=known.card,
        sex=known.sex,
        nation=known.nation if draft.service in NEEDS_NAME else "",
        birth=known.birth,
        address=known.address if reachable else "",
        phone=dict(draft.answers).get("phone", "") if reachable else "",
        verified=known.verified,
        service_card=known.service_card,
        guardian_name=guardian.name if guardian is not None else "",
        guardian_id_number=guardian.id_number if guardian is not None else "",
        guardian_verified=guardian is not None and guardian.verified,
    )


def words_of(draft: Draft, say: Texts) -> Words | None:
    """Return the form as it was filled in, and as a text a person reads; None when nothing was said.

    `say` is the county's language. How to reach somebody is left out without its consent.
    """
    fields = {field: answer for field, answer in draft.answers if answer}
    if "contact" not in draft.consents:
        fields = {field: answer for field, answer in fields.items() if field not in REACHED_BY}
    if not fields or draft.service is None or "words" not in draft.consents:
        return None
    lines = [
        f"{say(field.label)}: {answer_text(field, fields[field.id], say)}"
        for field in FORMS.get(draft.service, ())
        if field.id in fields
    ]
    declared = {DECLARED[draft.service]: "yes"} if draft.service in DECLARED else {}
    return Words("\n".join(lines), fields | declared)


def answer_text(field: Field, answer: str, say: Texts) -> str:
    """Return an answer as a person reads it: the words of what was chosen, or what was entered."""
    if field.literal or field.kind not in {"choice", "several"}:
        return answer
    labels = dict(field.options)
    return ", ".join(say(labels[one]) for one in answer.split(",") if one in labels)


def who_came(person: Person | None) -> Literal["card", "service_card", "typed", "anonymous"]:
    """Return how it is known who came."""
    if person is None:
        return "anonymous"
    if person.verified:
        return "card"
    return "service_card" if person.service_card else "typed"


def sealed_visit(
    draft: Draft, language: Language, say: Texts, seal: Seal, notice: str = NOTICE_VERSION
) -> Callable[[str], Visit]:
    """Seal the draft; return what makes the record once its number is known. Nothing readable is kept in it.

    `say` is the county's language, `notice` the version of the notice that was shown.
    """
    if draft.service is None:
        raise ValueError("a visit without a service")
    service, person, words = draft.service, fewest_fields(draft), words_of(draft, say)
    consents: list[Purpose] = [
        purpose
        for purpose in PURPOSES
        if purpose in draft.consents and (person is not None or purpose in {"words", "contact"}) and (words or person)
    ]
    sealed_person = None if person is None else seal.person(person)
    sealed_words = None if words is None else seal.words(words)
    who, card = who_came(person), None if person is None else person.card
    said = dict(draft.answers) if words is not None else {}
    matter = said.get("matter") or said.get("cause")
    return lambda number: Visit(
        number=number,
        service=service,
        who=who,
        language=language,
        card=card,
        consents=consents,
        notice=notice if consents else None,
        person=sealed_person,
        words=sealed_words,
        matter=matter,
    )


def looked_at(service: Service, language: Language) -> Callable[[str], Visit]:
    """Return what makes the record of a service that was only looked at: nobody's name belongs to it."""
    return lambda number: Visit(number=number, service=service, who="anonymous", language=language)
