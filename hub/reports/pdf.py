"""A document as PDF by Typst. All text goes in as data and never as markup; charts are the SVG of the page."""

import json
import re
from functools import cache
from typing import Any, Final

import typst

from hub.reports.document import Document, NoFontError, Table, shown

FONTS: Final = ("Noto Serif CJK SC", "Noto Sans CJK SC")
"""The first for text, the second for heads and charts; both are of Debian's fonts-noto-cjk."""
TEMPLATE: Final = """
#let d = json(bytes(sys.inputs.document))
#set document(title: d.title, author: d.county, date: none)
#set page(
  paper: "a4",
  margin: (x: 22mm, top: 27mm, bottom: 22mm),
  header: {
    set text(font: d.sans, size: 9pt)
    grid(columns: (1fr, auto), d.county + " " + d.title, d.period)
    line(length: 100%, stroke: 0.5pt)
  },
  footer: context {
    set text(font: d.sans, size: 9pt)
    grid(
      columns: (1fr, auto), d.stamp,
      "第 " + str(here().page()) + " 页，共 " + str(counter(page).final().first()) + " 页",
    )
  },
)
#set text(font: (d.serif, d.sans), size: 11.5pt, lang: "zh", region: "cn", hyphenate: false)
#set par(leading: 0.75em, spacing: 0.95em, justify: true)
#show heading: set text(font: d.sans)
#show heading.where(level: 1): set text(size: 13.5pt)
#show heading.where(level: 1): set block(above: 1.5em, below: 0.9em)
#set table(stroke: (x, y) => (bottom: if y == 0 { 0.8pt } else { 0.3pt + luma(170) }), inset: (x: 4pt, y: 3.6pt))
#show table: set text(font: d.sans, size: 8.6pt, cjk-latin-spacing: none)
#show table: set par(justify: false, leading: 0.5em)
#align(center, { text(font: d.sans, size: 20pt, weight: "bold", d.title)
  v(1mm)
  text(size: 11pt, d.county + "　" + d.period) })
#v(2mm)
#for section in d.sections {
  heading(level: 1, section.title)
  for line in section.paragraphs { par(first-line-indent: (amount: 2em, all: true), line) }
  for chart in section.charts {
    block(breakable: false, width: 100%, {
      text(font: d.sans, size: 9.5pt, weight: "bold", chart.title)
      image(bytes(chart.svg), format: "svg", width: 100%, alt: chart.words)
    })
  }
  for t in section.tables {
    block(sticky: true, above: 1.2em, below: 0.6em, text(font: d.sans, size: 9.5pt, weight: "bold", t.title))
    table(
      columns: t.widths.map(one => if one == "first" { 1.6fr } else if one == "wide" { 1fr } else { auto }),
      align: (x, y) => if t.right.at(x) { right } else { left },
      table.header(..t.heads.map(one => text(weight: "bold", one))),
      ..t.rows.flatten(),
    )
    if t.note != "" { text(font: d.sans, size: 8.6pt, t.note) }
  }
}
#if d.foot != "" { v(3mm); line(length: 100%, stroke: 0.4pt); text(size: 8.6pt, d.foot) }
"""
PICTURE: Final = """
#set page(width: 170mm, height: auto, margin: 0mm, fill: white)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)
"""
PICTURE_PPI: Final = 160
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LONG_WORD: Final = re.compile(r"([!-~]{20})(?=[!-~])")


def pdf_of(document: Document) -> bytes:
    """Return a document as PDF (A4, tagged).

    Raises NoFontError, and whatever Typst raises.
    """
    given = {
        "serif": FONTS[0],
        "sans": FONTS[1],
        "title": plain(document.title),
        "county": plain(document.county),
        "period": plain(document.period),
        "stamp": plain(document.stamp),
        "foot": plain(document.foot),
        "sections": [
            {
                "title": plain(section.title),
                "paragraphs": [plain(line) for line in section.paragraphs],
                "charts": [{"title": one.title, "svg": one.svg, "words": one.words} for one in section.charts],
                "tables": [_table(one) for one in section.tables],
            }
            for section in document.sections
        ],
    }
    made = typst.compile(
        TEMPLATE.encode(),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"document": json.dumps(given, ensure_ascii=False)},
    )
    assert isinstance(made, bytes)
    return made


def picture_of(svg: str) -> bytes:
    """Return a chart as PNG, for what cannot show SVG."""
    made = typst.compile(PICTURE.encode(), format="png", ppi=PICTURE_PPI, font_paths=_fonts(), sys_inputs={"svg": svg})
    assert isinstance(made, bytes)
    return made


def plain(text: str) -> str:
    """Return a text as one line without signs that control anything; a word too long for a line may break."""
    return _LONG_WORD.sub("\\1\u200b", _CONTROL.sub(" ", text))


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": plain(table.title),
        "heads": [plain(one) for one in table.heads],
        "right": [column != "text" for column in table.columns],
        "widths": [
            "narrow" if column != "text" else "wide" if at else "first" for at, column in enumerate(table.columns)
        ],
        "rows": [
            [plain(shown(cell, column)) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows
        ],
        "note": plain(table.note),
    }


@cache
def _fonts() -> typst.Fonts:
    fonts = typst.Fonts()
    if not set(FONTS) <= set(fonts.families()):
        raise NoFontError
    return fonts
