"""The pages beside the wall as somebody sees them: the real pages in the real Chromium."""

import pytest
from playwright.sync_api import Browser, expect

from tests.hub.web.conftest import FIRST, SECOND, THIRD, VILLAGES
from tests.hub.web.looking import Operator, without_scripts
from tests.hub.web.made_up import MadeUpCounty, now_ms
from tests.hub.web.serving import Served

LEAST_CONTRAST = 4.5
FAINT = """() => {
    const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
        .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = parts(getComputedStyle(at).backgroundColor);
            if (colour.length < 4 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    const faint = [];
    for (const element of document.querySelectorAll("body *")) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || !element.checkVisibility()) continue;
        const [a, b] = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
        const contrast = (a + 0.05) / (b + 0.05);
        if (contrast < %f) faint.push(`${element.tagName} ${element.className} ${contrast.toFixed(2)}`);
    }
    return [...new Set(faint)];
}"""


@pytest.fixture
def busy(made_up: MadeUpCounty) -> MadeUpCounty:
    """A county in which every kind of cell, line and incident is somewhere."""
    for code, _, _ in VILLAGES[:6]:
        made_up.line(code)
    made_up.line(FIRST, "degraded", reached=150, received=140)
    made_up.line(SECOND, reached=177)
    made_up.set(THIRD, "offline", reason="died")
    made_up.set(VILLAGES[6][0], "maintenance", reason="planned")
    late = {"state": "dispatched", "dispatched_to": "维修组", "deadline_ms": now_ms() - 1_200_000, "supervised": True}
    made_up.trouble("down", "town", "测试1镇", FIRST, SECOND, THIRD, id="town", priority=1, **late)
    made_up.trouble("line", "station", FIRST, FIRST, id="line", priority=2)
    made_up.trouble("flapping", "station", SECOND, id="flaps", priority=3, state="resolved", recovered_ms=now_ms())
    made_up.stored.step("town", "opened", note="cut_together 3/4", ago_ms=720_000)
    made_up.stored.step("town", "dispatched", "王某", "→ 维修组")
    return made_up


PATHS = ("", "incidents", "incidents/town", "lines", "lines?a=测试1镇&b=测试2镇", f"stations/{FIRST}")


@pytest.mark.parametrize("path", PATHS[1:])
def test_a_phone_needs_no_scrolling_sideways(operator: Operator, served: Served, busy: MadeUpCounty, path: str) -> None:
    page = operator.look(served, path, width=360, height=740)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(served.url + path + ("&" if "?" in path else "?") + "lang=en")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_stands_out_from_its_ground(
    operator: Operator, served: Served, busy: MadeUpCounty, scheme: str
) -> None:
    page = operator.look(served, width=1920, height=1080, color_scheme=scheme)
    for path in PATHS:
        page.goto(served.url + path)
        page.wait_for_selector("html[data-live=on]")
        assert page.evaluate(FAINT % LEAST_CONTRAST) == [], path


def test_a_page_is_brought_up_to_date_without_a_reload(operator: Operator, served: Served, busy: MadeUpCounty) -> None:
    page = operator.look(served, "incidents")
    page.evaluate("window.untouched = true")
    busy.trouble("video", "station", VILLAGES[5][0], VILLAGES[5][0], id="fresh", priority=3)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as when it is looked at again
    expect(page.locator('a[href="/incidents/fresh"]')).to_be_visible()
    assert page.evaluate("window.untouched")
    page.locator('a[href="/incidents/town"]').click()
    expect(page.locator('[aria-current="step"]')).to_contain_text("处置")
    expect(page.locator(".due.supervised")).to_contain_text("督办 超期 20 分")
    page.locator(f'a[href="/stations/{FIRST}"]').click()
    expect(page.locator("h1")).to_contain_text("测试1镇 测试1第1村")
    page.goto(f"{served.url}#c{FIRST}")
    expect(page.locator("#card")).to_contain_text("上行丢包 16.7%")
    expect(page.locator("#card h3 a")).to_have_attribute("href", f"/stations/{FIRST}")


def test_the_navigation_is_a_line_on_a_desk_and_a_menu_on_a_phone(operator: Operator, served: Served) -> None:
    page = operator.look(served, f"stations/{FIRST}", width=1920, height=1080, as_="supervisor")
    menu = page.get_by_role("navigation", name="页面")
    tops = {link.bounding_box()["y"] for link in menu.get_by_role("link").all()}  # type: ignore[index]
    assert len(tops) == 1
    expect(menu.locator("[aria-current]")).to_have_text("站点")
    page.set_viewport_size({"width": 360, "height": 740})
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="菜单").press("Enter")
    menu.get_by_role("link", name="事件").click()
    expect(page.locator("h1")).to_contain_text("事件")
    page.goto(served.url)
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="菜单").click()
    expect(menu.get_by_role("link", name="工作清单")).to_be_visible()


def test_a_cell_says_of_which_villages_it_is(operator: Operator, served: Served, busy: MadeUpCounty) -> None:
    page = operator.look(served, "lines")
    page.locator(".matrix td a").nth(1).click()
    expect(page.locator("h2").first).to_contain_text("测试1镇 ↔ 测试2镇")
    head, body = (page.locator(f".matrix {part}").bounding_box() for part in ("thead", "tbody"))
    assert head is not None
    assert body is not None
    assert abs(head["x"] - body["x"]) < 2, "each name stands over its column"
    assert head["y"] < body["y"]
    page.locator(".matrix tbody tr").nth(1).locator("td").nth(1).hover()
    expect(page.locator("#caption")).to_have_text("测试1镇 第2村 ↔ 测试2镇 第2村 · 2.9")


def test_without_scripts_the_pages_say_the_same(browser: Browser, served: Served, busy: MadeUpCounty) -> None:
    with without_scripts(browser, served) as page:
        page.get_by_role("link", name="测试1镇 离线 3/4 村").click()
        expect(page.locator("h2").first).to_contain_text("重大 测试1镇 离线 3/4 村")
        page.get_by_role("link", name="村村通", exact=True).click()
        expect(page.locator(".figure").first).to_contain_text("村村通率")
        expect(page.locator(".matrix td a")).to_have_count(4)
