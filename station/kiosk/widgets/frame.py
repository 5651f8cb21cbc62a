"""What stands on every screen: header, footer, and the warning before it leaves."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from station.kiosk.events import Signal
from station.kiosk.labels import link_line
from station.kiosk.scene import Happened, Scene
from station.kiosk.widgets.choice import Choice


def words(text: str, *, id: str | None = None, classes: str | None = None) -> Static:
    """Return a label whose text is taken as it is: a name may hold a bracket."""
    return Static(text, id=id, classes=classes, markup=False)


class Header(Horizontal):
    """Whose machine this is, whether the county hears it, and the time when it is trusted."""

    def __init__(self, scene: Scene) -> None:
        """Begin with `scene`."""
        super().__init__()
        self._scene = scene

    def compose(self) -> ComposeResult:
        """Lay out village, line and clock."""
        yield words(self._scene.say("header.title", village=self._scene.village), id="village")
        yield words("", id="link")
        yield words("", id="clock")

    def on_mount(self) -> None:
        """Show the line and the clock."""
        self.show(self._scene)

    def show(self, scene: Scene) -> None:
        """Show line and clock of `scene`."""
        link = self.query_one("#link", Static)
        link.update(link_line(scene.state, scene.say))
        link.set_class(scene.state.hub_online, "-online")
        self.query_one("#clock", Static).update(scene.clock)


class Footer(Horizontal):
    """Back at the left, help in the middle, the other language at the right: on every screen the same."""

    def __init__(self, scene: Scene, *, back: bool) -> None:
        """Offer the way back where the step has one."""
        super().__init__()
        self._scene = scene
        self._back = back

    def compose(self) -> ComposeResult:
        """Lay out the three parts."""
        say = self._scene.say
        if self._back:
            yield Choice("0", say("footer.back"), Signal.BACK, classes="quiet")
        else:
            yield words("", id="no-back")
        yield words(self._scene.help, id="help")
        yield Choice("*", say("footer.language"), Signal.LANGUAGE, classes="quiet")


class Leaving(Vertical):
    """Stands instead of everything else while the time runs out; any touch stays."""

    def __init__(self, scene: Scene) -> None:
        """Stay hidden until `show` is told otherwise."""
        super().__init__()
        self._scene = scene

    def compose(self) -> ComposeResult:
        """Write the warning."""
        say = self._scene.say
        yield words(say("leaving.title"), classes="title")
        yield words("", id="leaving-count")
        yield words(say("leaving.stay"), id="leaving-stay")

    def show(self, scene: Scene) -> None:
        """Show the seconds left, or hide."""
        self.display = scene.state.warned
        if scene.state.warned:
            self.query_one("#leaving-count", Static).update(scene.say("leaving.count", seconds=scene.leaving_in_s))

    def on_click(self, event: events.Click) -> None:
        """Stay."""
        event.stop()
        self.app.post_message(Happened(Signal.TOUCH))
