"""What all screens of the kiosk share: frame, keys, and showing what changes while they are up."""

from collections.abc import Iterator
from contextlib import suppress
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from station.kiosk.events import Signal
from station.kiosk.ports.voice import Utterance
from station.kiosk.scene import Happened, Scene
from station.kiosk.state import Over
from station.kiosk.widgets.choice import Choice, Key, TickBox
from station.kiosk.widgets.covers import COVERS, Cover
from station.kiosk.widgets.frame import Footer, Header

KEYS: Final = {
    "f1": Signal.EMERGENCY,
    "f2": Signal.LARGE,
    "f3": Signal.VOICE,
    "f4": Signal.LANGUAGE,
    "f5": Signal.CALL_STAFF,
    "f12": Signal.STAFF,
}
"""Keys that are the same on every screen; Esc is the way back."""


class KioskScreen(Screen[None], inherit_bindings=False):
    """One step. Built from a Scene; `show` brings it up to a later Scene of the same step and language."""

    BINDINGS: ClassVar = [("tab,right,down", "app.focus_next"), ("shift+tab,left,up", "app.focus_previous")]
    AUTO_FOCUS = ""  # nothing is chosen beforehand
    BACK = True
    """Whether there is a way back from here."""
    BACK_KEY = "0"
    """The key of the way back, beside Esc, which always is; another screen may need 0 as a digit."""

    def __init__(self, scene: Scene) -> None:
        """Build from `scene`."""
        super().__init__()
        self.scene = scene
        # From the start as they will be: a class that comes later has everything styled once more.
        for size, breakpoints in zip(
            self.app.size, (self.app.HORIZONTAL_BREAKPOINTS, self.app.VERTICAL_BREAKPOINTS), strict=True
        ):
            fitting = [name for least, name in sorted(breakpoints or ()) if size >= least]
            self.add_class(*fitting[-1:])
        self.set_class(scene.state.large, "-large")
        self._laid_out = False

    def compose(self) -> ComposeResult:
        """Lay out frame and body."""
        yield Header(self.scene)
        with Vertical(id="body"):
            yield from self.body()
        yield Footer(self.scene, back=self.back_key() if self.BACK else "")
        for cover in COVERS.values():
            yield cover(self.scene)

    def back_key(self) -> str:
        """Return the key that the way back shows."""
        return self.BACK_KEY

    def body(self) -> Iterator[Widget]:
        """Yield what is special to the step."""
        raise NotImplementedError

    def live(self) -> None:
        """Bring what can change during the step up to `self.scene`."""

    def typed(self, event: events.Key) -> bool:
        """Take a key for what is special to the step; say whether it was one."""
        del event
        return False

    def spoken(self, *, personal: bool = False) -> list[Utterance]:
        """Return what is read aloud, in the order of the screen; what is personal only when asked for."""
        root = self.query_one(COVERS[self.scene.state.over]) if self.scene.state.over else self.query_one("#body")
        said: list[Utterance] = []
        for widget in root.walk_children(with_self=False):
            if isinstance(widget, Widget) and is_shown(widget) and not _unsaid(widget, personal=personal):
                said += (Utterance(text, self.scene.say.id_of(text)) for text in self._texts(widget) if text)
        return said

    def _texts(self, widget: Widget) -> list[str]:
        """Return what `widget` says: of a choice its words, then its key."""
        if isinstance(widget, Choice):
            state = [widget.state_word] if isinstance(widget, TickBox) else []
            key = [self.scene.say("choice.press", key=widget.key)] if widget.key.isdigit() else []
            return [widget.label, *state, widget.note, *key]
        return [str(getattr(widget, "said", "") or _text(widget))]

    def on_mount(self) -> None:
        """Show the rest of the scene."""
        self._laid_out = True
        self.show(self.scene)

    def show(self, scene: Scene) -> None:
        """Show `scene`, which is of the same step and language; at once, or as soon as the screen is laid out."""
        self.scene = scene
        if self._laid_out:
            with suppress(NoMatches):  # what is being taken down has nothing left to show it
                self._bring_up(scene)

    def _bring_up(self, scene: Scene) -> None:
        self.set_class(scene.state.large, "-large")
        self.set_class(scene.state.over is not None, "-covered")
        self.query_one(Header).show(scene)
        self.query_one(Footer).show(scene)
        for cover in self.query(Cover):
            cover.show(scene)
        self.live()

    def set_words(self, selector: str, text: str) -> None:
        """Put `text` where `selector` stands; an empty one takes no room."""
        label = self.query_one(selector, Static)
        if str(label.content) != text:
            label.update(text)
        label.display = bool(text)

    def on_key(self, event: events.Key) -> None:
        """Press the choice that shows this key; take the keys that are the same everywhere."""
        state = self.scene.state
        if state.over is Over.LEAVING:
            event.stop()
            event.prevent_default()
            self.app.post_message(Happened(Signal.TOUCH))
            return
        if event.key in KEYS:
            event.stop()
            self.app.post_message(Happened(KEYS[event.key]))
        elif event.key == "escape" and (self.BACK or state.over is not None):
            event.stop()
            self.app.post_message(Happened(Signal.BACK))
        elif state.over is None and self.typed(event):
            event.stop()
            event.prevent_default()
        else:
            self._press(event)

    def _press(self, event: events.Key) -> None:
        state = self.scene.state
        root = self.query_one(COVERS[state.over]) if state.over is not None else self
        for choice in root.query(Choice):
            if choice.key == event.character and is_shown(choice) and not _within_cover(choice, state.over):
                event.stop()
                choice.press()
                return


def is_shown(widget: Widget) -> bool:
    """Say whether a widget is to be seen, as far as style sheets and the step's own choice go."""
    return widget.visible and all(one.display for one in widget.ancestors_with_self if isinstance(one, Widget))


def _unsaid(widget: Widget, *, personal: bool) -> bool:
    if isinstance(widget, Key) or widget.has_class("unsaid"):
        return True
    return not personal and any(one.has_class("personal") for one in widget.ancestors_with_self)


def _within_cover(choice: Choice, over: Over | None) -> bool:
    return over is None and any(isinstance(above, Cover) for above in choice.ancestors)


def _text(widget: Widget) -> str:
    return str(widget.content) if isinstance(widget, Static) else ""
