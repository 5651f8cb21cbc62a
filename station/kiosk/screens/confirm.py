"""The last look before anything is written."""

from collections.abc import Iterator

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from station.kiosk.events import Signal
from station.kiosk.labels import SERVICES
from station.kiosk.screens.base import KioskScreen
from station.kiosk.state import registered
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words
from wire.person import mask


class ConfirmScreen(KioskScreen):
    """Says what will be saved, and under which name."""

    def body(self) -> Iterator[Widget]:
        """Show service, name and what was agreed to."""
        say, draft = self.scene.say, self.scene.state.draft
        lines = [(say("confirm.service"), say(SERVICES[draft.service]) if draft.service is not None else "")]
        if draft.person is not None and registered(draft):
            contact = "confirm.contact.yes" if "contact" in draft.consents else "confirm.contact.no"
            shown = mask(draft.person)
            lines += [(say("confirm.who"), f"{shown.name}  {shown.id_number}"), (say("confirm.contact"), say(contact))]
        else:
            lines += [(say("confirm.who"), say("confirm.anonymous"))]
        yield words(say("confirm.title"), classes="title")
        yield Vertical(
            *(Horizontal(words(field, classes="field"), words(value, classes="value")) for field, value in lines),
            classes="sheet",
        )
        yield Horizontal(
            Choice("1", say("confirm.yes"), Signal.CONFIRM, classes="primary"),
            Choice("2", say("confirm.no"), Signal.BACK),
            classes="choices",
        )
