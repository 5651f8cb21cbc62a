"""The kiosk's screen: shows the flow's state, hands it what happens, does what a step asks for."""

import logging
import traceback
from asyncio import TimerHandle, get_running_loop
from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePath
from time import monotonic
from typing import Final, Protocol

from textual import events
from textual.app import App

from station.clock import CHINA, Clock
from station.kiosk.colours import COLOURS
from station.kiosk.events import Event, Signal
from station.kiosk.flow import advance, time_limit_s
from station.kiosk.forget import forget_shown
from station.kiosk.record import sealed_visit
from station.kiosk.scene import Happened, Scene
from station.kiosk.screens.base import KioskScreen
from station.kiosk.screens.confirm import ConfirmScreen
from station.kiosk.screens.identity import IdentityScreen
from station.kiosk.screens.name_needed import NameNeededScreen
from station.kiosk.screens.notice import NoticeScreen
from station.kiosk.screens.rating import RatingScreen
from station.kiosk.screens.refused import ClosedScreen, RefusedScreen
from station.kiosk.screens.saved import SavedScreen
from station.kiosk.screens.saving import SavingScreen
from station.kiosk.screens.services import GuidesScreen, ServicesScreen
from station.kiosk.screens.thanks import ThanksScreen
from station.kiosk.screens.wait import WaitScreen
from station.kiosk.state import State, Step, wants_card
from station.kiosk.texts import LANGUAGES, Texts, read_texts
from station.sealing import Seal
from station.settings import KioskSettings
from wire.life import DeviceState
from wire.records import Visit

logger = logging.getLogger(__name__)

FORGET_AFTER_S: Final = 0.4
"""The screen for the next villager comes first; forgetting costs some tens of ms."""

SCREENS: Final[dict[Step, type[KioskScreen]]] = {
    Step.CLOSED: ClosedScreen,
    Step.WAIT: WaitScreen,
    Step.IDENTITY: IdentityScreen,
    Step.NOTICE: NoticeScreen,
    Step.SERVICES: ServicesScreen,
    Step.GUIDES: GuidesScreen,
    Step.NAME_NEEDED: NameNeededScreen,
    Step.CONFIRM: ConfirmScreen,
    Step.SAVING: SavingScreen,
    Step.SAVED: SavedScreen,
    Step.RATING: RatingScreen,
    Step.SAVING_GRADE: SavingScreen,
    Step.THANKS: ThanksScreen,
    Step.REFUSED: RefusedScreen,
}
STYLES: Final[list[str | PurePath]] = [*sorted(Path(__file__).parent.glob("**/*.tcss"))]


class Saving(Protocol):
    """Where visits, ratings and device states go."""

    def save_visit(self, visit: int, make: Callable[[str], Visit]) -> None:
        """Commit the visit; the answer comes as an event."""

    def save_grade(self, visit: int, seq: int, grade: int) -> None:
        """Commit the rating; the answer comes as an event."""

    def put_device(self, state: DeviceState) -> None:
        """Store how a device is."""


class Looking(Protocol):
    """The reader, as far as the screen goes."""

    def look(self, wanted: bool) -> None:
        """Say whether a card is asked for."""


class KioskApp(App[None], inherit_bindings=False):
    """One screen a step; everything it knows of the villager is `state`, and goes with the visit."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - read only, as Textual declares it
        (0, "-short"),
        (22, "-plain"),
        (30, "-tall"),
    ]

    def __init__(self, kiosk: KioskSettings, village: str, seal: Seal, clock: Clock) -> None:
        """Show the screen of `village`; `attach` gives it spool and reader."""
        super().__init__(css_path=STYLES)
        self.kiosk = kiosk
        self.village = village
        self.seal = seal
        self.clock = clock
        self.texts = {language: read_texts(language) for language in LANGUAGES}
        self.state = State(language=kiosk.language, home_language=kiosk.language)
        self.keeper: Saving | None = None
        self.cards: Looking | None = None
        self.on_ready: Callable[[], None] = lambda: None
        self._shown: State | None = None
        self._timer: TimerHandle | None = None
        self._time_up_at = monotonic()
        self._showed_person = False

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give the style sheets our colours."""
        return COLOURS

    def attach(self, keeper: Saving, cards: Looking | None) -> None:
        """Take where visits go to, and where cards come from."""
        self.keeper = keeper
        self.cards = cards

    def tell(self, event: Event) -> None:
        """Take an event from any thread."""
        self.post_message(Happened(event))

    async def on_mount(self) -> None:
        """Show the first screen, then let the threads begin."""
        self.set_interval(1.0, self._tick)
        await self._show()
        self.on_ready()

    async def on_happened(self, message: Happened) -> None:
        """Let the flow decide, do what the new step asks for, show it."""
        before = self.state
        self.state = advance(before, message.event)
        if _asks_for_time(self.state) != _asks_for_time(before):
            self._restart_time()
        if self.state != before:
            self._begin_work(before)
            await self._show()

    async def on_event(self, event: events.Event) -> None:
        """Any touch of the villager starts the time anew."""
        if isinstance(event, events.Key | events.MouseDown):
            self._restart_time()
        await super().on_event(event)

    def on_resize(self, event: events.Resize) -> None:
        """Say how large the screen is."""
        if self.keeper is not None:
            measures = {"width_cells": float(event.size.width), "height_cells": float(event.size.height)}
            now = self.clock.now().at_ms
            self.keeper.put_device(DeviceState(device="screen", state="ok", since_ms=now, measures=measures))

    def _begin_work(self, before: State) -> None:
        if self.cards is not None:
            self.cards.look(wants_card(self.state))
        if self.state.step is before.step or self.keeper is None:
            return
        draft = self.state.draft
        if self.state.step is Step.SAVING:
            self.keeper.save_visit(draft.visit, sealed_visit(draft, self.state.language, self.seal))
        elif self.state.step is Step.SAVING_GRADE:
            self.keeper.save_grade(draft.visit, draft.seq, draft.grade)
        if draft.person is not None:
            self._showed_person = True
        elif draft.visit == 0 and self._showed_person:
            self._showed_person = False
            self.set_timer(FORGET_AFTER_S, forget_shown)

    async def _show(self) -> None:
        state, shown = self.state, self._shown
        self._shown = state
        if shown is None:
            await self.push_screen(SCREENS[state.step](self._scene()))
        elif (state.step, state.language) != (shown.step, shown.language):
            await self.switch_screen(SCREENS[state.step](self._scene()))
        elif isinstance(self.screen, KioskScreen):
            self.screen.show(self._scene())

    def help_line(self, say: Texts) -> str:
        """Return the footer's line."""
        return say("footer.help")

    def _scene(self) -> Scene:
        at_ms = self.clock.now().at_ms
        say = self.texts[self.state.language]
        return Scene(
            state=self.state,
            say=say,
            village=self.village,
            clock="" if at_ms is None else datetime.fromtimestamp(at_ms / 1000, CHINA).strftime("%H:%M"),
            help=self.help_line(say),
            has_reader=self.cards is not None,
            leaving_in_s=max(0, round(self._time_up_at - monotonic())),
        )

    def _tick(self) -> None:
        if isinstance(self.screen, KioskScreen):
            self.screen.show(self._scene())

    def _restart_time(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        limit_s = time_limit_s(self.state, self.kiosk)
        if limit_s is not None:
            self._time_up_at = monotonic() + limit_s
            self._timer = get_running_loop().call_later(limit_s, self.tell, Signal.TIME_UP)

    def _handle_exception(self, error: Exception) -> None:
        """Leave without Textual's report, which would print the values of variables: identities among them."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        where = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        logger.critical("E-KIOSK-01 the screen failed with %s at %s", type(error).__name__, " ".join(where[-6:]))
        self._close_messages_no_wait()


def _asks_for_time(state: State) -> tuple[object, ...]:
    """Return what a change of means that the time begins anew."""
    return state.step, state.warned, state.language, state.trouble, state.draft.visit
