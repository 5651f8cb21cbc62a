"""The county's lists, one screen for all of them, and the page a text is read on."""

from collections.abc import Iterator
from typing import ClassVar, Final

from textual.widget import Widget

from station.kiosk import content
from station.kiosk.events import Pick, Signal
from station.kiosk.labels import SERVICES
from station.kiosk.screens.base import KioskScreen
from station.kiosk.shelves import entries
from station.kiosk.state import State, Step
from station.kiosk.texts import Texts
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words
from station.kiosk.widgets.paged_list import Entry, PagedList
from station.kiosk.widgets.paged_text import PagedText
from wire.content import Article, Disclosed, Notice, Template

TITLES: Final[dict[Step, str]] = {
    Step.TEMPLATES: SERVICES["document"],
    Step.LEARNING: SERVICES["learning"],
    Step.NOTARY: SERVICES["notary_guide"],
    Step.FORENSIC: SERVICES["forensic_guide"],
    Step.DISCLOSURE: SERVICES["disclosure"],
    Step.NOTICES: "notices.title",
}


class ListScreen(KioskScreen):
    """Shows the list of its step; a choice tells the entry's place in the county's order."""

    EMPTY: ClassVar = "list.empty"

    def body(self) -> Iterator[Widget]:
        """Show the entries, or that the county has sent nothing yet."""
        say = self.scene.say
        yield words(say(TITLES[self.scene.state.step]), classes="title")
        yield words(say(self.EMPTY), id="empty")
        yield PagedList(say, [])

    def live(self) -> None:
        """Show what the library holds now."""
        found = list_entries(self.scene.state, self.scene.say)
        self.query_one(PagedList).show(found)
        self.query_one(PagedList).display = bool(found)
        self.query_one("#empty").display = not found


def list_entries(state: State, say: Texts) -> list[Entry]:
    """Return what the list of this step shows, in the order shown."""
    day = state.today.isoformat() if state.today is not None else None
    held = list(enumerate(entries(state)))
    if state.step is Step.NOTICES:
        held = [(place, one) for place, one in held if isinstance(one, Notice) and content.current(one, day)]
    if state.step is Step.DISCLOSURE:
        held.sort(key=lambda each: _disclosed_order(each[1], day))
    return [Entry(_title(one, state), _note(one, state, say), Pick(place)) for place, one in held]


def _disclosed_order(one: object, day: str | None) -> tuple[int, str]:
    """Overdue first, the longest overdue before others; then the newest published; then what comes due next."""
    assert isinstance(one, Disclosed)
    if content.overdue(one, day):
        return 0, one.due
    if one.published is not None:
        return 1, "".join(chr(ord("9") - int(digit)) for digit in one.published if digit.isdigit())
    return 2, one.due


def _title(one: object, state: State) -> str:
    assert isinstance(one, Article | Disclosed | Notice | Template)
    return content.words(one.title, state.language)


def _note(one: object, state: State, say: Texts) -> str:
    if isinstance(one, Disclosed):
        return disclosed_line(one, state, say)
    if isinstance(one, Article) and one.topic is not None:
        return content.words(one.topic, state.language)
    return ""


def disclosed_line(one: Disclosed, state: State, say: Texts) -> str:
    """Return as sign and word whether it was published, is due, or is overdue."""
    if one.published is not None:
        return f"(+) {say('disclosed.published', day=one.published)}"
    day = state.today.isoformat() if state.today is not None else None
    if content.overdue(one, day):
        return f"(!) {say('disclosed.overdue', day=one.due)}"
    return f"( ) {say('disclosed.due', day=one.due)}"


class ArticleScreen(KioskScreen):
    """A text of the county, page by page."""

    def body(self) -> Iterator[Widget]:
        """Show the text under its list's name."""
        say, state = self.scene.say, self.scene.state
        yield words(say(TITLES[state.draft.shelf or Step.NOTICES]), classes="title")
        yield PagedText(say, self._text(), Choice("1", say("article.read"), Signal.READ, classes="quiet unsaid"))

    def _text(self) -> str:
        say, state = self.scene.say, self.scene.state
        one = state.draft.opened
        if not isinstance(one, Article | Notice | Disclosed):
            return say("article.gone")
        text = content.words(one.text, state.language) if one.text is not None else say("disclosed.no_text")
        lines = [content.words(one.title, state.language)]
        if isinstance(one, Disclosed):
            lines.append(disclosed_line(one, state, say))
        return "\n".join((*lines, "", text))
