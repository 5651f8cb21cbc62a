"""The setup screen: how far first boot is, why it refuses, and the two ways to give the label."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from textual import events
from textual.app import App, ComposeResult
from textual.containers import Grid, Horizontal, Vertical
from textual.content import Content
from textual.filter import LineFilter
from textual.widgets import ContentSwitcher, Static

from station.firstboot import label
from station.firstboot.label_camera import LabelCamera, Preview
from station.firstboot.screen_parts import BUTTONS, drawn_steps, half_blocks
from station.firstboot.screen_style import STYLE
from station.firstboot.status import Status, read_status
from station.firstboot.view import answered, groups, message
from station.firstboot.words import Language, say
from station.kiosk.colours import COLOURS
from station.kiosk.harmless import Harmless
from station.kiosk.keyboard import KioskDriver
from station.kiosk.paging import shown, wrapped
from station.kiosk.widgets.choice import Turn
from station.kiosk.widgets.frame import words
from station.layout import Layout
from station.settings import Settings
from station.store.presence import agent_runs
from wire.enrolment import read_token, shown_token
from wire.errors import WireError
from wire.settings import SettingsError, load_settings

LOOK_EVERY_S: Final = 0.5
LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LONG: Final = 16
TEXT_CELLS: Final = 44
"""Width of the message before it was laid out, at 85 columns."""
GIVEN_S: Final = 10.0
"""So long at most a label that was given is said to be looked at."""
HARMLESS: Final = Harmless()


class SetupApp(App[None], inherit_bindings=False):
    """Three pictures: the state of things, the keypad, the camera."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    AUTO_FOCUS = None
    CSS = STYLE

    def __init__(self, layout: Layout, language: Language = "zh") -> None:
        """Show the first boot of this machine."""
        super().__init__(driver_class=KioskDriver)
        self.on_ready: Callable[[], None] = lambda: None
        self._layout, self._language = layout, language
        self._status: Status | None = None
        self._typed = ""
        self._given_s: float | None = None
        self._camera: LabelCamera | None = None

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give the style our colours."""
        return COLOURS

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let nothing but signs through to the terminal: a village's name comes from a card."""
        return [*super().get_line_filters(), HARMLESS]

    def compose(self) -> ComposeResult:
        """Lay out all three."""
        with Horizontal(id="header"):
            yield words("", id="title")
            yield words("", id="station")
        with ContentSwitcher(initial="state"):
            with Vertical(id="state"):
                yield words("", id="name")
                yield words("", id="fingerprint-words")
                yield words("", id="fingerprint")
                with Horizontal(id="middle"):
                    yield Static("", id="steps")
                    with Vertical(id="message"):
                        yield words("", id="message-title")
                        yield words("", id="message-text")
                with Horizontal(classes="row"):
                    yield Turn("1", "", "scan")
                    yield Turn("2", "", "type")
                    yield Turn("3", "", "language")
            with Vertical(id="keys"):
                yield words("", id="keys-words")
                yield Static("", id="typed")
                yield words("", id="keys-said")
                with Grid(id="pad"):
                    yield from (Turn("", sign, f"sign-{sign}") for sign in LETTERS)
                    yield Turn("", "", "erase")
                    yield Turn("", "", "keys-back")
                    yield Turn("", "", "ok")
            with Vertical(id="camera"):
                yield words("", id="camera-words")
                yield Static("", id="picture")
                yield words("", id="camera-said")
                with Horizontal(classes="row"):
                    yield Turn("1", "", "camera-back")
                    yield Turn("2", "", "camera-type")

    def on_mount(self) -> None:
        """Give every button its work, and look at the status from now on."""
        turns: dict[str, Callable[[], None]] = {
            "scan": self._scan,
            "type": self._type,
            "language": self._other_language,
            "erase": self._erase,
            "keys-back": self._back,
            "ok": self._typed_all,
            "camera-back": self._back,
            "camera-type": self._type,
        }
        for name, does in turns.items():
            self.query_one(f"#{name}", Turn).turned = does
        for sign in LETTERS:
            self.query_one(f"#sign-{sign}", Turn).turned = lambda sign=sign: self._sign(sign)  # type: ignore[misc]
        self.set_interval(LOOK_EVERY_S, self.look)
        self.look()
        self.on_ready()

    def on_unmount(self) -> None:
        """Let go of the camera."""
        self._close_camera()

    def look(self) -> None:
        """Read the status and show it."""
        before, self._status = self._status, read_status(self._layout)
        if before != self._status and self._given_s is not None and answered(before, self._status):
            self._given_s = None
        if self._status is not None and self._status.finished:
            self._back()
        self._show()

    def on_key(self, event: events.Key) -> None:
        """Take the keys of a keyboard, or of a scanner that types what it reads."""
        at = self.query_one(ContentSwitcher).current
        sign = event.character or ""
        if at == "keys":
            if event.key == "enter":
                self._typed_all()
            elif event.key == "backspace":
                self._erase()
            elif event.key == "escape":
                self._back()
            elif sign.isprintable() and sign not in {"", "-", " "}:
                self._sign(sign)
            return
        buttons = {
            "state": {"1": "scan", "2": "type", "3": "language"},
            "camera": {"1": "camera-back", "2": "camera-type"},
        }
        name = buttons.get(at or "", {}).get(sign)
        if name is not None and self.query_one(f"#{name}", Turn).visible:
            self.query_one(f"#{name}", Turn).press()

    def _show(self) -> None:
        status, language = self._status, self._language
        self._put("title", say("title", language))
        self._put("station", "" if status is None else status.station)
        named = status is not None and status.name
        self._put(
            "name", f"{status.town} {status.name}" if status is not None and named else say("no_station", language)
        )
        self._put("fingerprint-words", say("fingerprint", language) if named else "")
        self._put("fingerprint", "\n".join(groups(status.fingerprint)) if status is not None else "")
        self.query_one("#steps", Static).update(drawn_steps(status, language))
        silent_s = 0.0 if status is None else time.clock_gettime(time.CLOCK_BOOTTIME) - status.at_mono_s
        given = self._given_s is not None and time.monotonic() - self._given_s < GIVEN_S
        told = message(status, language, silent_s=silent_s, given=given)
        panel = self.query_one("#message", Vertical)
        panel.set_classes(f"-{told.mood}")
        self._put("message-title", told.title)
        width = self.query_one("#message-text", Static).size.width or TEXT_CELLS
        self._put("message-text", shown(wrapped("\n".join(("", *told.lines)), width)))
        for name in ("scan", "type"):
            button = self.query_one(f"#{name}", Turn)
            button.visible = bool(named) and status is not None and not status.finished
            button.set_class(status is not None and status.wants_label, "primary")
        for name, what in BUTTONS.items():
            self.query_one(f"#{name}", Turn).rename(say(what, language))
        self._put("keys-words", say("typing", language))

    def _put(self, name: str, text: str) -> None:
        self.query_one(f"#{name}", Static).update(Content(text))

    def _other_language(self) -> None:
        self._language = "en" if self._language == "zh" else "zh"
        self._show()

    def _turn_to(self, name: str) -> None:
        self.query_one(ContentSwitcher).current = name

    def _back(self) -> None:
        self._close_camera()
        self._typed = ""
        self._turn_to("state")

    def _type(self) -> None:
        self._close_camera()
        self._typed = ""
        self._put("keys-said", "")
        self._show_typed()
        self._turn_to("keys")

    def _sign(self, sign: str) -> None:
        letter = sign.upper().translate(str.maketrans("ILO", "110"))
        if letter not in LETTERS:
            self._put("keys-said", f"{say('no_u', self._language)}: {letter}")
            return
        self._put("keys-said", "")
        if len(self._typed) < LONG:
            self._typed += letter
        self._show_typed()

    def _erase(self) -> None:
        self._typed = self._typed[:-1]
        self._put("keys-said", "")
        self._show_typed()

    def _show_typed(self) -> None:
        self.query_one("#typed", Static).update(Content(shown_token(self._typed.ljust(LONG, "_")).replace("-", " - ")))
        self.query_one("#ok", Turn).set_class(len(self._typed) == LONG, "primary")

    def _typed_all(self) -> None:
        try:
            token = read_token(self._typed)
        except WireError:
            self._put("keys-said", say("short", self._language))
            return
        self._give(label.Answer(token))

    def _give(self, answer: label.Answer) -> None:
        self._back()
        try:
            label.give(self._layout, answer)
        except OSError:
            self._put("message-title", say("not_written", self._language))
            return
        self._given_s = time.monotonic()
        self._show()

    def _scan(self) -> None:
        self._turn_to("camera")
        self._put("camera-words", say("looking", self._language))
        self._put("camera-said", say("opening", self._language))
        self.query_one("#picture", Static).update("")
        try:
            settings = load_settings(self._layout.station / "station.toml", Settings)
            if agent_runs(Path(settings.state_dir)):  # it has the cameras
                raise LookupError  # noqa: TRY301 - said as what it is to whoever stands there: none can be used
            self._camera = LabelCamera(
                settings,
                on_preview=lambda preview: self._soon(self._preview, preview),
                on_label=lambda answer: self._soon(self._give, answer),
                on_foreign=lambda: self._soon(self._put, "camera-said", say("foreign_code", self._language)),
                on_trouble=lambda code: self._soon(
                    self._put, "camera-said", f"{code} {say('no_camera', self._language)}"
                ),
            )
        except (SettingsError, LookupError):
            self._put("camera-said", say("no_camera", self._language))
            return
        self._camera.start()

    def _soon(self, does: Callable[..., None], *args: object) -> None:
        """Have it done in the app's own time; called by the camera's thread."""
        if self._camera is not None and self.is_running:
            self.call_later(does, *args)

    def _preview(self, preview: Preview) -> None:
        self._put("camera-said", "")
        self.query_one("#picture", Static).update(half_blocks(preview))

    def _close_camera(self) -> None:
        if self._camera is not None:
            self._camera.close()
            self._camera = None
