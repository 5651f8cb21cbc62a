"""Ways through the kiosk that several tests walk, as events; and a small library that leads everywhere."""

from datetime import date

from station.kiosk.advance import advance
from station.kiosk.events import (
    Answered,
    AskTold,
    CardRead,
    Choose,
    DevicesTold,
    Event,
    Option,
    Saved,
    Sign,
    Signal,
    Store,
    Tick,
)
from station.kiosk.state import State, Step
from tests.station.kiosk.people import PERSON
from tests.station.kiosk.small_library import LIBRARY
from wire import asking

TODAY = date(2026, 11, 24)
READY = State(
    step=Step.WAIT,
    store=Store.READY,
    hub_online=True,
    library=LIBRARY,
    devices=DevicesTold(camera=True, video=True, voice=True),
    today=TODAY,
)


def walk(*events: Event, start: State = READY) -> State:
    """Return where `events` lead."""
    state = start
    for event in events:
        state = advance(state, event)
    return state


def entered(text: str) -> tuple[Event, ...]:
    """Enter a text as a whole, and go on."""
    return (Sign(text), Signal.NEXT)


def typed(digits: str) -> tuple[Event, ...]:
    """Enter digits one by one, and go on."""
    return (*(Sign(digit) for digit in digits), Signal.NEXT)


CARD = CardRead(PERSON)
NAMED = (CARD, Signal.ITS_ME, Tick("identity"), Signal.AGREE)
ADVICE_FORM = (Choose("legal_advice"), Signal.MESSAGE, Option("neighbours"), Sign("测试的话"))
MEDIATION_FORM = (
    Choose("mediation"), Option("house"), *entered("测试乙"), Signal.SKIP, Signal.SKIP, *entered("测试的纠纷"),
    Option("pay"), Option("apologise"), Signal.NEXT, *typed("00000000"),
)  # fmt: skip
AID_FORM = (
    Choose("legal_aid"), Signal.NEXT, Option("migrant"), Option("wages"), *entered("测试的案情"), *typed("00000000"),
    Signal.SKIP,
)  # fmt: skip
TO_MEDIATION = (*NAMED, *MEDIATION_FORM)
TO_AID = (*NAMED, *AID_FORM)
TO_SAVING = (*TO_AID, Tick("words"), Tick("truth"), Signal.CONFIRM)
SAVED = Saved(visit=1, seq=7, number="42-00007-3")
TO_SAVED = (*TO_SAVING, SAVED)
CASES = AskTold(
    1,
    Answered.FOUND,
    asking.Cases(
        [asking.Case("42-00003-5", "mediation", 1_795_545_000_000, [asking.CaseStep(1_795_545_000_000, "received")])]
    ),
)
