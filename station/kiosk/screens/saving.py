"""The disk is at work: the screen stays alive and says so."""

from collections.abc import Iterator
from typing import Final

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from station.kiosk.screens.base import KioskScreen
from station.kiosk.widgets.frame import words

BLOCKS: Final = 8
TURN_S: Final = 0.25


class SavingScreen(KioskScreen):
    """Nothing personal, nothing to press."""

    BACK = False

    def body(self) -> Iterator[Widget]:
        """Show that it is being saved."""
        say = self.scene.say
        yield words(say("saving.title"), classes="title")
        yield words("", id="moving")
        yield words(say("saving.text"), id="text")

    def on_mount(self) -> None:
        """Move, so that a slow disk does not look like a dead machine."""
        self._turn = 0
        self._move()
        self.set_interval(TURN_S, self._move)

    def _move(self) -> None:
        at = self._turn % BLOCKS
        self._turn += 1
        before, after = "  " * at, "  " * (BLOCKS - 1 - at)
        bar = Content.assemble((before, "on $tag"), ("  ", "on $amber"), (after, "on $tag"))
        self.query_one("#moving", Static).update(bar)
