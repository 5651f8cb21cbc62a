"""The disk is at work: the screen stays alive and says so."""

from collections.abc import Iterator
from typing import ClassVar

from textual.widget import Widget

from station.kiosk.screens.base import KioskScreen
from station.kiosk.widgets.frame import words
from station.kiosk.widgets.moving import Moving


class SavingScreen(KioskScreen):
    """Nothing personal, nothing to press."""

    BACK = False
    TITLE_ID: ClassVar = "saving.title"
    TEXT_ID: ClassVar = "saving.text"

    def body(self) -> Iterator[Widget]:
        """Show that it is at work."""
        yield words(self.scene.say(self.TITLE_ID), classes="title")
        yield Moving()
        yield words(self.scene.say(self.TEXT_ID), id="text")


class CheckingPinScreen(SavingScreen):
    """The PIN is looked at, which takes its time on purpose."""

    TITLE_ID = "pin.checking"
    TEXT_ID = "pin.checking.text"
