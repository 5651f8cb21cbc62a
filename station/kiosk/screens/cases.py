"""办事进度: what the county answers about the matters of the card's holder."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from textual.widget import Widget

from station.clock import CHINA
from station.kiosk.events import Answered, Pick, Signal
from station.kiosk.labels import case_service, case_state
from station.kiosk.screens.base import KioskScreen
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words
from station.kiosk.widgets.moving import Moving
from station.kiosk.widgets.paged_list import Entry, PagedList
from station.kiosk.widgets.paged_text import PagedText
from wire.asking import Case

READ_KEY: Final = "7"
NO_ANSWER: Final = {
    Answered.NONE: ("cases.none", "cases.none.text"),
    Answered.OFFLINE: ("cases.offline", "cases.offline.text"),
    Answered.LATE: ("cases.late", "cases.late.text"),
    Answered.REFUSED: ("cases.refused", "cases.refused.text"),
}


def day_of(at_ms: int) -> str:
    """Return China's day of a moment."""
    return datetime.fromtimestamp(at_ms / 1000, CHINA).strftime("%Y-%m-%d")


class AskingScreen(KioskScreen):
    """The county is asked; nobody has to wait for it."""

    def body(self) -> Iterator[Widget]:
        """Show that it is being asked."""
        say = self.scene.say
        yield words(say("asking.title"), classes="title")
        yield Moving()
        yield words(say("asking.text"), id="text")


class CasesScreen(KioskScreen):
    """The matters, or why none are shown."""

    def body(self) -> Iterator[Widget]:
        """Show the list, or the reason and another try."""
        say, draft = self.scene.say, self.scene.state.draft
        if draft.answered is Answered.FOUND and draft.cases is not None and draft.cases.cases:
            yield words(self._found_title(draft.cases.more), classes="title")
            read = Choice(READ_KEY, say("read.personal"), Signal.READ, classes="quiet unsaid")
            yield PagedList(say, self._entries(draft.cases.cases), personal=True, extra=read)
            return
        title, text = NO_ANSWER.get(draft.answered or Answered.LATE, NO_ANSWER[Answered.NONE])
        yield words(say(title), classes="title")
        again = Choice("1", say("cases.again"), Signal.NEXT, id="again", classes="primary")
        yield PagedText(say, say(text), again)
        yield words("", id="waiting")

    def live(self) -> None:
        """Say what waits here, and offer another try while the county answers."""
        state, say = self.scene.state, self.scene.say
        if not self.query("#again"):
            return
        self.query_one("#again").display = state.hub_online
        self.query_one(PagedText).lay_out()
        offline = state.draft.answered is Answered.OFFLINE
        self.set_words("#waiting", say("cases.waiting", count=state.waiting) if offline else "")

    def _found_title(self, more: int) -> str:
        say = self.scene.say
        return say("cases.more", count=more) if more else say("cases.title")

    def _entries(self, cases: list[Case]) -> list[Entry]:
        say = self.scene.say
        return [
            Entry(
                case_service(one.service, say),
                f"{case_state(one.steps[-1].state, say)} {one.number}" if one.steps else one.number,
                Pick(place),
            )
            for place, one in enumerate(cases)
        ]


class CaseScreen(KioskScreen):
    """One matter with all its steps, the newest first."""

    def body(self) -> Iterator[Widget]:
        """Show the steps."""
        say, case = self.scene.say, self.scene.state.draft.opened
        yield words(say("case.title"), classes="title")
        text = "\n".join(self._lines(case)) if isinstance(case, Case) else say("case.gone")
        read = Choice("1", say("read.personal"), Signal.READ, classes="quiet unsaid")
        yield PagedText(say, text, read, personal=True)

    def _lines(self, case: Case) -> Iterator[str]:
        say = self.scene.say
        yield case_service(case.service, say)
        yield say("case.number", number=case.number, day=day_of(case.at_ms))
        for step in reversed(case.steps):
            yield say("case.step", day=day_of(step.at_ms), state=case_state(step.state, say))
            if step.note:
                yield step.note
