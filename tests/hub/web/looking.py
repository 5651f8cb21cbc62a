"""Someone at a browser, and what they see."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page

from hub.web.who import SCREEN_COOKIE, SESSION_COOKIE
from tests.hub.web.made_up_database import SCREEN
from tests.hub.web.serving import Served
from tests.hub.web.signed_in import a_session

LOOKS = {
    "zh": {"width": 1920, "height": 1080, "color_scheme": "light"},
    "en": {"width": 360, "height": 800, "color_scheme": "dark"},
}
"""Chinese on a large bright screen, English on a small dark one."""


class Operator:
    """Someone at a browser; whatever a page should not do is noticed."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[object] = []
        self.wrong: list[str] = []
        self.may_be_cut = False

    def look(
        self,
        served: Served,
        path: str = "",
        *,
        width: int = 1280,
        height: int = 800,
        as_: str = "",
        clock: bool = False,
        before: str = "",
        **options: str,
    ) -> Page:
        """Open a page: as a paired screen, or as somebody signed in with the role `as_`.

        `clock` gives it one that can be put forward; `before` is a script that runs first.
        """
        context = self._browser.new_context(viewport={"width": width, "height": height}, **options)
        name, secret = (SESSION_COOKIE, a_session(served.county.database, as_)) if as_ else (SCREEN_COOKIE, SCREEN)
        context.add_cookies([{"name": name, "value": secret, "url": served.url}])
        self._contexts.append(context)
        served.watchers.append(self.close)
        page = context.new_page()
        page.on("request", lambda request: self._asked(request.url, served.url))
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: self.wrong.append(f"dialog: {dialog.message}"))
        if clock:
            page.clock.install()
        if before:
            page.add_init_script(before)
        page.goto(served.url + path)
        live(page)
        return page

    def close(self) -> None:
        while self._contexts:
            self._contexts.pop().close()  # type: ignore[attr-defined]

    def _asked(self, url: str, allowed: str) -> None:
        if not url.startswith(allowed):
            self.wrong.append(f"request: {url}")

    def _said(self, kind: str, text: str) -> None:
        unreached = "net::ERR_" in text or "Failed to load resource" in text
        if "AudioContext was not allowed to start" in text:
            return  # the wall tries, for a browser that lets it; its button says when it may not
        if kind in {"error", "warning"} and not (self.may_be_cut and unreached):
            self.wrong.append(f"{kind}: {text}")


@contextmanager
def without_scripts(browser: Browser, served: Served) -> Iterator[Page]:
    """Open the wall on a paired screen whose browser runs no script."""
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies([{"name": SCREEN_COOKIE, "value": SCREEN, "url": served.url}])
    page = context.new_page()
    page.goto(served.url)
    yield page
    context.close()


def live(page: Page) -> None:
    page.wait_for_selector("html[data-live=on]", timeout=10_000)


def cell(page: Page, code: str) -> Locator:
    return page.locator(f"#c{code}")
