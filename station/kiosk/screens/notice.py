"""The privacy notice and the consent: one tick a purpose, none beforehand."""

from collections.abc import Iterator

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from station.kiosk.events import Signal, Tick, Ticked
from station.kiosk.labels import NOTICE_LINES, TICKS
from station.kiosk.screens.base import KioskScreen
from station.kiosk.state import may_agree, notice_ticks
from station.kiosk.texts import Texts
from station.kiosk.widgets.choice import Choice, TickBox
from station.kiosk.widgets.frame import words


def tick_box(key: int, what: Ticked, say: Texts, *, noted: bool = True) -> TickBox:
    """Return the box of one purpose or declaration; not `noted` where the whole of it stands above."""
    tick = TICKS[what]
    note = say(tick.note) if noted else ""
    return TickBox(str(key), say(tick.label), Tick(what), on=say("tick.on"), off=say("tick.off"), note=note)


class NoticeScreen(KioskScreen):
    """Says in plain words what is kept, why and how long, and lets the villager decide."""

    def body(self) -> Iterator[Widget]:
        """Show the notice, the ticks and the two ways on."""
        say, asked = self.scene.say, notice_ticks(self.scene.state.draft)
        yield words(say("notice.title"), classes="title")
        yield Vertical(*(words(say(line)) for line in NOTICE_LINES), classes="sheet")
        boxes = [tick_box(key, what, say) for key, what in enumerate(asked, 1)]
        agree = Choice(str(len(boxes) + 1), say("notice.agree"), Signal.AGREE, id="agree", classes="primary")
        decline = Choice(str(len(boxes) + 2), say("notice.decline"), Signal.DECLINE, note=say("notice.decline.note"))
        yield Horizontal(*boxes, agree, decline, classes="choices")

    def live(self) -> None:
        """Show the ticks, and what is still missing to agree."""
        say, draft = self.scene.say, self.scene.state.draft
        for box in self.query(TickBox):
            box.tick(isinstance(box.event, Tick) and box.event.what in draft.consents)
        agree = self.query_one("#agree", Choice)
        agree.rename(say("notice.agree"), say("notice.agree.note" if may_agree(draft) else "notice.agree.first"))
        agree.set_class(not may_agree(draft), "-not-yet")  # the flow decides: a quick finger is ahead of the screen
