"""The camera looks for a 便民服务卡."""

from collections.abc import Iterator

from textual.containers import Vertical
from textual.widget import Widget

from station.kiosk.events import Signal
from station.kiosk.screens.base import KioskScreen
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words
from station.kiosk.widgets.moving import Moving


class ServiceCardScreen(KioskScreen):
    """Says where to hold the card; once none was found, offers to look again."""

    def body(self) -> Iterator[Widget]:
        """Show what to do, and that it is looking."""
        say = self.scene.say
        yield words("", id="heading", classes="title")
        yield Vertical(words("", id="how"), Moving(), classes="sheet")
        yield Choice("1", say("service_card.again"), Signal.NEXT, id="again", classes="primary")

    def live(self) -> None:
        """Say whether it is still looking."""
        say, sought = self.scene.say, self.scene.state.draft.card_sought
        self.set_words("#heading", say("service_card.none" if sought else "service_card.title"))
        self.set_words("#how", say("service_card.none.how" if sought else "service_card.how"))
        self.query_one(Moving).display = not sought
        self.query_one("#again").display = sought
