"""The kiosk's screen: shows the flow's state, hands it what happens, has done what a step asks for."""

import logging
import traceback
from asyncio import TimerHandle, get_running_loop
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path, PurePath
from time import monotonic
from typing import Final

from rich.console import RenderableType
from textual import events
from textual.app import App
from textual.filter import LineFilter

from station.clock import CHINA, Clock
from station.kiosk.advance import advance
from station.kiosk.colours import COLOURS
from station.kiosk.entry.pinyin import Pinyin
from station.kiosk.events import DayTold, Event, Signal, Store, StoreTold
from station.kiosk.forget import forget_shown
from station.kiosk.harmless import Harmless
from station.kiosk.keyboard import KioskDriver
from station.kiosk.limits import time_limit_s
from station.kiosk.scene import Happened, Scene, TimeUp
from station.kiosk.screens.base import KioskScreen
from station.kiosk.screens.catalogue import SCREENS
from station.kiosk.state import State, Step, field_now, somebody
from station.kiosk.texts import LANGUAGES, Texts, read_texts
from station.kiosk.work import Ports, Work
from station.sealing import Seal
from station.settings import Settings
from wire.life import DeviceState

logger = logging.getLogger(__name__)

FORGET_AFTER_S: Final = 0.4
"""The screen for the next villager comes first; forgetting costs some tens of ms."""
SPEAK_AFTER_S: Final = 0.4
"""A screen that is left at once is not read aloud."""
REMIND_EVERY_S: Final = 12
REMIND_TIMES: Final = 5
"""How often a card that was left on the reader is spoken of: its owner is in earshot for a minute at most."""
SOFTWARE_OF: Final = date(2026, 11, 1)
"""No clock before this is right."""
SILENT_AFTER_S: Final = 10.0
"""The keeper tells of the spool every two seconds: longer without a word, the disk hangs, and nothing new is begun."""
HARMLESS: Final = Harmless()
STYLES: Final[list[str | PurePath]] = [*sorted(Path(__file__).parent.glob("**/*.tcss"))]


class KioskApp(App[None], inherit_bindings=False):
    """One screen a step; everything it knows of the villager is `state`, and goes with the visit."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - read only, as Textual declares it
        (0, "-short"),
        (22, "-plain"),
        (30, "-tall"),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-wide")]  # noqa: RUF012 - likewise

    def __init__(
        self, settings: Settings, seal: Seal, clock: Clock, pinyin: Pinyin, names: Pinyin | None = None
    ) -> None:
        """Show the screen of the station; `attach` gives it the machine. `names` is `pinyin` for people's names."""
        super().__init__(driver_class=KioskDriver, css_path=STYLES)
        kiosk = settings.kiosk
        self.settings = settings
        self.seal = seal
        self.clock = clock
        self.pinyin, self.names = pinyin, names or pinyin
        self.plain_texts = {language: read_texts(language) for language in LANGUAGES}
        self.texts = dict(self.plain_texts)
        self.state = State(
            language=kiosk.language, home_language=kiosk.language, voice=kiosk.voice, home_voice=kiosk.voice
        )
        self.ports: Ports | None = None
        self.work: Work | None = None
        self.silent_after_s = SILENT_AFTER_S
        self.on_ready: Callable[[], None] = lambda: None
        self.on_somebody: Callable[[bool], None] = lambda _: None
        self._shown: State | None = None
        self._timer: TimerHandle | None = None
        self._speaking: TimerHandle | None = None
        self._time_count = 0
        self._time_up_at = self._store_told_at = monotonic()
        self._showed_person = False
        self._left_s = 0

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give the style sheets our colours."""
        return COLOURS

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let nothing but signs through to the terminal, wherever they come from."""
        return [*super().get_line_filters(), HARMLESS]

    def attach(self, ports: Ports) -> None:
        """Take the machine."""
        self.ports = ports
        self.work = Work(ports, self.seal, self.settings.station, self.settings.name, self.tell)

    def tell(self, event: Event) -> None:
        """Take an event from any thread."""
        self.post_message(Happened(event))

    async def on_mount(self) -> None:
        """Show the first screen, then let the threads begin."""
        self.set_interval(1.0, self._tick)
        self.state = advance(self.state, DayTold(self.today()))
        await self._show()
        self.on_ready()

    def on_unmount(self) -> None:
        """Begin nothing any more."""
        self._hush()
        if self._timer is not None:
            self._timer.cancel()

    async def on_happened(self, message: Happened) -> None:
        """Let the flow decide, have done what the new step asks for, show it."""
        before, event = self.state, message.event
        if isinstance(event, StoreTold):
            self._store_told_at = monotonic()
        self.state = advance(before, event)
        self.on_somebody(somebody(self.state))
        if _asks_for_time(self.state) != _asks_for_time(before):
            self._restart_time()
        if self.work is not None:
            if self.state.library is not before.library:
                self._word()
            say, say_county = self.texts[self.state.language], self.texts["zh"]
            self.work.do(before, self.state, event, say, say_county)
        if event is Signal.READ or (event is Signal.VOICE and self.state.voice):
            self._speak_soon(personal=event is Signal.READ)
        if self.state != before:
            self._forget(before)
            await self._show()

    async def on_time_up(self, message: TimeUp) -> None:
        """Take it, unless it is of a screen that was left, or touched, in the same instant."""
        if message.timer == self._time_count:
            await self.on_happened(message)

    async def on_event(self, event: events.Event) -> None:
        """Any touch of the villager starts the time anew, and ends what is being read aloud."""
        if isinstance(event, events.Key | events.MouseDown):
            self._restart_time()
            self._hush()
        await super().on_event(event)

    def on_resize(self, event: events.Resize) -> None:
        """Say how large the screen is."""
        if self.ports is not None:
            measures = {"width_cells": float(event.size.width), "height_cells": float(event.size.height)}
            now = self.clock.now().at_ms
            self.ports.keeper.put_device(DeviceState(device="screen", state="ok", since_ms=now, measures=measures))

    def _forget(self, before: State) -> None:
        personal = self.state.draft.person is not None or bool(self.state.draft.answers or self.state.draft.entry)
        if personal:
            self._showed_person = True
        elif self._showed_person and self.state.draft.visit != before.draft.visit:
            self._showed_person = False
            self.set_timer(FORGET_AFTER_S, forget_shown)

    async def _show(self) -> None:
        if not self.screen_stack:
            return  # leaving: a thread's last word found the screens gone
        state, shown = self.state, self._shown
        self._shown = state
        if shown is None:
            await self.push_screen(SCREENS[state.step](self._scene()))
        elif _asks_for_screen(state) != _asks_for_screen(shown):
            await self.switch_screen(SCREENS[state.step](self._scene()))
        elif (screen := self._kiosk_screen()) is not None:
            screen.show(self._scene())
        if shown is None or (*_asks_for_screen(state), state.over) != (*_asks_for_screen(shown), shown.over):
            self._speak_soon()

    def _kiosk_screen(self) -> KioskScreen | None:
        """Return the screen that is shown; None before the first, and when leaving."""
        shown = self.screen_stack[-1] if self.screen_stack else None
        return shown if isinstance(shown, KioskScreen) else None

    def help_line(self, say: Texts) -> str:
        """Return a line for the header; empty but in the demo."""
        del say
        return ""

    def today(self) -> date:
        """Return China's day: an untrusted clock lags, which makes people younger, and so asks for the guardian.

        It lags no further than this software is old: no grown-up becomes a child by it.
        """
        return self.clock.today() or max(datetime.now(CHINA).date(), SOFTWARE_OF)

    def now(self) -> datetime | None:
        """Return China's time, or None while the clock is not trusted."""
        at_ms = self.clock.now().at_ms
        return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, CHINA)

    def _scene(self) -> Scene:
        say, field = self.texts[self.state.language], field_now(self.state)
        return Scene(
            state=self.state,
            say=say,
            village=self.settings.name,
            station=self.settings.station,
            now=self.now(),
            help=self.help_line(say),
            has_reader=self.ports is not None and self.ports.cards is not None,
            leaving_in_s=max(0, round(self._time_up_at - monotonic())),
            pinyin=self.names if field is not None and field.kind == "name" else self.pinyin,
        )

    def _word(self) -> None:
        """Say things in the county's words where it has its own."""
        wording = self.state.library.texts
        for language, texts in self.plain_texts.items():
            self.texts[language] = texts if wording is None else texts.with_wording(wording, language)

    def _tick(self) -> None:
        if self.today() != self.state.today:
            self.tell(DayTold(self.today()))
        if self.state.store is Store.READY and monotonic() > self._store_told_at + self.silent_after_s:
            self.tell(StoreTold(Store.SILENT, self.state.receipted_to))
        if self.work is not None and self.work.devices() != self.state.devices:
            self.tell(self.work.devices())
        if (screen := self._kiosk_screen()) is not None:
            screen.show(self._scene())
        left = self.state.card_there and self.state.step in {Step.WAIT, Step.THANKS}
        self._left_s = self._left_s + 1 if left else 0
        if self._left_s % REMIND_EVERY_S == 1 and self._left_s < REMIND_EVERY_S * REMIND_TIMES:
            self._speak_soon()

    def _speak_soon(self, *, personal: bool = False) -> None:
        self._hush()
        if personal or self.state.voice:
            self._speaking = get_running_loop().call_later(SPEAK_AFTER_S, self._speak, personal)

    def _speak(self, personal: bool) -> None:
        screen = self._kiosk_screen()
        if self.work is not None and self.is_running and screen is not None:
            self.work.speak(screen.spoken(personal=personal), self.state)

    def _hush(self) -> None:
        if self._speaking is not None:
            self._speaking.cancel()
            self._speaking = None
        if self.work is not None:
            self.work.hush()

    def _restart_time(self) -> None:
        self._time_count += 1
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        limit_s = time_limit_s(self.state, self.settings.kiosk)
        if limit_s is not None:
            self._time_up_at = monotonic() + limit_s
            self._timer = get_running_loop().call_later(limit_s, self.post_message, TimeUp(self._time_count))

    def panic(self, *renderables: RenderableType) -> None:
        """Leave without the report: Textual calls this where the terminal itself fails."""
        del renderables
        self._return_code = 1
        logger.critical("E-KIOSK-01 the terminal cannot be read any more")
        self._close_messages_no_wait()

    def _handle_exception(self, error: Exception) -> None:
        """Leave without Textual's report, which would print the values of variables: identities among them."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        logger.critical("E-KIOSK-01 the screen failed with %s at %s", type(error).__name__, " ".join(where[-6:]))
        self._close_messages_no_wait()


def _asks_for_screen(state: State) -> tuple[object, ...]:
    """Return what a change of means another screen: the step, its question, and how it is shown."""
    return state.step, len(state.draft.answers), state.language, state.large, state.library.texts


def _asks_for_time(state: State) -> tuple[object, ...]:
    """Return what a change of means that the time begins anew."""
    trouble = state.trouble if state.step is Step.WAIT else None  # elsewhere a flapping reader would keep it awake
    return *_asks_for_screen(state), state.over, state.voice, trouble, state.draft.visit, state.draft.guardian
