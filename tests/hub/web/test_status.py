"""The public status page: figures for everybody, nothing personal, no village's name, no load."""

import json
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from hub.settings import Settings
from hub.web.console import status
from hub.web.pages import Pages
from tests.hub.web.caller import Caller
from tests.hub.web.conftest import FIRST, SECOND, VILLAGES
from tests.hub.web.made_up import MadeUpCounty, settings_in


@pytest.fixture
def world(made_up: MadeUpCounty, tmp_path: Path) -> Caller:
    made_up.set(FIRST, "offline", reason="died")
    made_up.set(SECOND, "unknown")
    made_up.trouble("down", "station", FIRST, FIRST)
    made_up.call(FIRST)
    anybody = Caller(made_up.app(tmp_path))
    anybody.headers = {}
    return anybody


def test_everybody_may_know_how_the_county_is_and_no_more(world: Caller, made_up: MadeUpCounty) -> None:
    told = msgspec.json.decode(world.get("/status.json").content, type=status.Status)
    assert (told.state, told.incidents) == ("ok", {"down": 1})
    assert (told.villages.total, told.villages.online, told.villages.offline) == (8, 6, 1)
    assert (told.villages.online_share, told.villages.known_share) == ("85.71 %", "87.50 %")
    for language, word in (("zh", "运行正常"), ("en", "Working")):
        page = world.get(f"/status?lang={language}").text
        assert word in page
        for text in (page, world.get("/status.json").text):
            for code, name, town in VILLAGES:
                assert code not in text
                assert name not in text
                assert town not in text
        assert f'lang="{"zh-CN" if language == "zh" else "en"}"' in page


def test_a_hub_that_is_blind_says_so_and_nothing_is_rounded_up(made_up: MadeUpCounty, tmp_path: Path) -> None:
    made_up.connected = False
    made_up.tell()
    caller = Caller(made_up.app(tmp_path))
    caller.headers = {}
    assert caller.get("/status.json").json()["state"] == "blind"
    made_up.connected, made_up.storage_trouble = True, "E-STORE-03"
    made_up.tell()
    fresh = Caller(made_up.app(tmp_path))
    assert fresh.get("/status.json", {}).json()["state"] == "trouble"


def test_however_many_ask_the_county_is_looked_at_once(world: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    looked, drawn = [], []
    look, render = status.StatusPages._look, Pages.render
    monkeypatch.setattr(status.StatusPages, "_look", lambda self, now_ms: looked.append(1) or look(self, now_ms))
    monkeypatch.setattr(Pages, "render", lambda self, *words, **more: drawn.append(1) or render(self, *words, **more))
    first = world.get("/status.json")
    for number in range(20):
        assert world.get(f"/status?x={number}").status_code == 200
        assert world.get("/status.json", {"If-None-Match": first.headers["etag"]}).status_code == 304
    assert (len(looked), len(drawn)) == (1, 1)


def test_nothing_of_whoever_asks_stands_on_the_page_others_get(world: Caller) -> None:
    page = world.get('/status?lang="><script>alert(1)</script>&theme=dark&done=saved').text
    assert "alert(1)" not in page
    assert "set-cookie" not in world.get("/status").headers


def test_names_are_shown_only_where_the_county_wants_it(
    made_up: MadeUpCounty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_up.set(FIRST, "offline", reason="died")

    def wanting(*words: object) -> Settings:
        settings = settings_in(*words)  # type: ignore[arg-type]
        return replace(settings, web=replace(settings.web, status_villages=True))

    assert "offline" not in json.loads(Caller(made_up.app(tmp_path)).get("/status.json", {}).text)
    monkeypatch.setattr("tests.hub.web.made_up.settings_in", wanting)
    world = Caller(made_up.app(tmp_path))
    assert world.get("/status.json", {}).json()["offline"] == ["测试1镇 第1村"]
    assert "测试1镇 第1村" in world.get("/status", {}).text
