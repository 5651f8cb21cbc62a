"""Every screen of the kiosk at a moment that says something, by name: for snapshots and for the eye."""

from collections.abc import Iterator

from station.devices.reader.port import Trouble
from station.kiosk.content import Library
from station.kiosk.events import (
    Answered,
    AskTold,
    CallSaved,
    CardRead,
    CardSeen,
    Choose,
    DevicesTold,
    Event,
    Letter,
    LibraryTold,
    NotSaved,
    Option,
    Pick,
    Pin,
    PinTold,
    Printed,
    PrinterTold,
    ReaderTold,
    Refusal,
    Sign,
    Signal,
    StaffTold,
    Store,
    StoreTold,
    Tick,
)
from station.kiosk.state import State, Step
from tests.station.kiosk.people import CHILD, PERSON
from tests.station.kiosk.ways import (
    ADVICE_FORM,
    CARD,
    CASES,
    NAMED,
    READY,
    TO_AID,
    TO_MEDIATION,
    TO_SAVED,
    TO_SAVING,
    entered,
    typed,
    walk,
)

ANONYMOUS = (Signal.WITHOUT_CARD,)
OTHER = (*ANONYMOUS, Signal.OTHER_SERVICES)
MINOR = (CardRead(CHILD, minor=True), Signal.ITS_ME, Tick("identity"), Signal.AGREE)
OFFLINE = StoreTold(Store.READY, waiting=3)
REPORT = (("reader", "ok", ""), ("camera/front", "failed", "E-CAM-02"), ("outbox", "3", ""))

WAYS: dict[str, tuple[Event, ...]] = {
    "wait": (),
    "wait with a card left": (CARD, Signal.BACK),
    "wait with reader trouble": (ReaderTold(Trouble.NO_READER),),
    "wait, card unreadable": (ReaderTold(Trouble.PLACE_AGAIN),),
    "wait, nothing from the county": (LibraryTold(Library()), DevicesTold(), StoreTold(Store.READY)),
    "closed": (StoreTold(Store.FULL),),
    "number": (Signal.TYPE_NUMBER, *(Sign(digit) for digit in "11010519491231")),
    "number with a flaw": (Signal.TYPE_NUMBER, *typed("110105194912310021")),
    "name": (Signal.TYPE_NUMBER, *typed(PERSON.id_number), Sign("测试"), Letter("j"), Letter("i"), Letter("a")),
    "service card": (Signal.SHOW_CARD,),
    "service card not found": (Signal.SHOW_CARD, CardSeen(1, None)),
    "service card found": (Signal.SHOW_CARD, CardSeen(1, "12345678")),
    "identity": (CARD,),
    "identity typed": (Signal.TYPE_NUMBER, *typed(PERSON.id_number), *entered("测试甲")),
    "notice": (CARD, Signal.ITS_ME),
    "notice ticked": (CARD, Signal.ITS_ME, Tick("identity")),
    "guardian asked": MINOR,
    "guardian there": (*MINOR, CARD, Tick("guardian")),
    "guardian refused": (*MINOR, CardRead(CHILD, minor=True)),
    "name needed": (*ANONYMOUS, Choose("mediation")),
    "card needed": (*ANONYMOUS, Choose("progress")),
    "services": ANONYMOUS,
    "services named": NAMED,
    "other services": OTHER,
    "advice": (*ANONYMOUS, Choose("legal_advice")),
    "hotline": (*ANONYMOUS, Choose("legal_advice"), Signal.HOTLINE),
    "video": (*ANONYMOUS, Choose("legal_advice"), Signal.VIDEO),
    "papers": (*ANONYMOUS, Choose("legal_aid")),
    "question of one choice": (*ANONYMOUS, Choose("legal_advice"), Signal.MESSAGE),
    "question of words": (*ANONYMOUS, *ADVICE_FORM),
    "question of a telephone": (*ANONYMOUS, *ADVICE_FORM, Signal.NEXT),
    "question of several": (*TO_MEDIATION[:-11], Option("pay")),
    "question without an answer": (*ANONYMOUS, *ADVICE_FORM[:-1], Signal.NEXT),
    "confirm advice": (*ANONYMOUS, *ADVICE_FORM, Signal.NEXT, Signal.SKIP),
    "confirm mediation": (*TO_MEDIATION, Tick("words")),
    "confirm aid": TO_AID,
    "saving": TO_SAVING,
    "saved": TO_SAVED,
    "saved, county has it": (*TO_SAVED, StoreTold(Store.READY, receipted_to=7, hub_online=True)),
    "saved, printing": (DevicesTold(printer=True), *TO_SAVED, Signal.PRINT),
    "saved, not printed": (DevicesTold(printer=True), *TO_SAVED, Signal.PRINT, PrinterTold(1, 1, Printed.FAILED)),
    "receipt as a code": (*TO_SAVED, Signal.SHOW_QR),
    "people": (*ANONYMOUS, Choose("find_person")),
    "person": (*ANONYMOUS, Choose("find_person"), Pick(0)),
    "templates": (*OTHER, Choose("document")),
    "template question": (*OTHER, Choose("document"), Pick(0)),
    "filled in": (*OTHER, Choose("document"), Pick(0), *entered("测试甲"), Option("现金")),
    "filled in as a code": (*OTHER, Choose("document"), Pick(0), *entered("测试甲"), Option("现金"), Signal.SHOW_QR),
    "learning": (*OTHER, Choose("learning")),
    "article": (*OTHER, Choose("learning"), Pick(0)),
    "notary": (*OTHER, Choose("notary_guide")),
    "forensic": (*OTHER, Choose("forensic_guide")),
    "disclosure": (*OTHER, Choose("disclosure")),
    "nothing sent yet": (LibraryTold(Library()), *OTHER, Choose("disclosure")),
    "notices": (Signal.NOTICES,),
    "asking": (*NAMED, Choose("progress")),
    "cases": (*NAMED, Choose("progress"), CASES),
    "no cases": (*NAMED, Choose("progress"), AskTold(1, Answered.NONE)),
    "cases offline": (*NAMED, OFFLINE, Choose("progress")),
    "refused, may try again": (*TO_SAVING, NotSaved(1, Refusal.DISK)),
    "case": (*NAMED, Choose("progress"), CASES, Pick(0)),
    "rate number": (*OTHER, Signal.RATE, Sign("4"), Sign("2")),
    "rating": (*TO_SAVED, Signal.RATE),
    "thanks": (*TO_SAVED, Signal.FINISH),
    "refused": (*TO_SAVING, NotSaved(1, Refusal.FULL)),
    "pin": (Signal.STAFF, Sign("1"), Sign("2")),
    "pin wrong": (Signal.STAFF, *typed("2468"), PinTold(1, Pin.WRONG)),
    "staff": (Signal.STAFF, *typed("2468"), PinTold(1, Pin.RIGHT), StaffTold(REPORT)),
    "leaving": (*NAMED, Signal.TIME_UP),
    "emergency asked": (*NAMED, Signal.EMERGENCY),
    "emergency": (*NAMED, Signal.EMERGENCY, Signal.EMERGENCY),
    "emergency, county has it": (
        Signal.EMERGENCY,
        Signal.EMERGENCY,
        CallSaved(1, 5),
        StoreTold(Store.READY, 5, True),
    ),
    "emergency offline": (StoreTold(Store.READY), Signal.EMERGENCY, Signal.EMERGENCY, CallSaved(1, 5)),
    "emergency not saved": (Signal.EMERGENCY, Signal.EMERGENCY, CallSaved(1, 0)),
    "emergency withdrawn": (
        Signal.EMERGENCY,
        Signal.EMERGENCY,
        CallSaved(1, 5),
        Signal.WITHDRAW,
        CallSaved(2, 6),
        StoreTold(Store.READY, 6, True),
    ),
    "staff called": (*NAMED, Signal.CALL_STAFF, CallSaved(1, 4)),
}


def moments() -> Iterator[tuple[str, State]]:
    """Yield each moment's name and state."""
    for name, events in WAYS.items():
        yield name, walk(*events, start=READY)


def steps_shown() -> set[Step]:
    """Return the steps that at least one moment shows."""
    return {state.step for _, state in moments()}
