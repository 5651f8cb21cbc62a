"""The end: thanks, and the card."""

from collections.abc import Iterator

from textual.widget import Widget

from station.kiosk.events import Signal
from station.kiosk.screens.base import KioskScreen
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words


class ThanksScreen(KioskScreen):
    """Goes by itself after a few seconds."""

    def body(self) -> Iterator[Widget]:
        """Thank, and say that nothing stays."""
        say = self.scene.say
        yield words(say("thanks.title"), classes="title")
        yield words(say("thanks.text"), id="text")
        yield words("", id="take-card")
        yield Choice("1", say("thanks.finish"), Signal.FINISH)

    def live(self) -> None:
        """Ask for the card to be taken while it lies there."""
        state, say = self.scene.state, self.scene.say
        self.set_words("#take-card", say("thanks.take_card") if state.card_there else "")
