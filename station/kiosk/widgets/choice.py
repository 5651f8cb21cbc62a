"""What a villager can press: by finger, number key, or Tab and Enter."""

from time import monotonic
from typing import ClassVar, Final

from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget

from station.kiosk.events import Event
from station.kiosk.scene import Happened

PRESSED_S: Final = 0.2
"""How long a press stays visible when it leads nowhere."""
GAP_FROM_ROWS: Final = 4
TAP_GUARD_S: Final = 0.25
"""The second half of a double tap must not press what has just appeared under the finger."""


class Choice(Widget, can_focus=True):
    """A large button with the key that presses it, its words, and perhaps a smaller line."""

    BINDINGS: ClassVar = [Binding("enter,space", "press", show=False)]

    def __init__(self, key: str, label: str, event: Event, *, note: str = "", classes: str | None = None) -> None:
        """Show `label` (and `note`); tell the app `event` when pressed by `key` or finger."""
        super().__init__(classes=classes)
        self.key = key
        self.label = label
        self.note = note
        self.event = event
        self._shown_at = monotonic()

    def on_show(self) -> None:
        """Remember when it appeared: first, or again after the leaving warning."""
        self._shown_at = monotonic()

    def rename(self, label: str, note: str) -> None:
        """Show other words."""
        if (label, note) != (self.label, self.note):
            self.label, self.note = label, note
            self.refresh()

    def render(self) -> Content:
        """Write key and label, and the note below where there is room."""
        if self.note and self.size.height >= 3:
            return Content.assemble(self._first_line(), "\n", self.note)
        return self._first_line()

    def _first_line(self) -> Content:
        tag = Content.styled(f" {self.key} ", "bold $paper on $tag")
        label = Content.styled(self.label, "bold")
        return Content.assemble("> ", tag, " ", label, " <") if self.has_focus else Content.assemble(tag, " ", label)

    def render_line(self, y: int) -> Strip:
        """Leave the last row of a high button as the gap to the next: it still takes the finger."""
        if y == self.size.height - 1 >= GAP_FROM_ROWS:
            behind = self.parent.background_colors[1] if isinstance(self.parent, Widget) else self.background_colors[0]
            return Strip.blank(self.size.width, Style(bgcolor=behind.rich_color))
        return super().render_line(y)

    def press(self) -> None:
        """Show the press at once and tell the app."""
        self.add_class("-pressed")
        self.set_timer(PRESSED_S, self._release)
        self.app.post_message(Happened(self.event))

    def _release(self) -> None:
        self.remove_class("-pressed")

    def action_press(self) -> None:
        """Press by Enter or space."""
        self.press()

    def on_click(self, event: events.Click) -> None:
        """Press by finger or mouse."""
        event.stop()
        if monotonic() - self._shown_at >= TAP_GUARD_S:
            self.press()


class TickBox(Choice):
    """A choice that stays: on or off, in words as well as colour."""

    def __init__(self, key: str, label: str, event: Event, *, note: str, on: str, off: str) -> None:
        """Show `on` or `off` beside the label; off at first, always."""
        super().__init__(key, label, event, note=note)
        self._words = {True: on, False: off}
        self.ticked = False

    def tick(self, ticked: bool) -> None:
        """Show whether it is on."""
        if ticked is not self.ticked:
            self.ticked = ticked
            self.set_class(ticked, "-ticked")
            self.refresh()

    def _first_line(self) -> Content:
        return Content.assemble(super()._first_line(), " ", Content.styled(self._words[self.ticked], "bold"))
