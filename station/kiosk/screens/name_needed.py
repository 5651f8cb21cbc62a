"""Mediation and legal aid need a name: says so and asks for the card."""

from collections.abc import Iterator

from textual.containers import Vertical
from textual.widget import Widget

from station.kiosk.events import Signal
from station.kiosk.labels import SERVICES, reader_line
from station.kiosk.screens.base import KioskScreen
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words


class NameNeededScreen(KioskScreen):
    """Asks for the card, or offers what can be had without."""

    def body(self) -> Iterator[Widget]:
        """Show why, what to do, and the other way."""
        say, service = self.scene.say, self.scene.state.draft.service
        named = say(SERVICES[service]) if service is not None else ""
        yield words(say("name_needed.title"), classes="title")
        yield Vertical(
            words(say("name_needed.text", service=named)),
            words("", id="ask"),
            words("", id="trouble"),
            classes="sheet",
        )
        yield Choice("1", say("name_needed.advice"), Signal.ADVICE, note=say("name_needed.advice.note"))

    def live(self) -> None:
        """Say what to do with the card."""
        say, state = self.scene.say, self.scene.state
        if not self.scene.has_reader:
            ask = "name_needed.no_reader"
        elif state.card_there:
            ask = "name_needed.lift_first"
        else:
            ask = "name_needed.place_card"
        trouble = reader_line(state, say)
        self.set_words("#ask", "" if trouble else say(ask))
        self.set_words("#trouble", trouble)
