"""A sheet as PDF, in a process of its own: JSON on standard input, PDF on standard output, nothing on a disk.

What a villager wrote goes in as data and never as markup. Run as `python -m station.kiosk.ports.sheet_pdf`.
"""

import json
import re
import sys
from typing import Final

from station.kiosk.ports.printer import Sheet

FONT: Final = "Noto Sans CJK SC"
EXIT_NO_FONT: Final = 3
TEMPLATE: Final = """
#let sheet = json(bytes(sys.inputs.sheet))
#set document(date: none)
#set page(
  paper: "a4",
  margin: (x: 22mm, top: 20mm, bottom: 24mm),
  footer: context if counter(page).final().first() > 1 { align(center, counter(page).display("1 / 1", both: true)) },
)
#set text(font: sheet.font, size: 15pt, lang: "zh", hyphenate: false)
#set par(leading: 0.8em, spacing: 1.1em)
#align(center, text(size: 22pt, weight: "bold", sheet.title))
#v(4mm)
#for line in sheet.lines { if line == "" { v(0.8em) } else { par(line) } }
#if sheet.qr != "" or sheet.footer.len() > 0 {
  v(6mm)
  line(length: 100%, stroke: 0.6pt)
  block(breakable: false, {
    let words = for line in sheet.footer { par(line) }
    if sheet.qr == "" { words } else {
      grid(columns: (42mm, 1fr), gutter: 6mm, align: horizon, image(bytes(sheet.qr), format: "svg", width: 42mm), words)
    }
  })
}
"""
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LONG_WORD: Final = re.compile(r"([!-~]{20})(?=[!-~])")


def paragraphs(text: str) -> list[str]:
    """Return the lines of `text`; words too long for a line may break, and no sign controls anything."""
    return [_LONG_WORD.sub("\\1\u200b", _CONTROL.sub(" ", line)).rstrip() for line in text.splitlines()]


def pdf_of(sheet: Sheet) -> bytes | None:
    """Return `sheet` as PDF, None when the font for Chinese is not installed.

    Raises whatever Typst or Segno raises when a sheet cannot be set, as a QR code of too much text.
    """
    import segno
    import typst

    fonts = typst.Fonts()
    if FONT not in fonts.families():
        return None
    qr = segno.make(sheet.qr, micro=False, encoding="utf-8", error="m").svg_inline(border=2) if sheet.qr else ""
    given = {
        "font": FONT,
        "title": " ".join(paragraphs(sheet.title)),
        "lines": [line for text in sheet.lines for line in paragraphs(text) or [""]],
        "footer": paragraphs(sheet.footer),
        "qr": qr,
    }
    pdf = typst.compile(
        TEMPLATE.encode(), format="pdf", font_paths=fonts, sys_inputs={"sheet": json.dumps(given)}, pdf_tags=False
    )
    assert isinstance(pdf, bytes)
    return pdf


def main() -> int:
    """Read, set, write; an error is told by the exit code alone, since its text may quote the sheet."""
    given = json.load(sys.stdin.buffer)
    pdf = pdf_of(Sheet(given["title"], tuple(given["lines"]), given["footer"], given["qr"]))
    if pdf is None:
        return EXIT_NO_FONT
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
