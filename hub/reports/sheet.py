"""A document as Excel workbook and its tables as CSV. What looks like a formula is text in both."""

import io
import re
from collections.abc import Sequence
from typing import Any, Final

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from hub.csv_text import file_of
from hub.reports.document import Cell, Column, Document, Table

FORMATS: Final[dict[Column, str]] = {
    "count": "#,##0", "percent": "0.00%", "points": "+0.00;-0.00", "hours": "0.0", "number": "0.0",
}  # fmt: skip
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\']")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_FIGURE: Final = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})*(\.[0-9]+)?%?")
MOST_CELL: Final = 32_000
"""A spreadsheet's cell holds no more."""


def workbook_of(document: Document) -> bytes:
    """Return a document as a workbook: the text on the first sheet, then one sheet for each table."""
    file = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(file, options)
    book.set_properties({"title": document.title, "company": document.county})
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    formats = {kind: book.add_format({"num_format": pattern}) for kind, pattern in FORMATS.items()}
    taken: set[str] = set()
    sheet = book.add_worksheet(_name("正文", taken))
    sheet.set_column(0, 0, 90)
    lines: list[tuple[str, Any]] = [
        (document.title, bold), (f"{document.county} {document.period}", None), (document.stamp, None),
    ]  # fmt: skip
    for section in document.sections:
        lines += [("", None), (section.title, bold), *((line, wrapped) for line in section.paragraphs)]
        lines += [(f"{chart.title}：{chart.words}", wrapped) for chart in section.charts]
    lines += [("", None), (document.foot, wrapped)]
    for at, (line, how) in enumerate(lines):
        sheet.write_string(at, 0, _text(line), how)
    for section in document.sections:
        for table in section.tables:
            _fill(book.add_worksheet(_name(table.title, taken)), table, bold, formats)
    book.close()
    return file.getvalue()


def csv_of(tables: list[Table]) -> bytes:
    """Return tables as CSV (UTF-8 with byte order mark), an empty line between two; shares are 0 to 1."""
    rows: list[Sequence[Cell]] = []
    for at, table in enumerate(tables):
        rows += [[]] if at else []
        rows += [table.heads, *table.rows]
    return file_of(([_plain(cell, name=not at) for at, cell in enumerate(row)] for row in rows), digits=True)


def _fill(sheet: Worksheet, table: Table, bold: Format, formats: dict[Column, Format]) -> None:
    sheet.freeze_panes(1, 0)
    for at, (head, kind) in enumerate(zip(table.heads, table.columns, strict=True)):
        sheet.set_column(at, at, 18 if kind == "text" else 11)
        sheet.write_string(0, at, _text(head), bold)
    kinds = [(at, kind, formats.get(kind)) for at, kind in enumerate(table.columns)]
    for number, row in enumerate(table.rows, 1):
        for (at, kind, how), cell in zip(kinds, row, strict=True):
            if isinstance(cell, str):
                sheet.write_string(number, at, _text(cell))
            elif cell is not None:
                sheet.write_number(number, at, _number(cell, kind), how)
            elif kind != "text":
                sheet.write_string(number, at, "无数据")
    if table.note:
        sheet.write_string(len(table.rows) + 2, 0, _text(table.note))
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.heads) - 1)


def _number(value: float, kind: Column) -> float:
    if kind == "hours":
        return value / 3_600_000
    # Shown with two decimals, no spreadsheet is to round a share up to 100 %.
    return min(value, 0.9999) if kind == "percent" and value < 1 else value


def _plain(cell: Cell, *, name: bool) -> Cell:
    """Return a cell of CSV: a figure that is written for people (`2,600`, `+30.0%`) is a number again, a name never."""
    if not isinstance(cell, str):
        return cell
    if name or not _FIGURE.fullmatch(cell):
        return _text(cell)
    number = float(cell.rstrip("%").replace(",", ""))
    return round(number / 100, 6) if cell.endswith("%") else int(number) if number.is_integer() else number


def _text(text: str) -> str:
    return _CONTROL.sub(" ", text)[:MOST_CELL]


def _name(title: str, taken: set[str]) -> str:
    """Return a sheet's name: at most 31 signs, none that Excel forbids, none twice."""
    name = _NOT_IN_NAMES.sub(" ", title)[:28].strip() or "表"
    while name.casefold() in taken:
        name = f"{name[:28]}_{len(taken)}"
    taken.add(name.casefold())
    return name
