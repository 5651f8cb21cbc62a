"""The wall's views, its rotation, its sounds and its one stream, in the real Chromium."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from demo.county_map import made_up_map
from hub.store.access_tables import screen
from hub.store.engine import writing
from hub.web import live as live_module
from hub.web import standing as standing_module
from hub.web import wall as wall_module
from tests.browser import faults_of
from tests.hub.web.conftest import FIRST, SECOND, THIRD, VILLAGES
from tests.hub.web.looking import Operator, cell, live
from tests.hub.web.made_up import MadeUpCounty, large_county
from tests.hub.web.serving import Served

LOOKS = {"zh": {"color_scheme": "dark"}, "en": {"color_scheme": "light", "width": 360, "height": 740}}


@pytest.fixture
def mapped(made_up: MadeUpCounty) -> MadeUpCounty:
    """A county that gave a map, before it is served."""
    made_up.map = made_up_map(Counter(town for _, town in made_up.villages.values()))
    return made_up


def tab(page: Page, view: str) -> None:
    page.locator(f"#views [data-view={view}]").click()


def streams(page: Page, served: Served) -> int:
    text = page.request.get(f"{served.url}metrics").text()
    return int(float(next(row.split()[1] for row in text.splitlines() if row.startswith("cuncuntong_wall_streams "))))


def test_a_map_shows_each_town_and_village_and_follows_what_happens(
    mapped: MadeUpCounty, operator: Operator, served: Served
) -> None:
    page = operator.look(served, "?view=map", clock=True)
    expect(page.locator("#county a.area")).to_have_count(2)
    expect(page.locator("#county use")).to_have_count(len(VILLAGES))
    expect(page.locator("[data-area='0']")).to_have_attribute("data-level", "ok")
    mapped.set(FIRST, "offline", reason="died")
    expect(page.locator(f"#m{FIRST}")).to_have_attribute("href", "#s-offline")
    expect(page.locator("[data-area='0']")).to_have_attribute("data-level", "many")
    expect(page.locator("[data-label='0']")).to_contain_text("3/4")
    expect(page.locator("[data-area='0'] title")).to_have_text("测试1镇 3/4 在线率低于 90%")
    page.locator(f"#m{FIRST}").click()
    card, table = page.locator("#card"), page.locator(".mapside summary")
    expect(card).to_contain_text(FIRST)
    table.focus()
    stands = card.bounding_box()
    with page.expect_response(re.compile("/wall/views/map")):
        page.clock.fast_forward(16_000)
    with page.expect_response(re.compile(f"/wall/stations/{FIRST}")):
        page.clock.fast_forward(2_000)
    drawn = card.bounding_box()
    assert stands is not None
    assert drawn is not None
    assert abs(drawn["x"] - stands["x"]) < 5, "the map was drawn anew below it"
    expect(table).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".mapside tbody tr").first).to_contain_text("75.0%")
    page.keyboard.press("1")
    expect(card).to_be_hidden()


@pytest.mark.parametrize("language", LOOKS)
def test_axe_finds_nothing_wrong_in_any_view(
    mapped: MadeUpCounty, operator: Operator, served: Served, language: str
) -> None:
    mapped.set(FIRST, "offline", reason="died")
    mapped.set(SECOND, "online", video="fault", fault="E-VQD-12")
    mapped.trouble("down", "town", "测试1镇", FIRST, priority=1)
    page = operator.look(served, f"?lang={language}", bypass_csp=True, **LOOKS[language])  # type: ignore[arg-type]
    wrong = faults_of(page)
    for view, there in (("map", "#county"), ("matrix", "table.matrix"), ("today", ".todayview")):
        tab(page, view)
        expect(page.locator(f"#view {there}")).to_be_visible()
        wrong += faults_of(page)
    page.locator("#help").click()
    expect(page.locator("#settings h3")).to_have_text("按键" if language == "zh" else "Keys")
    wrong += faults_of(page)
    page.keyboard.press("Escape")
    page.goto(f"{served.url}town/测试1镇")
    expect(page.locator(".large li")).to_have_count(4)
    expect(page.locator(".large [data-s=offline]")).to_contain_text("第1村")
    expect(page.locator(".lines a")).to_have_attribute("href", "/incidents/i1")
    wrong += faults_of(page)
    assert wrong == []


def test_views_turn_and_a_new_alarm_interrupts_until_it_is_acknowledged(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    made_up.trouble("video", "station", THIRD, THIRD, id="old", priority=1)
    page = operator.look(served, clock=True)
    shown, held, turning = page.locator("html"), page.locator("#held"), page.locator("#rotate")
    expect(turning).to_have_text("轮播")
    page.keyboard.press(" ")
    expect(turning).to_have_text("轮播中 20 s")
    page.clock.fast_forward(21_000)
    expect(shown).to_have_attribute("data-view", "matrix")
    expect(page.locator("#view table.matrix")).to_be_visible()
    page.clock.fast_forward(21_000)
    expect(shown).to_have_attribute("data-view", "today")
    page.keyboard.press(" ")
    expect(turning).to_have_text("已暂停")
    page.clock.fast_forward(21_000)
    expect(shown).to_have_attribute("data-view", "today")
    expect(held).to_be_hidden()
    page.keyboard.press(" ")
    made_up.trouble("down", "town", "测试1镇", FIRST, SECOND, id="new", priority=1)
    expect(shown).to_have_attribute("data-view", "grid")
    expect(held).to_contain_text("轮播已中断：重大 测试1镇 离线")
    page.clock.fast_forward(30_000)
    expect(held).to_contain_text(re.compile(r"[23]\d 秒后继续"))
    expect(shown).to_have_attribute("data-view", "grid")
    made_up.trouble("down", "town", "测试1镇", FIRST, SECOND, id="new", priority=1, state="acknowledged", owner="王某")
    expect(held).to_be_hidden()
    expect(shown).to_have_attribute("data-view", "today")
    made_up.trouble("down", "station", FIRST, FIRST, id="less", priority=2)
    expect(page.locator("#attention")).to_contain_text("较大")
    expect(held).to_be_hidden()
    made_up.trouble("down", "station", SECOND, SECOND, id="again", priority=1)
    expect(held).to_be_visible()
    page.clock.fast_forward(61_000)
    expect(held).to_be_hidden()
    expect(shown).to_have_attribute("data-view", "today")


def test_it_sounds_by_severity_after_one_touch_and_is_muted_for_half_an_hour(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    page = operator.look(served, clock=True)
    button = page.locator("#sound")
    expect(button).to_have_text("点一下开启声音")
    button.click()
    expect(button).to_have_text("声音开")
    made_up.trouble("down", "station", FIRST, FIRST, id="a", priority=3)
    made_up.trouble("down", "station", SECOND, SECOND, id="b", priority=2)
    expect(button).to_have_attribute("data-sounded", "warning")
    made_up.trouble("down", "town", "测试1镇", FIRST, SECOND, id="c", priority=1)
    expect(button).to_have_attribute("data-sounded", "critical")
    page.keyboard.press("m")
    expect(button).to_have_text(re.compile(r"静音至 \d\d:\d\d"))
    made_up.call(THIRD)
    expect(page.locator("#held")).to_contain_text("紧急求助")
    expect(button).to_have_attribute("data-sounded", "critical")
    page.reload()
    live(page)
    page.keyboard.press("Shift")
    expect(button).to_have_text(re.compile(r"静音至"))
    page.evaluate("localStorage.setItem('cuncuntong.muted_until', Date.now() + 7200000)")  # somebody's clock was ahead
    page.clock.fast_forward(6_000)
    expect(button).to_have_text("声音开")
    expect(button).to_have_attribute("data-sounded", "call")


def test_the_strip_turns_its_pages_unless_somebody_wants_no_motion(operator: Operator, tmp_path: Path) -> None:
    keys = "[...document.querySelectorAll('#attention [data-key]')].map(one => one.dataset.key)"
    with Served(large_county(), tmp_path) as served:
        page = operator.look(served, clock=True, reduced_motion="reduce")
        before = page.evaluate(keys)
        page.clock.fast_forward(12_000)
        assert page.evaluate(keys) == before
        page.locator("#attention .next button").click()
        pressed = page.evaluate(keys)
        assert set(before).isdisjoint(pressed)
        page.emulate_media(reduced_motion="no-preference")
        page.locator("#attention .next button").blur()
        page.mouse.move(5, 700)
        page.clock.fast_forward(12_000)
        page.wait_for_function(f"(before) => {keys}.join() !== before.join()", arg=pressed)
        assert set(pressed).isdisjoint(page.evaluate(keys))


def test_twelve_tabs_share_one_stream_and_each_heals_by_itself_in_its_view(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    first = operator.look(served)
    pages = [first]
    for number in range(11):
        page = first.context.new_page()
        page.goto(served.url + ("?view=today" if number % 2 else "?view=matrix"), wait_until="commit")
        pages.append(page)
    for page in pages:
        live(page)
    assert streams(first, served) == 1
    made_up.set(FIRST, "offline", reason="died")
    for page in pages:
        expect(page.locator("#n-offline")).to_have_text("1")
    for page in pages[1:10]:
        page.close()
    operator.may_be_cut = True
    served.stop()
    for page in (first, *pages[10:]):
        page.wait_for_selector("html[data-live=cut]", timeout=4_000)
        page.evaluate("window.untouched = true")
    made_up.put(SECOND, "offline")
    served.start()
    made_up.tell(SECOND)
    for page in (first, *pages[10:]):
        live(page)
        expect(page.locator("#n-offline")).to_have_text("2")
        assert page.evaluate("window.untouched")
    expect(pages[10].locator("#view .tile").first).to_be_visible()
    assert streams(first, served) == 1


def test_a_tab_that_is_looked_at_again_while_the_hub_is_away_does_not_take_the_old_for_new(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    page = operator.look(served)
    other = page.context.new_page()
    other.goto(served.url)
    live(other)
    seen = """(hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(seen, True)
    operator.may_be_cut = True
    served.stop()
    other.wait_for_selector("html[data-live=cut]", timeout=4_000)
    page.evaluate(seen, False)
    page.wait_for_selector("html[data-live=cut]", timeout=1_500)
    expect(page.locator("#banner")).to_contain_text("数据已中断")
    served.start()
    live(page)


def test_without_a_shared_worker_a_page_has_a_stream_of_its_own(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    page = operator.look(served, before="delete globalThis.SharedWorker")
    made_up.set(FIRST, "offline", reason="died")
    expect(cell(page, FIRST)).to_have_attribute("data-s", "offline")


def test_a_screen_that_was_revoked_says_so_and_what_to_do(
    operator: Operator, served: Served, made_up: MadeUpCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_module, "ASK_WHO_S", 0.1)
    monkeypatch.setattr(standing_module, "OLD_MS", 100)
    page = operator.look(served, clock=True)
    operator.may_be_cut = True
    with writing(made_up.database) as connection:
        connection.execute(update(screen).values(ended_ms=1))
    expect(page.locator("#banner")).to_contain_text("本屏已停用", timeout=12_000)
    expect(page.locator("#banner")).to_contain_text("重新配对")
    page.clock.fast_forward(6_000)
    page.wait_for_url(re.compile("/(pair|signin)"))


def test_a_deploy_reloads_the_page_and_it_comes_back_in_its_view(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    page = operator.look(served)
    tab(page, "today")
    expect(page.locator(".todayview")).to_be_visible()
    page.evaluate("window.untouched = true")
    operator.may_be_cut = True
    served.stop()
    served.county_name = "改名县"
    served.start()
    expect(page.locator("h1")).to_contain_text("改名县", timeout=10_000)
    live(page)
    expect(page.locator(".todayview")).to_be_visible()
    assert page.evaluate("window.untouched") is None


def test_very_many_villages_are_a_canvas_that_is_read_by_keys_and_as_a_table(
    operator: Operator, served: Served, made_up: MadeUpCounty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wall_module, "MOST_CELLS", 4)
    page = operator.look(served, bypass_csp=True)  # type: ignore[arg-type]
    expect(page.locator(".cells button")).to_have_count(1)
    here = page.locator("#drawn button")
    expect(here).to_have_attribute("data-s", "online")
    made_up.set(FIRST, "offline", reason="died")
    expect(here).to_have_attribute("data-s", "offline")
    # It is named above the canvas too, which moves by that: only then is it known where things stand.
    expect(page.get_by_role("region", name="需要关注").get_by_role("button")).to_have_count(1)
    pixel = "[...document.querySelector('canvas').getContext('2d').getImageData(3, 3, 1, 1).data]"
    assert page.evaluate(pixel) == [213, 94, 0, 255]
    box = page.locator("canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 3, box["y"] + 3)
    expect(page.locator("#card")).to_contain_text(FIRST)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#card")).to_contain_text(SECOND)
    expect(here).to_have_attribute("data-s", "online")
    second = here.bounding_box()
    assert second is not None
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#card")).to_contain_text(FIRST)
    page.mouse.move(second["x"] + 3, second["y"] + 3)
    expect(here).to_have_attribute("id", f"c{FIRST}")
    page.evaluate("dispatchEvent(new Event('resize'))")
    expect(here).to_have_attribute("id", f"c{FIRST}")
    page.mouse.click(second["x"] + 3, second["y"] + 3)
    expect(page.locator("#card")).to_contain_text(SECOND)
    page.keyboard.press("Escape")
    page.locator("#mirror summary").click()
    row = page.locator("#mirror tbody tr").first.locator("th, td")
    expect(row).to_have_text(["测试1镇", "75.0%", "3/4", "1", "0", "0", "0", "0"])
    made_up.set(FIRST, "unknown")
    expect(row).to_have_text(["测试1镇", "100.0%", "3/4", "0", "0", "0", "1", "0"])
    assert faults_of(page) == []
    assert json.loads(page.locator("#cells").text_content() or "")["towns"][0][0] == "测试1镇"
