"""Which text says what: ids by value, so that every id is written out once and a test can find it."""

from typing import Final, NamedTuple

from station.devices.reader.port import Trouble
from station.kiosk.events import Pin, Printed, Refusal, Store, Ticked
from station.kiosk.forms import Kind
from station.kiosk.state import State, Step, card_trouble, county_has_it
from station.kiosk.texts import Texts
from wire.content import Role
from wire.records import Service

NOTICE_LINES: Final = ("notice.what", "notice.asked", "notice.who", "notice.how_long", "notice.rights")
"""The notice; record.NOTICE_VERSION changes with any of its words."""

SERVICES: Final[dict[Service, str]] = {
    "legal_advice": "service.legal_advice",
    "mediation": "service.mediation",
    "legal_aid": "service.legal_aid",
    "find_person": "service.find_person",
    "document": "service.document",
    "learning": "service.learning",
    "notary_guide": "service.notary_guide",
    "forensic_guide": "service.forensic_guide",
    "progress": "service.progress",
    "disclosure": "service.disclosure",
}

SERVICE_NOTES: Final[dict[Service, str]] = {
    "legal_advice": "service.legal_advice.note",
    "mediation": "service.mediation.note",
    "legal_aid": "service.legal_aid.note",
    "find_person": "service.find_person.note",
    "document": "service.document.note",
    "learning": "service.learning.note",
    "notary_guide": "service.notary_guide.note",
    "forensic_guide": "service.forensic_guide.note",
    "progress": "service.progress.note",
    "disclosure": "service.disclosure.note",
}


class TickWords(NamedTuple):
    """What a tick says: on its box, smaller below, and whole where it is asked."""

    label: str
    note: str
    whole: str


TICKS: Final[dict[Ticked, TickWords]] = {
    "identity": TickWords("consent.identity", "consent.identity.note", "consent.identity.whole"),
    "contact": TickWords("consent.contact", "consent.contact.note", "consent.contact.whole"),
    "words": TickWords("consent.words", "consent.words.note", "consent.words.whole"),
    "guardian": TickWords("consent.guardian", "consent.guardian.note", "consent.guardian.whole"),
    "voluntary": TickWords("declare.voluntary", "declare.voluntary.note", "declare.voluntary.whole"),
    "truth": TickWords("declare.truth", "declare.truth.note", "declare.truth.whole"),
}

HINTS: Final[dict[Kind, str]] = {
    "text": "hint.text",
    "name": "hint.name",
    "phone": "hint.phone",
    "amount": "hint.amount",
    "day": "hint.day",
    "id_number": "hint.id_number",
    "pin": "hint.pin",
    "number": "hint.number",
}
"""What stands where nothing is entered yet."""

PINS: Final[dict[Pin, str]] = {
    Pin.WRONG: "pin.wrong",
    Pin.LOCKED: "pin.locked",
    Pin.NOT_SET: "pin.not_set",
}

GRADES: Final[dict[int, str]] = {5: "grade.5", 4: "grade.4", 3: "grade.3", 2: "grade.2", 1: "grade.1"}

ROLES: Final[dict[Role, str]] = {
    "legal_adviser": "role.legal_adviser",
    "mediator": "role.mediator",
    "law_helper": "role.law_helper",
    "staff": "role.staff",
}

WEEKDAYS: Final[dict[int, str]] = {
    1: "weekday.1", 2: "weekday.2", 3: "weekday.3", 4: "weekday.4", 5: "weekday.5", 6: "weekday.6", 7: "weekday.7",
}  # fmt: skip

PRINTED: Final[dict[Printed, str]] = {
    Printed.WAITING: "printed.waiting",
    Printed.DONE: "printed.done",
    Printed.NO_PRINTER: "printed.no_printer",
    Printed.FAILED: "printed.failed",
}

CASE_STATES: Final = {
    "received": "case.received",
    "assigned": "case.assigned",
    "accepted": "case.accepted",
    "answered": "case.answered",
    "need_papers": "case.need_papers",
    "papers_in": "case.papers_in",
    "refused": "case.refused",
    "closed": "case.closed",
}

TROUBLES: Final[dict[Trouble, str]] = {
    Trouble.PLACE_AGAIN: "reader.place_again",
    Trouble.NOT_AN_ID_CARD: "reader.not_an_id_card",
    Trouble.MODULE_FAULT: "reader.fault",
    Trouble.NOT_LICENSED: "reader.fault",
    Trouble.NO_READER: "reader.fault",
}


class Refused(NamedTuple):
    """What a refusal says: what happened, what it means, what to do."""

    title: str
    text: str
    next_step: str


REFUSALS: Final[dict[Refusal, Refused]] = {
    Refusal.FULL: Refused("refused.full", "refused.full.text", "refused.next"),
    Refusal.DISK: Refused("refused.disk", "refused.disk.text", "refused.next"),
    Refusal.SLOW: Refused("refused.slow", "refused.slow.text", "refused.next"),
    Refusal.NUMBER: Refused("refused.grade", "refused.grade.text", "refused.grade.next"),
    Refusal.GRADE: Refused("refused.grade", "refused.grade.text", "refused.grade.next"),
}

CLOSED: Final[dict[Store, Refused]] = {
    Store.STARTING: Refused("closed.starting", "closed.starting.text", "closed.starting.next"),
    Store.FULL: Refused("closed.full", "closed.full.text", "refused.next"),
    Store.FAILED: Refused("closed.failed", "closed.failed.text", "refused.next"),
    Store.SILENT: Refused("closed.failed", "closed.failed.text", "refused.next"),
}


def refused(state: State) -> Refused:
    """Return what a state that takes no visit says."""
    if state.step is Step.REFUSED and state.refusal is not None:
        return REFUSALS[state.refusal]
    return CLOSED.get(state.store, CLOSED[Store.FAILED])


def county_line(state: State, say: Texts) -> str:
    """Return where the visit is now."""
    return say("saved.county_has_it") if county_has_it(state) else say("saved.on_this_machine")


def reader_line(state: State, say: Texts) -> str:
    """Return what the reader's trouble means to the villager, or nothing."""
    if state.trouble is None:
        return ""
    words = say(TROUBLES[state.trouble])
    return words if card_trouble(state) else f"{words} ({state.trouble.value})"


def link_line(state: State, say: Texts) -> str:
    """Return the county's line as sign and word."""
    return f"(+) {say('header.online')}" if state.hub_online else f"(!) {say('header.offline')}"


def case_state(word: str, say: Texts) -> str:
    """Return what a state of a matter is called; a word newer than this kiosk is being worked on."""
    return say(CASE_STATES.get(word, "case.other"))


def case_service(service: str, say: Texts) -> str:
    """Return what a matter is about; a service newer than this kiosk is another one."""
    known: dict[str, str] = {str(one): text_id for one, text_id in SERVICES.items()}
    return say(known.get(service, "case.other_service"))
