"""What the lists of the kiosk hold (pure)."""

from collections.abc import Sequence

from station.kiosk.state import State, Step
from wire.content import Article, Articles


def entries(state: State) -> Sequence[object]:
    """Return what the list of this step holds, in the county's order: places are counted in it."""
    library = state.library
    match state.step:
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
    return _articles(articles.get(state.step))


def _articles(held: Articles | None) -> Sequence[Article]:
    return () if held is None else held.articles
