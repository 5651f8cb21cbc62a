"""A list of any length as large choices, a few at a time."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Grid, Horizontal, Vertical
from textual.content import Content

from station.kiosk.events import Event, Signal
from station.kiosk.paging import fitted, shortened, wrapped
from station.kiosk.texts import Texts
from station.kiosk.widgets.choice import GAP_FROM_ROWS, Choice
from station.kiosk.widgets.paged_text import show_turning, turning

COLUMNS: Final = 2
SLOTS: Final = 6
THREE_ROWS_FROM: Final = 18
"""Rows of room from which three lines of choices stand below each other."""
KEY_CELLS: Final = 5
"""What the key takes of a label's first line."""
MARGIN_CELLS: Final = 2
"""Left of the words, where the sign of the focus stands, and right of them."""


class Entry(NamedTuple):
    """One entry of a list and what choosing it tells."""

    label: str
    note: str
    event: Event


class EntryChoice(Choice):
    """A choice whose words may be long: they take several lines, and are shortened where those do not suffice."""

    entry = Entry("", "", Signal.TOUCH)

    def put(self, entry: Entry) -> None:
        """Become the choice of `entry`."""
        self.entry = entry
        self.offer(self.key, *self._fitted(), note=self._note())

    def on_resize(self, _: events.Resize) -> None:
        """Fit the words to the room."""
        self.offer(self.key, *self._fitted(), note=self._note())

    def render(self) -> Content:
        """Write the key before the label's first line, and the note below its last."""
        first, *rest = wrapped(" " * KEY_CELLS + self.label, self._width)
        top = Content.assemble(
            "> " if self.has_focus else "  ",
            Content.styled(f" {self.key} ", "bold $paper on $tag"),
            "  ",
            Content.styled(first.text[KEY_CELLS:].rstrip(), "bold"),
        )
        more = [Content.styled(f"  {line.text.rstrip()}", "bold") for line in rest]
        note = [Content(f"  {self.note}")] if self.note else []
        return Content("\n").join([top, *more, *note])

    @property
    def _width(self) -> int:
        return self.size.width - 2 * MARGIN_CELLS

    def _fitted(self) -> tuple[str, Event]:
        width, height = self._width, self.size.height
        if width <= 0 or not height:
            return self.entry.label, self.entry.event
        rows = height - (height >= GAP_FROM_ROWS) - bool(self.entry.note)
        label = fitted(" " * KEY_CELLS + self.entry.label, width, max(1, rows))
        return label.strip(), self.entry.event

    def _note(self) -> str:
        return shortened(self.entry.note, self._width) if self._width > 0 else self.entry.note


class PagedList(Horizontal):
    """Four or six entries under the keys 1 to 6; 8 and 9 turn the page where there is more than one."""

    def __init__(
        self, say: Texts, entries: Sequence[Entry], *, personal: bool = False, extra: Choice | None = None
    ) -> None:
        """Show `entries`; `extra` is a choice that stands after them on every page."""
        super().__init__()
        self._entries, self._extra = list(entries), extra
        self._at = 0
        kind = "entry personal" if personal else "entry"
        self._slots = [EntryChoice(str(key), "", Signal.TOUCH, classes=kind) for key in range(1, SLOTS + 1)]
        self._pair = turning(say, self._turn)
        self._grid = Grid(*self._slots, *([extra] if extra is not None else []))
        self._turning = Vertical(*self._pair)
        for slot in self._slots:
            slot.display = False
        self._turning.display = False

    def compose(self) -> ComposeResult:
        """Lay out entries and what turns the page."""
        yield self._grid
        yield self._turning

    def on_resize(self, _: events.Resize) -> None:
        """Fit the entries to the room."""
        self.call_after_refresh(self._lay)

    def show(self, entries: Sequence[Entry]) -> None:
        """Show other entries."""
        if list(entries) != self._entries:
            self._entries = list(entries)
            self._lay()

    def _turn(self, by: int) -> None:
        self._at += by
        self._lay()

    def _lay(self) -> None:
        width, height = self.size
        if not width or not height:
            return
        rows = 3 if height >= THREE_ROWS_FROM else 2
        per_page = rows * COLUMNS - (self._extra is not None)
        count = max(1, -(-len(self._entries) // per_page))
        self._at = min(max(self._at, 0), count - 1)
        self._grid.styles.grid_size_rows = rows
        self._turning.display = count > 1
        here = self._entries[self._at * per_page : (self._at + 1) * per_page]
        for place, slot in enumerate(self._slots):
            slot.display = place < len(here)
            if slot.display:
                slot.put(here[place])
        show_turning(self._pair, self._at, count)
