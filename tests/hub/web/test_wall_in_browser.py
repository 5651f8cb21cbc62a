"""The wall as an operator sees it: the real page in the real Chromium."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from hub.incidents.incident import STATES
from hub.store.engine import StoreError
from tests.hub.web.conftest import FIRST, SECOND, THIRD, VILLAGES
from tests.hub.web.looking import Operator, cell, live, without_scripts
from tests.hub.web.made_up import MadeUpCounty, large_county, now_ms
from tests.hub.web.serving import Served

FOURTH, LAST = VILLAGES[3][0], VILLAGES[-1][0]
HOSTILE = [
    ("999999103001", "<script>alert(1)</script>", "<b>镇</b>"),
    ("999999103002", '"><img src=x onerror=alert(2)>', "<b>镇</b>"),
    ("999999103003", "</script><script>alert(3)//", "'\"&镇"),
    ("999999103004", "{{ 7*7 }}${7*7}", "'\"&镇"),
]
COLOURS = {
    "online": "rgb(0, 91, 65)",
    "noview": "rgb(0, 91, 65)",
    "fault": "rgb(240, 228, 66)",
    "offline": "rgb(213, 94, 0)",
    "unknown": "rgb(107, 114, 128)",
    "maintenance": "rgb(86, 180, 233)",
}
GLYPHS = {"online": "●", "noview": "○", "fault": "▲", "offline": "×", "unknown": "?", "maintenance": "◆"}


READ_ALOUD = """() => {
    window.read = [];
    new MutationObserver((records) => {
        for (const { target } of records) if (!target.parentElement.closest("[aria-hidden]") && !target.ariaHidden) window.read.push(target.textContent);
    }).observe(document.getElementById("banner"), { childList: true, characterData: true, subtree: true });
}"""  # noqa: E501
"""Notes what of the banner changes for whoever hears the page."""


def look_of(page: Page, code: str) -> dict[str, str]:
    return page.evaluate(
        """(id) => {
            const cell = document.getElementById(id);
            const style = getComputedStyle(cell);
            const glyph = getComputedStyle(cell, "::before").content.match(/"(.)"/)[1];
            return { colour: style.backgroundColor, glyph, words: cell.innerText.split("\\n").join(" ") };
        }""",
        f"c{code}",
    )


def test_each_cell_shows_its_state_by_glyph_word_and_colour(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    made_up.set(FIRST, "offline", reason="died")
    made_up.set(SECOND, "online", video="fault")
    made_up.set(THIRD, "unknown")
    made_up.set(FOURTH, "maintenance")
    made_up.set(LAST, "online", video="unknown")
    page = operator.look(served)
    shown = {
        FIRST: ("offline", "离线"),
        SECOND: ("fault", "无画面"),
        THIRD: ("unknown", "未知"),
        FOURTH: ("maintenance", "维护"),
        LAST: ("noview", "画面未知"),
        VILLAGES[4][0]: ("online", "在线"),
    }
    for code, (state, word) in shown.items():
        look = look_of(page, code)
        assert (look["colour"], look["glyph"]) == (COLOURS[state], GLYPHS[state]), state
        assert word in cell(page, code).inner_text(), state
    expect(page.locator("h1")).to_have_text("测试县 综合指挥中心 · 村村通")
    expect(page.locator("#n-up")).to_have_text("5")
    expect(page.locator("#n-offline")).to_have_text("1")
    expect(page.locator("#rate")).to_have_text("83.3%")
    expect(page.locator("#coverage")).to_contain_text("85.7%")
    expect(page.locator("#visits")).to_have_text("57")
    expect(page.locator("#quarantine")).to_be_hidden()
    expect(page.locator(".legend .key")).to_have_count(7)
    expect(page.locator(".town").first.locator("h2")).to_contain_text("测试1镇 1/4")
    expect(page.locator("#attention button").first).to_contain_text("测试1镇 第1村 离线")


def test_without_scripts_the_first_paint_says_the_same(browser: Browser, served: Served, made_up: MadeUpCounty) -> None:
    made_up.set(FIRST, "offline", reason="died")
    covered(made_up, SECOND)
    with without_scripts(browser, served) as page:
        expect(cell(page, FIRST)).to_contain_text("离线")
        expect(page.locator("#n-offline")).to_have_text("1")
        expect(page.locator("noscript p")).to_contain_text("15")
        expect(cell(page, SECOND)).to_contain_text(re.compile(r"遮挡.*自 \d\d:\d\d"))
        expect(page.locator("#kinds")).to_have_text("遮挡 1")


def test_a_change_reaches_the_pixels_within_a_second(operator: Operator, served: Served, made_up: MadeUpCounty) -> None:
    page = operator.look(served)
    begun = time.monotonic()
    made_up.quarantined = 2
    made_up.set(SECOND, "offline", reason="died")
    page.wait_for_function(
        "([id, colour]) => getComputedStyle(document.getElementById(id)).backgroundColor === colour",
        arg=[f"c{SECOND}", COLOURS["offline"]],
        timeout=5_000,
    )
    assert time.monotonic() - begun < 1.0
    expect(page.locator("#n-up")).to_have_text("7")
    expect(page.locator("#quarantined")).to_have_text("2")
    expect(page.locator(".town").first).to_have_attribute("data-trouble", "some")
    expect(page.locator(".town").first.locator(".chips")).to_have_text("1")
    expect(cell(page, SECOND)).to_have_attribute("data-new", "")
    made_up.set(SECOND, "online")
    expect(cell(page, SECOND)).to_have_attribute("data-s", "online")
    expect(page.locator("#attention")).to_have_text("各村均无异常")


def test_an_incident_appears_without_a_reload_and_leads_to_its_page(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    page = operator.look(served)
    page.evaluate("window.untouched = true")
    for code in (FIRST, SECOND, THIRD):
        made_up.set(code, "offline", reason="died")
    made_up.trouble("down", "town", "测试1镇", FIRST, SECOND, THIRD, id="x7", priority=1)
    shown = page.locator("#attention a")
    expect(shown).to_have_text(re.compile(r"重大 测试1镇 离线 3/4 村 自 \d\d:\d\d \(12 分\) · " + STATES["new"][0]))
    expect(shown).to_have_attribute("href", "/incidents/x7")
    expect(page.locator("#attention button")).to_have_count(0)
    expect(page.locator(".town").first).to_have_attribute("data-trouble", "down")
    expect(cell(page, FIRST)).to_have_attribute("aria-description", "属事件")
    cell(page, FIRST).click()
    expect(page.locator("#card dd a")).to_have_attribute("href", "/incidents/x7")
    late = {"state": "dispatched", "dispatched_to": "维修组", "deadline_ms": now_ms() - 1_200_000, "supervised": True}
    made_up.trouble("down", "town", "测试1镇", FIRST, id="x7", priority=1, **late)
    expect(shown).to_have_text(re.compile(r"离线 1/4 村 督办 超期 20 分 · 维修组 .* · 自 \d\d:\d\d \(12 分\)"))
    expect(cell(page, SECOND)).not_to_have_attribute("data-incident", re.compile(".*"))
    assert page.evaluate("window.untouched")


def test_a_cut_is_seen_counted_and_healed_by_itself(operator: Operator, served: Served, made_up: MadeUpCounty) -> None:
    page = operator.look(served, clock=True)
    operator.may_be_cut = True
    served.stop()
    page.wait_for_selector("html[data-live=cut]", timeout=3_000)
    banner = page.locator("#banner")
    expect(banner).to_contain_text(re.compile(r"数据已中断 \d+ 秒"))
    page.evaluate(READ_ALOUD)
    page.clock.fast_forward(4_000)
    expect(banner).to_contain_text(re.compile(r"数据已中断 [4-9] 秒"))
    assert page.evaluate("window.read") == [], "read aloud once, not with every second"
    assert "grayscale(1)" in page.evaluate("getComputedStyle(document.querySelector('main')).filter")
    made_up.put(FIRST, "unknown")
    page.evaluate("window.untouched = true")
    served.start()
    made_up.tell(FIRST)
    live(page)
    expect(cell(page, FIRST)).to_have_attribute("data-s", "unknown")
    expect(banner).to_be_hidden()
    assert page.evaluate("window.untouched"), "the page itself was not loaded again"


def test_a_hub_that_comes_back_with_other_villages_is_shown_anew(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    page = operator.look(served)
    operator.may_be_cut = True
    served.stop()
    made_up.close()
    served.county = MadeUpCounty([*VILLAGES, ("999999104001", "新来的村", "新镇")])
    served.start()
    expect(page.locator("#c999999104001")).to_have_text(re.compile("新来的村"), timeout=10_000)


def test_a_hub_that_cannot_see_or_store_says_so_itself(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    page = operator.look(served)
    made_up.connected = False
    for code, _, _ in VILLAGES:
        made_up.put(code, "unknown", reason="hub_blind")
    made_up.tell(*made_up.villages)
    made_up.trouble("broker", "hub", "", id="b")
    expect(page.locator("#banner")).to_contain_text("并非村里故障")
    expect(page.locator("#banner")).to_contain_text(re.compile(f"消息服务器中断 自 .* {STATES['new'][0]}"))
    made_up.trouble("broker", "hub", "", id="b", state="closed")
    expect(page.locator("#rate")).to_have_text("—")
    expect(page.locator("#attention")).to_contain_text("未知 8")
    expect(page.locator("#broker")).to_contain_text("断开")
    made_up.connected, made_up.storage_trouble = True, "E-STORE-03"
    made_up.tell()
    expect(page.locator("#banner")).to_contain_text("E-STORE-03")
    made_up.storage_trouble, made_up.behind_ms = None, 30_000
    made_up.set(FIRST, "online")
    expect(page.locator("html")).to_have_attribute("data-live", "cut")
    expect(page.locator("#banner")).to_contain_text(re.compile(r"数据已中断 (29|3\d) 秒"))


def test_languages_and_themes_are_chosen_and_kept(operator: Operator, served: Served, made_up: MadeUpCounty) -> None:
    made_up.set(FIRST, "offline", reason="died")
    page = operator.look(served, color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light, "as the system prefers"
    page.emulate_media(color_scheme="light")
    page.get_by_role("link", name="English").click()
    live(page)
    expect(page.locator("h1")).to_have_text("测试县 Command Centre · Villages Linked")
    expect(cell(page, FIRST)).to_contain_text("Offline")
    expect(page.locator("#attention")).to_contain_text("Offline")
    with page.expect_response(lambda answer: "theme=dark" in answer.url):
        page.get_by_role("button", name="Theme").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.goto(served.url)
    live(page)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto(served.url + "?lang=zh&theme=light")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == light


def test_names_are_only_ever_text(operator: Operator, tmp_path: Path) -> None:
    county = MadeUpCounty(HOSTILE)
    county.set(HOSTILE[0][0], "offline", reason="</script>")
    with Served(county, tmp_path, county_name="<i>县</i>\"'") as served:
        page = operator.look(served)
        assert page.locator("script").count() == 2
        assert page.locator("main img, main script, h1 i, .town h2 b").count() == 0
        for code, name, town in HOSTILE:
            cell(page, code).click()
            expect(page.locator("#card h3")).to_contain_text(f"{town} {name}")
        county.set(HOSTILE[1][0], "offline", reason="<b>x</b>")
        expect(page.locator("#attention")).to_contain_text("<script>alert(1)</script>")
        assert page.locator("#attention script, #attention img, #card b, #card img").count() == 0


def test_no_width_needs_scrolling_sideways(operator: Operator, served: Served, made_up: MadeUpCounty) -> None:
    for code in (FIRST, SECOND, THIRD):
        made_up.set(code, "offline", reason="died")
    page = operator.look(served, "?lang=en", width=360, height=740)
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        box = cell(page, FIRST).bounding_box()
        assert box is not None
        assert box["height"] >= (36 if width == 360 else 24)
        cell(page, LAST).click()
        expect(page.locator("#card")).to_be_visible()
        card = page.locator("#card").bounding_box()
        assert card is not None
        assert card["x"] >= 0
        assert card["x"] + card["width"] <= width
        page.keyboard.press("Escape")
    page.set_viewport_size({"width": 360, "height": 740})
    for code, fault in ((FIRST, "E-VQD-12"), (SECOND, "E-VQD-05"), (THIRD, "E-VQD-13"), (FOURTH, "E-VQD-08")):
        covered(made_up, code, fault)
    expect(page.locator("#kinds span")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, "with many kinds of faults"


@pytest.mark.parametrize("stations", [248, 496])
def test_a_whole_county_fits_a_full_hd_screen_and_can_be_read(
    operator: Operator, tmp_path: Path, stations: int
) -> None:
    county = large_county(stations)
    with Served(county, tmp_path, "建湖县") as served:
        page = operator.look(served, width=1920, height=1080)
        assert page.locator(".cells button").count() == stations
        assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
            1920,
            1080,
        ]
        small, cut = page.evaluate(
            """() => {
                const cells = [...document.querySelectorAll(".cells button")];
                const size = Math.min(...cells.map((cell) => parseFloat(getComputedStyle(cell).fontSize)));
                const names = cells.map((cell) => cell.querySelector("span"));
                return [size, names.filter((name) => name.scrollWidth > name.clientWidth).length];
            }"""
        )
        assert small >= (15 if stations == 248 else 12)
        assert cut == 0, "names shortened by the lack of room"
        expect(page.locator("#attention a").first).to_contain_text("沿河镇 离线 15/15 村")
        assert len(page.content().encode()) < 90_000
        served_bytes = len(page.request.get(served.url).body())
        assert served_bytes < 60_000


def test_a_cell_tells_all_that_is_known_by_mouse_and_by_keyboard(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    made_up.set(SECOND, "offline", reason="silent")
    made_up.line(FIRST, state="degraded", reached=171, received=170, rtt_ms=38.4)
    page = operator.look(served)
    card = page.locator("#card")
    cell(page, FIRST).hover()
    for said in ("测试1第1村", FIRST, "测试1镇", "在线", "已上线", "14.9 fps", "1280×720", "41 ms", "2 条", "reader"):
        expect(card).to_contain_text(said)
    for said in ("线路", "欠佳", "上行丢包 5.0%", "下行丢包 0.6%", "往返时延 38 ms", "抖动 2.1 ms"):
        expect(card).to_contain_text(said)
    page.mouse.move(5, 5)
    expect(card).to_be_hidden()
    cell(page, FIRST).focus()
    page.keyboard.press("ArrowRight")
    expect(cell(page, SECOND)).to_be_focused()
    expect(card).to_contain_text("超时未收到消息")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    made_up.set(SECOND, "maintenance", reason="planned")
    expect(card).to_contain_text("维护")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.cells')") is None, "the cells are one stop of the Tab key"
    cell(page, LAST).click()
    expect(card).to_contain_text(LAST)
    page.locator("#card h3 button").click()
    expect(card).to_be_hidden()


def covered(made_up: MadeUpCounty, code: str, fault: str = "E-VQD-12") -> None:
    made_up.set(code, "online", video="fault", fault=fault)


@pytest.mark.parametrize(
    ("language", "word", "kinds"),
    [
        pytest.param("zh", "遮挡", ["遮挡 2", "黑屏 1"], id="in Chinese"),
        pytest.param("en", "covered", ["covered 2", "black 1"], id="in English"),
    ],
)
def test_a_picture_that_is_a_fault_says_why_and_since_when(
    operator: Operator, served: Served, made_up: MadeUpCounty, language: str, word: str, kinds: list[str]
) -> None:
    covered(made_up, FIRST)
    page = operator.look(served, f"?lang={language}")
    expect(cell(page, FIRST).locator("b")).to_have_text(word)
    expect(cell(page, FIRST).locator("i")).to_have_text(re.compile(r"\d\d:\d\d$"))
    expect(page.locator("#attention button").first).to_contain_text(word)
    covered(made_up, SECOND)
    covered(made_up, THIRD, "E-VQD-03")
    expect(cell(page, SECOND).locator("b")).to_have_text(word)
    expect(page.locator("#n-fault")).to_have_text("3")
    expect(page.locator("#kinds span")).to_have_text(kinds)
    covered(made_up, FIRST, "E-VQD-03")
    expect(cell(page, FIRST)).to_have_attribute("data-new", "")
    expect(page.locator("#kinds span").first).to_contain_text("2")
    made_up.set(FIRST, "online")
    expect(cell(page, FIRST).locator("i")).to_have_count(0)
    expect(cell(page, FIRST)).to_have_attribute("data-s", "online")


def test_a_card_tells_of_each_camera_and_of_its_last_faults(
    operator: Operator, served: Served, made_up: MadeUpCounty
) -> None:
    at_ms = now_ms()
    made_up.set(FIRST, "online", video="fault", fault="E-VQD-12", measures={"learning": 1.0})
    made_up.faults.say(FIRST, "blur", "raised", at_ms=at_ms - 7_200_000)
    made_up.faults.say(FIRST, "blur", "cleared", at_ms=at_ms - 5_400_000)
    made_up.faults.say(FIRST, "moved", "raised", at_ms=at_ms - 3_600_000, camera="door")
    made_up.faults.say(FIRST, "<b>x</b>", "raised", at_ms=at_ms - 90_000)
    page = operator.look(served)
    cell(page, FIRST).click()
    card = page.locator("#card")
    for said in (
        "main · 故障 · 遮挡 E-VQD-12 ·",
        "14.9 fps",
        "41 ms",
        "学习画面中",
        "模糊",
        "持续 30 分",
        "已恢复，时刻不详",
    ):
        expect(card).to_contain_text(said)
    expect(card.locator(".past")).to_have_count(3)
    expect(card.locator(".past").first).to_contain_text("<b>x</b>")
    made_up.faults.trouble = StoreError("E-STORE-05", "a test")
    made_up.set(FIRST, "online")
    expect(card.locator(".past")).to_have_count(0)
    expect(card).to_contain_text("正常")
