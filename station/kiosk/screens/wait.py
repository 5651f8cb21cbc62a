"""Waiting for a villager: a card, or no card."""

from collections.abc import Iterator

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from station.kiosk.events import Signal
from station.kiosk.labels import reader_line
from station.kiosk.screens.base import KioskScreen
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words


class WaitScreen(KioskScreen):
    """Asks for the card; without one the way is as open."""

    BACK = False

    def body(self) -> Iterator[Widget]:
        """Show the card to place, and the way without."""
        say = self.scene.say
        ask = Vertical(words("", id="ask", classes="title"), words("", id="how"), words("", id="trouble"), id="asking")
        if self.scene.has_reader:
            yield Horizontal(words(say("wait.card"), id="card"), ask, id="place")
        else:
            yield Horizontal(ask, id="place")
        yield Choice("1", say("wait.without_card"), Signal.WITHOUT_CARD, note=say("wait.without_card.note"))

    def live(self) -> None:
        """Say what the reader wants now."""
        say, state = self.scene.say, self.scene.state
        if not self.scene.has_reader:
            title, how = "wait.no_reader", "wait.no_reader.how"
        elif state.card_there:
            title, how = "wait.card_left", "wait.card_left.how"
        else:
            title, how = "wait.title", "wait.how"
        trouble = reader_line(state, say)
        self.set_words("#ask", say(title))
        self.set_words("#how", "" if trouble else say(how))
        self.set_words("#trouble", trouble)
