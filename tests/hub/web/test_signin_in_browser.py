"""Signing in and one's own account as somebody sees them, in the real Chromium."""

import re

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import faults_of
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.serving import Served
from tests.hub.web.visitor import PASSWORD, an_account


def checked(page: Page, where: str) -> None:
    """No axe violation at the size it has, and nothing wider than either size."""
    assert faults_of(page) == [], where
    before = page.viewport_size
    assert before is not None
    for width, height in ((1920, 1080), (360, 800)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{where} {width}"
    page.set_viewport_size(before)


def signs_in(page: Page, name: str = "zhang", password: str = PASSWORD) -> None:
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")


@pytest.mark.slow
@pytest.mark.parametrize(("language", "scheme", "width"), [("zh", "light", 1920), ("en", "dark", 360)])
def test_the_whole_way_in_and_out(
    browser: Browser, served: Served, made_up: MadeUpCounty, language: str, scheme: str, width: int
) -> None:
    an_account(made_up.database, must_change=True)
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        bypass_csp=True,  # type: ignore[arg-type]
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(f"error: {error}"))

    def look(where: str) -> None:
        checked(page, where)

    page.goto(f"{served.url}incidents?lang={language}")
    expect(page).to_have_url(re.compile("/signin"))
    look("sign in")
    signs_in(page, password="wrong")
    expect(page.locator("#refused")).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("zhang")
    expect(page.locator("[name=password]")).to_be_focused()
    look("refused")
    signs_in(page)
    expect(page).to_have_url(re.compile("/account/password"))
    look("password")
    page.locator("[name=old]").fill(PASSWORD)
    for field in ("new", "again"):
        page.locator(f"[name={field}]").fill("a heron stood there")
    page.keyboard.press("Enter")
    expect(page.locator(".done")).to_be_visible()
    look("account")
    page.locator("a[href='/account/totp']").click()
    expect(page.locator("img.qr")).to_have_js_property("complete", value=True)
    assert page.evaluate("document.querySelector('img.qr').naturalWidth") > 0
    look("telephone")
    machine = pyotp.TOTP(page.locator("code").first.inner_text().replace(" ", ""))
    page.locator("[name=code]").fill(machine.now())
    page.locator("[name=password]").fill("a heron stood there")
    page.keyboard.press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    look("recovery codes")
    recovery = page.locator(".codes code").first.inner_text()
    page.goto(f"{served.url}admin/accounts")
    expect(page.locator("main h2")).to_be_visible()
    look("no permission")
    page.goto(f"{served.url}account")
    if width == 360:
        page.locator("button.menu").click()
        look("menu")
    page.locator("form[action='/signout'] button").click()
    expect(page.locator(".done")).to_be_visible()
    signs_in(page, password="a heron stood there")
    expect(page).to_have_url(re.compile("/signin/code"))
    look("code")
    page.locator("[name=code]").fill("000000")
    page.keyboard.press("Enter")
    expect(page.locator("#refused")).to_be_visible()
    page.locator("[name=code]").fill(recovery)
    page.keyboard.press("Enter")
    expect(page).to_have_url(served.url)
    assert [one for one in asked if not one.startswith(served.url)] == []
    context.close()


@pytest.mark.slow
def test_a_page_left_open_leads_to_sign_in_and_back(browser: Browser, served: Served, made_up: MadeUpCounty) -> None:
    an_account(made_up.database)
    context = browser.new_context()
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(f"{served.url}lines")
    signs_in(page)
    expect(page).to_have_url(f"{served.url}lines")
    for path in ("account", "account/password", "account/totp", "lines"):
        page.goto(f"{served.url}{path}")
    assert wrong == [], "nothing that the policy of these pages forbids"
    page.wait_for_selector("html[data-live=on]")
    cookies = [one for one in context.cookies() if "session" not in one["name"]]
    context.clear_cookies()
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as when it is looked at again
    expect(page).to_have_url(re.compile(r"/signin\?next=%2Flines"))
    signs_in(page)
    expect(page).to_have_url(f"{served.url}lines")
    context.close()


def test_without_scripts_somebody_signs_in_too(browser: Browser, served: Served, made_up: MadeUpCounty) -> None:
    an_account(made_up.database)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served.url}incidents")
    signs_in(page)
    expect(page).to_have_url(f"{served.url}incidents")
    refresh = page.locator("noscript meta").get_attribute("content") if page.locator("noscript meta").count() else ""
    assert not refresh or "refresh=1" in refresh
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/signin"))
    context.close()
