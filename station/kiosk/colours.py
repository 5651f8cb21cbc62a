"""The colours of the screen by what they are for; the style sheets and widgets name them with a dollar sign."""

from typing import Final

COLOURS: Final = {
    "field": "#0f2f57",
    "bar": "#081d38",
    "sheet": "#f3f6fa",
    "ink": "#0b1f3a",
    "paper": "#ffffff",
    "amber": "#ffc145",
    "tag": "#1f4e8c",
    "red": "#b3261e",
    "good": "#8fe3a0",
    "good-sheet": "#d3f0da",
    "good-ink": "#0a3d1a",
    "off-sheet": "#c3ccd8",
    "off-ink": "#33445c",
}
"""Deep blue, white and amber; every text stands at least 4.5 to 1 against what is behind it."""
