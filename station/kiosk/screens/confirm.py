"""The last look before anything is written: everything that will be handed in, and what must be agreed to."""

from collections.abc import Iterator

from textual.containers import Horizontal
from textual.widget import Widget

from station.kiosk.events import Signal, Tick
from station.kiosk.labels import SERVICES, TICKS
from station.kiosk.record import answer_text
from station.kiosk.screens.base import KioskScreen
from station.kiosk.screens.notice import tick_box
from station.kiosk.state import form, may_confirm, needed_ticks, registered
from station.kiosk.widgets.choice import Choice, TickBox
from station.kiosk.widgets.frame import words
from station.kiosk.widgets.paper import Paper
from wire.person import mask


class ConfirmScreen(KioskScreen):
    """Says what will be saved, under which name, and asks one tick a purpose."""

    def body(self) -> Iterator[Widget]:
        """Show it all on paper; below what is to tick, and the two ways on."""
        say, draft = self.scene.say, self.scene.state.draft
        yield words(say("confirm.title"), classes="title")
        yield Paper(say, self._lines(), classes="personal")
        boxes = [tick_box(key, what, say, noted=False) for key, what in enumerate(needed_ticks(draft), 1)]
        yield Horizontal(
            *boxes,
            Choice(str(len(boxes) + 1), say("confirm.yes"), Signal.CONFIRM, id="confirm", classes="primary"),
            Choice(str(len(boxes) + 2), say("confirm.no"), Signal.REDO),
            classes="choices",
        )

    def _lines(self) -> list[str]:
        say, state = self.scene.say, self.scene.state
        draft, ticks = state.draft, needed_ticks(state.draft)
        lines = [(say("confirm.service"), say(SERVICES[draft.service]) if draft.service is not None else "")]
        if draft.person is not None and registered(draft):
            shown = mask(draft.person)
            lines.append((say("confirm.who"), f"{draft.person.name} {shown.id_number}".strip()))
            if draft.guardian is not None:
                lines.append((say("guardian.name"), draft.guardian.name))
        else:
            lines.append((say("confirm.who"), say("confirm.anonymous")))
        given = dict(draft.answers)
        for field in form(state):
            if given.get(field.id):
                label = field.label if field.literal else say(field.label)
                lines.append((label, answer_text(field, given[field.id], say)))
        whole = [say(TICKS[what].whole) for what in ticks]
        return [*(say("confirm.line", what=what, how=how) for what, how in lines), *whole]

    def live(self) -> None:
        """Show the ticks, and what is still missing."""
        say, draft = self.scene.say, self.scene.state.draft
        for box in self.query(TickBox):
            box.tick(isinstance(box.event, Tick) and box.event.what in draft.consents)
        confirm = self.query_one("#confirm", Choice)
        ready = may_confirm(draft)
        confirm.rename(say("confirm.yes"), "" if ready else say("confirm.first"))
        confirm.set_class(not ready, "-not-yet")
