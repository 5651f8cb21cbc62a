"""Random touches and keys at a real kiosk with a misbehaving reader: alive at the end, and nothing of anybody left."""

import asyncio
import base64
import gc
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, get_args

import msgspec
from nacl.public import PrivateKey
from textual.pilot import OutOfBounds, Pilot

from station.clock import Clock
from station.devices.reader.control import Lift, Misbehave, Order, Place, steer
from station.devices.reader.simulated import Misbehaviour
from station.errors import DeviceError
from station.kiosk.app import KioskApp
from station.kiosk.entry.pinyin_file import PinyinFile
from station.kiosk.events import LibraryTold, Signal
from station.kiosk.machine import PINYIN_FILE, Machine
from station.kiosk.screens.base import KioskScreen
from station.kiosk.state import NO_DRAFT, Step, field_now
from station.kiosk.widgets.choice import Choice, TickBox
from station.kiosk.widgets.frame import Footer
from station.sealing import Seal
from station.settings import BrokerSettings, KioskSettings, ReaderSettings, Settings
from station.store.spool import FILE_NAME, Spool
from tests.few_words import give_few_words
from tests.station.kiosk.small_library import LIBRARY
from wire.person import Person
from wire.records import CardKind, Rating, Visit

# The reader's four fictional people, backwards: so that looking for them does not find what they are looked for with.
PEOPLE = ("甲试测", "乙试测", "丙试测", "丁试测", "A NOSREP ,TSET", "X20013219491501011", "510010108810000018")
KEYS = (
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "escape", "enter", "tab", "backspace", "a", "w", "z", "x",
    "f2", "f3", "f4", "f5", "f1", "space", "up", "pagedown",
)  # fmt: skip
ASKS_FOR_A_CARD = {Step.WAIT, Step.NAME_NEEDED, Step.CARD_NEEDED, Step.GUARDIAN}
KNOWING = 0.4
"""Share of touches by somebody who knows the way: chance alone hands in no form."""
ANSWERS = {
    "choice": ("1",),
    "several": ("1", "2", "enter"),
    "text": ("1", "enter"),
    "name": ("w", "enter", "enter"),
    "id_number": (*reversed(PEOPLE[-2]), "enter"),
}
MOMENTS = 10
"""A shared machine may be busy: what is emptied at all is emptied within so many."""
SIZES = ((85, 20), (120, 36), (64, 15))


class Walked(NamedTuple):
    """What came of it."""

    touches: int
    screens: dict[str, int]
    visits: int
    named: int
    ratings: int
    traces: list[str]
    """Where something of somebody was left, or what else went wrong."""

    def line(self) -> str:
        return (
            f"{self.touches} touches on {len(self.screens)} of {len(Step)} steps; {self.visits} visits, {self.named} "
            f"named, {self.ratings} ratings; {len(self.traces)} traces; {self.screens}"
        )


def walk(folder: Path, seed: int, touches: int, say: Callable[[str], None] = lambda _: None) -> Walked:
    """Touch `touches` times, then leave the kiosk alone and look for what is left."""
    with twin(folder) as control:
        return asyncio.run(_walk(folder, control, random.Random(seed), touches, say))


@contextmanager
def twin(folder: Path) -> Iterator[Path]:
    """Run the reader's twin in a process of its own: its people must not be found in this one."""
    control = folder / "reader.control"
    command = [sys.executable, "-m", "station", "reader", "simulate"]
    command += ["--link", str(folder / "reader"), "--control", str(control)]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while not ((folder / "reader").exists() and control.exists()):
            assert process.poll() is None, "the twin did not start"
            assert time.monotonic() < deadline, "the twin is not there"
            time.sleep(0.05)
        yield control
    finally:
        process.terminate()
        process.wait(10)


def settings_in(folder: Path) -> Settings:
    """Return a kiosk with the twin's reader; its person's key is nobody's."""
    (folder / "seal.pub").write_bytes(base64.b64encode(bytes(PrivateKey.generate().public_key)))
    return Settings(
        station="999999101001",
        name="测试村",
        town="测试镇",
        state_dir=str(folder / "state"),
        seal_key_file=str(folder / "seal.pub"),
        broker=BrokerSettings("localhost", "ca.crt", "station.crt", "station.key"),
        reader=ReaderSettings(str(folder / "reader")),
        kiosk=KioskSettings(voice=False),
    )


async def _walk(folder: Path, control: Path, chance: random.Random, touches: int, say: Callable[[str], None]) -> Walked:
    settings = settings_in(folder)
    state_dir = Path(settings.state_dir)
    give_few_words(settings)
    seal, clock, pinyin = Seal.from_file(Path(settings.seal_key_file)), Clock(), PinyinFile(state_dir / PINYIN_FILE)
    screens: Counter[str] = Counter()
    traces: list[str] = []
    with ExitStack() as stack:
        app = KioskApp(settings, seal, clock, pinyin, pinyin.names())
        machine = Machine(settings, seal, clock, app, stack)
        app.attach(machine.ports)
        app.on_ready = machine.start
        async with app.run_test(size=chance.choice(SIZES)) as pilot:
            app.tell(LibraryTold(LIBRARY))
            for count in range(touches):
                await _touch(pilot, app, control, chance)
                screens[app.state.step.name] += 1
                if count % 100 == 99:
                    say(f"{count + 1} touches, on {app.state.step.name}")
                if not app.is_running:
                    traces.append(f"the screen ended after {count + 1} touches at {app.state.step.name}")
                    break
            await _leave_alone(pilot, app, control)
            if app.is_running:
                traces += _left_in(app)
    visits, named, ratings = _check_records(state_dir, traces)
    traces += _left_in_files(folder)
    return Walked(touches, dict(screens), visits, named, ratings, traces)


async def _touch(pilot: Pilot[None], app: KioskApp, control: Path, chance: random.Random) -> None:
    if chance.random() < KNOWING and app.state.over is None:
        await _go_on(pilot, app, chance)
        return
    await _by_chance(pilot, app, control, chance)


async def _by_chance(pilot: Pilot[None], app: KioskApp, control: Path, chance: random.Random) -> None:
    kind = chance.random()
    if app.state.step in ASKS_FOR_A_CARD and chance.random() < 0.5:
        await asyncio.to_thread(_reader_acts, control, chance)
        await pilot.pause(0.3)
    elif kind < 0.7:
        choices = [one for one in app.screen.query(Choice) if one.region and one.display]
        inside = [one for one in choices if not isinstance(one.parent, Footer)]
        back = [one for one in choices if one.id == "back"]
        first = [one for one in inside if one.has_class("primary") or isinstance(one, TickBox)]
        draw = chance.random()
        if first and draw < 0.35:
            choices = first
        elif inside and draw < 0.7:
            choices = inside
        elif back and draw < 0.9:
            choices = back
        if choices:
            chosen = chance.choice(choices)
            chosen._shown_at = 0.0  # the finger took its time
            await _click(pilot, chosen.region.center)
    elif kind < 0.76:
        await _click(pilot, (chance.randrange(app.size.width), chance.randrange(app.size.height)))
    elif kind < 0.92:
        await pilot.press(chance.choice(KEYS))
    elif kind < 0.94:
        app.tell(Signal.TIME_UP)
        await pilot.pause()
    else:
        await asyncio.to_thread(_reader_acts, control, chance)
        await pilot.pause(0.05)


async def _go_on(pilot: Pilot[None], app: KioskApp, chance: random.Random) -> None:
    """Do what leads on from here, as somebody who knows the kiosk."""
    field = field_now(app.state)
    if field is not None:
        await pilot.press(*ANSWERS.get(field.kind, (*"13800000", "enter")))
        return
    if app.state.step is Step.ARTICLE:
        await pilot.press("escape")
        return
    choices = [one for one in app.screen.query(Choice) if one.region and not isinstance(one.parent, Footer)]
    for box in choices:
        if isinstance(box, TickBox) and not box.ticked:
            box.press()
            await pilot.pause()
    if app.state.step in {Step.SERVICES, Step.OTHER_SERVICES}:
        await pilot.press(str(chance.randint(1, 6)))
        return
    first = [one for one in choices if one.has_class("primary")] or [one for one in choices if one.key == "1"]
    if first:
        first[0].press()
        await pilot.pause()


async def _click(pilot: Pilot[None], at: tuple[float, float]) -> None:
    try:
        await pilot.click(offset=(int(at[0]), int(at[1])))
    except OutOfBounds:
        return


def _reader_acts(control: Path, chance: random.Random) -> None:
    act: Order
    kind = chance.random()
    if kind < 0.6:
        act = Place(chance.choice(get_args(CardKind)))
    elif kind < 0.8:
        act = Lift()
    else:
        act = Misbehave(chance.choice(list(Misbehaviour)), times=chance.choice([1, 1, 3]))
    _steer(control, act)


async def _leave_alone(pilot: Pilot[None], app: KioskApp, control: Path) -> None:
    for fault in Misbehaviour:
        await asyncio.to_thread(_steer, control, Misbehave(fault, off=True))
    await asyncio.to_thread(_steer, control, Lift())
    deadline = time.monotonic() + 40
    while app.is_running and time.monotonic() < deadline:
        app.tell(Signal.VIDEO_ENDED if app.state.step is Step.VIDEO else Signal.TIME_UP)
        await pilot.pause(0.2)
        if app.state.step in {Step.WAIT, Step.CLOSED} and not app.state.card_there and app.state.over is None:
            break
    for _ in range(MOMENTS):  # memory is emptied a moment after the first screen is there
        await pilot.pause(1.5)
        if not _left_in(app):
            break


def _steer(control: Path, act: Order) -> None:
    with suppress(DeviceError):  # it is unplugged, or slow on purpose
        steer(control, act)


def _left_in(app: KioskApp) -> list[str]:
    traces = [] if app.state.draft == NO_DRAFT else ["a draft is left in the state"]
    if app.state.step is not Step.WAIT:
        traces.append(f"the kiosk stands at {app.state.step.name}")
    if isinstance(app.screen, KioskScreen) and len(app.screen_stack) > 1 + (app.screen_stack[0] is not app.screen):
        traces.append(f"{len(app.screen_stack)} screens are stacked")
    gc.collect()
    live = gc.get_objects()
    traces += [f"a {type(one).__name__} is alive" for one in live if isinstance(one, Person)]
    texts = {text for one in live for text in _texts_in(one)}
    traces += ["a name or number is alive in memory" for text in texts if any(name in text[::-1] for name in PEOPLE)]
    return traces


def _texts_in(thing: Any) -> Iterator[str]:
    try:
        held = gc.get_referents(thing)
    except Exception:  # noqa: BLE001 - whatever it is, it holds no text that can be asked for
        return
    for one in held:
        if type(one) is str and len(one) < 5_000:
            yield one


def _check_records(state_dir: Path, traces: list[str]) -> tuple[int, int, int]:
    visits: dict[int, Visit] = {}
    ratings: list[Rating] = []
    with closing(Spool.open(state_dir / FILE_NAME)) as spool:
        after = 0
        while held := spool.pending(after, most=50, most_bytes=60_000):
            for record in held:
                after = record.seq
                kind = msgspec.json.decode(record.body)["kind"]
                if kind == "visit":
                    visits[record.seq] = msgspec.json.decode(record.body, type=Visit)
                elif kind == "rating":
                    ratings.append(msgspec.json.decode(record.body, type=Rating))
    traces += [f"a rating of {one.visit}, which is no visit" for one in ratings if one.visit not in visits]
    for seq, visit in visits.items():
        if (visit.who == "anonymous") is not (visit.person is None) or (
            visit.person and "identity" not in visit.consents
        ):
            traces.append(f"visit {seq} says {visit.who} and carries {'a' if visit.person else 'no'} person")
    return len(visits), sum(visit.person is not None for visit in visits.values()), len(ratings)


def _left_in_files(folder: Path) -> list[str]:
    forms = [
        form
        for name in (text[::-1] for text in PEOPLE)
        for form in (name.encode(), name.encode("utf-16-le"), name.encode("unicode_escape"))
    ]
    found = []
    for file in folder.rglob("*"):
        if file.is_file() and file.name != PINYIN_FILE:
            content = file.read_bytes()
            found += [f"somebody is in {file.relative_to(folder)}" for form in forms if form in content]
    return found
