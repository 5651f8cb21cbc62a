"""What changes while it is settled who the villager is (pure); rules as in rules.py."""

from msgspec import structs

from station.id_number import IdNumber, read_id_number
from station.kiosk.ages import is_minor
from station.kiosk.events import CardRead, CardSeen, Event
from station.kiosk.form_rules import clear_entry
from station.kiosk.rules import NO_ENTRY, changed
from station.kiosk.state import Draft, Over, State, card_trouble
from wire.person import Person


def begin(state: State, _: Event) -> State:
    """Begin a visit of nobody yet."""
    visits = state.visits + 1
    trouble = None if card_trouble(state) else state.trouble
    return state._replace(
        visits=visits, draft=Draft(visit=visits), trouble=trouble, over=_uncovered(state), staff_call=0, staff_seq=None
    )


def _uncovered(state: State) -> Over | None:
    return None if state.over is Over.LEAVING else state.over


def _as_somebody_new(state: State, event: Event) -> State:
    """Begin another visit when somebody else was here: no answer to the one before is this one's."""
    if state.draft.person is None:
        return state
    service = state.draft.service
    return changed(begin(state, event), service=service)


def begin_with_card(state: State, event: Event) -> State:
    """Begin the visit of the card's holder."""
    return take_card(begin(state, event), event)


def take_card(state: State, event: Event) -> State:
    """Take who the card says; what another person agreed to is forgotten."""
    assert isinstance(event, CardRead)
    state = _as_somebody_new(state, event)
    state = changed(state, person=event.person, minor=event.minor, guardian=None, consents=frozenset())
    return state._replace(over=_uncovered(state))


def take_guardian(state: State, event: Event) -> State:
    """Take the guardian's card."""
    assert isinstance(event, CardRead)
    state = state._replace(over=_uncovered(state))
    return changed(state, guardian=event.person, consents=state.draft.consents - {"guardian"}, flaw=None)


def not_a_guardian(state: State, _: Event) -> State:
    """Say that a guardian is somebody else, and grown up."""
    return changed(state, flaw="flaw.guardian")


def take_service_card(state: State, event: Event) -> State:
    """Take the number of the 便民服务卡: the county knows whose it is."""
    assert isinstance(event, CardSeen)
    state = _as_somebody_new(state, event)
    return changed(state, person=Person("", "", service_card=event.number or ""), minor=False, consents=frozenset())


def no_service_card(state: State, _: Event) -> State:
    """Say that no card was found."""
    return changed(state, card_sought=True)


def seek_card(state: State, event: Event) -> State:
    """Look for a card, of a visit that may only begin with it."""
    state = state if state.draft.visit else begin(state, event)
    return changed(state, card_sought=False)


def begin_typing(state: State, event: Event) -> State:
    """Begin to type who it is."""
    state = state if state.draft.visit else begin(state, event)
    return clear_entry(state, event)


def take_number(state: State, event: Event) -> State:
    """Take the typed number; the card is not there to prove it."""
    person = _of_number(state.draft.entry)
    state = _as_somebody_new(state, event)
    minor = state.today is not None and is_minor(person.birth, state.today)
    return changed(state, person=person, minor=minor, consents=frozenset(), **NO_ENTRY)


def take_name(state: State, _: Event) -> State:
    """Take the typed name."""
    return changed(state, person=_named(state.draft.person, state.draft.entry), **NO_ENTRY)


def take_guardian_number(state: State, _: Event) -> State:
    """Take the guardian's typed number."""
    return changed(state, guardian=_of_number(state.draft.entry), **NO_ENTRY)


def take_guardian_name(state: State, _: Event) -> State:
    """Take the guardian's typed name."""
    return changed(state, guardian=_named(state.draft.guardian, state.draft.entry), **NO_ENTRY)


def _of_number(entry: str) -> Person:
    number = read_id_number(entry, None)
    assert isinstance(number, IdNumber)
    return Person("", number.number, sex=number.sex, birth=number.birth.isoformat())


def _named(person: Person | None, entry: str) -> Person:
    assert person is not None
    return structs.replace(person, name=entry.strip())


def forget_person(state: State, _: Event) -> State:
    """Drop who was typed or shown, and what they agreed to."""
    return changed(
        state, person=None, minor=False, guardian=None, consents=frozenset(), answers=(), **NO_ENTRY,
    )  # fmt: skip


def forget_guardian(state: State, _: Event) -> State:
    """Drop the guardian."""
    consents = state.draft.consents - {"guardian"}
    return changed(state, guardian=None, consents=consents, **NO_ENTRY)
