"""A template with the villager's answers: to read, to print, to take along."""

from collections.abc import Iterator

from textual.containers import Horizontal
from textual.widget import Widget

from station.kiosk.content import filled
from station.kiosk.events import Printed, Signal
from station.kiosk.labels import PRINTED
from station.kiosk.screens.base import KioskScreen
from station.kiosk.state import State
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words
from station.kiosk.widgets.paged_text import PagedText


def filled_text(state: State) -> str:
    """Return the template's text with what was answered; nothing without a template."""
    draft = state.draft
    return "" if draft.template is None else filled(draft.template, dict(draft.answers))


class FilledScreen(KioskScreen):
    """The whole text, page by page, and what can be done with it."""

    def body(self) -> Iterator[Widget]:
        """Show the text and the choices."""
        say = self.scene.say
        yield Horizontal(words(say("filled.title"), classes="title"), words("", id="printed"), id="top")
        yield PagedText(
            say,
            filled_text(self.scene.state),
            Choice("1", say("filled.print"), Signal.PRINT, id="print", classes="primary"),
            Choice("2", say("filled.code"), Signal.SHOW_QR, id="code", classes="quiet"),
            Choice("3", say("filled.read"), Signal.READ, classes="quiet unsaid"),
            Choice("4", say("filled.redo"), Signal.REDO, classes="quiet"),
            Choice("5", say("filled.done"), Signal.FINISH, classes="quiet"),
            personal=True,
        )

    def live(self) -> None:
        """Say how printing goes, and offer it while there is a printer."""
        state = self.scene.state
        printer = state.devices.printer
        self.query_one("#print").display = printer
        self.query_one("#code").set_class(not printer, "primary").set_class(printer, "quiet")
        self.set_words("#printed", self.scene.say(PRINTED[state.draft.printed]) if state.draft.printed else "")
        self.query_one("#printed").set_class(state.draft.printed is Printed.DONE, "-received")
