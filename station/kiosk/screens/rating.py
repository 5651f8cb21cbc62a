"""Five grades."""

from collections.abc import Iterator

from textual.containers import Horizontal
from textual.widget import Widget

from station.kiosk.events import Rate, Signal
from station.kiosk.labels import GRADES
from station.kiosk.screens.base import KioskScreen
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words


class RatingScreen(KioskScreen):
    """Asks once; not answering is as easy."""

    def body(self) -> Iterator[Widget]:
        """Show the grades from very satisfied to very dissatisfied, and the way out."""
        say = self.scene.say
        yield words(say("rating.title"), classes="title")
        grades = [Choice(str(key), say(label), Rate(grade)) for key, (grade, label) in enumerate(GRADES.items(), 1)]
        yield Horizontal(*grades[:3], classes="choices")
        yield Horizontal(
            *grades[3:], Choice(str(len(grades) + 1), say("rating.skip"), Signal.FINISH), classes="choices"
        )
