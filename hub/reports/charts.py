"""Charts as SVG, drawn here, the same on the page and on paper (pure).

Colours are attributes for paper; on a page `reports.css` gives the classes the colours of either theme. Every value
stands beside its bar, and each chart says in words what it shows: neither colour nor sight is needed.
"""

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from hub.reports.document import Chart

WIDTH: Final = 680
FONT: Final = "Noto Sans CJK SC, sans-serif"
INK, QUIET, EDGE, BAR, PALE, LIMIT = "#0f1c28", "#4a5b6c", "#c6d0da", "#1f5f99", "#9fb0c0", "#b34700"
ROW, SIZE = 24, 13


class Bar(NamedTuple):
    """One bar: what it is of, how long, and how that is written."""

    label: str
    value: float | None
    shown: str


class Limit(NamedTuple):
    """A line to compare with."""

    value: float
    label: str


def bars(title: str, rows: Sequence[Bar], *, limit: Limit | None = None, most: float | None = None) -> Chart:
    """Return horizontal bars, one below the other; a bar without a value says so in words only."""
    values = [row.value for row in rows if row.value is not None]
    top = most or max([*values, limit.value if limit else 0, 1e-9])
    left = 12 + max([_width(row.label) for row in rows] or [0])
    right = 14 + max([_width(row.shown) for row in rows] or [0])
    room = max(60, WIDTH - left - right)
    parts, y = [], 8 + (18 if limit else 0)
    for row in rows:
        middle = y + ROW / 2
        parts.append(_text(left - 8, middle, row.label, anchor="end"))
        length = 0.0 if row.value is None else max(0.0, min(1.0, row.value / top)) * room
        if row.value is not None:
            parts.append(_box("bar", BAR, left, y + 4, max(1.0, length), ROW - 8))
        parts.append(_text(left + length + 6, middle, row.shown, quiet=row.value is None))
        y += ROW
    if limit is not None:
        x = left + min(1.0, limit.value / top) * room
        anchor = "end" if x > WIDTH * 0.6 else "start"
        parts.append(_line("limit", LIMIT, x, 22, x, y, dashed=True))
        parts.append(_text(x, 12, limit.label, anchor=anchor, colour=LIMIT, name="limit-word"))
    words = "；".join(f"{row.label} {row.shown}" for row in rows) or "没有数据"
    if limit is not None:
        words += f"；{limit.label}"
    return _chart(title, parts, y + 8, words)


def columns(
    title: str, labels: Sequence[str], now: Sequence[float], then: Sequence[float] = (), *, names: tuple[str, str]
) -> Chart:
    """Return one column for each label, with what was before as a pale one behind; `names` tell them apart."""
    top = max([*now, *then, 1])
    left, bottom, height = 16 + _width(f"{top:g}"), 190.0, 150.0
    room = WIDTH - left - 10
    step = room / max(1, len(labels))
    parts = []
    for mark in _marks(top):
        y = bottom - mark / top * height
        parts.append(_line("edge", EDGE, left, y, WIDTH - 8, y))
        parts.append(_text(left - 6, y, f"{mark:g}", anchor="end", quiet=True))
    every = max(1, -(-len(labels) * 34 // room)) if labels else 1
    for at, label in enumerate(labels):
        x = left + at * step
        if at < len(then):
            tall = then[at] / top * height
            parts.append(_box("pale", PALE, x + step * 0.08, bottom - tall, step * 0.84, tall))
        if at < len(now):
            tall = now[at] / top * height
            parts.append(_box("bar", BAR, x + step * 0.26, bottom - tall, step * 0.48, tall))
        if at % every == 0:
            parts.append(_text(x + step / 2, bottom + 13, label, anchor="middle", quiet=True))
    x = float(left)
    for name, colour, word in (("bar", BAR, names[0]), *((("pale", PALE, names[1]),) if then else ())):
        parts.append(_box(name, colour, x, 8, 12, 12))
        parts.append(_text(x + 17, 14, word))
        x += 34 + _width(word)
    told = "，".join(f"{label} {value:g}" for label, value in zip(labels, now, strict=False))
    words = f"{names[0]}合计 {sum(now):g}：{told}"
    if then:
        words += f"；{names[1]}合计 {sum(then):g}"
    return _chart(title, parts, 214, words)


def _chart(title: str, parts: Sequence[str], height: float, words: str) -> Chart:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {WIDTH} {height:g}"'
        f' aria-label="{escape(title)}" font-family="{FONT}" font-size="{SIZE}">'
    )
    return Chart(title, f"{head}<desc>{escape(words)}</desc>{''.join(parts)}</svg>", words)


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", quiet: bool = False, colour: str = "", name: str = ""
) -> str:
    fill = colour or (QUIET if quiet else INK)
    kind = name or ("quiet" if quiet else "ink")
    return (
        f'<text class="{kind}" fill="{fill}" x="{x:.1f}" y="{y + SIZE * 0.36:.1f}" text-anchor="{anchor}">'
        f"{escape(text)}</text>"
    )


def _box(kind: str, colour: str, x: float, y: float, width: float, height: float) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(0.0, height):.1f}"'
    return f'<rect class="{kind}" fill="{colour}" {place}/>'


def _line(kind: str, colour: str, x1: float, y1: float, x2: float, y2: float, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="5 4" stroke-width="2"' if dashed else ""
    return f'<line class="{kind}" stroke="{colour}"{dash} x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _width(text: str) -> int:
    """Return how wide a text is at most: Chinese is as wide as high, a Latin letter at most 0.62 of it."""
    return round(sum(SIZE if ord(sign) > 0x2E7F else SIZE * 0.62 for sign in text)) + 2


def _marks(top: float) -> list[float]:
    """Return round numbers up to the top, five at most."""
    scale = 1.0
    while top / scale > 50:
        scale *= 10
    step = next(one * scale for one in (1, 2, 5, 10, 20) if top / (one * scale) <= 5)
    return [step * at for at in range(int(top / step) + 1)]
