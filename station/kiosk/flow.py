"""The villager's way through the kiosk: every decision is here, and nothing else is.

`advance(state, event)` gives the next State. ROUTES below is the whole map, (step, event) to a rule; what is not on
the map changes nothing. Screens only show a State, threads only bring events. Pure: no I/O, and time is an event.
"""

from collections.abc import Callable
from typing import Final

from station.devices.reader.port import Trouble
from station.kiosk.events import (
    CardLifted,
    CardRead,
    Choose,
    Event,
    GradeSaved,
    NotSaved,
    Rate,
    ReaderTold,
    Refusal,
    Saved,
    Signal,
    Store,
    StoreTold,
    Tick,
)
from station.kiosk.state import NEEDS_NAME, NO_DRAFT, Draft, State, Step, card_trouble, may_agree, registered
from station.settings import KioskSettings

CARD_TROUBLE_S: Final = 12.0
"""How long a card that could not be read is spoken of."""

FIXED_LIMITS_S: Final[dict[Step, float | None]] = {
    Step.CLOSED: None,
    Step.SAVING: 30.0,
    Step.SAVING_GRADE: 30.0,
    Step.THANKS: 8.0,
    Step.REFUSED: 40.0,
}
"""Steps that last their own time. A disk silent for 30 s is called out; what it still writes is kept."""


def time_limit_s(state: State, kiosk: KioskSettings) -> float | None:
    """Return how long this state may last without a touch before TIME_UP; None is for ever."""
    if state.warned:
        return kiosk.idle_countdown_s
    if state.step is Step.WAIT and card_trouble(state):
        return CARD_TROUBLE_S
    if state.step is Step.WAIT and state.language == state.home_language:
        return None
    return FIXED_LIMITS_S.get(state.step, kiosk.idle_warning_s)


def advance(state: State, event: Event) -> State:
    """Return the next state; `state` itself when nothing changes."""
    state = _notice(state, event)
    if state.warned and event is not Signal.TIME_UP and _is_touch(event):
        return state._replace(warned=False)  # the first touch only stays: the villager could not see the choices
    if event is Signal.LANGUAGE:
        return state._replace(language="en" if state.language == "zh" else "zh")
    rule = ROUTES.get((state.step, event if isinstance(event, Signal) else type(event)))
    return state if rule is None else rule(state, event)


def _notice(state: State, event: Event) -> State:
    """Take what the surroundings told, whatever the step."""
    match event:
        case CardRead():
            return state._replace(card_there=True, trouble=None)
        case CardLifted():
            return state._replace(card_there=False, trouble=None if card_trouble(state) else state.trouble)
        case ReaderTold(trouble):
            lost = trouble is not None and trouble not in {Trouble.PLACE_AGAIN, Trouble.NOT_AN_ID_CARD}
            return state._replace(trouble=trouble, card_there=state.card_there and not lost)
        case StoreTold(store, receipted_to, hub_online):
            return state._replace(store=store, receipted_to=receipted_to, hub_online=hub_online)
    return state


def _is_touch(event: Event) -> bool:
    return isinstance(event, Signal | Tick | Choose | Rate)


# Rules: each takes the state and the event that reached it.

Rule = Callable[[State, Event], State]


def _to(step: Step) -> Rule:
    return lambda state, _: state._replace(step=step)


def home(state: State, _: Event | None = None) -> State:
    """Drop the draft and everything personal with it; wait for the next villager, or say that none can be taken."""
    return state._replace(
        step=Step.WAIT if state.store is Store.READY else Step.CLOSED,
        draft=NO_DRAFT,
        language=state.home_language,
        warned=False,
        refusal=None,
    )


def _begin(state: State, event: Event) -> State:
    if state.store is not Store.READY:
        return home(state, event)
    visits = state.visits + 1
    trouble = None if card_trouble(state) else state.trouble
    begun = state._replace(visits=visits, draft=Draft(visit=visits), trouble=trouble)
    return _show_person(begun, event) if isinstance(event, CardRead) else begun._replace(step=Step.SERVICES)


def _show_person(state: State, event: Event) -> State:
    assert isinstance(event, CardRead)
    draft = state.draft._replace(person=event.person, minor=event.minor, consents=frozenset())
    return state._replace(step=Step.IDENTITY, draft=draft, warned=False)


def _tick(state: State, event: Event) -> State:
    assert isinstance(event, Tick)
    return state._replace(draft=state.draft._replace(consents=state.draft.consents ^ {event.purpose}))


def _agree(state: State, _: Event) -> State:
    if not may_agree(state.draft):
        return state
    return state._replace(step=Step.CONFIRM if state.draft.service else Step.SERVICES)


def _decline(state: State, _: Event) -> State:
    """Go on without a name; what was read off the card is dropped at once."""
    return state._replace(step=Step.SERVICES, draft=Draft(visit=state.draft.visit))


def _choose(state: State, event: Event) -> State:
    assert isinstance(event, Choose)
    nameless = event.service in NEEDS_NAME and not registered(state.draft)
    draft = state.draft._replace(service=event.service)
    return state._replace(step=Step.NAME_NEEDED if nameless else Step.CONFIRM, draft=draft)


def _advice_instead(state: State, _: Event) -> State:
    return state._replace(step=Step.CONFIRM, draft=state.draft._replace(service="legal_advice"))


def _to_services(state: State, _: Event) -> State:
    return state._replace(step=Step.SERVICES, draft=state.draft._replace(service=None))


def _back_from_services(state: State, event: Event) -> State:
    if state.draft.person is None:
        return home(state, event)
    return state._replace(step=Step.NOTICE, draft=state.draft._replace(consents=frozenset()))


def _saved(state: State, event: Event) -> State:
    """Keep only the number: the person is sealed and on the disk."""
    assert isinstance(event, Saved)
    if event.visit != state.draft.visit:
        return state
    done = Draft(visit=event.visit, service=state.draft.service, seq=event.seq, number=event.number)
    return state._replace(step=Step.SAVED, draft=done)


def _refuse(state: State, event: Event) -> State:
    if isinstance(event, NotSaved) and event.visit != state.draft.visit:
        return state
    why = event.why if isinstance(event, NotSaved) else Refusal.SLOW
    store = {Refusal.FULL: Store.FULL, Refusal.DISK: Store.FAILED}.get(why, Store.SILENT)
    refusal = Refusal.GRADE if state.step is Step.SAVING_GRADE else why
    return state._replace(step=Step.REFUSED, refusal=refusal, store=store, draft=NO_DRAFT)


def _rate(state: State, event: Event) -> State:
    assert isinstance(event, Rate)
    return state._replace(step=Step.SAVING_GRADE, draft=state.draft._replace(grade=event.grade))


def _grade_saved(state: State, event: Event) -> State:
    assert isinstance(event, GradeSaved)
    return _thank(state, event) if event.visit == state.draft.visit else state


def _thank(state: State, _: Event) -> State:
    return state._replace(step=Step.THANKS, draft=NO_DRAFT)


def _warn(state: State, event: Event) -> State:
    return home(state, event) if state.warned else state._replace(warned=True)


def _home_if_not_ready(state: State, event: Event) -> State:
    return state if state.store is Store.READY else home(state, event)


def _wait_over(state: State, event: Event) -> State:
    return state._replace(trouble=None) if card_trouble(state) else home(state, event)


ROUTES: Final[dict[tuple[Step, Signal | type], Rule]] = {
    (Step.CLOSED, StoreTold): home,
    (Step.WAIT, StoreTold): _home_if_not_ready,
    (Step.WAIT, CardRead): _begin,
    (Step.WAIT, Signal.WITHOUT_CARD): _begin,
    (Step.WAIT, Signal.TIME_UP): _wait_over,
    (Step.IDENTITY, CardRead): _show_person,
    (Step.IDENTITY, Signal.ITS_ME): _to(Step.NOTICE),
    (Step.IDENTITY, Signal.BACK): home,
    (Step.IDENTITY, Signal.TIME_UP): _warn,
    (Step.NOTICE, Tick): _tick,
    (Step.NOTICE, Signal.AGREE): _agree,
    (Step.NOTICE, Signal.DECLINE): _decline,
    (Step.NOTICE, Signal.BACK): _to(Step.IDENTITY),
    (Step.NOTICE, Signal.TIME_UP): _warn,
    (Step.SERVICES, Choose): _choose,
    (Step.SERVICES, Signal.GUIDES): _to(Step.GUIDES),
    (Step.SERVICES, Signal.BACK): _back_from_services,
    (Step.SERVICES, Signal.TIME_UP): _warn,
    (Step.GUIDES, Choose): _choose,
    (Step.GUIDES, Signal.BACK): _to_services,
    (Step.GUIDES, Signal.TIME_UP): _warn,
    (Step.NAME_NEEDED, CardRead): _show_person,
    (Step.NAME_NEEDED, Signal.ADVICE): _advice_instead,
    (Step.NAME_NEEDED, Signal.BACK): _to_services,
    (Step.NAME_NEEDED, Signal.TIME_UP): _warn,
    (Step.CONFIRM, Signal.CONFIRM): _to(Step.SAVING),
    (Step.CONFIRM, Signal.BACK): _to_services,
    (Step.CONFIRM, Signal.TIME_UP): _warn,
    (Step.SAVING, Saved): _saved,
    (Step.SAVING, NotSaved): _refuse,
    (Step.SAVING, Signal.TIME_UP): _refuse,
    (Step.SAVED, Signal.TO_RATING): _to(Step.RATING),
    (Step.SAVED, Signal.FINISH): _thank,
    (Step.SAVED, Signal.BACK): _thank,
    (Step.SAVED, Signal.TIME_UP): _warn,
    (Step.RATING, Rate): _rate,
    (Step.RATING, Signal.FINISH): _thank,
    (Step.RATING, Signal.BACK): _to(Step.SAVED),
    (Step.RATING, Signal.TIME_UP): _warn,
    (Step.SAVING_GRADE, GradeSaved): _grade_saved,
    (Step.SAVING_GRADE, NotSaved): _refuse,
    (Step.SAVING_GRADE, Signal.TIME_UP): _refuse,
    (Step.THANKS, CardRead): _begin,
    (Step.THANKS, Signal.BACK): home,
    (Step.THANKS, Signal.FINISH): home,
    (Step.THANKS, Signal.TIME_UP): home,
    (Step.REFUSED, Signal.BACK): home,
    (Step.REFUSED, Signal.FINISH): home,
    (Step.REFUSED, Signal.TIME_UP): home,
}
"""The whole map. A step without TIME_UP lasts until something happens."""
