"""What a step of the way changes (pure): each rule takes the state and the event, and returns the state changed.

Where the way leads is said in flow.py, not here.
"""

from typing import Any, Final

from station.kiosk.events import (
    Answered,
    AskTold,
    Choose,
    Event,
    NotSaved,
    Pick,
    PinTold,
    Printed,
    Rate,
    Refusal,
    Saved,
    StaffTold,
    Store,
    Tick,
    Ticked,
)
from station.kiosk.shelves import entries
from station.kiosk.state import NO_DRAFT, Draft, Over, State, Step

NO_ENTRY: Final[dict[str, Any]] = {"entry": "", "letters": "", "flaw": None}
"""Nothing is being entered: these parts of the draft belong together."""


def changed(state: State, **changes: object) -> State:
    """Return the state with these parts of its draft changed."""
    return state._replace(draft=state.draft._replace(**changes))  # type: ignore[arg-type]


def keep(state: State, _: Event) -> State:
    """Change nothing."""
    return state


def go_home(state: State, _: Event) -> State:
    """Drop the draft and everything personal with it."""
    return state._replace(
        draft=NO_DRAFT,
        language=state.home_language,
        voice=state.home_voice,
        large=False,
        over=None if state.over is Over.LEAVING else state.over,  # a call for help stays on the screen
        refusal=None,
        staff_call=0,
        staff_seq=None,
        pin=None,
        report=(),
    )


def tick(state: State, event: Event) -> State:
    """Tick, or untick."""
    assert isinstance(event, Tick)
    return changed(state, consents=state.draft.consents ^ {event.what})


def untick(state: State, _: Event) -> State:
    """Forget every tick."""
    return changed(state, consents=frozenset(), guardian=None)


def decline(state: State, _: Event) -> State:
    """Go on without a name; what was read off the card is dropped at once."""
    return state._replace(draft=Draft(visit=state.draft.visit, used=state.draft.used, minor=state.draft.minor))


def choose(state: State, event: Event) -> State:
    """Take the service, with an empty form."""
    assert isinstance(event, Choose)
    return changed(_without_form(state), service=event.service)


def look_at(state: State, event: Event) -> State:
    """Take the service as one that was looked at."""
    assert isinstance(event, Choose)
    return changed(_without_form(state), service=event.service, used=state.draft.used | {event.service})


def choose_advice(state: State, _: Event) -> State:
    """Take advice instead."""
    return changed(_without_form(state), service="legal_advice")


def look_at_advice(state: State, _: Event) -> State:
    """Take advice by telephone or video as looked at."""
    return changed(state, used=state.draft.used | {"legal_advice"})


def begin_call(state: State, event: Event) -> State:
    """Take a video call as looked at; who was registered is dropped: nobody sees who walks away from it."""
    state = look_at_advice(state, event)
    draft = state.draft
    return state._replace(draft=Draft(draft.visit, service="legal_advice", used=draft.used, minor=draft.minor))


def notice_only(state: State) -> frozenset[Ticked]:
    """Return what was ticked at the notice; what a form asks is asked of each form anew."""
    kept = {"identity", "guardian"} if state.draft.person is None else {"identity", "guardian", "contact"}
    return state.draft.consents & kept


def no_service(state: State, _: Event) -> State:
    """Forget the service and its form."""
    return changed(_without_form(state), service=None)


def _without_form(state: State) -> State:
    return changed(
        state, service=None, template=None, answers=(), **NO_ENTRY, shelf=None, opened=None,
        answered=None, cases=None, printed=None, consents=notice_only(state),
    )  # fmt: skip


def pick(state: State, event: Event) -> State:
    """Remember which entry of which list."""
    assert isinstance(event, Pick)
    return changed(state, opened=entries(state)[event.place], shelf=state.step)


def pick_template(state: State, event: Event) -> State:
    """Take the template, with an empty form."""
    assert isinstance(event, Pick)
    templates = state.library.templates
    assert templates is not None
    return changed(state, template=templates.templates[event.place], answers=(), **NO_ENTRY)


def no_template(state: State, _: Event) -> State:
    """Put the template back."""
    return changed(state, template=None, answers=(), **NO_ENTRY)


# What disk, county and printer answer.


def saved(state: State, event: Event) -> State:
    """Keep the number, and who it is for another matter; the form is sealed and on the disk."""
    assert isinstance(event, Saved)
    service = state.draft.service
    state = _without_form(state._replace(refusal=None))
    return changed(state, service=service, seq=event.seq, number=event.number, grade=0)


def refuse(state: State, event: Event) -> State:
    """Say why nothing was saved. A form stays for another try, or for the disk's late answer, until time is up."""
    why = event.why if isinstance(event, NotSaved) else Refusal.SLOW
    store = {Refusal.FULL: Store.FULL, Refusal.DISK: Store.FAILED, Refusal.SLOW: Store.SILENT}.get(why, state.store)
    graded = state.step is Step.SAVING_GRADE and why is not Refusal.NUMBER
    draft = NO_DRAFT if state.step is Step.SAVING_GRADE else state.draft
    return state._replace(refusal=Refusal.GRADE if graded else why, store=store, draft=draft)


def grade(state: State, event: Event) -> State:
    """Take the grade."""
    assert isinstance(event, Rate)
    return changed(state, grade=event.grade)


def take_visit_number(state: State, _: Event) -> State:
    """Take the number of an earlier visit, to rate it."""
    digits = state.draft.entry
    return changed(state, number=f"{digits[:2]}-{digits[2:-1]}-{digits[-1]}", seq=0, entry="", flaw=None)


def number_unknown(state: State, _: Event) -> State:
    """Say that the number is not of a visit at this kiosk."""
    return changed(state, number="", entry="", flaw="flaw.number_unknown")


def end_visit(state: State, _: Event) -> State:
    """Drop everything personal."""
    return state._replace(draft=NO_DRAFT)


def ask(state: State, _: Event) -> State:
    """Forget an earlier answer."""
    return changed(
        state, service="progress", answered=None, cases=None, opened=None, used=state.draft.used | {"progress"}
    )


def answered(state: State, event: Event) -> State:
    """Take what the county answered."""
    assert isinstance(event, AskTold)
    return changed(state, answered=event.answered, cases=event.cases)


def not_answered(state: State, _: Event) -> State:
    """Say that no answer came."""
    return changed(state, answered=Answered.LATE if state.hub_online else Answered.OFFLINE, cases=None)


def printing(state: State, _: Event) -> State:
    """Say that it is being printed."""
    return changed(state, printed=Printed.WAITING, sheet=state.draft.sheet + 1)


def pin_told(state: State, event: Event) -> State:
    """Say what became of the PIN."""
    assert isinstance(event, PinTold)
    return changed(state._replace(pin=event.pin), entry="")


def pin_asked(state: State, _: Event) -> State:
    """Forget an earlier answer to a PIN."""
    return changed(state, flaw=None)._replace(pin=None)


def report(state: State, event: Event) -> State:
    """Show what staff asked for."""
    assert isinstance(event, StaffTold)
    return state._replace(report=event.lines)


def trouble_over(state: State, _: Event) -> State:
    """Speak of an unreadable card no longer."""
    return state._replace(trouble=None)
