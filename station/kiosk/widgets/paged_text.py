"""A text of any length, read page by page, with what can be done with it below."""

from collections.abc import Callable
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from station.kiosk.paging import pages, said, shown
from station.kiosk.texts import Texts
from station.kiosk.widgets.choice import Choice, Turn

EARLIER_KEY: Final = "8"
LATER_KEY: Final = "9"
NARROW_CELLS: Final = 70
"""Below it seven choices beside each other have 8 cells each."""


def turning(say: Texts, turn: Callable[[int], None]) -> tuple[Turn, Turn]:
    """Return the two choices that turn a page back and on; `turn` gets -1 or 1."""
    earlier, later = Turn(EARLIER_KEY, say("page.earlier"), "earlier"), Turn(LATER_KEY, say("page.later"), "later")
    earlier.turned = lambda: turn(-1)
    later.turned = lambda: turn(1)
    for choice in (earlier, later):
        choice.add_class("quiet", "unsaid")
    return earlier, later


def show_turning(pair: tuple[Turn, Turn], at: int, count: int, *, narrow: bool = False) -> None:
    """Say which page it is, on both where there is room; the one that leads nowhere is paler."""
    for choice, end in zip(pair, (0, count - 1), strict=True):
        choice.rename(choice.label, "" if narrow and end else f"{at + 1}/{count}")
        choice.set_class(at == end, "-not-yet")


class Page(Static):
    """One page; `said` is the same text without the ends of lines."""

    said = ""


class PagedText(Vertical):
    """Shows as much as fits; 上一页 and 下一页 are there when that is not all."""

    def __init__(self, say: Texts, text: str, *choices: Choice, personal: bool = False) -> None:
        """Show `text`, with `choices` before those that turn the page; `personal` text is not read aloud unasked."""
        super().__init__()
        self._text, self._choices = text, choices
        self._at = 0
        self._page = Page("", markup=False, classes="sheet personal" if personal else "sheet")
        self._turning = turning(say, self._turn)
        self._row = Horizontal(*choices, *self._turning, classes="choices")

    def compose(self) -> ComposeResult:
        """Lay out text and choices."""
        yield self._page
        yield self._row

    def on_resize(self, _: events.Resize) -> None:
        """Fit the text to the room."""
        self.call_after_refresh(self.lay_out)

    def show(self, text: str) -> None:
        """Show another text, at the same page where it has one."""
        if text != self._text:
            self._text = text
            self.lay_out()

    def _turn(self, by: int) -> None:
        self._at += by
        self.lay_out()

    def lay_out(self) -> None:
        """Fit the text to the room that the choices shown leave."""
        gutter = self._page.gutter
        width, height = self.size.width - gutter.width, self.size.height - self._page.styles.margin.height
        if width <= 0 or height <= 0:
            return
        inner = self._page.styles.padding.height
        whole = pages(self._text, width, height - inner)
        row = any(choice.display for choice in self._choices) or len(whole) > 1
        taken = int(self._row.styles.height.value) if row and self._row.styles.height else 0
        found = pages(self._text, width, height - inner - taken) if taken else whole
        self._at = min(max(self._at, 0), len(found) - 1)
        self._row.display = row
        for choice in self._turning:
            choice.display = len(found) > 1
        show_turning(self._turning, self._at, len(found), narrow=width < NARROW_CELLS)
        self._page.said = said(found[self._at])
        self._page.update(shown(found[self._at]))
