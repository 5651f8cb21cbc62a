"""The menu, and the small one behind it."""

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

GUIDES: Final[tuple[Service, ...]] = ("notary_guide", "forensic_guide")
BEFORE_GUIDES: Final[tuple[Service, ...]] = (
    "legal_advice",
    "mediation",
    "legal_aid",
    "find_person",
    "document",
    "learning",
)
AFTER_GUIDES: Final[tuple[Service, ...]] = ("progress", "disclosure")


class ServicesScreen(KioskScreen):
    """Nine things to come for, one for each number key."""

    def body(self) -> Iterator[Widget]:
        """Show the nine, and under which name."""
        say, draft = self.scene.say, self.scene.state.draft
        name = mask(draft.person).name if draft.person is not None and registered(draft) else ""
        who = say("services.named", name=name) if name else say("services.anonymous")
        yield Horizontal(words(say("services.title"), classes="title"), words(who, id="who"), id="top")
        guides = Choice(
            str(len(BEFORE_GUIDES) + 1), say("services.guides"), Signal.GUIDES, note=say("services.guides.note")
        )
        before = [self._choice(key, service) for key, service in enumerate(BEFORE_GUIDES, 1)]
        after = [self._choice(key, service) for key, service in enumerate(AFTER_GUIDES, len(BEFORE_GUIDES) + 2)]
        yield Grid(*before, guides, *after, id="menu")

    def _choice(self, key: int, service: Service) -> Choice:
        say = self.scene.say
        return Choice(str(key), say(SERVICES[service]), Choose(service), note=say(SERVICE_NOTES[service]))


class GuidesScreen(KioskScreen):
    """公证 or 鉴定."""

    def body(self) -> Iterator[Widget]:
        """Show the two."""
        say = self.scene.say
        yield words(say("guides.title"), classes="title")
        yield Horizontal(
            *(
                Choice(str(key), say(SERVICES[service]), Choose(service), note=say(SERVICE_NOTES[service]))
                for key, service in enumerate(GUIDES, 1)
            ),
            classes="choices",
        )
