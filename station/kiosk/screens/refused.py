"""No visit can be taken, or one could not be saved."""

from collections.abc import Iterator

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from station.kiosk.events import Signal
from station.kiosk.guards import may_try_again
from station.kiosk.labels import refused
from station.kiosk.screens.base import KioskScreen
from station.kiosk.state import Step
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words


class RefusedScreen(KioskScreen):
    """Says what happened, what it means for the villager, and whom to call."""

    def body(self) -> Iterator[Widget]:
        """Show the three lines, and the way on after a refusal."""
        say = self.scene.say
        yield words("", id="what", classes="title")
        yield Vertical(words("", id="meaning"), words("", id="next"), classes="sheet")
        if self.scene.state.step is Step.REFUSED:
            finish = Choice("1", say("refused.finish"), Signal.FINISH, classes="primary")
            again = Choice("2", say("refused.again"), Signal.CONFIRM)
            yield Horizontal(
                *([finish, again] if may_try_again(self.scene.state, Signal.CONFIRM) else [finish]), classes="choices"
            )

    def live(self) -> None:
        """Say why: the reason may change while it is closed."""
        texts, say = refused(self.scene.state), self.scene.say
        self.set_words("#what", say(texts.title))
        self.set_words("#meaning", say(texts.text))
        self.set_words("#next", say(texts.next_step))


class ClosedScreen(RefusedScreen):
    """Before anything is asked; opens again by itself."""

    BACK = False
