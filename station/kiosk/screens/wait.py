"""Waiting for a villager: a card, or no card; and what the village wants to be known."""

from collections.abc import Iterator

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from station.kiosk.content import current_notices, words
from station.kiosk.events import Signal
from station.kiosk.labels import reader_line
from station.kiosk.paging import shortened
from station.kiosk.screens.base import KioskScreen
from station.kiosk.widgets.board import NARROW, Board, Entry
from station.kiosk.widgets.frame import words as label

TITLE_CELLS = 22
"""As much of a notice's title as stands on its choice; the whole is behind it."""


class WaitScreen(KioskScreen):
    """Asks for the card; without one the way is as open."""

    BACK = False

    def body(self) -> Iterator[Widget]:
        """Show the card to place, and the ways without."""
        say = self.scene.say
        ask = Vertical(label("", id="ask"), label("", id="how"), label("", id="trouble"), id="asking")
        yield Horizontal(label("", id="card"), ask, id="place")
        yield Board(say, self._entries(), most_columns=2, id="ways")

    def _entries(self) -> list[Entry]:
        say, state = self.scene.say, self.scene.state
        entries = [
            Entry(say("wait.without_card"), Signal.WITHOUT_CARD, say("wait.without_card.note")),
            Entry(say("wait.type_number"), Signal.TYPE_NUMBER, say("wait.type_number.note")),
        ]
        if state.devices.camera:
            entries.append(Entry(say("wait.service_card"), Signal.SHOW_CARD, say("wait.service_card.note")))
        notices = current_notices(state.library, None if state.today is None else state.today.isoformat())
        if notices:
            title = shortened(words(notices[0].title, state.language), TITLE_CELLS)
            entries.append(Entry(say("wait.notices", count=len(notices)), Signal.NOTICES, title))
        return entries

    def live(self) -> None:
        """Say what the reader wants now, and offer what there is now."""
        say, state = self.scene.say, self.scene.state
        if not self.scene.has_reader:
            title, how = "wait.no_reader", "wait.no_reader.how"
        elif state.card_there:
            title, how = "wait.card_left", "wait.card_left.how"
        else:
            title, how = "wait.title", "wait.how"
        trouble = reader_line(state, say)
        large = self.scene.has_reader and self.app.size.width >= NARROW  # beside it there is room for the rest
        self.set_words("#card", say(title) if large else "")
        self.set_words("#ask", "" if large else say(title))
        self.set_words("#how", "" if trouble else say(how))
        self.set_words("#trouble", trouble)
        entries = self._entries()
        self.query_one("#ways", Board).put(entries)
        self.set_class(len(entries) > 2, "-many")
        self.set_class(bool(trouble), "-trouble")
