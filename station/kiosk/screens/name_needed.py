"""What needs a name, or a card: says so, and asks for it."""

from collections.abc import Iterator
from typing import ClassVar

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from station.kiosk.events import Signal
from station.kiosk.labels import SERVICES, reader_line
from station.kiosk.screens.base import KioskScreen
from station.kiosk.state import card_trouble
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words


class _NeededScreen(KioskScreen):
    """Why, and what to do with the card."""

    NO_READER: ClassVar[str]
    PLACE: ClassVar[str]

    def why(self) -> Iterator[Widget]:
        """Yield why."""
        raise NotImplementedError

    def body(self) -> Iterator[Widget]:
        """Show why, and what to do."""
        yield from self.why()

    def live(self) -> None:
        """Say what to do with the card."""
        say, state = self.scene.say, self.scene.state
        if not self.scene.has_reader:
            ask = self.NO_READER
        elif state.card_there:
            ask = "name_needed.lift_first"
        else:
            ask = self.PLACE
        trouble = self.trouble()
        self.set_words("#ask", "" if trouble else say(ask))
        self.set_words("#trouble", trouble)

    def trouble(self) -> str:
        """Return what the reader's trouble means here."""
        return reader_line(self.scene.state, self.scene.say)


class NameNeededScreen(_NeededScreen):
    """Mediation and legal aid are for a named person; advice is not."""

    NO_READER = "name_needed.no_reader"
    PLACE = "name_needed.place_card"

    def why(self) -> Iterator[Widget]:
        """Show why, the other ways to give a name, and what can be had without."""
        say, state = self.scene.say, self.scene.state
        named = say(SERVICES[state.draft.service]) if state.draft.service is not None else ""
        yield words(say("name_needed.title"), classes="title")
        yield Vertical(
            words(say("name_needed.text", service=named)), words("", id="ask"), words("", id="trouble"), classes="sheet"
        )
        yield Horizontal(
            Choice("1", say("wait.type_number"), Signal.TYPE_NUMBER, classes="primary"),
            Choice("2", say("name_needed.advice"), Signal.ADVICE, note=say("name_needed.advice.note")),
            Choice("3", say("wait.service_card"), Signal.SHOW_CARD, id="show-card"),
            classes="choices",
        )

    def live(self) -> None:
        """Offer the camera where there is one."""
        super().live()
        self.query_one("#show-card").display = self.scene.state.devices.camera


class CardNeededScreen(_NeededScreen):
    """How a person's matters stand is shown only to the card itself."""

    NO_READER = "card_needed.no_reader"
    PLACE = "card_needed.place_card"

    def why(self) -> Iterator[Widget]:
        """Show why."""
        say = self.scene.say
        yield words(say("card_needed.title"), classes="title")
        yield Vertical(words(say("card_needed.text")), words("", id="ask"), words("", id="trouble"), classes="sheet")

    def trouble(self) -> str:
        """Return what a faulty reader means here: there is no other way than the telephone."""
        say, state = self.scene.say, self.scene.state
        if state.trouble is None or card_trouble(state):
            return super().trouble()
        return f"{say(self.NO_READER)} ({state.trouble.value})"
