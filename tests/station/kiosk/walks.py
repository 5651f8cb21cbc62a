"""Every flow as a villager walks it, from the first screen to the end: what is touched, and where that leads.

Words on choices stand as text ids, so that a walk holds in both languages. What the machine answers stands between.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from station.kiosk.events import (
    CardLifted,
    CardRead,
    CardSeen,
    Event,
    GradeSaved,
    Saved,
    Store,
    StoreTold,
)
from station.kiosk.state import Over, State, Step
from tests.station.kiosk.fakes import NUMBER
from tests.station.kiosk.people import CHILD, PERSON
from tests.station.kiosk.ways import READY
from wire import content as c


class Digits(NamedTuple):
    """Typed on the digit pad."""

    digits: str


class Spelt(NamedTuple):
    """Letters on the pinyin pad, then the candidate that is touched."""

    letters: str
    sign: str


class Words(NamedTuple):
    """A choice with words of the county's."""

    text: c.Text


class Told(NamedTuple):
    """What the machine answers; `kept`: a real keeper tells it by itself."""

    event: Callable[[State], Event]
    kept: bool = False


class To(NamedTuple):
    """One touch: where it leads, what lies over it then, and what is to be read there beside what it is about."""

    step: Step
    touch: str | Digits | Spelt | Words | Told
    sees: tuple[str, ...] = ()
    over: Over | None = None


class Walk(NamedTuple):
    """A way from the first screen to the end."""

    name: str
    way: tuple[To, ...]
    lines: tuple[bool, ...] = (True, False)
    """Online and offline."""
    start: State = READY


S = Step
SAVED: Final = Told(lambda state: Saved(state.draft.visit, 7, NUMBER), kept=True)
GRADED: Final = Told(lambda state: GradeSaved(state.draft.visit), kept=True)
LIFTED: Final = Told(lambda _: CardLifted())
SERVICE_CARD: Final = "12345678"
WORD: Final = "测试"
PHONE: Final = "00000000"


def placed(person: object = PERSON, *, minor: bool = False) -> Told:
    """Place the card of `person`."""
    return Told(lambda _: CardRead(person, minor=minor))  # type: ignore[arg-type]


RECEIVED: Final = Told(lambda state: StoreTold(Store.READY, receipted_to=7, hub_online=state.hub_online))
ANONYMOUS: Final = (To(S.SERVICES, "wait.without_card", ("services.anonymous",)),)
OTHERS: Final = (*ANONYMOUS, To(S.OTHER_SERVICES, "services.other"))
TICKED: Final = (To(S.NOTICE, "identity.yes"), To(S.NOTICE, "consent.identity"), To(S.NOTICE, "consent.contact"))
AGREED: Final = (*TICKED, To(S.SERVICES, "notice.agree"))
CARD: Final = (To(S.IDENTITY, placed()), To(S.IDENTITY, LIFTED))
TYPED: Final = (
    To(S.NUMBER, "wait.type_number", ("hint.id_number",)),
    To(S.NUMBER, Digits(PERSON.id_number)),
    To(S.NAME, "pad.next"),
    To(S.NAME, Spelt("ceshi", WORD)),
    To(S.NAME, Spelt("jia", "甲")),
    To(S.IDENTITY, "pad.next", ("identity.unverified",)),
)
SHOWN: Final = (
    To(S.SERVICE_CARD, "wait.service_card"),
    To(S.SERVICE_CARD, Told(lambda state: CardSeen(state.draft.visit, None)), ("service_card.none.how",)),
    To(S.SERVICE_CARD, "service_card.again"),
    To(S.IDENTITY, Told(lambda state: CardSeen(state.draft.visit, SERVICE_CARD)), ("identity.service_card",)),
)
MESSAGE: Final = (
    To(S.ADVICE, "service.legal_advice"),
    To(S.QUESTION, "advice.message", ("field.matter",)),
    To(S.QUESTION, "matter.consumer", ("field.words",)),
    To(S.QUESTION, "phrase.owed"),
    To(S.QUESTION, Spelt("qian", "钱")),
    To(S.QUESTION, "pad.next", ("field.phone", "question.optional")),
)
WITH_PHONE: Final = (To(S.QUESTION, Digits(PHONE)), To(S.CONFIRM, "pad.next", ("matter.consumer", "phrase.owed")))
HANDED_IN: Final = (
    To(S.SAVING, "confirm.yes"),
    To(S.SAVED, SAVED, ("saved.on_this_machine",)),
)
END: Final = (To(S.THANKS, "saved.finish"), To(S.WAIT, "thanks.finish"))
GRADE: Final = (
    To(S.RATING, "saved.rate"),
    To(S.SAVING_GRADE, "grade.4"),
    To(S.THANKS, GRADED),
    To(S.WAIT, "thanks.finish"),
)
MEDIATION: Final = (
    To(S.QUESTION, "matter.house", ("field.other_name",)),
    To(S.QUESTION, Spelt("ceshi", WORD)),
    To(S.QUESTION, Spelt("yi", "乙")),
    To(S.QUESTION, "pad.next", ("field.other_phone",)),
    To(S.QUESTION, Digits(PHONE)),
    To(S.QUESTION, "pad.next", ("field.other_place",)),
    To(S.QUESTION, "pad.skip", ("field.dispute",)),
    To(S.QUESTION, "phrase.boundary"),
    To(S.QUESTION, "pad.next", ("field.wishes",)),
    To(S.QUESTION, "wish.pay"),
    To(S.QUESTION, "wish.apologise"),
    To(S.QUESTION, "pad.next", ("field.phone",)),
    To(S.CONFIRM, "pad.skip", ("matter.house", "phrase.boundary")),
    To(S.CONFIRM, "consent.words"),
    To(S.CONFIRM, "declare.voluntary"),
)
NAMED_CARD: Final = (*CARD, *AGREED)
AID: Final = (To(S.PAPERS, "service.legal_aid"), To(S.QUESTION, "papers.next", ("field.group",)))
AID_END: Final = (
    To(S.QUESTION, Digits(PHONE)),
    To(S.QUESTION, "pad.next", ("field.place",)),
    To(S.QUESTION, Spelt("yi", "乙")),
    To(S.CONFIRM, "pad.next"),
    To(S.CONFIRM, "consent.words"),
    To(S.CONFIRM, "declare.truth"),
    *HANDED_IN,
)
AID_CASE: Final = (To(S.QUESTION, "phrase.wages"),)
CHILD_CARD: Final = (
    To(S.IDENTITY, placed(CHILD, minor=True)),
    To(S.NOTICE, "identity.yes"),
    To(S.NOTICE, "consent.identity"),
    To(S.GUARDIAN, "notice.agree", ("guardian.lift_first",)),
    To(S.GUARDIAN, LIFTED, ("guardian.place_card",)),
)
GUARDED: Final = (To(S.GUARDIAN, "consent.guardian"), To(S.SERVICES, "notice.agree"))
BRIEFLY: Final = (
    To(S.ADVICE, "service.legal_advice"),
    To(S.QUESTION, "advice.message"),
    To(S.QUESTION, "matter.family"),
    To(S.QUESTION, "phrase.please_call"),
    To(S.QUESTION, "pad.next"),
    To(S.CONFIRM, "pad.skip"),
    To(S.CONFIRM, "consent.words"),
)
ADVISED: Final = (*MESSAGE, *WITH_PHONE, To(S.CONFIRM, "consent.words"))
WITH_FORM: Final = (
    Walk(
        "a message without a name, and a telephone to be called at",
        (
            *ANONYMOUS,
            *ADVISED,
            To(S.CONFIRM, "consent.contact"),
            *HANDED_IN,
            To(S.SAVED, RECEIVED, ("saved.county_has_it",)),
            *GRADE,
        ),
    ),
    Walk(
        "a card, and a message with a telephone",
        (*NAMED_CARD, *ADVISED, *HANDED_IN, To(S.RECEIPT_QR, "saved.code"), To(S.SAVED, "footer.back"), *END),
    ),
    Walk(
        "a typed number and name, and mediation",
        (*TYPED, *AGREED, To(S.QUESTION, "service.mediation", ("field.matter",)), *MEDIATION, *HANDED_IN, *END),
    ),
    Walk(
        "mediation first, then the card it needs",
        (
            *ANONYMOUS,
            To(S.NAME_NEEDED, "service.mediation", ("name_needed.place_card",)),
            *CARD,
            *TICKED,
            To(S.QUESTION, "notice.agree", ("field.matter",)),
            *MEDIATION,
            *HANDED_IN,
            To(S.SERVICES, "saved.more"),
            To(S.THANKS, "services.finish"),
            To(S.WAIT, "thanks.finish"),
        ),
    ),
    Walk("a service card and advice", (*SHOWN, *AGREED, *BRIEFLY, *HANDED_IN, *END)),
    Walk(
        "a child and the guardian's card",
        (*CHILD_CARD, To(S.GUARDIAN, placed(), ("guardian.name",)), *GUARDED, *BRIEFLY, *HANDED_IN, *END),
    ),
    Walk(
        "a child and the guardian's typed number",
        (
            *CHILD_CARD,
            To(S.GUARDIAN_NUMBER, "guardian.type"),
            To(S.GUARDIAN_NUMBER, Digits(PERSON.id_number)),
            To(S.GUARDIAN_NAME, "pad.next"),
            To(S.GUARDIAN_NAME, Spelt("yi", "乙")),
            To(S.GUARDIAN, "pad.next", ("identity.unverified",)),
            *GUARDED,
            *BRIEFLY,
            *HANDED_IN,
            *END,
        ),
    ),
    Walk(
        "a child alone is advised without a name, and not asked for a telephone",
        (
            *CHILD_CARD,
            To(S.SERVICES, "notice.decline", ("services.anonymous",)),
            *BRIEFLY[:4],
            To(S.CONFIRM, "pad.next", ("confirm.anonymous",)),
            To(S.CONFIRM, "consent.words"),
            *HANDED_IN,
            *END,
        ),
    ),
    Walk(
        "a declined notice leaves what needs no name",
        (
            *CARD,
            To(S.NOTICE, "identity.yes"),
            To(S.SERVICES, "notice.decline", ("services.anonymous",)),
            To(S.NAME_NEEDED, "service.mediation"),
            To(S.ADVICE, "name_needed.advice"),
            *BRIEFLY[1:],
            *HANDED_IN,
            *END,
        ),
    ),
    Walk(
        "legal aid with the means test",
        (
            *NAMED_CARD,
            *AID,
            To(S.QUESTION, "group.elderly", ("field.cause",)),
            To(S.QUESTION, "cause.support", ("field.case",)),
            *AID_CASE,
            To(S.QUESTION, "pad.next", ("field.income",)),
            To(S.QUESTION, Digits("800")),
            To(S.QUESTION, "pad.next", ("field.phone_needed",)),
            *AID_END,
            *END,
        ),
    ),
    Walk(
        "legal aid for a migrant worker's wages asks for no means",
        (
            *NAMED_CARD,
            *AID,
            To(S.QUESTION, "group.migrant", ("field.cause",)),
            To(S.QUESTION, "cause.wages", ("field.case",)),
            *AID_CASE,
            To(S.QUESTION, "pad.next", ("field.phone_needed",)),
            *AID_END,
            *END,
        ),
    ),
)
"""Those that end in a visit with a form."""
