"""QR codes for the screen: two modules stand in one cell, drawn with half blocks. Pure.

A cell of the panel is 12x30 pixels, so a module is 12x15: a little higher than wide, which cameras read. One module in
a cell of its own, coloured and without a sign, would need 29 rows for the smallest code; the panel has 20. The half
blocks are one cell wide to Textual; foot draws them itself, exactly, and asks no font.
"""

from typing import Final

import segno

QUIET_MODULES: Final = (4, 3, 2)
"""White around a code: 4 by the standard; what stands around it here is paper-white too, so less is read as well."""
SIGNS: Final = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}
"""Upper and lower module, dark as ink: to be drawn with dark ink on white paper, whatever colours the screen has."""
MOST_BYTES: Final = 120
"""More makes modules that a telephone held by an unsteady hand does not read off a small screen."""


def receipt_text(station: str, number: str) -> str:
    """Return what a receipt's code says: nothing personal, and all in the signs that make the smallest codes."""
    return f"CCT {station} {number}"


def qr_rows(text: str, columns: int, rows: int) -> list[str] | None:
    """Return the rows of the code of `text`, each as wide as all; None when it fits not into `columns` and `rows`."""
    try:
        code = segno.make(text, micro=False, error="l", encoding=None if text.isascii() else "utf-8")
    except segno.DataOverflowError:
        return None
    size = len(code.matrix)
    for quiet in QUIET_MODULES:
        wide = size + 2 * quiet
        if wide <= columns and -(-wide // 2) <= rows:
            return _drawn([list(row) for row in code.matrix_iter(border=quiet)])
    return None


def _drawn(modules: list[list[int]]) -> list[str]:
    if len(modules) % 2:
        modules.append([0] * len(modules[0]))
    pairs = zip(modules[::2], modules[1::2], strict=True)
    return ["".join(SIGNS[bool(a), bool(b)] for a, b in zip(upper, lower, strict=True)) for upper, lower in pairs]


def split(text: str, most_bytes: int = MOST_BYTES) -> list[str]:
    """Return `text` in pieces of at most `most_bytes` of UTF-8 that are `text` when put together; at least one."""
    pieces, piece, used = list[str](), "", 0
    for sign in text:
        size = len(sign.encode("utf-8", errors="replace"))
        if piece and used + size > most_bytes:
            pieces.append(piece)
            piece, used = "", 0
        piece += sign
        used += size
    return [*pieces, piece]
