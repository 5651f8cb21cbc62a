"""A notice written, published, compared, brought back by its keeper in the real browser; axe looks at each page."""

import json

import pytest
from playwright.sync_api import Browser, expect

from demo.run import LIBRARY
from hub.library.rules import Spot
from hub.store.disclosures import issue
from hub.store.documents import add_edition
from hub.store.engine import writing
from hub.web.who import SESSION_COOKIE
from tests.browser import faults_of
from tests.hub.web.conftest import FIRST
from tests.hub.web.looking import LOOKS, Operator
from tests.hub.web.made_up import MadeUpCounty, now_ms
from tests.hub.web.serving import Served
from tests.hub.web.signed_in import a_session

PAGES = (
    "library/roster", "library", "library/roster/edit?row=1", "library/templates/edit?row=0", "library/notices/preview",
    "disclosure/notices/1", "disclosure", "week", "worklist", "coverage",
)  # fmt: skip


@pytest.fixture
def stocked(made_up: MadeUpCounty, served: Served) -> MadeUpCounty:
    """A county with every document, drafts of some, something late, and something that waits."""
    with writing(made_up.database) as connection:
        for file in sorted(LIBRARY.glob("*.json")):
            text = json.dumps(json.loads(file.read_text("utf-8")))
            add_edition(connection, file.stem, Spot("county", "999999"), text, "测试督", now_ms() - 60_000)
        issue(connection, FIRST, "i-land", "集体土地发包情况", "请公开", 20_000, "测试督", now_ms())
    return made_up


def test_a_notice_is_written_previewed_published_compared_and_brought_back(
    operator: Operator, served: Served, stocked: MadeUpCounty
) -> None:
    page = operator.look(served, "library", as_="supervisor")
    page.get_by_role("link", name="通知公告", exact=True).click()
    page.get_by_role("button", name="修改", exact=True).click()
    page.get_by_role("link", name="新增一条").click()
    page.get_by_role("textbox", name="中文").first.fill("停水通知")
    page.get_by_role("textbox", name="中文").nth(1).fill("明天 8:00 至 17:00 停水。")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#rows")).to_contain_text("停水通知")
    page.get_by_role("button", name="上移 停水通知").click()
    page.get_by_role("link", name="预览与下发").click()
    page.get_by_role("link", name="大字版").click()
    expect(page.locator(".kiosk.large")).to_contain_text("停水通知")
    expect(page.locator(".change").first).to_contain_text("新增")
    page.get_by_role("button", name="下发", exact=True).click()
    expect(page.locator(".note.done")).to_contain_text("已下发")
    expect(page.locator("#versions tbody tr")).to_have_count(2)
    page.get_by_role("link", name="与上一版比较").first.click()
    expect(page.locator("ins").first).to_have_text("停水通知")
    page.go_back()
    page.get_by_role("button", name="恢复此版").click()
    expect(page.locator("#contents")).not_to_contain_text("停水通知")
    expect(page.locator("#versions tbody tr")).to_have_count(3)


def test_without_scripts_a_row_is_written_as_well(browser: Browser, served: Served, stocked: MadeUpCounty) -> None:
    context = browser.new_context(java_script_enabled=False)
    secret = a_session(stocked.database, "supervisor")
    context.add_cookies([{"name": SESSION_COOKIE, "value": secret, "url": served.url}])
    page = context.new_page()
    page.goto(served.url + "library/roster")
    page.get_by_role("button", name="修改", exact=True).click()
    page.get_by_role("link", name="修改 测试律师").click()
    page.get_by_label("周三").fill("九点")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#wrong-duties_3")).to_contain_text("9:00-11:30")
    page.get_by_label("周三").fill("9:00-11:30")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="预览与下发").click()
    expect(page.locator(".kiosk-days")).to_contain_text("09:00-11:30 测试律师")
    context.close()


@pytest.mark.parametrize("language", LOOKS)
def test_axe_finds_nothing_wrong(operator: Operator, served: Served, stocked: MadeUpCounty, language: str) -> None:
    stocked.trouble("down", "station", FIRST, FIRST, id="one")
    page = operator.look(served, f"library?lang={language}", as_="supervisor", bypass_csp=True, **LOOKS[language])
    told = []
    for name in ("roster", "templates", "notices"):
        page.goto(f"{served.url}library/{name}")
        page.locator("form button.act").first.click()
    for path in PAGES if language == "zh" else PAGES[::2]:
        answer = page.goto(served.url + path)
        assert answer is not None
        assert answer.ok, path
        told += faults_of(page)
    assert told == []
