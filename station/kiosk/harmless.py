"""What a name, an answer or a document holds besides signs never reaches the terminal: it could steer it."""

import re
from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

STEERS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters, and what turns the direction of writing: Textual counts none of them as a cell."""


class Harmless(LineFilter):
    """Lets only signs through."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return `segments` without what steers a terminal."""
        del background
        return [
            Segment(STEERS.sub("", segment.text), segment.style, segment.control)
            if STEERS.search(segment.text)
            else segment
            for segment in segments
        ]
