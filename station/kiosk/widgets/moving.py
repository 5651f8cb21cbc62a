"""Something that moves, so that a wait does not look like a dead machine."""

from typing import Final

from textual.content import Content
from textual.widgets import Static

BLOCKS: Final = 8
TURN_S: Final = 0.25


class Moving(Static):
    """A bar with a block that goes along it."""

    DEFAULT_CSS = "Moving { width: 1fr; height: 3; content-align: center middle; text-align: center; }"

    def __init__(self) -> None:
        """Stand at its beginning."""
        super().__init__("", classes="unsaid")
        self._turn = 0

    def on_mount(self) -> None:
        """Begin to move."""
        self._move()
        self.set_interval(TURN_S, self._move)

    def _move(self) -> None:
        at = self._turn % BLOCKS
        self._turn += 1
        before, after = "  " * at, "  " * (BLOCKS - 1 - at)
        self.update(Content.assemble((before, "on $tag"), ("  ", "on $amber"), (after, "on $tag")))
