"""What the lists of the kiosk hold (pure)."""

from collections.abc import Sequence

from station.kiosk.state import State, Step
from wire.content import Article, Articles


def entries(state: State) -> Sequence[object]:
    """Return what the list of this step holds, in the county's order: places are counted in it."""
    return _of(state, state.step)


def opened(state: State) -> object | None:
    """Return the entry that was opened from a list; None when the county has since taken it away."""
    shelf = {Step.PERSON: Step.PEOPLE, Step.CASE: Step.CASES}.get(state.step, state.draft.shelf)
    held = () if shelf is None else _of(state, shelf)
    return held[state.draft.place] if state.draft.place < len(held) else None


def _of(state: State, step: Step) -> Sequence[object]:
    library = state.library
    match step:
        case Step.PEOPLE if library.roster is not None:
            return library.roster.people
        case Step.TEMPLATES if library.templates is not None:
            return library.templates.templates
        case Step.DISCLOSURE if library.disclosure is not None:
            return library.disclosure.items
        case Step.NOTICES if library.notices is not None:
            return library.notices.notices
        case Step.CASES if state.draft.cases is not None:
            return state.draft.cases.cases
    articles = {
        Step.LEARNING: library.learning,
        Step.NOTARY: library.notary_guide,
        Step.FORENSIC: library.forensic_guide,
    }
    return _articles(articles.get(step))


def _articles(held: Articles | None) -> Sequence[Article]:
    return () if held is None else held.articles
