"""Reports as somebody sees them in the real Chromium: narrow and wide, both languages and themes, heard by axe."""

import time

import pytest
from playwright.sync_api import Page, expect

from hub.desks.reporting import ReportDesk
from hub.desks.warning_watch import look
from hub.reports.period import last_over
from tests.browser import faults_of
from tests.hub.reports.stored import DAY, HOUR, Stored
from tests.hub.web.conftest import VILLAGES
from tests.hub.web.looking import Operator
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.serving import Served
from tests.hub.web.test_pages_in_browser import FAINT, LEAST_CONTRAST

PAGES = ("reports", "reports/figures", "reports/warnings", "reports/scores", "reports/alarms", "reports/1")


@pytest.fixture
def busy(served: Served, made_up: MadeUpCounty) -> MadeUpCounty:
    """A county with a month of visits, a village that was away, and a matter that surges."""
    now_ms = time.time_ns() // 1_000_000
    stored = Stored(made_up.database, list(range(1, len(VILLAGES) + 1)), now_ms - 100 * DAY, now_ms)
    month = last_over("month", now_ms)
    with stored.together():
        for at in range(25):
            stored.visit(1 + at % 8, month.from_ms + at * DAY, matter="land", grades=(1 + at % 5,))
        for _ in range(9):
            stored.visit(1, now_ms - DAY, "learning", matter="house")
    stored.states((1, month.from_ms + DAY, "offline"), (1, month.from_ms + 9 * DAY + HOUR, "online"))
    look(ReportDesk(made_up.database), now_ms)
    return made_up


def sound(page: Page) -> None:
    assert page.evaluate(FAINT % LEAST_CONTRAST) == []
    assert faults_of(page) == []


@pytest.mark.parametrize(("language", "theme", "width"), [("zh", "light", 1920), ("en", "dark", 360)])
def test_a_report_is_drafted_read_and_sent_up(
    served: Served, operator: Operator, busy: MadeUpCounty, language: str, theme: str, width: int
) -> None:
    look_ = f"?lang={language}&theme={theme}"
    page = operator.look(served, f"reports{look_}", width=width, height=900, as_="operator")
    page.locator("select[name=kind]").select_option("monthly")
    with page.expect_navigation():
        page.locator("form[action='/reports/draft'] button").click()
    expect(page.locator("#part-overview .text")).to_contain_text("接待群众")
    expect(page.locator("svg.chart").first).to_be_visible()
    for path in PAGES:
        page.goto(served.url + path)
        page.wait_for_selector("html[data-live=on]")
        sound(page)
    page.locator("#edit-overview summary").click()
    page.locator("#edit-overview textarea").fill("人写的概况。")
    with page.expect_navigation():
        page.locator("#edit-overview button").click()
    expect(page.locator("#part-overview .text")).to_have_text("人写的概况。")
    with page.expect_navigation():
        page.locator("form[action$='/act'] button").first.click()
    expect(page.locator(".state").first).to_have_attribute("data-state", "submitted")
