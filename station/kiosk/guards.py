"""When a way is open (pure): each guard takes the state and the event, and says yes or no."""

from collections.abc import Callable

from station.id_number import IdNumber, read_id_number
from station.kiosk.ages import years_old
from station.kiosk.events import (
    AskTold,
    CardRead,
    CardSeen,
    Event,
    GradeSaved,
    NotSaved,
    Option,
    Pick,
    Pin,
    PinTold,
    Refusal,
    Saved,
    Store,
)
from station.kiosk.forms import flaw_of, next_field
from station.kiosk.record import who_came
from station.kiosk.shelves import entries
from station.kiosk.state import (
    NEEDS_NAME,
    State,
    Step,
    card_trouble,
    field_now,
    form,
    guarded,
    may_agree,
    may_confirm,
    registered,
)
from wire.records import Service

Guard = Callable[[State, Event], bool]
GUARDIAN_FROM_YEARS = 18


def always(_state: State, _event: Event) -> bool:
    """Hold always."""
    return True


def every(*guards: Guard) -> Guard:
    """Return the guard that holds when all of `guards` do."""

    def guard(state: State, event: Event) -> bool:
        return all(one(state, event) for one in guards)

    guard.__name__ = ", ".join(one.__name__ for one in guards)
    return guard


def wants(service: Service | None) -> Guard:
    """Return the guard that holds when `service` was chosen; None is no service yet."""

    def guard(state: State, _event: Event) -> bool:
        return state.draft.service == service

    guard.__name__ = f"wants {service}" if service else "no service yet"
    return guard


def shelf_is(step: Step) -> Guard:
    """Return the guard that holds when the text was opened from the list `step`."""

    def guard(state: State, _event: Event) -> bool:
        return state.draft.shelf is step

    guard.__name__ = f"from {step.name.lower()}"
    return guard


def ready(state: State, _event: Event) -> bool:
    """Hold when a visit begun now could be saved."""
    return state.store is Store.READY


def not_ready(state: State, _event: Event) -> bool:
    """Hold when nothing could be saved."""
    return state.store is not Store.READY


def speaks_of_card(state: State, _event: Event) -> bool:
    """Hold while an unreadable card is spoken of."""
    return card_trouble(state)


def service_chosen(state: State, _event: Event) -> bool:
    """Hold when it is known what the villager wants."""
    return state.draft.service is not None


def has_person(state: State, _event: Event) -> bool:
    """Hold when somebody was read or typed."""
    return state.draft.person is not None


def is_named(state: State, _event: Event) -> bool:
    """Hold when the visit will carry a name."""
    return registered(state.draft)


def has_camera(state: State, _event: Event) -> bool:
    """Hold when a camera can read a card."""
    return state.devices.camera


def has_printer(state: State, _event: Event) -> bool:
    """Hold when a printer takes jobs."""
    return state.devices.printer


def has_video(state: State, _event: Event) -> bool:
    """Hold when the county takes video calls and this machine can make them."""
    return state.devices.video and state.library.hotline is not None and state.library.hotline.video


def agreed(state: State, _event: Event) -> bool:
    """Hold when the ticks of the notice suffice."""
    return may_agree(state.draft)


def guardian_missing(state: State, _event: Event) -> bool:
    """Hold when a child agreed and nobody did for it yet."""
    return may_agree(state.draft) and state.draft.minor and not guarded(state.draft)


def guardian_agreed(state: State, _event: Event) -> bool:
    """Hold when the guardian ticked."""
    return guarded(state.draft)


def has_guardian(state: State, _event: Event) -> bool:
    """Hold when a guardian was read or typed."""
    return state.draft.guardian is not None


def can_be_guardian(state: State, event: Event) -> bool:
    """Hold when the card, or the typed number, is of another person, and grown up."""
    child = state.draft.person
    if isinstance(event, CardRead):
        number, birth = event.person.id_number, event.person.birth
    else:
        read = read_id_number(state.draft.entry, state.today)
        if not isinstance(read, IdNumber):
            return True  # what is wrong with the number is said elsewhere
        number, birth = read.number, read.birth.isoformat()
    if child is not None and child.id_number == number:
        return False
    years = None if state.today is None else years_old(birth, state.today)
    return years is None or years >= GUARDIAN_FROM_YEARS


def card_proves(state: State, _event: Event) -> bool:
    """Hold while the identity card lies there, and its holder agreed: nothing less shows a person's matters."""
    person = state.draft.person
    proven = person is not None and person.verified and bool(person.id_number)
    return proven and state.card_there and registered(state.draft)


def same_person(state: State, event: Event) -> bool:
    """Hold when the card is that of the person whose visit it is."""
    person = state.draft.person
    return isinstance(event, CardRead) and person is not None and person.id_number == event.person.id_number


def was_typed(state: State, _event: Event) -> bool:
    """Hold when the person's number was typed."""
    return who_came(state.draft.person) == "typed"


def may_try_again(state: State, _event: Event) -> bool:
    """Hold when a form was refused by the disk and is still there. What a silent disk still writes is no new try."""
    return bool(state.draft.answers) and state.refusal in {Refusal.DISK, Refusal.FULL}


def online(state: State, _event: Event) -> bool:
    """Hold when the county answers."""
    return state.hub_online


def found_card(state: State, event: Event) -> bool:
    """Hold when a 便民服务卡 was read for this visit."""
    return isinstance(event, CardSeen) and event.visit == state.draft.visit and event.number is not None


def of_this_visit(state: State, event: Event) -> bool:
    """Hold when the word is of this visit, and not a late one of an earlier."""
    told = (Saved, GradeSaved, NotSaved, AskTold, CardSeen, PinTold)
    return isinstance(event, told) and event.visit == state.draft.visit


def number_unknown(state: State, event: Event) -> bool:
    """Hold when the rated number is not of this kiosk."""
    return of_this_visit(state, event) and isinstance(event, NotSaved) and event.why is Refusal.NUMBER


def entry_good(state: State, _event: Event) -> bool:
    """Hold when what was entered will do, and no letter waits for its sign."""
    field = field_now(state)
    return field is not None and not state.draft.letters and flaw_of(field, state.draft.entry, state.today) is None


def entry_bad(state: State, event: Event) -> bool:
    """Hold when it will not."""
    return not entry_good(state, event)


def several(state: State, _event: Event) -> bool:
    """Hold when more than one option may be chosen."""
    field = field_now(state)
    return field is not None and field.kind == "several"


def one_choice(state: State, event: Event) -> bool:
    """Hold when the option is one of the question's."""
    field = field_now(state)
    return field is not None and isinstance(event, Option) and event.option in dict(field.options)


def may_skip(state: State, _event: Event) -> bool:
    """Hold when the question may be left out."""
    field = field_now(state)
    return field is not None and field.optional


def last_one(state: State, event: Event) -> bool:
    """Hold when no question comes after this answer."""
    field = field_now(state)
    answer = event.option if isinstance(event, Option) else state.draft.entry
    return field is not None and next_field(form(state), (*state.draft.answers, (field.id, answer))) is None


def asked_before(state: State, _event: Event) -> bool:
    """Hold when there is an earlier question."""
    return bool(state.draft.answers)


def fills_template(state: State, _event: Event) -> bool:
    """Hold when a template is filled in, not a form of ours."""
    return state.draft.template is not None


def all_ticked(state: State, _event: Event) -> bool:
    """Hold when everything that must be ticked is."""
    return may_confirm(state.draft)


def may_save(state: State, event: Event) -> bool:
    """Hold when everything is ticked and the name is there that the service needs.

    The county's new words take away what was agreed to at the notice, too.
    """
    return all_ticked(state, event) and (state.draft.service not in NEEDS_NAME or registered(state.draft))


def form_filled(state: State, _event: Event) -> bool:
    """Hold when the form is filled in, and was to be agreed to anew."""
    return bool(state.draft.answers) and next_field(form(state), state.draft.answers) is None


def is_there(state: State, event: Event) -> bool:
    """Hold when the list still has this entry."""
    return isinstance(event, Pick) and 0 <= event.place < len(entries(state))


def saved_here(state: State, _event: Event) -> bool:
    """Hold when this villager's visit was saved just now."""
    return state.draft.seq > 0


def pin_right(state: State, event: Event) -> bool:
    """Hold when the PIN is right."""
    return of_this_visit(state, event) and isinstance(event, PinTold) and event.pin is Pin.RIGHT
