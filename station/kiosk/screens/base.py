"""What all screens of the kiosk share: frame, keys, and showing what changes while they are up."""

from collections.abc import Iterator
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from station.kiosk.events import Signal
from station.kiosk.scene import Happened, Scene
from station.kiosk.widgets.choice import Choice
from station.kiosk.widgets.frame import Footer, Header, Leaving


class KioskScreen(Screen[None], inherit_bindings=False):
    """One step. Built from a Scene; `show` brings it up to a later Scene of the same step and language."""

    BINDINGS: ClassVar = [("tab,right,down", "app.focus_next"), ("shift+tab,left,up", "app.focus_previous")]
    AUTO_FOCUS = ""  # nothing is chosen beforehand
    BACK = True

    def __init__(self, scene: Scene) -> None:
        """Build from `scene`."""
        super().__init__()
        self.scene = scene
        self._laid_out = False

    def compose(self) -> ComposeResult:
        """Lay out frame and body."""
        yield Header(self.scene)
        with Vertical(id="body"):
            yield from self.body()
        yield Footer(self.scene, back=self.BACK)
        yield Leaving(self.scene)

    def body(self) -> Iterator[Widget]:
        """Yield what is special to the step."""
        raise NotImplementedError

    def live(self) -> None:
        """Bring what can change during the step up to `self.scene`."""

    def on_mount(self) -> None:
        """Show the rest of the scene."""
        self._laid_out = True
        self.show(self.scene)

    def show(self, scene: Scene) -> None:
        """Show `scene`, which is of the same step and language; at once, or as soon as the screen is laid out."""
        self.scene = scene
        if not self._laid_out:
            return
        self.query_one(Header).show(scene)
        self.query_one(Leaving).show(scene)
        self.set_class(scene.state.warned, "-warned")
        self.live()

    def set_words(self, selector: str, text: str) -> None:
        """Put `text` where `selector` stands; an empty one takes no room."""
        label = self.query_one(selector, Static)
        label.update(text)
        label.display = bool(text)

    def on_key(self, event: events.Key) -> None:
        """Press the choice that shows this key; Esc is 0, L is *."""
        if self.scene.state.warned:
            event.stop()
            event.prevent_default()
            self.app.post_message(Happened(Signal.TOUCH))
            return
        key = {"escape": "0", "l": "*", "L": "*"}.get(event.key, event.character or "")
        for choice in self.query(Choice):
            if choice.key == key:
                event.stop()
                choice.press()
                return
