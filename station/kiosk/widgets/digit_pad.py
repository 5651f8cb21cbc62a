"""Digits to touch; a keyboard's digits do the same."""

from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Grid

from station.kiosk.events import Event, Sign, Signal
from station.kiosk.texts import Texts
from station.kiosk.widgets.choice import Key

DIGITS: Final = "1234567890"
NUMBER_END: Final = "X"
"""The last place of an identity number may be it."""


class DigitPad(Grid):
    """Two rows: 1 to 5 with erase, 6 to 0 with next; an X where an identity number is asked."""

    def __init__(self, say: Texts, *, with_x: bool) -> None:
        """Lay out; `with_x` adds the X."""
        super().__init__(classes="-with-x" if with_x else "")
        self._say, self._with_x = say, with_x
        self.onward: Event = Signal.NEXT

    def compose(self) -> ComposeResult:
        """Lay out the keys."""
        yield from (Key("", digit, Sign(digit)) for digit in DIGITS[:5])
        yield Key("", self._say("pad.erase"), Signal.ERASE, classes="quiet", id="erase")
        yield from (Key("", digit, Sign(digit)) for digit in DIGITS[5:])
        if self._with_x:
            yield Key("", NUMBER_END, Sign(NUMBER_END))
        yield Key("", self._say("pad.next"), Signal.NEXT, classes="primary", id="next")

    def lead(self, *, skips: bool) -> None:
        """Say where next leads: on, or past a question that may be left out."""
        self.onward = Signal.SKIP if skips else Signal.NEXT
        self.query_one("#next", Key).offer("", self._say("pad.skip" if skips else "pad.next"), self.onward)

    def typed(self, event: events.Key) -> Event | None:
        """Return what a key of a keyboard means here."""
        sign = (event.character or "").upper()
        if event.key == "enter":
            return self.onward
        if event.key == "backspace":
            return Signal.ERASE
        return Sign(sign) if sign and (sign in DIGITS or (self._with_x and sign == NUMBER_END)) else None
