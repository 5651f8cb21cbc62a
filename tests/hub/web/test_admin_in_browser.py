"""A screen is paired and revoked, seen from both sides; axe looks at every page of the administration."""

import re
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from hub.store.access_tables import screen
from hub.store.engine import writing
from tests.browser import faults_of
from tests.hub.web.looking import LOOKS, Operator
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.serving import Served
from tests.hub.web.signed_in import a_session

PAGES = ("accounts", "accounts/1", "tokens", "screens", "audit")
ACROSS_A_ROOM_PX = 90
"""Height of a sign on a wall of 1080 lines that is read at 3 m: a twelfth of a picture of 70 cm is 6 cm."""


@pytest.fixture
def television(browser: Browser, operator: Operator) -> Iterator[Page]:
    """A browser on a wall where nobody ever signed in, and nobody touches."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, bypass_csp=True)
    page = context.new_page()
    page.on("pageerror", lambda error: operator.wrong.append(f"error: {error}"))
    yield page
    context.close()


def read_qr(picture: bytes) -> str:
    """Read a code as a telephone does: off the picture of the screen."""
    seen = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert seen is not None
    return cv2.QRCodeDetector().detectAndDecode(seen)[0]


@pytest.mark.slow
def test_a_screen_is_paired_from_a_telephone_and_becomes_the_wall_untouched_until_it_is_revoked(
    operator: Operator, television: Page, served: Served
) -> None:
    operator.may_be_cut = True
    television.goto(served.url)
    assert television.url.startswith(f"{served.url}signin"), "a stranger; the page offers to pair"
    television.click("a[href='/pair']")
    code = television.locator("#code")
    expect(code).to_be_visible()
    assert float(code.evaluate("part => parseFloat(getComputedStyle(part).fontSize)")) * 0.7 > ACROSS_A_ROOM_PX
    assert television.evaluate("document.documentElement.scrollHeight <= innerHeight"), "nothing below the screen"
    assert faults_of(television) == []
    assert television.evaluate("document.cookie") == "", "no script can read its secret"

    shown = code.get_attribute("data-code")
    assert shown is not None
    scanned = read_qr(television.locator("figure img").screenshot())
    assert scanned == f"{served.url}admin/screens?code={shown.replace('-', '')}"
    phone = operator.look(served, scanned.removeprefix(served.url), as_="technician", width=360, height=800)
    expect(phone.locator("input[name=name]")).to_be_focused()
    phone.keyboard.type("指挥大厅左屏")
    phone.keyboard.press("Enter")
    expect(phone.locator(".done")).to_contain_text("已配对")
    television.wait_for_selector("html[data-live=on]", timeout=10_000)
    assert television.url == served.url

    phone.get_by_role("button", name="撤销 指挥大厅左屏").click()
    expect(phone.locator(".done")).to_contain_text("已撤销")
    expect(television.locator("#banner")).to_be_visible(timeout=6_000)
    expect(television.locator("#code")).to_be_visible(timeout=12_000)
    assert television.locator("#code").get_attribute("data-code") != shown


@pytest.mark.slow
def test_a_screen_that_waits_outlives_a_restart_of_the_hub_and_shows_a_new_code_by_itself(
    operator: Operator, television: Page, served: Served
) -> None:
    operator.may_be_cut = True
    television.goto(f"{served.url}pair")
    before = television.locator("#code").get_attribute("data-code")
    served.stop()
    expect(television.locator("#told")).to_contain_text("与中心断开", timeout=10_000)
    served.start()
    expect(television.locator("#told")).to_contain_text("正在等待确认", timeout=10_000)
    expect(television.locator("#code")).to_have_attribute("data-code", before or "")
    with writing(served.county.database) as connection:
        connection.execute(update(screen).where(screen.c.code.is_not(None)).values(asked_ms=1))
    expect(television.locator("#code")).not_to_have_attribute("data-code", before or "", timeout=10_000)


def test_what_is_shown_once_stays_until_it_is_left(operator: Operator, served: Served) -> None:
    page = operator.look(served, "admin/tokens", as_="administrator")
    page.fill("input[name=name]", "dispatch")
    page.get_by_label("看（无个人信息）").check()
    page.get_by_role("button", name="新建").click()
    secret = page.locator("#secret")
    expect(secret).to_have_text(re.compile("cct_[A-Za-z0-9]{40}"))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(300)
    expect(secret).to_be_visible()
    page.goto(f"{served.url}admin/tokens")
    expect(secret).to_have_count(0)


@pytest.mark.slow
@pytest.mark.parametrize("language", LOOKS)
def test_axe_finds_nothing_wrong(operator: Operator, served: Served, made_up: MadeUpCounty, language: str) -> None:
    a_session(made_up.database, "operator")
    look = LOOKS[language] | {"bypass_csp": True, "as_": "administrator"}
    page = operator.look(served, f"admin/tokens?lang={language}", **look)
    page.fill("input[name=name]", "dispatch")
    page.locator("input[name=may_see]").check()
    page.fill("input[name=days]", "9")
    page.locator("form[action='/admin/tokens'] button").click()
    wrong = faults_of(page)
    for path in PAGES:
        page.goto(f"{served.url}admin/{path}")
        wrong += faults_of(page)
    assert wrong == []
