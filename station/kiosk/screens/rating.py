"""Five grades."""

from collections.abc import Iterator
from typing import Final

from textual.containers import Grid
from textual.content import Content
from textual.widget import Widget

from station.kiosk.events import Rate, Signal
from station.kiosk.labels import GRADES
from station.kiosk.screens.base import KioskScreen
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words
from station.kiosk.widgets.moving import Moving

FACES: Final = {5: ":-D", 4: ":-)", 3: ":-|", 2: ":-(", 1: ":'("}


class RatingScreen(KioskScreen):
    """Asks once; not answering is as easy."""

    def body(self) -> Iterator[Widget]:
        """Show the grades from very satisfied to very dissatisfied, and the way out."""
        say = self.scene.say
        yield words(say("rating.title"), classes="title")
        grades = [GradeChoice(str(key), say(GRADES[grade]), Rate(grade)) for key, grade in enumerate(GRADES, 1)]
        skip = Choice(str(len(grades) + 1), say("rating.skip"), Signal.FINISH, classes="quiet")
        yield Grid(*grades, skip, id="grades")


class GradeChoice(Choice):
    """A grade with its face, which is not read aloud."""

    event: Rate

    def render(self) -> Content:
        """Write the face above key and word."""
        face = Content.styled(FACES[self.event.grade], "bold")
        return Content("\n").join([face, super().render()]) if self.size.height >= 3 else super().render()


class SavingGradeScreen(KioskScreen):
    """The rating goes to the disk."""

    BACK = False

    def body(self) -> Iterator[Widget]:
        """Show that it is being saved."""
        yield words(self.scene.say("rating.saving"), classes="title")
        yield Moving()
