"""A villager before the kiosk: presses, touches, reads, and looks whether everything can be read and reached."""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import combinations
from typing import get_args

import pytest
from msgspec import structs
from rich.cells import cell_len
from rich.color import Color
from textual.pilot import Pilot
from textual.widgets import Static

from station.clock import Clock
from station.kiosk.app import KioskApp
from station.kiosk.events import Event, Pin, Refusal, Store
from station.kiosk.paging import wrapped
from station.kiosk.screens.base import KioskScreen, is_shown
from station.kiosk.state import Draft, State, Step
from station.kiosk.widgets.choice import Choice, Key
from station.settings import BrokerSettings, KioskSettings, Settings
from tests.station.kiosk.fakes import NUMBER, READY, SEAL, FewWords, Handed
from tests.station.kiosk.people import PERSON
from wire.records import Language

PANEL, TALL, LARGE = (85, 20), (120, 36), (64, 15)
SHAPES = [
    pytest.param(PANEL, "zh", id="panel-zh"),
    pytest.param(PANEL, "en", id="panel-en"),
    pytest.param(TALL, "en", id="tall-en"),
    pytest.param(LARGE, "en", id="large-en"),
]
"""Size in cells and language in which everything must fit; English is the longer. The snapshots hold the rest."""
LOOKS = 25
LANGUAGES = get_args(Language)
SETTINGS = Settings(
    station="v01",
    name="测试村",
    town="测试镇",
    state_dir="/nonexistent",
    seal_key_file="/nonexistent/seal",
    broker=BrokerSettings(host="localhost", ca_file="/none/ca", cert_file="/none/cert", key_file="/none/key"),
)


class Visitor:
    """Presses and reads like a villager."""

    def __init__(self, app: KioskApp, pilot: Pilot[None], handed: Handed) -> None:
        self.app, self.pilot, self.handed = app, pilot, handed

    @property
    def say(self):  # type: ignore[no-untyped-def]
        return self.app.texts[self.app.state.language]

    async def settle(self) -> None:
        """Wait until everything that happened is on the screen: a cover is laid out one turn after it is shown."""
        await self.pilot.pause()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def touch(self, label: str) -> None:
        """Touch the choice that says `label`."""
        await self.until_choice(label)
        choice = self.choice(label)
        choice._shown_at = 0.0  # seen for long enough
        await self.pilot.click(choice)
        await self.settle()

    async def until_choice(self, *labels: str) -> None:
        """Look until one of these choices is there, as often as a villager would; what is missing then is missing."""
        for _ in range(LOOKS):
            if any(choice.label in labels for choice in self.choices()):
                return
            await self.pilot.pause()

    def choice(self, label: str) -> Choice:
        """Return the choice that says `label`."""
        shown = self.choices()
        found = [choice for choice in shown if choice.label == label]
        assert found, f"no choice {label} among {[choice.label for choice in shown]}"
        return found[0]

    def choices(self) -> list[Choice]:
        """Return what can be pressed now."""
        over = self.app.state.over
        return [one for one in self.app.screen.query(Choice) if is_shown(one) and (over is None or one.region)]

    async def happens(self, event: Event) -> None:
        self.app.tell(event)
        await self.settle()

    def reads(self) -> str:
        strips = self.app.screen._compositor.render_strips(self.app.size)
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    def sees(self, *texts: str) -> None:
        shown = self.reads()
        for text in texts:
            assert _squeezed(text) in _squeezed(shown), f"{text} not in:\n{shown}"

    def hears(self, *, personal: bool = False) -> list[str]:
        """Return what would be read aloud."""
        assert isinstance(self.app.screen, KioskScreen)
        return [one.text for one in self.app.screen.spoken(personal=personal)]

    async def shows(self, state: State) -> None:
        """Be where `state` is, whatever the way there."""
        self.handed.there = state.devices
        self.app.state = state
        await self.app._show()
        await self.settle()

    @property
    def step(self) -> Step:
        return self.app.state.step


@asynccontextmanager
async def kiosk(
    size: tuple[int, int] = PANEL,
    language: Language = "zh",
    *,
    reader: bool = True,
    state: State = READY,
    **settings: object,
) -> AsyncIterator[Visitor]:
    handed = Handed()
    handed.there = state.devices
    own = structs.replace(SETTINGS, kiosk=KioskSettings(language=language, **settings))  # type: ignore[arg-type]
    app = KioskApp(own, SEAL, Clock(), FewWords())
    app.attach(handed.ports(reader=reader))
    app.silent_after_s = math.inf  # nobody tells of a spool here
    app.state = state._replace(language=language, home_language=language)
    async with app.run_test(size=size) as pilot:
        visitor = Visitor(app, pilot, handed)
        await visitor.settle()
        yield visitor


def at(step: Step, **facts: object) -> State:
    """Return a state of `step` as it comes about, with `facts` changed."""
    draft = Draft(visit=1, person=PERSON, consents=frozenset({"identity"}), service="legal_advice")
    if step in {Step.SAVED, Step.RATING, Step.SAVING_GRADE, Step.RECEIPT_QR}:
        draft = Draft(visit=1, service="legal_advice", seq=7, number=NUMBER)
    if step in {Step.WAIT, Step.CLOSED, Step.THANKS, Step.REFUSED}:
        draft = Draft()
    state = READY._replace(step=step, draft=draft, visits=1, refusal=Refusal.FULL, pin=Pin.WRONG)
    if step is Step.CLOSED:
        state = state._replace(store=Store.FULL)
    return state._replace(**facts)  # type: ignore[arg-type]


def fits(visitor: Visitor, size: tuple[int, int], *, rows: int | None = None) -> None:
    """Fail unless everything on the screen is whole, large enough, readable, and every key stands once."""
    shown = visitor.reads()
    least = rows or (4 if size[0] < 80 else 5)
    for choice in visitor.choices():
        region = choice.region
        assert region.height >= least, f"{choice.label}: {region}\n{shown}"
        assert region.width >= 4, f"{choice.label}: {region}\n{shown}"
        assert region.x >= 0
        assert region.right <= size[0], f"{choice.label}: {region}\n{shown}"
        assert region.bottom <= size[1], f"{choice.label}: {region}\n{shown}"
        _whole_within(choice, shown)
    for label in visitor.app.screen.query(Static):
        text = str(label.content)
        if text and is_shown(label) and (visitor.app.state.over is None or label.region):
            assert label.region, f"{text} has no room:\n{shown}"
            assert label.region.bottom <= size[1], f"{text}: {label.region}\n{shown}"
            inside = label.content_size
            assert _height(text, inside.width) <= inside.height, f"{text} is cut in {inside}:\n{shown}"
    fore, text = min(contrasts(visitor.app))
    assert fore >= 4.5, (fore, text)
    for one, other in combinations(visitor.choices(), 2):
        assert not one.region.overlaps(other.region), f"{one.label} lies over {other.label}:\n{shown}"
    keys = [choice.key for choice in visitor.choices() if choice.key]
    assert len(keys) == len(set(keys)), keys


def _whole_within(choice: Choice, shown: str) -> None:
    content, width, height = choice.render(), choice.size.width, choice.size.height
    room = height - (height >= 4)
    needs = sum(_height(line, width) for line in content.plain.split("\n"))
    assert needs <= room, f"{choice.label} {choice.note} is cut: {needs} rows in {room} by {width}\n{shown}"
    for part in (choice.label, choice.note):
        assert _squeezed(part) in _squeezed(content.plain), f"{part} is left out:\n{shown}"
    if isinstance(choice, Key):
        return
    longest = max((cell_len(word) for word in choice.label.split()), default=0)
    assert longest <= width or not choice.label.isascii(), f"{choice.label} breaks within a word:\n{shown}"


def _height(text: str, width: int) -> int:
    return sum(len(wrapped(line.rstrip(), max(width, 2))) for line in text.split("\n"))


def _squeezed(text: str) -> str:
    return "".join(text.split())


def contrasts(app: KioskApp) -> list[tuple[float, str]]:
    """Return the contrast of every piece of text on the screen."""
    found = []
    for strip in app.screen._compositor.render_strips(app.size):
        for segment in strip:
            if segment.text.strip() and segment.style is not None:
                fore, back = segment.style.color, segment.style.bgcolor
                assert fore is not None
                assert back is not None
                light, dark = sorted((luminance(fore), luminance(back)), reverse=True)
                found.append(((light + 0.05) / (dark + 0.05), segment.text))
    return found


def luminance(color: Color) -> float:
    """Return the relative luminance (WCAG 2)."""
    parts = [
        value / 255 / 12.92 if value / 255 <= 0.04045 else ((value / 255 + 0.055) / 1.055) ** 2.4
        for value in color.get_truecolor()
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


async def all_fit(states: list[State], size: tuple[int, int], language: Language) -> None:
    """Fail unless every one of `states` fits."""
    async with kiosk(size, language) as visitor:
        for state in states:
            await visitor.shows(state._replace(language=language, large=size == LARGE))
            for more in (True, True, False):
                try:
                    fits(visitor, size)
                    break
                except AssertionError:
                    if not more:
                        raise
                    await visitor.settle()
