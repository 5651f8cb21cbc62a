"""A terminal's screen as an HTML page, cell by cell: what the kiosk's panel shows, wide characters included (pure)."""

import html
from itertools import groupby
from typing import Any

import pyte

CELL_WIDTH_PX, CELL_HEIGHT_PX, FONT_PX = 12, 30, 24
"""foot with Noto Sans Mono CJK at 24 px: 85 by 20 cells on 1024 by 600."""
FOREGROUND, BACKGROUND = "#e6e6e6", "#101418"
NAMED = {
    "black": "#000000",
    "red": "#cc3333",
    "green": "#33aa55",
    "brown": "#c9a227",
    "blue": "#3366cc",
    "magenta": "#aa55aa",
    "cyan": "#33aaaa",
    "white": "#e6e6e6",
}


def page_of(screen: pyte.Screen) -> str:
    """Return an HTML page of exactly `screen`'s size in pixels."""
    cells = "".join(_row(screen, y) for y in range(screen.lines))
    width, height = screen.columns * CELL_WIDTH_PX, screen.lines * CELL_HEIGHT_PX
    return f"""<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; width: {width}px; height: {height}px; background: {BACKGROUND}; position: relative; overflow: hidden;
  font: {FONT_PX}px/{CELL_HEIGHT_PX}px "Noto Sans Mono CJK SC", monospace; white-space: pre; }}
b, i {{ position: absolute; height: {CELL_HEIGHT_PX}px; font-style: normal; font-weight: normal; overflow: hidden; }}
.s {{ font-weight: bold; }} .u {{ text-decoration: underline; }}
</style>{cells}"""


def _row(screen: pyte.Screen, y: int) -> str:
    row = screen.buffer[y]
    colours = [(x, *_colours(row[x])) for x in range(screen.columns)]
    parts = []
    for background, run in groupby(colours, key=lambda cell: cell[2]):
        cells = list(run)
        left, width = cells[0][0] * CELL_WIDTH_PX, len(cells) * CELL_WIDTH_PX
        parts.append(
            f'<i style="top:{y * CELL_HEIGHT_PX}px;left:{left}px;width:{width}px;background:{background}"></i>'
        )
    for x, foreground, _ in colours:
        cell = row[x]
        if cell.data.strip():
            classes = ("s" if cell.bold else "") + (" u" if cell.underscore else "")
            wide = 2 if x + 1 < screen.columns and row[x + 1].data == "" else 1
            parts.append(
                f'<b class="{classes}" style="top:{y * CELL_HEIGHT_PX}px;left:{x * CELL_WIDTH_PX}px;'
                f'width:{wide * CELL_WIDTH_PX}px;color:{foreground}">{html.escape(cell.data)}</b>'
            )
    return "".join(parts)


def _colours(cell: Any) -> tuple[str, str]:
    foreground, background = _colour(cell.fg, FOREGROUND), _colour(cell.bg, BACKGROUND)
    return (background, foreground) if cell.reverse else (foreground, background)


def _colour(name: str, default: str) -> str:
    if name == "default":
        return default
    return NAMED.get(name.removeprefix("bright"), f"#{name}")
