"""Every screen in both languages at three sizes: what a villager sees, presses and reads."""

import asyncio
import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import get_args

import pytest
from rich.cells import cell_len
from rich.color import Color
from textual.pilot import Pilot

from station.clock import Clock
from station.devices.reader.port import Trouble
from station.kiosk.app import SCREENS, KioskApp
from station.kiosk.events import (
    CardLifted,
    CardRead,
    Event,
    GradeSaved,
    NotSaved,
    ReaderTold,
    Refusal,
    Saved,
    Store,
    StoreTold,
)
from station.kiosk.keeper import Keeper
from station.kiosk.screens.identity import IdentityScreen
from station.kiosk.state import Draft, State, Step
from station.kiosk.texts import read_texts
from station.kiosk.widgets import choice as choice_module
from station.kiosk.widgets.big_number import drawn
from station.kiosk.widgets.choice import Choice, TickBox
from station.settings import KioskSettings
from tests.station.kiosk.fakes import READY, SEAL, FakeSpool
from tests.station.kiosk.people import PERSON
from wire.life import DeviceState
from wire.person import Person
from wire.records import Language, Visit

SIZES = [pytest.param((85, 20), id="panel"), pytest.param((80, 24), id="plain"), pytest.param((120, 36), id="large")]
LANGUAGES = get_args(Language)
NUMBER = "42-00007-3"


class Handed:
    """Stands for keeper and reader: remembers what the screen asked for."""

    def __init__(self) -> None:
        self.visits: list[tuple[int, Visit]] = []
        self.grades: list[tuple[int, int, int]] = []
        self.devices: list[DeviceState] = []
        self.looking: list[bool] = []

    def save_visit(self, visit: int, make: Callable[[str], Visit]) -> None:
        self.visits.append((visit, make(NUMBER)))

    def save_grade(self, visit: int, seq: int, grade: int) -> None:
        self.grades.append((visit, seq, grade))

    def put_device(self, state: DeviceState) -> None:
        self.devices.append(state)

    def look(self, wanted: bool) -> None:
        self.looking.append(wanted)


class Visitor:
    """Presses and reads like a villager."""

    def __init__(self, app: KioskApp, pilot: Pilot[None], handed: Handed) -> None:
        self.app, self.pilot, self.handed = app, pilot, handed
        self.say = read_texts("zh")

    async def settle(self) -> None:
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def happens(self, event: Event) -> None:
        self.app.tell(event)
        await self.settle()

    def reads(self) -> str:
        strips = self.app.screen._compositor.render_strips(self.app.size)
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    def sees(self, *texts: str) -> None:
        shown = self.reads()
        for text in texts:
            assert text in shown, f"{text} not in:\n{shown}"

    async def shows(self, state: State) -> None:
        """Be where `state` is, whatever the way there."""
        self.app.state = state
        await self.app._show()
        await self.settle()

    @property
    def step(self) -> Step:
        return self.app.state.step


@asynccontextmanager
async def kiosk(
    size: tuple[int, int] = (85, 20),
    language: Language = "zh",
    *,
    reader: bool = True,
    state: State = READY,
    **settings: float,
) -> AsyncIterator[Visitor]:
    handed = Handed()
    app = KioskApp(KioskSettings(language=language, **settings), "测试村", SEAL, Clock())  # type: ignore[arg-type]
    app.attach(handed, handed if reader else None)
    app.state = state._replace(language=language, home_language=language)
    async with app.run_test(size=size) as pilot:
        visitor = Visitor(app, pilot, handed)
        visitor.say = read_texts(language)
        await visitor.settle()
        yield visitor


def at(step: Step, **facts: object) -> State:
    draft = Draft(visit=1, person=PERSON, consents=frozenset({"identity"}), service="legal_aid")
    if step in {Step.SAVED, Step.RATING, Step.SAVING_GRADE}:
        draft = Draft(visit=1, service="legal_aid", seq=7, number=NUMBER)
    if step in {Step.WAIT, Step.CLOSED, Step.THANKS, Step.REFUSED}:
        draft = Draft()
    state = READY._replace(step=step, draft=draft, visits=1, refusal=Refusal.FULL)
    if step is Step.CLOSED:
        state = state._replace(store=Store.FULL)
    return state._replace(**facts)  # type: ignore[arg-type]


STATES = [
    *(at(step) for step in Step),
    at(Step.WAIT, trouble=Trouble.NO_READER),
    at(Step.WAIT, card_there=True),
    at(Step.NOTICE, draft=Draft(visit=1, person=PERSON, minor=True)),
    at(Step.NAME_NEEDED, trouble=Trouble.PLACE_AGAIN),
    at(Step.THANKS, card_there=True),
    at(Step.REFUSED, refusal=Refusal.SLOW),
    at(Step.CONFIRM, warned=True),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES)
async def test_everything_fits_is_large_enough_and_can_be_read(size: tuple[int, int], language: Language) -> None:
    async with kiosk(size, language) as visitor:
        for state in STATES:
            await visitor.shows(state._replace(language=language))
            fits(visitor, state, size)


def fits(visitor: Visitor, state: State, size: tuple[int, int]) -> None:
    screen, shown = visitor.app.screen, visitor.reads()
    for choice in screen.query(Choice):
        if state.warned:
            assert not choice.region
            continue
        region = choice.region
        assert region.height >= (3 if "quiet" in choice.classes else 5), f"{choice.label}: {region}"
        assert region.x >= 0
        assert region.right <= size[0]
        assert region.bottom <= size[1]
        for words in (choice.label, choice.note):
            assert words in shown, f"{words} is cut or hidden:\n{shown}"
        inside = 4 + cell_len(choice.label) + (10 if isinstance(choice, TickBox) else 0)
        assert inside <= region.width, f"{choice.label} does not fit in {region.width}"
    for label in screen.query("Static"):
        if label.display and label.region and (text := str(getattr(label, "content", ""))):
            assert label.region.bottom <= size[1]
            assert all(part in shown.replace("\n", "") for part in text.split()), f"{text} is cut:\n{shown}"
    worst = min(contrasts(visitor.app))
    assert worst[0] >= 4.5, worst
    keys = [choice.key for choice in screen.query(Choice)]
    assert len(keys) == len(set(keys))


def contrasts(app: KioskApp) -> list[tuple[float, str]]:
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


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_way_with_a_card(language: Language) -> None:
    async with kiosk(language=language) as visitor:
        say = visitor.say
        visitor.sees(say("wait.title"))
        await visitor.happens(CardRead(PERSON))
        visitor.sees(PERSON.name, "110105********002X")
        assert "19491231" not in visitor.reads()
        await visitor.press("1")
        visitor.sees(say("notice.what"), say("tick.off"))
        assert say("tick.on") not in visitor.reads()
        await visitor.press("3")
        assert visitor.step is Step.NOTICE
        visitor.sees(say("notice.agree.first"))
        await visitor.press("1", "2")
        assert say("tick.off") not in visitor.reads()
        await visitor.press("3")
        visitor.sees("测**")
        assert PERSON.name not in visitor.reads()
        await visitor.press("2")
        visitor.sees(say("confirm.title"), say("service.mediation"), say("confirm.contact.yes"))
        await visitor.press("1")
        visitor.sees(say("saving.title"))
        ((token, visit),) = visitor.handed.visits
        assert (visit.service, visit.who, visit.language) == ("mediation", "card", language)
        await visitor.happens(Saved(token, 7, NUMBER))
        visitor.sees(NUMBER, say("saved.on_this_machine"))
        await visitor.happens(StoreTold(Store.READY, 7, hub_online=True))
        visitor.sees(say("saved.county_has_it"), say("header.online"))
        await visitor.press("1")
        visitor.sees(say("grade.5"), say("grade.1"))
        await visitor.press("5")
        assert visitor.handed.grades == [(token, 7, 1)]
        await visitor.happens(GradeSaved(token))
        visitor.sees(say("thanks.title"), say("thanks.take_card"))
        await visitor.happens(CardLifted())
        assert say("thanks.take_card") not in visitor.reads()
        await visitor.press("1")
        visitor.sees(say("wait.title"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_way_without_a_card_and_without_a_reader(language: Language) -> None:
    async with kiosk(language=language, reader=False) as visitor:
        say = visitor.say
        visitor.sees(say("wait.no_reader"))
        await visitor.press("1")
        visitor.sees(say("services.anonymous"))
        await visitor.press("3")
        visitor.sees(say("name_needed.title"), say("name_needed.no_reader"))
        await visitor.press("1")
        visitor.sees(say("confirm.anonymous"), say("service.legal_advice"))
        await visitor.press("1")
        ((_, visit),) = visitor.handed.visits
        assert (visit.who, visit.person, visit.consents) == ("anonymous", None, [])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_declining_still_gives_advice_and_guides_are_behind_the_seventh_key(language: Language) -> None:
    async with kiosk(language=language) as visitor:
        say = visitor.say
        await visitor.happens(CardRead(PERSON))
        await visitor.press("1", "4")
        visitor.sees(say("services.anonymous"))
        await visitor.press("7")
        visitor.sees(say("guides.title"))
        await visitor.press("escape", "7", "2")
        visitor.sees(say("service.forensic_guide"), say("confirm.anonymous"))
        await visitor.press("2")
        assert visitor.step is Step.SERVICES
        await visitor.press("0")
        assert visitor.step is Step.WAIT


async def test_the_other_language_is_one_key_away_on_every_screen() -> None:
    async with kiosk() as visitor:
        for step in Step:
            await visitor.shows(at(step))
            await visitor.press("asterisk")
            visitor.sees(read_texts("en")("footer.help"))
            assert visitor.step is step
        await visitor.press("l")
        visitor.sees(read_texts("zh")("footer.help"))


async def test_a_finger_is_enough_and_the_second_half_of_a_double_tap_presses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(choice_module, "TAP_GUARD_S", 1.0)  # far above what a busy machine takes to the second tap
    async with kiosk() as visitor:
        await asyncio.sleep(choice_module.TAP_GUARD_S)
        await visitor.pilot.click("#body > Choice")
        await visitor.settle()
        assert visitor.step is Step.SERVICES
        await visitor.pilot.click("#menu")
        await visitor.settle()
        assert visitor.step is Step.SERVICES, "the same finger, a moment later"
        await asyncio.sleep(choice_module.TAP_GUARD_S)
        await visitor.pilot.click("#menu")
        await visitor.settle()
        assert visitor.step is Step.CONFIRM


async def test_tab_and_enter_reach_a_choice_and_the_focus_is_a_sign_not_only_a_colour() -> None:
    async with kiosk() as visitor:
        assert visitor.app.focused is None, "nothing is chosen beforehand"
        await visitor.press("tab")
        visitor.sees(">  1  不刷卡继续 <")
        await visitor.press("enter")
        assert visitor.step is Step.SERVICES


async def test_a_refusal_says_whom_to_call_and_a_closed_machine_asks_nothing() -> None:
    async with kiosk() as visitor:
        await visitor.press("1", "1", "1")
        await visitor.happens(NotSaved(1, Refusal.FULL))
        visitor.sees("没有办成：本机已存满", "没有丢失", "12348")
        await visitor.press("1")
        visitor.sees("现在不能办理新的事项", "没有丢失", "12348")
        await visitor.happens(CardRead(PERSON))
        assert PERSON.name not in visitor.reads()
        await visitor.happens(CardLifted())
        await visitor.happens(StoreTold(Store.READY))
        visitor.sees("请刷身份证")


async def test_reader_trouble_is_said_with_the_next_step() -> None:
    async with kiosk() as visitor:
        await visitor.happens(ReaderTold(Trouble.PLACE_AGAIN))
        visitor.sees("请移开后重新放置")
        await visitor.happens(ReaderTold(Trouble.NO_READER))
        visitor.sees("读卡器故障，请叫工作人员。可以不刷卡继续")
        await visitor.happens(ReaderTold(None))
        visitor.sees("把身份证平放在读卡区")
        assert "读卡器故障" not in visitor.reads()


async def test_who_walks_away_is_warned_and_then_gone() -> None:
    async with kiosk(idle_warning_s=0.3, idle_countdown_s=3.0) as visitor:
        await visitor.happens(CardRead(PERSON))
        await until(visitor, lambda: visitor.app.state.warned)
        visitor.sees("即将退出", "3 秒后退出")
        assert PERSON.name not in visitor.reads(), "the warning covers what is personal"
        await visitor.press("1")
        assert visitor.step is Step.IDENTITY
        visitor.sees(PERSON.name)
    async with kiosk(idle_warning_s=0.1, idle_countdown_s=0.1) as visitor:
        await visitor.happens(CardRead(PERSON))
        await until(visitor, lambda: visitor.step is Step.WAIT)
        visitor.sees("请取走身份证")


async def until(visitor: Visitor, true: Callable[[], bool], within_s: float = 5.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, f"it did not come: {visitor.step}"
        await visitor.pilot.pause(0.01)
    await visitor.settle()


async def test_the_screen_lives_while_the_disk_hangs() -> None:
    spool = FakeSpool()
    app = KioskApp(KioskSettings(), "测试村", SEAL, Clock())
    keeper = Keeper(lambda: spool, app.clock, app.tell)  # type: ignore[arg-type, return-value]
    app.attach(keeper, None)
    app.on_ready = keeper.start
    async with app.run_test(size=(85, 20)) as pilot:
        visitor = Visitor(app, pilot, Handed())
        await until(visitor, lambda: visitor.step is Step.WAIT)
        release = spool.hang()
        await visitor.press("1", "1", "1")
        visitor.sees("正在保存，请稍候")
        moving = visitor.app.screen.query_one("#moving")
        first = str(moving.render())
        seen = {first}
        bars = set[str]()
        for _ in range(8):
            await pilot.pause(0.1)
            bars.add(repr(moving.render()))
        assert len(seen | bars) > 2, "it moves"
        began = time.monotonic()
        await visitor.press("l")
        assert time.monotonic() - began < 0.5
        visitor.sees(read_texts("en")("saving.title"))
        release()
        await until(visitor, lambda: visitor.step is Step.SAVED)
        assert len(spool.records) == 1
        await until(visitor, lambda: "screen" in spool.state_of)
    keeper.close()


def strings_held_anywhere(wanted: tuple[str, ...]) -> list[str]:
    """Search everything the collector knows, two steps deep, for text of the person."""
    gc.collect()
    found = []
    for holder in gc.get_objects():
        for thing in gc.get_referents(holder):
            if isinstance(thing, str) and any(text in thing for text in wanted):
                found.append(f"{type(holder).__module__}.{type(holder).__name__}")
    return found


async def test_nothing_of_the_person_is_left_in_memory_after_the_end() -> None:
    name, number = "测试" + "丁戊", "11010119" + "000101" + "9991"
    async with kiosk() as visitor:
        await visitor.happens(CardRead(Person(name=name, id_number=number, address=name + "路", verified=True)))
        visitor.sees(name)
        assert strings_held_anywhere((name,)), "the search finds what is there"
        await visitor.press("1", "1", "2", "3", "3", "1")
        await visitor.happens(Saved(1, 7, NUMBER))
        await visitor.press("2", "1")
        assert visitor.step is Step.WAIT
        await asyncio.sleep(0.8)
        await visitor.settle()
        masked = "*" * 8 + number[-4:]
        # This test itself holds what it looks for, and nothing else may.
        mine = {id(name), id(number), id(masked)}
        left = [
            f"{type(holder).__module__}.{type(holder).__name__}"
            for holder in gc.get_objects()
            for thing in gc.get_referents(holder)
            if isinstance(thing, str)
            and id(thing) not in mine
            and (name in thing or number in thing or masked in thing)
        ]
        assert left == []
        people = [thing for thing in gc.get_objects() if type(thing) is Person]
        assert name not in [person.name for person in people]


async def test_a_failing_screen_leaves_without_printing_what_it_held(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(IdentityScreen):
        def live(self) -> None:
            raise RuntimeError(PERSON.name)

    app = KioskApp(KioskSettings(), "测试村", SEAL, Clock())
    app.attach(Handed(), None)
    app.state = at(Step.IDENTITY)
    monkeypatch.setitem(SCREENS, Step.IDENTITY, Broken)

    async def run() -> None:
        async with app.run_test() as pilot:
            await pilot.pause()

    with pytest.raises(RuntimeError):  # the pilot hands it on
        await run()
    assert app.return_code == 1
    assert "E-KIOSK-01" in caplog.text
    assert "RuntimeError" in caplog.text
    assert PERSON.name not in caplog.text
    assert app._exit_renderables == []


async def test_a_touch_shows_effect_within_a_tenth_of_a_second() -> None:
    async with kiosk() as visitor:
        took = []
        for keys in ("1", "0") * 5:
            began = time.monotonic()
            await visitor.pilot.press(keys)
            took.append(time.monotonic() - began)
        assert sorted(took)[len(took) // 2] < 0.5, took


@pytest.mark.parametrize(("width", "cells"), [(80, 69), (60, 60), (40, 35)])
def test_a_number_is_drawn_as_wide_as_fits(width: int, cells: int) -> None:
    rows = drawn(NUMBER, width).split("\n")
    assert len(rows) == 5
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows[0]) <= width
    assert drawn(NUMBER, 10) == NUMBER


def test_every_step_has_its_screen() -> None:
    assert set(SCREENS) == set(Step)


async def test_a_finger_quicker_than_the_screen_still_agrees() -> None:
    async with kiosk(language="zh") as visitor:
        await visitor.happens(CardRead(PERSON))
        await visitor.press("1")
        screen = visitor.app.screen
        screen.query(TickBox).first().press()
        screen.query_one("#agree", Choice).press()  # before the tick is drawn
        await visitor.settle()
        assert visitor.step is Step.SERVICES
