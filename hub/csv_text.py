"""Tables as CSV that a spreadsheet opens as they are: UTF-8 told by its mark, no cell carried out (pure)."""

import csv
import io
from collections.abc import Iterable
from typing import Final

BOM: Final = "\ufeff"
"""Without it a spreadsheet on Windows takes UTF-8 for the county's old code page."""
FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""A spreadsheet takes a cell that begins so for a formula: it gets a ' before it (OWASP, CSV injection)."""


def cell(value: object, *, digits: bool = False) -> object:
    """Return a value as no spreadsheet carries it out: a text that would be a formula gets a ' before it.

    With `digits` a text of digits alone gets one too: an id number, which a spreadsheet would round. What is no text
    stays as it is.
    """
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.lstrip(" ").startswith(FORMULA) or (digits and value.isdecimal()) else value


def line(cells: Iterable[object], *, digits: bool = False) -> str:
    """Return one line with its end; nothing for None."""
    text = io.StringIO()
    csv.writer(text).writerow([cell(value, digits=digits) for value in cells])
    return text.getvalue()


def file_of(rows: Iterable[Iterable[object]], *, digits: bool = False) -> bytes:
    """Return rows, their headings first, as a whole file."""
    return (BOM + "".join(line(row, digits=digits) for row in rows)).encode()
