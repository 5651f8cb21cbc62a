"""What a villager can press: by finger, number key, or Tab and Enter."""

from collections.abc import Callable
from time import monotonic
from typing import ClassVar, Final

from rich.cells import cell_len
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

    def __init__(
        self, key: str, label: str, event: Event, *, note: str = "", id: str | None = None, classes: str | None = None
    ) -> None:
        """Show `label` (and `note`); tell the app `event` when pressed by `key` (none when empty) or finger."""
        super().__init__(id=id, classes=classes)
        self.key = key
        self.label = label
        self.note = note
        self.event = event
        self._shown_at = monotonic()

    def on_show(self) -> None:
        """Remember when it appeared: first, or again after the leaving warning."""
        self._shown_at = monotonic()

    def rename(self, label: str, note: str = "") -> None:
        """Show other words."""
        if (label, note) != (self.label, self.note):
            self.label, self.note = label, note
            self.refresh()

    def offer(self, key: str, label: str, event: Event, note: str = "") -> None:
        """Become another choice, in the same place."""
        if (key, event) != (self.key, self.event):
            self.key, self.event = key, event
            self._shown_at = monotonic()
            self.refresh()
        self.rename(label, note)

    def render(self) -> Content:
        """Write key and label, beside or below each other, and below them what else there is room for."""
        lines = [*self._top(), *self._more()]
        return Content("\n").join(lines[: max(1, self.size.height)])

    def _top(self) -> list[Content]:
        label = Content.styled(self.label, "bold")
        if not self.key:
            return [label]
        tag = self._tag()
        room = self.size.width - cell_len(self.key) - 3 - cell_len(self.label)
        if room < 0:
            return [tag, label]
        if self.has_focus and room >= 4:
            return [Content.assemble("> ", tag, " ", label, " <")]
        return [Content.assemble(tag, " ", label)]

    def _tag(self) -> Content:
        """Return the key; on a dark choice it is light."""
        dark = self.has_class("quiet") or self.has_class("urgent")
        return Content.styled(f" {self.key} ", "bold $ink on $paper" if dark else "bold $paper on $tag")

    def _more(self) -> list[Content]:
        return [Content(self.note)] if self.note else []

    def render_line(self, y: int) -> Strip:
        """Leave the last row of a high button as the gap to the next: it still takes the finger."""
        if y == self.size.height - 1 >= GAP_FROM_ROWS - 1:
            behind = self.parent.background_colors[1] if isinstance(self.parent, Widget) else self.background_colors[0]
            return Strip.blank(self.size.width, Style(bgcolor=behind.rich_color))
        return super().render_line(y)

    def press(self) -> None:
        """Show the press at once and tell the app."""
        self.add_class("-pressed")
        self.set_timer(PRESSED_S, self._release)
        self.chosen()

    def chosen(self) -> None:
        """Tell the app."""
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

    def __init__(
        self,
        key: str,
        label: str,
        event: Event,
        *,
        on: str,
        off: str,
        note: str = "",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Show `on` or `off` below the label; off at first, always."""
        super().__init__(key, label, event, note=note, id=id, classes=classes)
        self._words = {True: on, False: off}
        self.ticked = False

    @property
    def state_word(self) -> str:
        """`on` or `off`, as it stands now."""
        return self._words[self.ticked]

    def tick(self, ticked: bool) -> None:
        """Show whether it is on."""
        if ticked is not self.ticked:
            self.ticked = ticked
            self.set_class(ticked, "-ticked")
            self.refresh()

    def _more(self) -> list[Content]:
        return [Content.styled(self.state_word, "bold"), *super()._more()]


class Key(Choice, can_focus=False):
    """A key of a pad: pressed by finger; on a keyboard it is the key of the same name."""


class Turn(Choice):
    """A choice that changes only what is seen of the screen: it calls, and tells the app nothing."""

    def __init__(self, key: str, label: str, id: str) -> None:
        """Show `label`; whoever made it sets `turned`."""
        super().__init__(key, label, "", id=id)  # type: ignore[arg-type]
        self.turned: Callable[[], None] = _nothing

    def chosen(self) -> None:
        """Turn."""
        self.turned()


def _nothing() -> None:
    """Do nothing: nobody has said yet what turning does."""
