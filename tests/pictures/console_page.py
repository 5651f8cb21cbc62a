"""A page of the centre, signed in and live, as a picture."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page


def picture_page(
    browser: Browser,
    url: str,
    who: tuple[str, str],
    path: str,
    into: Path,
    *,
    size: tuple[int, int],
    scheme: Literal["light", "dark"] = "light",
    act: Callable[[Page], None] | None = None,
) -> None:
    """Write the page at `url` + `path` as PNG, in Chinese; `who` is a user's name and password."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    form = {"name": who[0], "password": who[1], "next": "/"}
    context.request.post(f"{url}signin", form=form, headers={"Origin": url.rstrip("/")})
    page = context.new_page()
    page.goto(url + path + ("&" if "?" in path else "?") + "lang=zh")
    page.wait_for_selector("html[data-live=on]")
    if act is not None:
        act(page)
    page.screenshot(path=into)
    context.close()
