"""Saved: the number, and where the visit is now."""

from collections.abc import Iterator

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from station.kiosk.events import Signal
from station.kiosk.labels import county_line
from station.kiosk.screens.base import KioskScreen
from station.kiosk.state import county_has_it
from station.kiosk.widgets.big_number import BigNumber
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words


class SavedScreen(KioskScreen):
    """Shows the number large; the line below it tells when the county has it."""

    def body(self) -> Iterator[Widget]:
        """Show number, whereabouts and the way to the rating."""
        say, number = self.scene.say, self.scene.state.draft.number
        yield words(say("saved.title"), classes="title")
        yield Vertical(
            words(say("saved.number", number=number), id="number"),
            BigNumber(number),
            words("", id="county"),
            words(say("saved.keep"), id="keep"),
            classes="sheet",
        )
        yield Horizontal(
            Choice("1", say("saved.rate"), Signal.TO_RATING, classes="primary"),
            Choice("2", say("saved.finish"), Signal.FINISH),
            classes="choices",
        )

    def live(self) -> None:
        """Say whether the county has it."""
        self.set_words("#county", county_line(self.scene.state, self.scene.say))
        self.query_one("#county").set_class(county_has_it(self.scene.state), "-received")
