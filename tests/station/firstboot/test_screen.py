"""The setup screen at the panel's size: what it says in each state, and the two ways to give it the label."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec import structs
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Static

from station.firstboot import label
from station.firstboot.screen import LETTERS, SetupApp
from station.firstboot.status import Status, write_status
from station.firstboot.view import STALE_AFTER_S, groups, message
from station.firstboot.words import NEXT, STATE_WORDS, STEP_WORDS, WORDS, Language
from station.kiosk.widgets.choice import Turn
from station.layout import Layout
from tests.station.firstboot.county import STATION, TOKEN, county, settings
from tests.station.firstboot.moments import FINGERPRINT, moments
from wire.enrolment import label_text

PANEL = (85, 20)
AMBIGUOUS = set("①②③●○■★→…—“”‘’℃×÷")
MOMENTS = dict(moments())


def now_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@asynccontextmanager
async def shown(
    root: Path, status: Status | None, language: Language = "zh"
) -> AsyncIterator[tuple[SetupApp, Pilot[None]]]:
    layout = Layout(root)
    if status is not None:
        write_status(layout, structs.replace(status, at_mono_s=now_s()))
    app = SetupApp(layout, language)
    async with app.run_test(size=PANEL) as pilot:
        await pilot.pause()
        app.look()
        await pilot.pause()
        yield app, pilot


def text(app: SetupApp, name: str) -> str:
    return str(app.query_one(f"#{name}", Static).visual)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_state_fits_the_panel_and_says_why_and_what_next(tmp_path: Path, language: Language) -> None:
    async with shown(tmp_path, None, language) as (app, pilot):
        for name, status in MOMENTS.items():
            if status is not None:
                write_status(app._layout, structs.replace(status, at_mono_s=now_s()))
            app.look()
            await pilot.pause()
            panel, said = app.query_one("#message"), app.query_one("#message-text", Static)
            assert said.region.bottom <= panel.region.bottom, name
            assert max(cell_len(line) for line in text(app, "message-text").splitlines()) <= said.size.width, name
            told = message(status, language, silent_s=0, given=False)
            assert text(app, "message-title") == told.title
            buttons = [one for one in app.query(Turn) if one.visible and one.region.height]
            assert min(one.region.height for one in buttons) >= 5
            assert all(cell_len(one.label) + 3 <= one.region.width or not one.key for one in buttons), name
            if status is not None and status.fingerprint:
                assert text(app, "fingerprint").replace(" ", "").replace("\n", "") == FINGERPRINT.upper()
                assert text(app, "station") == STATION


def test_every_refusal_has_its_code_and_next_step_on_the_screen() -> None:
    for name, status in MOMENTS.items():
        told = message(status, "zh", silent_s=0, given=False)
        if told.mood == "bad":
            assert told.lines[0].startswith("E-"), name
            assert told.lines[1].startswith("下一步"), name


def test_no_word_holds_a_sign_that_the_font_draws_wider() -> None:
    every = [half for table in (WORDS, NEXT, STEP_WORDS, STATE_WORDS) for pair in table.values() for half in pair]
    assert [half for half in every if AMBIGUOUS & set(half)] == []


def test_who_works_no_more_is_told_apart_from_who_waits() -> None:
    status = MOMENTS["hub-away"]
    assert message(status, "zh", silent_s=STALE_AFTER_S, given=False).mood == "wait"
    assert message(status, "zh", silent_s=STALE_AFTER_S + 1, given=False).title == "程序没有响应"


def test_a_fingerprint_stands_in_two_lines_of_eight_groups() -> None:
    first, second = groups(FINGERPRINT)
    assert [len(line.split()) for line in (first, second)] == [8, 8]
    assert first.startswith(FINGERPRINT[:4].upper())


async def test_the_label_is_typed_by_finger_and_handed_over_once(tmp_path: Path) -> None:
    async with shown(tmp_path, MOMENTS["label"]) as (app, pilot):
        app.query_one("#type", Turn).press()
        await pilot.pause()
        for sign in TOKEN[:15]:
            app.query_one(f"#sign-{sign}", Turn).press()
        app.query_one("#ok", Turn).press()
        await pilot.pause()
        assert text(app, "keys-said") == WORDS["short"][0]
        app.query_one(f"#sign-{TOKEN[15]}", Turn).press()
        await pilot.pause()
        assert text(app, "typed").replace(" - ", "") == TOKEN
        app.query_one("#ok", Turn).press()
        await pilot.pause()
        assert text(app, "message-title") == WORDS["given"][0]
        path = tmp_path / "run/cuncuntong/answers/label.json"
        assert path.stat().st_mode & 0o777 == 0o600
        assert label.take(app._layout) == label.Answer(TOKEN)
        assert not path.exists()
        assert app._typed == ""


async def test_a_keyboard_types_it_too_and_is_told_at_once_of_a_sign_no_label_has(tmp_path: Path) -> None:
    async with shown(tmp_path, MOMENTS["label"], "en") as (app, pilot):
        await pilot.press("2", *"o1-lu", "backspace", *"7")
        assert text(app, "typed").startswith("017_"), "O and L are read as 0 and 1"
        await pilot.press("u")
        assert text(app, "keys-said") == "No label has this sign: U"
        await pilot.press("escape")
        assert app._typed == ""


async def test_every_key_of_the_pad_is_on_the_panel(tmp_path: Path) -> None:
    async with shown(tmp_path, MOMENTS["label"]) as (app, pilot):
        await pilot.press("2")
        await pilot.pause()
        keys = [app.query_one(f"#{name}", Turn) for name in [*(f"sign-{sign}" for sign in LETTERS), "erase", "ok"]]
        assert {key.region.height >= 5 and key.region.bottom <= PANEL[1] for key in keys} == {True}


async def test_the_label_is_held_before_the_camera(tmp_path: Path) -> None:
    layout, held = Layout(tmp_path), tmp_path / "label.txt"
    held.write_text(label_text(county().label()), "ascii")
    layout.station.mkdir(parents=True)
    camera = f'[[cameras]]\nname = "desk"\nsource = "simulated:?card={held}"\n'
    (layout.station / "station.toml").write_text(settings(STATION, None) + camera, "utf-8")
    async with shown(tmp_path, MOMENTS["label"]) as (app, pilot):
        await pilot.press("1")
        async with asyncio.timeout(20):
            while not (layout.run / "answers/label.json").exists():
                await pilot.pause(0.05)
        await pilot.pause()
        answer = label.take(layout)
        assert answer == label.Answer(TOKEN, STATION, county().label().fingerprint)
        assert app._camera is None, "it is let go of at once"


async def test_without_a_camera_it_says_so(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.station.mkdir(parents=True)
    (layout.station / "station.toml").write_text(settings(STATION, None), "utf-8")
    async with shown(tmp_path, MOMENTS["label"]) as (app, pilot):
        await pilot.press("1")
        assert text(app, "camera-said") == WORDS["no_camera"][0]
        await pilot.press("1")
        assert text(app, "message-title") == WORDS["wants"][0]
