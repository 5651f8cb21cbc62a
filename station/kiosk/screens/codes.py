"""QR codes to take along: as high as the screen, since a smaller one cannot be read off it."""

from collections.abc import Iterator
from typing import Final

from textual import events
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from station.kiosk.qr import MOST_BYTES, qr_rows, receipt_text, split
from station.kiosk.screens.base import KioskScreen
from station.kiosk.screens.filled import filled_text
from station.kiosk.widgets.frame import words
from station.kiosk.widgets.paged_text import show_turning, turning

SIZES_BYTES: Final = (MOST_BYTES, 106, 78, 53, 32, 17)
"""What codes of the versions 6 to 1 hold: the largest that fit are taken, so that there are few of them."""


MOST_CODES: Final = 20
"""Nobody scans more of them one after the other."""


def codes(text: str, columns: int, rows: int) -> list[list[str]]:
    """Return the codes that carry `text` together, each as its rows; none when that takes too many."""
    for most_bytes in SIZES_BYTES:
        pieces = split(text, most_bytes)
        if len(pieces) > MOST_CODES:
            break
        drawn = [qr_rows(piece, columns, rows) for piece in pieces]
        if all(code is not None for code in drawn):
            return [code for code in drawn if code is not None]
    return []


class CodeArea(Vertical):
    """The white paper with the code on it, dark."""

    def on_resize(self, _: events.Resize) -> None:
        """Draw anew."""
        screen = self.screen
        assert isinstance(screen, CodeScreen)
        screen.call_after_refresh(screen.draw)


class CodeScreen(KioskScreen):
    """The codes of a text, one at a time. Header gone, footer at the side: height is what a code needs."""

    TITLE_ID = ""
    TEXT_ID = ""

    def text(self) -> str:
        """Return what the codes carry."""
        raise NotImplementedError

    def body(self) -> Iterator[Widget]:
        """Lay out the paper, the words, and what turns to another code."""
        say = self.scene.say
        self._at = 0
        self._pair = turning(say, self._turn)
        for choice, label in zip(self._pair, ("code.earlier", "code.later"), strict=True):
            choice.rename(say(label))
            choice.display = False
        side = Vertical(
            words(say(self.TITLE_ID), id="what", classes="title"),
            words(say(self.TEXT_ID), id="how"),
            *self._pair,
            id="side",
        )
        yield Horizontal(CodeArea(Static("", id="code", classes="unsaid", markup=False)), side, id="codes")

    def draw(self) -> None:
        """Show the code whose turn it is, or say that there is no room."""
        area = self.query_one(CodeArea).size
        if not area.width or not area.height:
            return
        found = codes(self.text(), area.width, area.height)
        self._at = min(max(self._at, 0), max(0, len(found) - 1))
        label = self.query_one("#code", Static)
        label.update("\n".join(found[self._at]) if found else self.scene.say("code.no_room"))
        label.set_class(not found, "-words")
        for choice in self._pair:
            choice.display = len(found) > 1
        self.query_one("#side").set_class(len(found) > 1, "-many")
        show_turning(self._pair, self._at, len(found))

    def _turn(self, by: int) -> None:
        self._at += by
        self.draw()


class FilledQrScreen(CodeScreen):
    """The filled-in document."""

    TITLE_ID = "code.filled"
    TEXT_ID = "code.filled.how"

    def text(self) -> str:
        """Return the document."""
        return filled_text(self.scene.state)


class ReceiptQrScreen(CodeScreen):
    """The number of the visit, and of which station."""

    TITLE_ID = "code.receipt"
    TEXT_ID = "code.receipt.how"

    def text(self) -> str:
        """Return the receipt's code."""
        return receipt_text(self.scene.station, self.scene.state.draft.number)
