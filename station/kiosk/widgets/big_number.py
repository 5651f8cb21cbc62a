"""A number drawn five rows high, so that it can be read and copied from a step away."""

from typing import Final

from textual.content import Content
from textual.widget import Widget

ROWS: Final = 5
SHAPES: Final = {
    "0": "111 101 101 101 111",
    "1": "010 110 010 010 111",
    "2": "111 001 111 100 111",
    "3": "111 001 111 001 111",
    "4": "101 101 111 001 001",
    "5": "111 100 111 001 111",
    "6": "111 100 111 101 111",
    "7": "111 001 001 001 001",
    "8": "111 101 111 101 111",
    "9": "111 101 111 001 111",
    "-": "00 00 11 00 00",
    " ": "00 00 00 00 00",
}


def drawn(number: str, width: int) -> str:
    """Return `number` in shapes of ones, as wide as fits into `width` cells; as it is when nothing fits."""
    for scale, gap in ((2, 2), (2, 1), (1, 1)):
        rows = [
            (" " * gap).join(
                "".join(dot * scale for dot in SHAPES[sign].split()[row].replace("0", " ")) for sign in number
            )
            for row in range(ROWS)
        ]
        if len(rows[0]) <= width:
            return "\n".join(rows)
    return number


class BigNumber(Widget):
    """The number, drawn."""

    def __init__(self, number: str) -> None:
        """Draw `number`: digits, hyphens and spaces."""
        super().__init__()
        self._number = number

    def render(self) -> Content:
        """Draw as wide as there is room, in cells of ink: no font is needed for it."""
        rows = drawn(self._number, self.size.width)
        if rows == self._number:
            return Content(rows)
        return Content.assemble(*((" ", "on $ink") if dot == "1" else (dot, "") for dot in rows))
