"""Parts of the setup screen that are drawn: the list of steps, and what the camera sees (pure)."""

from typing import Final

from rich.color import Color
from rich.style import Style
from rich.text import Text

from station.firstboot.label_camera import Preview
from station.firstboot.status import Status
from station.firstboot.view import Mood, step_lines
from station.firstboot.words import Language

COLOURS: Final[dict[Mood, str]] = {
    "good": "bold #8fe3a0",
    "bad": "bold #ff8a80",
    "wait": "bold #ffc145",
    "ask": "bold #ffffff",
    "plain": "#9fb2cc",
}
BUTTONS: Final = {
    "scan": "scan",
    "type": "type",
    "language": "language",
    "erase": "erase",
    "keys-back": "back",
    "ok": "ok",
    "camera-back": "back",
    "camera-type": "type",
}
"""What is written on each button, by its id."""
WIDTH: Final[dict[Language, int]] = {"zh": 16, "en": 22}


def drawn_steps(status: Status | None, language: Language) -> Text:
    """Return the steps, each a line: its name, and how it is."""
    drawn = []
    for at, line in enumerate([] if status is None else step_lines(status, language)):
        name = Text(f"{at + 1} {line.name}")
        name.append(" " * max(1, WIDTH[language] - name.cell_len) + line.state)
        name.stylize(COLOURS[line.mood])
        drawn.append(name)
    return Text("\n").join(drawn)


def half_blocks(preview: Preview) -> Text:
    """Return a preview as half blocks, two rows a cell."""
    lines = []
    for upper, lower in zip(preview[::2], preview[1::2], strict=False):
        line = Text()
        for above, below in zip(upper, lower, strict=True):
            line.append("▀", Style(color=Color.from_rgb(*above), bgcolor=Color.from_rgb(*below)))
        lines.append(line)
    return Text("\n").join(lines)
