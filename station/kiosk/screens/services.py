"""The menu, and what is behind its sixth key."""

from collections.abc import Iterator
from typing import Final

from textual.containers import Grid, Horizontal
from textual.widget import Widget

from station.kiosk.events import Choose, Signal
from station.kiosk.labels import SERVICE_NOTES, SERVICES
from station.kiosk.screens.base import KioskScreen
from station.kiosk.state import registered
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words
from wire.person import mask
from wire.records import Service

MENU: Final[tuple[Service, ...]] = ("legal_advice", "mediation", "legal_aid", "find_person", "progress")
OTHERS: Final[tuple[Service, ...]] = ("document", "learning", "notary_guide", "forensic_guide", "disclosure")


class ServicesScreen(KioskScreen):
    """Six things to come for, and the end."""

    def body(self) -> Iterator[Widget]:
        """Show the six, under which name, and the end apart from them."""
        say = self.scene.say
        yield Horizontal(words(say("services.title"), classes="title"), self._who(), id="top")
        more = Choice(str(len(MENU) + 1), say("services.other"), Signal.OTHER_SERVICES, note=say("services.other.note"))
        end = Choice(str(len(MENU) + 2), say("services.finish"), Signal.FINISH, id="finish", classes="quiet")
        tiles = Grid(*(_tile(self, key, service) for key, service in enumerate(MENU, 1)), more, id="menu")
        yield Horizontal(tiles, end, id="choices")

    def _who(self) -> Widget:
        say, draft = self.scene.say, self.scene.state.draft
        if draft.person is None or not registered(draft):
            return words(say("services.anonymous"), id="who")
        shown = mask(draft.person)
        name = shown.name if draft.person.name else shown.id_number
        return words(say("services.named", name=name), id="who", classes="personal")


class OtherServicesScreen(KioskScreen):
    """Six more."""

    def body(self) -> Iterator[Widget]:
        """Show the six."""
        say = self.scene.say
        yield words(say("other.title"), classes="title")
        rate = Choice(str(len(OTHERS) + 1), say("other.rate"), Signal.RATE, note=say("other.rate.note"))
        yield Grid(*(_tile(self, key, service) for key, service in enumerate(OTHERS, 1)), rate, id="menu")


def _tile(screen: KioskScreen, key: int, service: Service) -> Choice:
    say = screen.scene.say
    kind = "primary" if service == "legal_advice" else None
    return Choice(str(key), say(SERVICES[service]), Choose(service), note=say(SERVICE_NOTES[service]), classes=kind)
