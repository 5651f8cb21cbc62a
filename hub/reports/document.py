"""A document before it is on paper: sections of text, tables and charts, for PDF, Word, Excel and CSV (values).

What people wrote is text in it and stays text: nothing here is markup of anything.
"""

from collections.abc import Callable
from typing import Final, Literal

from msgspec import Struct, field

Column = Literal["text", "count", "percent", "points", "hours", "number"]
"""How a column is read: `percent` is a share 0 to 1; `points` percentage points; `hours` milliseconds; `number` one
decimal."""
Cell = str | int | float | None
NO_DATA: Final = "无数据"


class NoFontError(Exception):
    """The font for Chinese is not installed."""


class Table(Struct, frozen=True):
    """Rows under heads; None is no data."""

    title: str
    heads: list[str]
    columns: list[Column]
    rows: list[list[Cell]]
    note: str = ""


class Chart(Struct, frozen=True):
    """A picture, and what it says in words."""

    title: str
    svg: str
    words: str


class Section(Struct, frozen=True):
    """One section."""

    title: str
    paragraphs: list[str] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


class Document(Struct, frozen=True):
    """One document."""

    title: str
    county: str
    period: str
    stamp: str
    """How far it is: 草稿, or who approved it when."""
    sections: list[Section]
    foot: str = ""
    """How the figures are counted."""


def shown(cell: Cell, column: Column) -> str:
    """Return a cell as paper shows it; a share is never rounded up to 100 % nor down to 0."""
    if cell is None:
        return NO_DATA if column != "text" else ""
    if isinstance(cell, str):
        return cell
    return _WRITTEN.get(column, "{:,}".format)(cell)


def percent(share: float) -> str:
    """Return a share with two decimals, as `hub/health/availability.py` rounds."""
    text = f"{100 * share:.2f}"
    if text == "100.00":
        return "100%" if share >= 1 else "<100%"
    if text == "0.00":
        return "0%" if share <= 0 else ">0%"
    return f"{text}%"


_WRITTEN: Final[dict[Column, Callable[[float], str]]] = {
    "percent": percent,
    "points": "{:+.2f}".format,
    "hours": lambda ms: f"{ms / 3_600_000:.1f}",
    "number": "{:.1f}".format,
}
