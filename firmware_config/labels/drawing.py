"""Draws labels: A4 sheets to be cut, a roll with one label a page, and a picture of each. Names go in as data only."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

import segno
import typst

from firmware_config.errors import ProvisionError
from wire.enrolment import Label, label_text, shown_token

Form = Literal["a4", "roll"]
FONT: Final = "Noto Sans CJK SC"
MONO: Final = "Noto Sans Mono CJK SC"
PICTURE_DPI: Final = 203
"""8 dots a millimetre: what label printers have, so that no module of a code is blurred."""
TEMPLATE: Final = """
#let given = json(bytes(sys.inputs.given))
#let wide = 95mm
#let high = 55mm
#set document(date: none, title: "labels")
#set text(font: given.font, size: 8pt, lang: "zh", hyphenate: false, fill: black, top-edge: "ascender",
  bottom-edge: "descender")
#set par(leading: 0.1em, spacing: 0.2em)
#let mono(size, body, weight: "regular") = text(font: given.mono, size: size, weight: weight, body)
// The largest size in which a name stays within its place; the smallest is cut off rather than pushing the token away.
#let fitted(words, sizes, width, height) = context {
  let fits(size) = measure(block(width: width, text(size: size, weight: "bold", words))).height <= height
  let size = sizes.find(fits)
  block(width: width, height: height, clip: true, text(size: if size == none { sizes.last() } else { size },
    weight: "bold", words))
}
#let label(one) = box(width: wide, height: high, inset: 2mm, grid(
  columns: (45mm, 1fr), column-gutter: 1mm,
  {
    image(bytes(one.qr), format: "svg", width: 45mm, height: 45mm)
    v(-0.5mm)
    align(center, mono(13pt, weight: "bold", one.code))
  },
  {
    v(0.5mm)
    block(width: 45mm, height: 4mm, clip: true, text(size: 8.5pt, one.town))
    fitted(one.name, (17pt, 14pt, 11pt, 8.5pt, 6.5pt), 45mm, 11mm)
    v(0.8mm)
    text(size: 6.5pt)[标签码（一次有效） one-time token]
    v(-0.2mm)
    mono(15pt, weight: "bold", one.token.slice(0, 9))
    linebreak()
    mono(15pt, weight: "bold", one.token.slice(10))
    v(0.6mm)
    text(size: 6.5pt)[本县证书指纹 county fingerprint]
    v(-0.2mm)
    mono(10pt, weight: "bold", one.short)
    v(0.3mm)
    mono(6.2pt, one.fingerprint.slice(0, 39))
    linebreak()
    mono(6.2pt, one.fingerprint.slice(40))
    v(0.5mm)
    text(size: 7.5pt)[请于 #strong(one.until) 前开通 valid until]
  },
))
#let cross(x, y) = place(top + left, dx: x, dy: y, {
  place(line(start: (-3mm, 0mm), end: (-0.6mm, 0mm), stroke: 0.3pt))
  place(line(start: (0.6mm, 0mm), end: (3mm, 0mm), stroke: 0.3pt))
  place(line(start: (0mm, -3mm), end: (0mm, -0.6mm), stroke: 0.3pt))
  place(line(start: (0mm, 0.6mm), end: (0mm, 3mm), stroke: 0.3pt))
})
#if given.form == "roll" {
  set page(width: 100mm, height: 60mm, margin: 2.5mm)
  for (index, one) in given.labels.enumerate() {
    if index > 0 { pagebreak() }
    label(one)
  }
} else {
  set page(paper: "a4", margin: 0mm)
  for (index, sheet) in given.labels.chunks(10).enumerate() {
    if index > 0 { pagebreak() }
    for (at, one) in sheet.enumerate() {
      place(top + left, dx: 10mm + calc.rem(at, 2) * wide, dy: 11mm + calc.quo(at, 2) * high, label(one))
    }
    for column in range(3) { for row in range(6) { cross(10mm + column * wide, 11mm + row * high) } }
    place(bottom + center, dy: -3mm, text(size: 6pt)[#(index + 1) / #calc.ceil(given.labels.len() / 10)])
  }
}
"""


Drawn = Mapping[str, str]


class Printed(NamedTuple):
    """What stands on one label."""

    label: Label
    name: str
    town: str
    expires_ms: int


def short_fingerprint(fingerprint: str) -> str:
    """Return the beginning of a fingerprint as people compare it: four groups of four."""
    return _grouped(fingerprint[:16].upper())


class Press:
    """Holds the fonts, whose finding takes longer than a label."""

    def __init__(self) -> None:
        """Find the fonts. Raises ProvisionError E-LAB-01 when those for Chinese are not installed."""
        self._fonts = typst.Fonts()
        if not {FONT, MONO} <= set(self._fonts.families()):
            raise ProvisionError(
                "E-LAB-01", "no font for Chinese; install fonts-noto-cjk 缺少中文字体，请安装 fonts-noto-cjk"
            )

    def pdf(self, labels: Sequence[Drawn], form: Form) -> bytes:
        """Return the labels as one PDF."""
        inputs = _inputs(labels, form)
        return typst.compile(TEMPLATE.encode(), format="pdf", font_paths=self._fonts, sys_inputs=inputs, pdf_tags=False)

    def pictures(self, labels: Sequence[Drawn]) -> list[bytes]:
        """Return each label as a PNG, in their order."""
        inputs = _inputs(labels, "roll")
        # One page is returned alone, several as a list, whatever its stub says.
        made: Any = typst.compile(
            TEMPLATE.encode(), format="png", font_paths=self._fonts, sys_inputs=inputs, ppi=PICTURE_DPI
        )
        return made if isinstance(made, list) else [made]


def _inputs(labels: Sequence[Drawn], form: Form) -> dict[str, str]:
    return {"given": json.dumps({"font": FONT, "mono": MONO, "form": form, "labels": labels})}


def drawn(one: Printed) -> Drawn:
    """Return a label's words and its code, which takes the longest of all: once for every form."""
    code = segno.make_qr(label_text(one.label), error="m", boost_error=False)
    return {
        "qr": code.svg_inline(border=4),
        "code": one.label.station,
        "name": one.name,
        "town": one.town,
        "token": shown_token(one.label.token),
        "short": short_fingerprint(one.label.fingerprint),
        "fingerprint": _grouped(one.label.fingerprint.upper()),
        "until": dt.datetime.fromtimestamp(one.expires_ms / 1000).astimezone().strftime("%Y-%m-%d"),
    }


def _grouped(letters: str) -> str:
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))
