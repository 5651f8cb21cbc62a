"""The villager's way through the kiosk: the whole map, read top to bottom like a visit.

ROUTES says where the way leads from a step when something happens: the first `Go` whose `when` (guards.py) holds is
taken, `do` (*rules.py) changes the state, `to` None stays. What holds on every step is in covers.py. Pure.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from station.kiosk import form_rules as f
from station.kiosk import guards as g
from station.kiosk import rules as r
from station.kiosk import who_rules as w
from station.kiosk.events import (
    AskTold,
    CardRead,
    CardSeen,
    Choose,
    Event,
    GradeSaved,
    Letter,
    NotSaved,
    Option,
    Pick,
    PinTold,
    Rate,
    Saved,
    Sign,
    Signal,
    StaffTold,
    StoreTold,
    Take,
    Tick,
)
from station.kiosk.state import State, Step


class Go(NamedTuple):
    """One way: where to, what changes, and when it is open."""

    to: Step | None
    do: Callable[[State, Event], State] = r.keep
    when: g.Guard = g.always


Trigger = Signal | Choose | type
"""A signal, the choice of one service, or any event of a type."""

S, E = Step, Signal
HOME: Final = (Go(S.WAIT, r.go_home, g.ready), Go(S.CLOSED, r.go_home))
LEAVE: Final[dict[Trigger, tuple[Go, ...]]] = {E.FINISH: HOME, E.BACK: HOME, E.TIME_UP: HOME}
DIGITS: Final[dict[Trigger, tuple[Go, ...]]] = {Sign: (Go(None, f.add_sign),), E.ERASE: (Go(None, f.erase),)}
TEXT: Final = DIGITS | {Letter: (Go(None, f.add_letter),), Take: (Go(None, f.add_sign),)}
FLAW: Final = Go(None, f.say_flaw)
SOMEBODY_ELSE: Final = (Go(None, when=g.same_person), Go(S.IDENTITY, w.begin_with_card))


def _on_as(agreed: g.Guard) -> tuple[Go, ...]:
    """Go on as the person who agreed: to what they came for, or to the menu."""
    return (
        Go(S.CONFIRM, when=g.every(agreed, g.form_filled)),
        Go(S.SERVICES, when=g.every(agreed, g.wants(None))),
        Go(S.QUESTION, f.empty_form, g.every(agreed, g.wants("mediation"))),
        Go(S.QUESTION, f.empty_form, g.every(agreed, g.wants("legal_aid"))),
        Go(S.ASKING, r.ask, g.every(agreed, g.wants("progress"), g.card_proves, g.online)),
        Go(S.CASES, r.not_answered, g.every(agreed, g.wants("progress"), g.card_proves)),
        Go(S.CARD_NEEDED, when=g.every(agreed, g.wants("progress"))),
    )


_MAP: Final[dict[Step, dict[Trigger, Go | tuple[Go, ...]]]] = {
    S.CLOSED: {StoreTold: Go(S.WAIT, r.go_home, g.ready), E.STAFF: Go(S.PIN, w.begin)},
    S.WAIT: {
        StoreTold: Go(S.CLOSED, r.go_home, g.not_ready),
        CardRead: Go(S.IDENTITY, w.begin_with_card, g.ready),
        E.WITHOUT_CARD: Go(S.SERVICES, w.begin, g.ready),
        E.TYPE_NUMBER: Go(S.NUMBER, w.begin_typing, g.ready),
        E.SHOW_CARD: Go(S.SERVICE_CARD, w.seek_card, g.every(g.ready, g.has_camera)),
        E.NOTICES: Go(S.NOTICES, w.begin, g.ready),
        E.STAFF: Go(S.PIN, w.begin),
        E.TIME_UP: (Go(None, r.trouble_over, g.speaks_of_card), *HOME),
    },
    # Who it is.
    S.NUMBER: {
        **DIGITS,
        E.NEXT: (Go(S.NAME, w.take_number, g.entry_good), FLAW),
        E.BACK: (Go(S.NAME_NEEDED, f.clear_entry, g.service_chosen), *HOME),
    },
    S.NAME: {
        **TEXT,
        E.NEXT: (Go(S.IDENTITY, w.take_name, g.entry_good), FLAW),
        E.BACK: Go(S.NUMBER, w.forget_person),
    },
    S.SERVICE_CARD: {
        CardSeen: (Go(S.IDENTITY, w.take_service_card, g.found_card), Go(None, w.no_service_card, g.of_this_visit)),
        E.NEXT: Go(None, w.seek_card),
        E.BACK: (Go(S.NAME_NEEDED, when=g.service_chosen), *HOME),
    },
    S.IDENTITY: {
        CardRead: Go(None, w.take_card),
        E.ITS_ME: Go(S.NOTICE),
        E.BACK: (Go(S.NUMBER, w.forget_person, g.was_typed), *HOME),
    },
    S.NOTICE: {
        Tick: Go(None, r.tick),
        E.AGREE: (Go(S.GUARDIAN, when=g.guardian_missing), *_on_as(g.agreed)),
        E.DECLINE: Go(S.SERVICES, r.decline),
        E.BACK: Go(S.IDENTITY, r.untick),
    },
    S.GUARDIAN: {
        CardRead: (Go(None, w.take_guardian, g.can_be_guardian), Go(None, w.not_a_guardian)),
        E.TYPE_NUMBER: Go(S.GUARDIAN_NUMBER, w.forget_guardian),
        Tick: Go(None, r.tick, g.has_guardian),
        E.AGREE: _on_as(g.guardian_agreed),
        E.DECLINE: Go(S.SERVICES, r.decline),
        E.BACK: Go(S.NOTICE, w.forget_guardian),
    },
    S.GUARDIAN_NUMBER: {
        **DIGITS,
        E.NEXT: (
            Go(S.GUARDIAN_NAME, w.take_guardian_number, g.every(g.entry_good, g.can_be_guardian)),
            Go(None, w.not_a_guardian, g.entry_good),
            FLAW,
        ),
        E.BACK: Go(S.GUARDIAN, w.forget_guardian),
    },
    S.GUARDIAN_NAME: {
        **TEXT,
        E.NEXT: (Go(S.GUARDIAN, w.take_guardian_name, g.entry_good), FLAW),
        E.BACK: Go(S.GUARDIAN_NUMBER, w.forget_guardian),
    },
    S.NAME_NEEDED: {
        CardRead: Go(S.IDENTITY, w.take_card),
        E.TYPE_NUMBER: Go(S.NUMBER, w.begin_typing),
        E.SHOW_CARD: Go(S.SERVICE_CARD, w.seek_card, g.has_camera),
        E.ADVICE: Go(S.ADVICE, r.choose_advice),
        E.BACK: Go(S.SERVICES, r.no_service),
    },
    S.CARD_NEEDED: {
        CardRead: (
            Go(S.ASKING, r.ask, g.every(g.same_person, g.card_proves, g.online)),
            Go(S.CASES, r.not_answered, g.every(g.same_person, g.card_proves)),
            Go(S.IDENTITY, w.take_card),
        ),
        E.BACK: Go(S.SERVICES, r.no_service),
    },
    # What it is about.
    S.SERVICES: {
        Choose("legal_advice"): Go(S.ADVICE, r.choose),
        Choose("mediation"): (Go(S.QUESTION, r.choose, g.is_named), Go(S.NAME_NEEDED, r.choose)),
        Choose("legal_aid"): Go(S.PAPERS, r.choose),
        Choose("find_person"): Go(S.PEOPLE, r.look_at),
        Choose("progress"): (
            Go(S.ASKING, r.ask, g.every(g.card_proves, g.online)),
            Go(S.CASES, r.not_answered, g.card_proves),
            Go(S.CARD_NEEDED, r.choose),
        ),
        CardRead: SOMEBODY_ELSE,
        E.OTHER_SERVICES: Go(S.OTHER_SERVICES),
        E.FINISH: Go(S.THANKS, r.end_visit),
        E.BACK: (Go(S.NOTICE, r.untick, g.has_person), *HOME),
    },
    S.OTHER_SERVICES: {
        Choose("document"): Go(S.TEMPLATES, r.look_at),
        Choose("learning"): Go(S.LEARNING, r.look_at),
        Choose("notary_guide"): Go(S.NOTARY, r.look_at),
        Choose("forensic_guide"): Go(S.FORENSIC, r.look_at),
        Choose("disclosure"): Go(S.DISCLOSURE, r.look_at),
        CardRead: SOMEBODY_ELSE,
        E.RATE: (Go(S.RATING, when=g.saved_here), Go(S.RATE_NUMBER, f.clear_entry)),
        E.BACK: Go(S.SERVICES),
    },
    S.ADVICE: {
        E.MESSAGE: Go(S.QUESTION, f.empty_form),
        E.HOTLINE: Go(S.HOTLINE, r.look_at_advice),
        E.VIDEO: Go(S.VIDEO, r.begin_call, g.has_video),
        E.BACK: Go(S.SERVICES, r.no_service),
    },
    S.HOTLINE: {E.BACK: Go(S.ADVICE)},
    S.VIDEO: {E.VIDEO_ENDED: Go(S.ADVICE), E.BACK: Go(S.ADVICE), E.TIME_UP: Go(None)},
    S.PAPERS: {
        E.NEXT: (Go(S.QUESTION, f.empty_form, g.is_named), Go(S.NAME_NEEDED)),
        E.BACK: Go(S.SERVICES, r.no_service),
    },
    S.QUESTION: {
        **TEXT,
        Option: (
            Go(None, f.toggle_option, g.every(g.several, g.one_choice)),
            Go(S.FILLED, f.answer_option, g.every(g.one_choice, g.last_one, g.fills_template)),
            Go(S.CONFIRM, f.answer_option, g.every(g.one_choice, g.last_one)),
            Go(None, f.answer_option, g.one_choice),
        ),
        E.NEXT: (
            Go(None, f.say_flaw, g.entry_bad),
            Go(S.FILLED, f.answer_entry, g.every(g.last_one, g.fills_template)),
            Go(S.CONFIRM, f.answer_entry, g.last_one),
            Go(None, f.answer_entry),
        ),
        E.SKIP: (
            Go(S.FILLED, f.answer_nothing, g.every(g.may_skip, g.last_one, g.fills_template)),
            Go(S.CONFIRM, f.answer_nothing, g.every(g.may_skip, g.last_one)),
            Go(None, f.answer_nothing, g.may_skip),
        ),
        E.BACK: (
            Go(None, f.last_question, g.asked_before),
            Go(S.TEMPLATES, r.no_template, g.fills_template),
            Go(S.PAPERS, f.empty_form, g.wants("legal_aid")),
            Go(S.ADVICE, f.empty_form, g.wants("legal_advice")),
            Go(S.SERVICES, r.no_service),
        ),
    },
    S.CONFIRM: {
        Tick: Go(None, r.tick),
        E.CONFIRM: (Go(S.SAVING, when=g.may_save), Go(S.NOTICE, when=g.all_ticked)),
        E.REDO: Go(S.QUESTION, f.empty_form),
        E.BACK: Go(S.QUESTION, f.last_question),
    },
    S.SAVING: {
        Saved: Go(S.SAVED, r.saved, g.of_this_visit),
        NotSaved: Go(S.REFUSED, r.refuse, g.of_this_visit),
        E.TIME_UP: Go(S.REFUSED, r.refuse),
    },
    S.SAVED: {
        CardRead: SOMEBODY_ELSE,
        E.RATE: Go(S.RATING),
        E.PRINT: Go(None, r.printing, g.has_printer),
        E.SHOW_QR: Go(S.RECEIPT_QR),
        E.MORE: Go(S.SERVICES, r.no_service),
        E.FINISH: Go(S.THANKS, r.end_visit),
        E.BACK: Go(S.THANKS, r.end_visit),
    },
    S.RECEIPT_QR: {E.BACK: Go(S.SAVED)},
    S.PEOPLE: {Pick: Go(S.PERSON, r.pick, g.is_there), E.BACK: Go(S.SERVICES, r.no_service)},
    S.PERSON: {E.BACK: Go(S.PEOPLE)},
    S.TEMPLATES: {Pick: Go(S.QUESTION, r.pick_template, g.is_there), E.BACK: Go(S.OTHER_SERVICES, r.no_service)},
    S.FILLED: {
        E.PRINT: Go(None, r.printing, g.has_printer),
        E.SHOW_QR: Go(S.FILLED_QR),
        E.REDO: Go(S.QUESTION, f.empty_form),
        E.FINISH: Go(S.OTHER_SERVICES, r.no_service),
        E.BACK: Go(S.QUESTION, f.last_question),
    },
    S.FILLED_QR: {E.BACK: Go(S.FILLED)},
    S.LEARNING: {Pick: Go(S.ARTICLE, r.pick, g.is_there), E.BACK: Go(S.OTHER_SERVICES, r.no_service)},
    S.NOTARY: {Pick: Go(S.ARTICLE, r.pick, g.is_there), E.BACK: Go(S.OTHER_SERVICES, r.no_service)},
    S.FORENSIC: {Pick: Go(S.ARTICLE, r.pick, g.is_there), E.BACK: Go(S.OTHER_SERVICES, r.no_service)},
    S.DISCLOSURE: {Pick: Go(S.ARTICLE, r.pick, g.is_there), E.BACK: Go(S.OTHER_SERVICES, r.no_service)},
    S.NOTICES: {Pick: Go(S.ARTICLE, r.pick, g.is_there), E.BACK: HOME},
    S.ARTICLE: {
        E.BACK: tuple(
            Go(shelf, when=g.shelf_is(shelf)) for shelf in (S.LEARNING, S.NOTARY, S.FORENSIC, S.DISCLOSURE, S.NOTICES)
        )
    },
    S.ASKING: {
        AskTold: Go(S.CASES, r.answered, g.of_this_visit),
        E.TIME_UP: Go(S.CASES, r.not_answered),
        E.BACK: Go(S.SERVICES, r.no_service),
    },
    S.CASES: {
        Pick: Go(S.CASE, r.pick, g.is_there),
        E.NEXT: Go(S.ASKING, r.ask, g.online),
        E.BACK: Go(S.SERVICES, r.no_service),
    },
    S.CASE: {E.BACK: Go(S.CASES)},
    # The end.
    S.RATE_NUMBER: {
        **DIGITS,
        E.NEXT: (Go(S.RATING, r.take_visit_number, g.entry_good), FLAW),
        E.BACK: Go(S.OTHER_SERVICES, f.clear_entry),
    },
    S.RATING: {
        Rate: Go(S.SAVING_GRADE, r.grade),
        E.FINISH: Go(S.THANKS, r.end_visit),
        E.BACK: (Go(S.SAVED, when=g.saved_here), Go(S.RATE_NUMBER, f.clear_entry)),
    },
    S.SAVING_GRADE: {
        GradeSaved: Go(S.THANKS, r.end_visit, g.of_this_visit),
        NotSaved: (Go(S.RATE_NUMBER, r.number_unknown, g.number_unknown), Go(S.REFUSED, r.refuse, g.of_this_visit)),
        E.TIME_UP: Go(S.REFUSED, r.refuse),
    },
    S.THANKS: {**LEAVE, CardRead: Go(S.IDENTITY, w.begin_with_card, g.ready)},
    S.REFUSED: {
        **LEAVE,
        Saved: Go(S.SAVED, r.saved, g.of_this_visit),
        E.CONFIRM: (Go(S.SAVING, when=g.every(g.may_try_again, g.may_save)), Go(S.CONFIRM, when=g.may_try_again)),
    },
    # For staff.
    S.PIN: {**DIGITS, E.NEXT: (Go(S.CHECKING_PIN, r.pin_asked, g.entry_good), FLAW), E.BACK: HOME},
    S.CHECKING_PIN: {
        PinTold: (Go(S.STAFF, r.pin_told, g.pin_right), Go(S.PIN, r.pin_told, g.of_this_visit)),
        E.TIME_UP: HOME,
    },
    S.STAFF: {StaffTold: Go(None, r.report), E.BACK: HOME},
}

ROUTES: Final[dict[tuple[Step, Trigger], tuple[Go, ...]]] = {
    (step, trigger): ways if isinstance(ways, tuple) and not isinstance(ways, Go) else (ways,)
    for step, here in _MAP.items()
    for trigger, ways in here.items()
}
