"""The privacy notice and the consent: one tick a purpose, none beforehand."""

from collections.abc import Iterator

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from station.kiosk.events import Signal, Tick
from station.kiosk.labels import CONSENTS, NOTICE_LINES
from station.kiosk.screens.base import KioskScreen
from station.kiosk.state import may_agree, purposes
from station.kiosk.widgets.choice import Choice, TickBox
from station.kiosk.widgets.frame import words


class NoticeScreen(KioskScreen):
    """Says in plain words what is kept, why and how long, and lets the villager decide."""

    def body(self) -> Iterator[Widget]:
        """Show the notice, the ticks and the two ways on."""
        say, asked = self.scene.say, purposes(self.scene.state.draft)
        yield words(say("notice.title"), classes="title")
        yield Vertical(*(words(say(line)) for line in NOTICE_LINES), classes="sheet")
        yield Horizontal(
            *(
                TickBox(
                    str(key),
                    say(CONSENTS[purpose][0]),
                    Tick(purpose),
                    note=say(CONSENTS[purpose][1]),
                    on=say("tick.on"),
                    off=say("tick.off"),
                )
                for key, purpose in enumerate(asked, 1)
            ),
            classes="ticks",
        )
        agree = Choice(str(len(asked) + 1), "", Signal.AGREE, classes="primary")
        agree.id = "agree"
        decline = Choice(str(len(asked) + 2), say("notice.decline"), Signal.DECLINE, note=say("notice.decline.note"))
        yield Horizontal(agree, decline, classes="choices")

    def live(self) -> None:
        """Show the ticks, and what is still missing to agree."""
        say, draft = self.scene.say, self.scene.state.draft
        for box, purpose in zip(self.query(TickBox), purposes(draft), strict=False):
            box.tick(purpose in draft.consents)
        first = "notice.agree.first_minor" if draft.minor else "notice.agree.first"
        note = say("notice.agree.note") if may_agree(draft) else say(first)
        agree = self.query_one("#agree", Choice)
        agree.rename(say("notice.agree"), note)
        agree.set_class(not may_agree(draft), "-not-yet")  # the flow decides: a quick finger is ahead of the screen
