"""What can lie over a step: the warning before it leaves, the call for help, the call for staff."""

from collections.abc import Iterator
from typing import ClassVar, Final

from textual import events
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from station.kiosk.content import staff_phone
from station.kiosk.events import Signal, Store
from station.kiosk.scene import Happened, Scene
from station.kiosk.state import Over, State, county_has_call
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import words


class Cover(Vertical):
    """Hidden, and empty, until it is laid over the step."""

    OVER: ClassVar[Over]

    def __init__(self, scene: Scene) -> None:
        """Stay hidden until `show` is told otherwise."""
        super().__init__()
        self.display = False
        self.scene = scene
        self._filled = False

    def show(self, scene: Scene) -> None:
        """Show `scene` when this is what covers it, else hide."""
        self.scene = scene
        lies = scene.state.over is self.OVER
        if lies and not self._filled:
            self._filled = True
            self.mount(*self.inside())
        self.display = lies
        if lies:
            self.live()

    def inside(self) -> Iterator[Widget]:
        """Yield what the cover shows."""
        raise NotImplementedError

    def live(self) -> None:
        """Bring what can change up to `self.scene`."""

    def put(self, selector: str, text: str) -> None:
        """Put `text` where `selector` stands; an empty one takes no room."""
        label = self.query_one(selector, Static)
        if str(label.content) != text:
            label.update(text)
        label.display = bool(text)


class Leaving(Cover):
    """Stands instead of everything else while the time runs out; any touch stays."""

    OVER = Over.LEAVING

    def inside(self) -> Iterator[Widget]:
        """Write the warning."""
        say = self.scene.say
        yield words(say("leaving.title"), classes="title")
        yield words("", id="leaving-count", classes="line")
        yield words(say("leaving.stay"), id="leaving-stay")

    def live(self) -> None:
        """Show the seconds left."""
        self.put("#leaving-count", self.scene.say("leaving.count", seconds=self.scene.leaving_in_s))

    def on_click(self, event: events.Click) -> None:
        """Stay."""
        event.stop()
        self.app.post_message(Happened(Signal.TOUCH))


class EmergencyAsked(Cover):
    """Asks once more: a sleeve or a child must not call the county."""

    OVER = Over.EMERGENCY_ASKED

    def inside(self) -> Iterator[Widget]:
        """Offer the call, very large, and the way back."""
        say = self.scene.say
        yield words(say("emergency.ask"), classes="title")
        yield Choice(
            "1", say("emergency.again"), Signal.EMERGENCY, note=say("emergency.sos"), id="again", classes="urgent"
        )
        yield Choice("0", say("emergency.back"), Signal.BACK)


class Emergency(Cover):
    """Says where the call is, and whom to call oneself."""

    OVER = Over.EMERGENCY

    def inside(self) -> Iterator[Widget]:
        """Lay out what is said, and the two ways on."""
        say = self.scene.say
        yield words("", id="told", classes="title")
        yield words("", id="what-next", classes="line")
        yield words(say("emergency.numbers"), id="numbers", classes="line")
        yield words("", id="staff-number", classes="line")
        yield Choice(
            "1", say("emergency.withdraw"), Signal.WITHDRAW, note=say("emergency.withdraw.note"), id="withdraw"
        )
        yield Choice("0", say("emergency.close"), Signal.BACK, id="close")

    def live(self) -> None:
        """Say how it stands."""
        say, state = self.scene.say, self.scene.state
        told, following = _told(state)
        self.put("#told", say(told))
        self.put("#what-next", say(following))
        phone = staff_phone(state.library)
        self.put("#staff-number", say("cover.staff_phone", phone=phone) if phone else "")
        well = not state.withdrawn and county_has_call(state, state.call_seq)
        self.set_class(well, "-received")
        self.query_one("#withdraw").display = not state.withdrawn and state.call_seq != 0


def _told(state: State) -> tuple[str, str]:
    """Return the ids of what has become of the call, and of what to do now."""
    if state.withdrawn:
        told = county_has_call(state, state.call_seq)
        return "emergency.withdrawn" if told else "emergency.withdrawing", "emergency.withdrawn.next"
    if state.call_seq == 0 or (state.call_seq is None and state.store not in {Store.READY, Store.FULL}):
        return "emergency.not_saved", "emergency.call_yourself"
    if state.call_seq is None:
        return "emergency.sending", "emergency.sending.next"
    if county_has_call(state, state.call_seq):
        return "emergency.received", "emergency.received.next"
    if state.hub_online:
        return "emergency.sending", "emergency.sending.next"
    return "emergency.offline", "emergency.call_yourself"


class StaffCalled(Cover):
    """Says that staff were called, and by which telephone they can be had."""

    OVER = Over.STAFF_CALLED

    def inside(self) -> Iterator[Widget]:
        """Lay out what is said, and the way back."""
        say = self.scene.say
        yield words(say("staff_called.title"), classes="title")
        yield words("", id="told", classes="line")
        yield words("", id="staff-number", classes="line")
        yield Choice("0", say("staff_called.back"), Signal.BACK, classes="primary")

    def live(self) -> None:
        """Say whether the county knows."""
        say, state = self.scene.say, self.scene.state
        if state.staff_seq is None:
            told = "staff_called.saving"
        elif state.staff_seq == 0:
            told = "staff_called.not_saved"
        else:
            told = "staff_called.received" if county_has_call(state, state.staff_seq) else "staff_called.noted"
        self.put("#told", say(told))
        phone = staff_phone(state.library)
        self.put("#staff-number", say("cover.staff_phone", phone=phone) if phone else say("cover.hotline"))


COVERS: Final[dict[Over, type[Cover]]] = {
    cover.OVER: cover for cover in (Leaving, EmergencyAsked, Emergency, StaffCalled)
}
