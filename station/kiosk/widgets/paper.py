"""A sheet with more to read than fits: one large choice turns its page."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from station.kiosk.paging import pages, shown
from station.kiosk.texts import Texts
from station.kiosk.widgets.choice import Turn
from station.kiosk.widgets.frame import words

MARGIN_CELLS = 4


class Paper(Horizontal):
    """Lines of text, paged; the last page is followed by the first. What it says whole is `said`."""

    def __init__(self, say: Texts, lines: Sequence[str], *, key: str = "9", classes: str = "") -> None:
        """Show `lines`; `key` turns the page."""
        super().__init__(classes=f"paper {classes}")
        self._say, self._lines, self._key = say, list(lines), key
        self.page = 0
        self.pages = 1

    @property
    def said(self) -> str:
        """Everything on it, in order."""
        return "\n".join(self._lines)

    def compose(self) -> ComposeResult:
        """Lay out the text and what turns it."""
        yield words("", classes="paper-text unsaid")
        turn = Turn(self._key, self._say("page.later"), "turn")
        turn.add_class("unsaid")
        turn.turned = self.turn
        yield turn

    def put(self, lines: Sequence[str]) -> None:
        """Show other lines."""
        if list(lines) != self._lines:
            self._lines = list(lines)
            self._lay_out()

    def turn(self) -> None:
        """Show the next page."""
        self.page = (self.page + 1) % self.pages
        self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        """Lay out anew."""
        del event
        self._lay_out()

    def _lay_out(self) -> None:
        turn, text = self.query_one(Turn), self.query_one(".paper-text", Static)
        width, height = self.size
        if not width or not height:
            return
        found = pages(self.said, width - MARGIN_CELLS, height)
        turn.display = len(found) > 1
        if turn.display:
            found = pages(self.said, width - MARGIN_CELLS - turn_cells(width), height)
        self.pages = len(found)
        self.page = min(self.page, self.pages - 1)
        text.update(shown(found[self.page]))
        turn.rename(self._say("page.later"), f"{self.page + 1}/{self.pages}")


def turn_cells(width: int) -> int:
    """Return how wide the choice that turns the page is; paper.tcss says the same."""
    return 14 if width >= 70 else 12
