"""Who agrees for a child under 14 (PIPL 31): their card, or their number and name, and their own tick."""

from collections.abc import Iterator

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from station.kiosk.events import Signal
from station.kiosk.labels import reader_line
from station.kiosk.screens.base import KioskScreen
from station.kiosk.screens.notice import tick_box
from station.kiosk.state import guarded
from station.kiosk.widgets.choice import Choice, TickBox
from station.kiosk.widgets.frame import words
from wire.person import mask


class GuardianScreen(KioskScreen):
    """Asks for the guardian, then for what they say; without one the child goes on without a name."""

    def body(self) -> Iterator[Widget]:
        """Show both halves; which one is seen depends on whether a guardian is there."""
        say = self.scene.say
        yield words(say("guardian.title"), classes="title")
        yield Vertical(
            words("", id="ask", classes="asks"),
            words("", id="trouble", classes="asks"),
            Horizontal(
                words(say("guardian.name"), classes="field"), words("", id="name", classes="value personal"), id="who"
            ),
            Horizontal(
                words(say("identity.number"), classes="field"),
                words("", id="number", classes="value personal"),
                id="which",
            ),
            words("", id="proved"),
            words(say("consent.guardian.whole"), id="whole"),
            classes="sheet",
        )
        yield Horizontal(
            Choice("1", say("guardian.type"), Signal.TYPE_NUMBER, note=say("guardian.type.note"), classes="primary"),
            Choice("2", say("notice.decline"), Signal.DECLINE, note=say("notice.decline.note")),
            id="without",
            classes="choices",
        )
        yield Horizontal(
            tick_box(1, "guardian", say),
            Choice("2", say("notice.agree"), Signal.AGREE, id="agree", classes="primary"),
            Choice("3", say("notice.decline"), Signal.DECLINE, note=say("notice.decline.note")),
            id="with",
            classes="choices",
        )

    def live(self) -> None:
        """Show the guardian of the draft, or ask for one."""
        say, state = self.scene.say, self.scene.state
        draft, guardian = state.draft, state.draft.guardian
        trouble = reader_line(state, say) or (say(draft.flaw) if draft.flaw is not None else "")
        self.set_words("#trouble", trouble if guardian is None else "")
        self.set_words("#ask", "" if guardian is not None else say(self._ask()))
        for part in ("#who", "#which", "#with", "#whole"):
            self.query_one(part).display = guardian is not None
        self.query_one("#without").display = guardian is None
        if guardian is not None:
            self.set_words("#name", guardian.name)
            self.set_words("#number", mask(guardian).id_number)
        unproved = guardian is not None and not guardian.verified
        self.set_words("#proved", say("identity.unverified") if unproved else "")
        self.set_class(unproved, "-unverified")
        self.query_one(TickBox).tick("guardian" in draft.consents)
        agree = self.query_one("#agree", Choice)
        agree.rename(say("notice.agree"), say("notice.agree.note" if guarded(draft) else "notice.agree.first"))
        agree.set_class(not guarded(draft), "-not-yet")

    def _ask(self) -> str:
        if not self.scene.has_reader:
            return "guardian.no_reader"
        return "guardian.lift_first" if self.scene.state.card_there else "guardian.place_card"
