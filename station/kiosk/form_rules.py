"""What entering and answering changes (pure); rules as in rules.py."""

from station.kiosk.events import Event, Letter, Option, Sign, Take
from station.kiosk.forms import MOST_SIGNS, flaw_of, with_option
from station.kiosk.rules import NO_ENTRY, changed, notice_only
from station.kiosk.state import State, field_now


def clear_entry(state: State, _: Event) -> State:
    """Begin an entry."""
    return changed(state, **NO_ENTRY)


def add_sign(state: State, event: Event) -> State:
    """Put a sign or phrase in; past the longest entry nothing more."""
    assert isinstance(event, Sign | Take)
    field = field_now(state)
    most = MOST_SIGNS.get(field.kind, 0) if field is not None else 0
    letters = state.draft.letters[event.letters :] if isinstance(event, Take) else state.draft.letters
    entry = state.draft.entry + event.text
    return changed(state, entry=entry if len(entry) <= most else state.draft.entry, letters=letters, flaw=None)


MOST_LETTERS = 30


def add_letter(state: State, event: Event) -> State:
    """Put a pinyin letter beside the others."""
    assert isinstance(event, Letter)
    return changed(state, letters=(state.draft.letters + event.letter)[:MOST_LETTERS], flaw=None)


def erase(state: State, _: Event) -> State:
    """Take back a letter, or else the last sign."""
    if state.draft.letters:
        return changed(state, letters=state.draft.letters[:-1], flaw=None)
    return changed(state, entry=state.draft.entry[:-1], flaw=None)


def toggle_option(state: State, event: Event) -> State:
    """Put an option of several in, or take it out."""
    assert isinstance(event, Option)
    return changed(state, entry=with_option(state.draft.entry, event.option), flaw=None)


def answer_option(state: State, event: Event) -> State:
    """Answer the question with one option."""
    assert isinstance(event, Option)
    return _answer(state, event.option)


def answer_entry(state: State, _: Event) -> State:
    """Answer the question with what was entered."""
    return _answer(state, state.draft.entry.strip())


def answer_nothing(state: State, _: Event) -> State:
    """Leave the question out."""
    return _answer(state, "")


def _answer(state: State, answer: str) -> State:
    field = field_now(state)
    assert field is not None
    return changed(state, answers=(*state.draft.answers, (field.id, answer)), **NO_ENTRY)


def last_question(state: State, _: Event) -> State:
    """Take the last answer back into the entry."""
    *earlier, (_field, answer) = state.draft.answers
    return changed(
        state, answers=tuple(earlier), entry=answer, letters="", flaw=None, printed=None, consents=notice_only(state)
    )


def empty_form(state: State, _: Event) -> State:
    """Begin the form anew."""
    return changed(state, answers=(), **NO_ENTRY, consents=notice_only(state), printed=None)


def say_flaw(state: State, _: Event) -> State:
    """Say why the entry will not do."""
    field = field_now(state)
    if state.draft.letters:
        return changed(state, flaw="flaw.letters")
    return state if field is None else changed(state, flaw=flaw_of(field, state.draft.entry, state.today))
