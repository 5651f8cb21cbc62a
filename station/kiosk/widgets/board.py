"""Many large choices: as many as fit on the screen, the others on further pages."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Grid

from station.kiosk.events import Event
from station.kiosk.paging import wrapped
from station.kiosk.texts import Texts
from station.kiosk.widgets.choice import Choice, TickBox, Turn

MOST: Final = 9
"""Number keys."""
BACK_KEY, ON_KEY = "8", "9"
ROWS: Final = 5
ROWS_NARROW: Final = 4
"""How high a choice is at least; the cells of a narrow screen (大字版 on the panel) are a third larger."""
NARROW: Final = 80


class Entry(NamedTuple):
    """One of the many."""

    label: str
    event: Event
    note: str = ""
    ticked: bool | None = None
    """Whether it is ticked; None is a choice without a tick."""


def rows_at(width: int) -> int:
    """Return how many rows a choice has at least on a screen of `width` cells."""
    return ROWS_NARROW if width < NARROW else ROWS


class Board(Grid):
    """Entries as choices with keys 1 to 9; with further pages 8 and 9 turn them. `last` follows them on every page."""

    def __init__(
        self,
        say: Texts,
        entries: Sequence[Entry],
        *,
        last: Choice | None = None,
        most_columns: int = 3,
        id: str | None = None,
        classes: str = "",
    ) -> None:
        """Show `entries`, all ticked or none."""
        super().__init__(id=id, classes=f"board {classes}")
        self._say, self._entries, self._last = say, list(entries), last
        self._most_columns = most_columns
        self.page = 0
        self._per_page = MOST
        ticks = bool(entries) and entries[0].ticked is not None
        self._cells = [self._cell(ticks) for _ in range(MOST)]

    def _cell(self, ticks: bool) -> Choice:
        if ticks:
            return TickBox("", "", "", on=self._say("option.on"), off=self._say("option.off"))  # type: ignore[arg-type]
        return Choice("", "", "")  # type: ignore[arg-type]

    def compose(self) -> ComposeResult:
        """Lay out every cell there can be; none is seen before it is known where it stands and what it says."""
        for cell in self._cells:
            cell.visible = False
            yield cell
        for key, text_id, by in ((BACK_KEY, "page.earlier", -1), (ON_KEY, "page.later", 1)):
            turn = Turn(key, self._say(text_id), "turn-on" if by > 0 else "turn-back")
            turn.turned = self._turner(by)
            yield turn
        if self._last is not None:
            yield self._last

    def put(self, entries: Sequence[Entry]) -> None:
        """Show other entries, or the same with other ticks."""
        if list(entries) != self._entries:
            self._entries = list(entries)
            self._lay_out()

    def on_resize(self, event: events.Resize) -> None:
        """Lay out anew."""
        del event
        self._lay_out()

    def _turner(self, by: int) -> Callable[[], None]:
        def turn() -> None:
            pages = -(-len(self._entries) // self._per_page)
            self.page = (self.page + by) % pages
            self._lay_out()

        return turn

    def _lay_out(self) -> None:
        width, height = self.size
        if not width or not height:
            return
        extra = int(self._last is not None)
        columns, rows = self._shape(width, max(1, height // rows_at(self.app.size.width)), extra)
        room = min(columns * rows, MOST) - extra
        self._per_page = room if len(self._entries) <= room else max(1, min(columns * rows - 2, MOST - 2) - extra)
        paged = len(self._entries) > self._per_page
        self.page = min(self.page, max(0, -(-len(self._entries) // self._per_page) - 1))
        first = self.page * self._per_page
        shown = self._entries[first : first + self._per_page]
        for place, cell in enumerate(self._cells):
            cell.display = place < len(shown) or (paged and place < self._per_page)
            cell.visible = place < len(shown)
            if place < len(shown):
                entry = shown[place]
                cell.offer(str(place + 1), entry.label, entry.event, entry.note)
                if isinstance(cell, TickBox):
                    cell.tick(bool(entry.ticked))
        for turn in self.query(Turn):
            turn.display = paged
        if (last := self._last) is not None:
            last.offer(str(1 + (self._per_page if paged else len(shown))), last.label, last.event, last.note)
        self.styles.grid_size_columns = columns
        self.styles.grid_size_rows = rows

    def _shape(self, width: int, most_rows: int, extra: int) -> tuple[int, int]:
        """Return columns and rows: all on one page in as few columns as that takes, words not cut."""
        count = len(self._entries) + extra
        wide = self._fitting_columns(width)
        for columns in range(1, wide + 1):
            if columns * most_rows >= count and count <= MOST:
                return columns, min(most_rows, -(-count // columns))
        return wide, most_rows

    def _fitting_columns(self, width: int) -> int:
        rows = rows_at(self.app.size.width) - 1
        for columns in range(self._most_columns, 1, -1):
            cells = width // columns - 1
            if all(_height(entry, cells) <= rows for entry in self._entries):
                return columns
        return 1


def _height(entry: Entry, cells: int) -> int:
    ticks = int(entry.ticked is not None)
    beside = cell_len(entry.label) + 4 <= cells
    label = 1 if beside else 1 + len(wrapped(entry.label, cells))
    return label + ticks + (len(wrapped(entry.note, cells)) if entry.note else 0)
