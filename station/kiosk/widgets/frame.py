"""What stands on every screen: header and footer, each thing always in the same place."""

from time import monotonic
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from station.kiosk.events import Signal
from station.kiosk.labels import link_line
from station.kiosk.scene import Happened, Scene
from station.kiosk.widgets.choice import Choice

TAPS: Final = 5
TAPS_WITHIN_S: Final = 4.0
"""So many quick touches of the village's name open the staff's page: nobody does that by chance."""


def words(text: str, *, id: str | None = None, classes: str | None = None) -> Static:
    """Return a label whose text is taken as it is: a name may hold a bracket."""
    return Static(text, id=id, classes=classes, markup=False)


class VillageName(Static):
    """Whose machine this is; and the hidden door for staff."""

    def __init__(self, text: str) -> None:
        """Show `text`."""
        super().__init__(text, id="village", markup=False)
        self._taps: list[float] = []

    def on_click(self, event: events.Click) -> None:
        """Count quick touches."""
        event.stop()
        now = monotonic()
        self._taps = [at for at in self._taps if now - at < TAPS_WITHIN_S] + [now]
        if len(self._taps) >= TAPS:
            self._taps = []
            self.app.post_message(Happened(Signal.STAFF))


class Header(Horizontal):
    """Whose machine this is, whether the county hears it, and the time when it is trusted."""

    def __init__(self, scene: Scene) -> None:
        """Begin with `scene`."""
        super().__init__()
        self._scene = scene

    def compose(self) -> ComposeResult:
        """Lay out village, the demo's line, the county's line and the clock."""
        yield VillageName(self._scene.say("header.title", village=self._scene.village))
        yield words(self._scene.help, id="help")
        yield words("", id="link")
        yield words("", id="clock")

    def on_mount(self) -> None:
        """Show the line and the clock."""
        self.query_one("#help").display = bool(self._scene.help)
        self.set_class(bool(self._scene.help), "-demo")
        self.show(self._scene)

    def show(self, scene: Scene) -> None:
        """Show line and clock of `scene`."""
        link, clock = self.query_one("#link", Static), self.query_one("#clock", Static)
        _update(link, link_line(scene.state, scene.say))
        link.set_class(scene.state.hub_online, "-online")
        _update(clock, "" if scene.now is None else f"{scene.now:%m-%d %H:%M}")


class Place(Choice):
    """One of the footer's places: key above, word below, then how it stands."""

    def _top(self) -> list[Content]:
        tag = self._tag()
        if self.has_focus:
            tag = Content.assemble("> ", tag, " <")
        return [tag, Content.styled(self.label, "bold")]


class Footer(Horizontal):
    """The way back at the left, then size, voice, language, staff, and help at the right: on every screen the same."""

    def __init__(self, scene: Scene, *, back: str) -> None:
        """Offer the way back by the key `back`; empty where there is none."""
        super().__init__()
        self._scene = scene
        self._back = back

    def compose(self) -> ComposeResult:
        """Lay out the six places."""
        say = self._scene.say
        if self._back:
            yield Place(self._back, say("footer.back"), Signal.BACK, id="back", classes="quiet")
        else:
            yield words("", id="no-back")
        yield Place("F2", say("footer.large"), Signal.LARGE, id="large", classes="quiet")
        yield Place("F3", say("footer.voice"), Signal.VOICE, id="voice", classes="quiet")
        yield Place("F4", say("footer.language"), Signal.LANGUAGE, id="language", classes="quiet")
        yield Place("F5", say("footer.staff"), Signal.CALL_STAFF, id="staff", classes="quiet")
        yield Place(
            "F1", say("footer.emergency"), Signal.EMERGENCY, note=say("footer.sos"), id="emergency", classes="urgent"
        )

    def show(self, scene: Scene) -> None:
        """Show how size and voice stand."""
        say, state = scene.say, scene.state
        for place, label, on in (("#large", "footer.large", state.large), ("#voice", "footer.voice", state.voice)):
            self.query_one(place, Place).rename(say(label), say("word.on" if on else "word.off"))


def _update(label: Static, text: str) -> None:
    if str(label.content) != text:
        label.update(text)
