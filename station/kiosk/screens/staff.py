"""The page for staff: how everything is, what went wrong last, and trying devices out. Nothing of any person."""

from collections.abc import Iterator

from textual.widget import Widget

from station.kiosk.events import TryDevice
from station.kiosk.screens.base import KioskScreen
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words
from station.kiosk.widgets.paged_text import PagedText


class StaffScreen(KioskScreen):
    """The report, page by page, and four tests."""

    def body(self) -> Iterator[Widget]:
        """Show the report and the tests."""
        say = self.scene.say
        yield words("", id="card")
        yield PagedText(
            say,
            self._text(),
            Choice("1", say("staff.try.reader"), TryDevice("reader"), classes="quiet"),
            Choice("2", say("staff.try.camera"), TryDevice("camera"), classes="quiet"),
            Choice("3", say("staff.try.sound"), TryDevice("sound"), classes="quiet"),
            Choice("4", say("staff.try.printer"), TryDevice("printer"), classes="quiet"),
        )

    def live(self) -> None:
        """Show what the machine has told since, and whether a card is being read."""
        state, say = self.scene.state, self.scene.say
        self.set_words("#card", f"(+) {say('staff.card')}" if state.card_there else f"( ) {say('staff.no_card')}")
        self.query_one(PagedText).show(self._text())

    def _text(self) -> str:
        say = self.scene.say
        lines = self.scene.state.report or (("staff.looking", "", ""),)
        # What the machine tells is ids of texts, or figures and codes that stand for themselves.
        told = (tuple(say(word) if word in say.ids else word for word in line) for line in lines)
        return "\n".join(" ".join(word for word in line if word) for line in told)
