"""A long text in lines and pages that fit a screen (pure): Chinese breaks anywhere but before a closing sign."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from rich.cells import cell_len

NEVER_FIRST: Final = frozenset("，。、；：？！）》」』】,.;:?!)]}%")
"""Signs that a line does not begin with (禁则)."""
CUT: Final = ".."
"""Stands where a label was shortened; the whole text is on the page it opens."""


class Line(NamedTuple):
    """One line; `joined` when it goes on with the line before."""

    text: str
    joined: bool


def wrapped(text: str, width: int) -> list[Line]:
    """Return `text` in lines of at most `width` cells."""
    width = max(width, 2)
    return [Line(line, place > 0) for part in text.split("\n") for place, line in enumerate(_lines(part, width))]


def pages(text: str, width: int, rows: int) -> list[list[Line]]:
    """Return `text` in pages of `rows` lines of at most `width` cells; at least one page, perhaps an empty one."""
    lines = wrapped(text.rstrip(), width)
    found = list[list[Line]]()
    while lines:
        found.append(lines[: max(rows, 1)])
        lines = lines[max(rows, 1) :]
        while lines and not lines[0].text.strip():
            lines = lines[1:]  # a page does not begin with a gap
    return found or [[]]


def shown(page: list[Line]) -> str:
    """Return a page as it stands on the screen."""
    return "\n".join(line.text.rstrip() for line in page)


def said(page: list[Line]) -> str:
    """Return a page as it is read aloud: a line's end is no pause."""
    return "".join(line.text if line.joined or not place else f"\n{line.text}" for place, line in enumerate(page))


def shortened(text: str, cells: int) -> str:
    """Return as much of `text` as fits into `cells`, and a sign where something is missing."""
    if cell_len(text) <= cells:
        return text
    taken, room = "", cells - len(CUT)
    for sign in text:
        room -= cell_len(sign)
        if room < 0:
            break
        taken += sign
    return taken + CUT


def fitted(text: str, width: int, rows: int) -> str:
    """Return `text` shortened so that it takes at most `rows` lines of `width` cells."""
    lines = wrapped(text, width)
    if len(lines) <= rows:
        return text
    kept = "".join(line.text for line in lines[:rows])
    return shortened(kept, cell_len(kept.rstrip()) - len(CUT)).removesuffix(CUT).rstrip() + CUT


def _lines(text: str, width: int) -> Iterator[str]:
    line, used = "", 0
    for token in _tokens(text):
        cells = cell_len(token)
        if used + (cell_len(token.rstrip())) > width and line:
            yield line
            line, used = "", 0
        while cells > width:  # a word longer than a line
            head = _head(token, width)
            yield head
            token = token[len(head) :]  # noqa: PLW2901 - what is left of it
            cells = cell_len(token)
        line += token
        used += cells
    yield line


def _head(token: str, width: int) -> str:
    end, room = 0, width
    while end < len(token) and (room := room - cell_len(token[end])) >= 0:
        end += 1
    return token[: max(end, 1)]


def _tokens(text: str) -> Iterator[str]:
    """Yield what may not be broken: a wide sign, or a word, with the closing signs and spaces after it."""
    token = ""
    for sign in text:
        if not token or _belongs(token, sign):
            token += sign
        else:
            yield token
            token = sign
    if token:
        yield token


def _belongs(token: str, sign: str) -> bool:
    if sign in NEVER_FIRST or sign == " " or cell_len(sign) == 0:
        return True
    return not token.endswith(" ") and cell_len(sign) == 1 and cell_len(token[-1]) == 1
