"""A document as Word file: heads, paragraphs, tables, charts as pictures; county and period above, pages below."""

import io
from typing import Any, Final

import docx
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from hub.reports.document import Chart, Document, Table, shown
from hub.reports.pdf import picture_of, plain

BODY, HEAD = "仿宋", "黑体"
"""What Word has on every Chinese machine; the letters of official papers."""


def word_of(document: Document) -> bytes:
    """Return a document as a Word file (docx)."""
    file = docx.Document()
    _set_up(file, document)
    title = file.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, document.title, HEAD, 20, bold=True)
    under = file.add_paragraph()
    under.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(under, f"{document.county}　{document.period}", BODY, 12)
    for section in document.sections:
        head = file.add_heading(level=1)
        _run(head, section.title, HEAD, 14, bold=True)
        for line in section.paragraphs:
            paragraph = file.add_paragraph()
            paragraph.paragraph_format.first_line_indent = Pt(24)
            _run(paragraph, line, BODY, 12)
        for chart in section.charts:
            _chart(file, chart)
        for table in section.tables:
            _table(file, table)
    if document.foot:
        _run(file.add_paragraph(), document.foot, BODY, 9)
    made = io.BytesIO()
    file.save(made)
    return made.getvalue()


def _set_up(file: Docx, document: Document) -> None:
    file.core_properties.title = plain(document.title)
    file.core_properties.author = plain(document.county)
    page = file.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(22)
    _run(page.header.paragraphs[0], f"{document.county} {document.title}　{document.period}", BODY, 9)
    below = page.footer.paragraphs[0]
    below.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(below, f"{document.stamp}　第 ", BODY, 9)
    _field(below, "PAGE")
    _run(below, " 页，共 ", BODY, 9)
    _field(below, "NUMPAGES")
    _run(below, " 页", BODY, 9)


def _run(paragraph: Any, text: str, font: str, size: float, *, bold: bool = False) -> None:
    run = paragraph.add_run(plain(text))
    run.font.size, run.font.bold, run.font.name = Pt(size), bold, "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _field(paragraph: Any, name: str) -> None:
    """Add what Word counts itself."""
    for kind, text in (("begin", ""), ("", name), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(9)
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._element.append(part)


def _chart(file: Docx, chart: Chart) -> None:
    head = file.add_paragraph()
    head.paragraph_format.keep_with_next = True
    _run(head, chart.title, HEAD, 10, bold=True)
    shape = file.add_picture(io.BytesIO(picture_of(chart.svg)), width=Mm(160))
    shape._inline.docPr.set("descr", plain(chart.words)[:2000])


def _table(file: Docx, table: Table) -> None:
    head = file.add_paragraph()
    head.paragraph_format.keep_with_next = True
    _run(head, table.title, HEAD, 10, bold=True)
    grid = file.add_table(rows=1, cols=len(table.heads))
    grid.style = "Table Grid"
    first = grid.rows[0]
    for cell, text in zip(first.cells, table.heads, strict=True):
        _run(cell.paragraphs[0], text, HEAD, 9, bold=True)
    repeat = OxmlElement("w:tblHeader")
    first._tr.get_or_add_trPr().append(repeat)
    for row in table.rows:
        # Cell by cell, python-docx walks the whole table each time.
        grid._tbl.append(
            _row([(shown(cell, kind), kind != "text") for cell, kind in zip(row, table.columns, strict=True)])
        )
    if table.note:
        _run(file.add_paragraph(), table.note, BODY, 9)


_CELLS: Final = "w:tc"


def _row(cells: list[tuple[str, bool]]) -> Any:
    row = OxmlElement("w:tr")
    for text, right in cells:
        cell, paragraph, run = OxmlElement(_CELLS), OxmlElement("w:p"), OxmlElement("w:r")
        if right:
            how, side = OxmlElement("w:pPr"), OxmlElement("w:jc")
            side.set(qn("w:val"), "right")
            how.append(side)
            paragraph.append(how)
        look, fonts, size = OxmlElement("w:rPr"), OxmlElement("w:rFonts"), OxmlElement("w:sz")
        fonts.set(qn("w:eastAsia"), BODY)
        size.set(qn("w:val"), "18")
        look.extend([fonts, size])
        words = OxmlElement("w:t")
        words.text = plain(text)
        run.extend([look, words])
        paragraph.append(run)
        cell.append(paragraph)
        row.append(cell)
    return row
