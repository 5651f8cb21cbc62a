"""Somebody was read or typed: asks whether it is you."""

from collections.abc import Iterator

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from station.kiosk.events import Signal
from station.kiosk.screens.base import KioskScreen
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words
from wire.person import mask


class IdentityScreen(KioskScreen):
    """Shows the name and the masked number, nothing else of the card; and whether a card proved them."""

    def body(self) -> Iterator[Widget]:
        """Show who, and the two answers."""
        say = self.scene.say
        yield words(say("identity.title"), classes="title")
        yield Vertical(
            Horizontal(words(say("identity.name"), classes="field"), words("", id="name", classes="value personal")),
            Horizontal(words("", id="what", classes="field"), words("", id="number", classes="value personal")),
            words("", id="proved"),
            classes="sheet",
        )
        yield Horizontal(
            Choice("1", say("identity.yes"), Signal.ITS_ME, classes="primary"),
            Choice("2", say("identity.no"), Signal.BACK),
            classes="choices",
        )

    def live(self) -> None:
        """Show the person of the draft: another card may have been placed."""
        say, person = self.scene.say, self.scene.state.draft.person
        if person is None:
            return
        self.set_words("#name", person.name or say("identity.no_name"))
        self.set_words("#what", say("identity.service_card" if person.service_card else "identity.number"))
        self.set_words("#number", mask(person).id_number)
        self.set_words("#proved", say("identity.take_card" if person.verified else "identity.unverified"))
        self.set_class(not person.verified, "-unverified")
