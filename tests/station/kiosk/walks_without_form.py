"""The flows that hand in no form, as walks."""

from typing import Final

from station.kiosk.events import (
    Answered,
    AskTold,
    CallSaved,
    DevicesTold,
    Pin,
    PinTold,
    Printed,
    PrinterTold,
    Signal,
    StaffTold,
    Store,
    StoreTold,
)
from station.kiosk.state import Over, Step
from tests.station.kiosk.fakes import NUMBER
from tests.station.kiosk.people import PERSON
from tests.station.kiosk.small_library import LIBRARY
from tests.station.kiosk.walks import (
    AGREED,
    ANONYMOUS,
    CARD,
    GRADED,
    OTHERS,
    TICKED,
    WITH_FORM,
    WORD,
    Digits,
    S,
    Spelt,
    To,
    Told,
    Walk,
    Words,
    placed,
)
from tests.station.kiosk.ways import CASES, READY
from wire import content as c

ASKED: Final = (To(S.IDENTITY, placed()), *AGREED, To(S.ASKING, "service.progress"))
ASKED_HELP: Final = To(S.SERVICES, "footer.emergency", ("emergency.ask",), Over.EMERGENCY_ASKED)
HELP: Final = To(S.SERVICES, "emergency.again", ("emergency.numbers",), Over.EMERGENCY)
CALLED: Final = Told(lambda state: CallSaved(max(state.call, state.staff_call), 5), kept=True)
HEARD: Final = Told(lambda _: StoreTold(Store.READY, receipted_to=6, hub_online=True))
PIN: Final = (To(S.PIN, Told(lambda _: Signal.STAFF)), To(S.PIN, Digits("2468")), To(S.CHECKING_PIN, "pad.next"))


def _read(opened: c.Text, service: str, step: Step) -> tuple[To, ...]:
    """Read the text under `opened`, and come back to the other services."""
    return (
        To(step, f"service.{service}"),
        To(S.ARTICLE, Words(opened)),
        To(step, "footer.back"),
        To(S.OTHER_SERVICES, "footer.back"),
    )


def _articles(held: c.Articles | None) -> c.Text:
    assert held is not None
    return held.articles[0].title


assert LIBRARY.roster is not None
assert LIBRARY.disclosure is not None
assert LIBRARY.notices is not None
assert LIBRARY.templates is not None
PAPER: Final = READY._replace(devices=DevicesTold(printer=True, camera=True, video=True, voice=True))
FILLED: Final = (
    *OTHERS,
    To(S.TEMPLATES, "service.document"),
    To(S.QUESTION, Words(LIBRARY.templates.templates[0].title)),
    To(S.QUESTION, Spelt("ceshi", WORD)),
    To(S.QUESTION, "pad.next"),
    To(S.FILLED, Words(c.Text("现金"))),
)

HOME: Final = (To(S.SERVICES, "footer.back"), To(S.THANKS, "services.finish"), To(S.WAIT, "thanks.finish"))
LEFT: Final = (To(S.THANKS, "services.finish"), To(S.WAIT, "thanks.finish"))
DISCLOSED: Final = LIBRARY.disclosure.items[0].title
NOTICE: Final = LIBRARY.notices.notices[0].title
ADVISER: Final = c.Text(LIBRARY.roster.people[0].name)
REPORT: Final = (("reader", "staff.ok", ""), ("camera/front", "staff.failed", "E-CAM-02"))
RIGHT: Final = To(S.STAFF, Told(lambda state: PinTold(state.draft.visit, Pin.RIGHT), kept=True), ("staff.looking",))


def _answered(answered: Answered) -> Told:
    return Told(lambda state: AskTold(state.draft.visit, answered), kept=True)


def _printed(printed: Printed) -> Told:
    return Told(lambda state: PrinterTold(state.draft.visit, state.draft.sheet, printed))


WITHOUT_FORM: Final = (
    Walk(
        "the hotline",
        (
            *ANONYMOUS,
            To(S.ADVICE, "service.legal_advice"),
            To(S.HOTLINE, "advice.hotline", ("hotline.free",)),
            To(S.ADVICE, "footer.back"),
            *HOME,
        ),
    ),
    Walk(
        "a video call, ended by the lawyer and then by the villager",
        (
            *ANONYMOUS,
            To(S.ADVICE, "service.legal_advice"),
            To(S.VIDEO, "advice.video", ("video.text",)),
            To(S.ADVICE, Told(lambda _: Signal.VIDEO_ENDED)),
            To(S.VIDEO, "advice.video"),
            To(S.ADVICE, "footer.back"),
            *HOME,
        ),
    ),
    Walk(
        "find a person",
        (
            *ANONYMOUS,
            To(S.PEOPLE, "service.find_person", ("role.legal_adviser", "role.staff")),
            To(S.PERSON, Words(ADVISER), ("person.week",)),
            To(S.PEOPLE, "footer.back"),
            *HOME,
        ),
    ),
    Walk(
        "a template, filled in and printed",
        (
            *FILLED,
            To(S.FILLED, "filled.print", ("printed.waiting",)),
            To(S.FILLED, _printed(Printed.DONE), ("printed.done",)),
            To(S.OTHER_SERVICES, "filled.done"),
            *HOME,
        ),
        start=PAPER,
    ),
    Walk(
        "a template, filled in and taken along as a code",
        (
            *FILLED,
            To(S.FILLED_QR, "filled.code"),
            To(S.FILLED, "footer.back"),
            To(S.OTHER_SERVICES, "filled.done"),
            *HOME,
        ),
    ),
    Walk(
        "learning, notary, forensic and the village's accounts",
        (
            *OTHERS,
            *_read(_articles(LIBRARY.learning), "learning", S.LEARNING),
            *_read(_articles(LIBRARY.notary_guide), "notary_guide", S.NOTARY),
            *_read(_articles(LIBRARY.forensic_guide), "forensic_guide", S.FORENSIC),
            *_read(DISCLOSED, "disclosure", S.DISCLOSURE),
            *HOME,
        ),
    ),
    Walk(
        "the village's notices",
        (
            To(S.NOTICES, "wait.notices"),
            To(S.ARTICLE, Words(NOTICE)),
            To(S.NOTICES, "footer.back"),
            To(S.WAIT, "footer.back"),
        ),
    ),
    Walk(
        "how matters stand, found",
        (
            *ASKED,
            To(S.CASES, Told(lambda state: CASES._replace(visit=state.draft.visit), kept=True), ("cases.title",)),
            To(S.CASE, Words(c.Text("申请人民调解", "Mediation")), ("case.received",)),
            To(S.CASES, "footer.back"),
            *HOME[:2],
            To(S.WAIT, "thanks.finish", ("wait.card_left",)),
        ),
        lines=(True,),
    ),
    Walk(
        "how matters stand, none at first and late at last",
        (
            *ASKED,
            To(S.CASES, _answered(Answered.NONE), ("cases.none", "cases.none.text")),
            To(S.ASKING, "cases.again"),
            To(S.CASES, _answered(Answered.LATE), ("cases.late", "cases.late.text")),
            *HOME,
        ),
        lines=(True,),
    ),
    Walk(
        "how matters stand, offline",
        (*ASKED[:-1], To(S.CASES, "service.progress", ("cases.offline", "cases.offline.text")), *HOME),
        lines=(False,),
    ),
    Walk(
        "how matters stand needs the card",
        (
            *ANONYMOUS,
            To(S.CARD_NEEDED, "service.progress", ("card_needed.place_card",)),
            *CARD,
            *TICKED[:2],
            To(S.CARD_NEEDED, "notice.agree"),
            *HOME,
        ),
    ),
    Walk(
        "a rating by the number of an earlier visit",
        (
            *OTHERS,
            To(S.RATE_NUMBER, "other.rate"),
            To(S.RATE_NUMBER, Digits(NUMBER.replace("-", ""))),
            To(S.RATING, "pad.next"),
            To(S.SAVING_GRADE, "grade.1"),
            To(S.THANKS, GRADED),
            To(S.WAIT, "thanks.finish"),
        ),
    ),
    Walk(
        "staff are called",
        (
            *ANONYMOUS,
            To(S.SERVICES, "footer.staff", ("staff_called.title", "staff_called.saving"), Over.STAFF_CALLED),
            To(S.SERVICES, CALLED, ("staff_called.noted",), Over.STAFF_CALLED),
            To(S.SERVICES, "staff_called.back"),
            *LEFT,
        ),
    ),
    Walk(
        "help is called, heard of, and called off",
        (
            *ANONYMOUS,
            ASKED_HELP,
            To(S.SERVICES, "emergency.back"),
            ASKED_HELP,
            HELP,
            To(S.SERVICES, CALLED, ("emergency.numbers",), Over.EMERGENCY),
            To(S.SERVICES, HEARD, ("emergency.received",), Over.EMERGENCY),
            To(S.SERVICES, "emergency.withdraw", ("emergency.withdrawing",), Over.EMERGENCY),
            To(S.SERVICES, CALLED, ("emergency.withdrawn",), Over.EMERGENCY),
            To(S.SERVICES, "emergency.close"),
            *LEFT,
        ),
        lines=(True,),
    ),
    Walk(
        "help is called offline, and it is said whom to telephone",
        (
            *ANONYMOUS,
            ASKED_HELP,
            HELP,
            To(S.SERVICES, CALLED, ("emergency.offline", "emergency.call_yourself"), Over.EMERGENCY),
            To(S.SERVICES, "emergency.close"),
            *LEFT,
        ),
        lines=(False,),
    ),
    Walk(
        "the staff's page",
        (
            *PIN,
            To(S.PIN, Told(lambda state: PinTold(state.draft.visit, Pin.WRONG)), ("pin.wrong",)),
            *PIN[1:],
            RIGHT,
            To(S.STAFF, Told(lambda _: StaffTold(REPORT)), ("staff.ok", "staff.failed", "staff.no_card")),
            To(S.STAFF, "staff.try.reader"),
            To(S.STAFF, placed(PERSON), ("staff.card",)),
            To(S.WAIT, "footer.back"),
        ),
    ),
)

WALKS: Final = (*WITH_FORM, *WITHOUT_FORM)
"""All."""
