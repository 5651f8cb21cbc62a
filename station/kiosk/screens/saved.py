"""Saved: the number, and where the visit is now."""

from collections.abc import Iterator
from typing import Final

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from station.kiosk.events import Printed, Signal
from station.kiosk.labels import PRINTED, county_line
from station.kiosk.screens.base import KioskScreen
from station.kiosk.state import State, county_has_it
from station.kiosk.widgets.big_number import BigNumber
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words

NOT_PRINTED: Final = frozenset({Printed.FAILED, Printed.NO_PRINTER})


def prints(state: State) -> bool:
    """Say whether a receipt on paper is offered; the code is, where printing failed."""
    return state.devices.printer and state.draft.printed not in NOT_PRINTED


class SavedScreen(KioskScreen):
    """Shows the number large; the line above it tells when the county has it."""

    def body(self) -> Iterator[Widget]:
        """Show number, whereabouts and what can be done next."""
        say, number = self.scene.say, self.scene.state.draft.number
        yield Horizontal(words(say("saved.title"), classes="title"), words("", id="county"), id="top")
        yield Vertical(
            BigNumber(number),
            words(say("saved.number", number=number), id="number"),
            words("", id="printed"),
            classes="sheet",
        )
        yield Horizontal(
            Choice("1", say("saved.rate"), Signal.RATE, classes="primary"),
            Choice("2", "", Signal.SHOW_QR, id="receipt"),
            Choice("3", say("saved.more"), Signal.MORE),
            Choice("4", say("saved.finish"), Signal.FINISH),
            classes="choices",
        )

    def live(self) -> None:
        """Say whether the county has it, and how printing went."""
        state, say = self.scene.state, self.scene.say
        received = county_has_it(state)
        self.set_words("#county", f"({'V' if received else '!'}) {county_line(state, say)}")
        self.query_one("#county").set_class(received, "-received")
        self.set_words("#printed", say(PRINTED[state.draft.printed]) if state.draft.printed else "")
        receipt = self.query_one("#receipt", Choice)
        if prints(state):
            receipt.offer("2", say("saved.print"), Signal.PRINT)
        else:
            receipt.offer("2", say("saved.code"), Signal.SHOW_QR)
