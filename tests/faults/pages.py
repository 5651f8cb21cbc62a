"""Every page of a running centre that a role can reach by its links: in both languages and themes, wide and narrow.

A crawl finds the pages (and dead links); a real browser then looks at each: axe, scripts, other hosts, width.
"""

import re
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import launched, unsound
from tests.signed_in import Console

ROLES: Final = ("supervisor", "administrator", "technician", "operator", "viewer")
"""Those that reach most first; what one reached, another need not look at again."""
SIZES: Final = ((1920, 1080), (360, 800))
LINK: Final = re.compile(r'<a\b[^>]*?\bhref="([^"#]+)')
OF_EACH_KIND: Final = 2
"""So many pages that differ only in a number, a code or a query."""
NO_PAGES: Final = (".csv", ".svg", ".pdf", ".docx", ".xlsx", ".json", "/file/", "/signout")


class Flaw(NamedTuple):
    """What is wrong with a page, looked at in one way."""

    path: str
    how: str
    what: str


class Looked(NamedTuple):
    """What was looked at, and what was wrong."""

    pages: int
    looks: int
    flaws: list[Flaw]


def look_at_all(
    url: str, password: str, say: Callable[[str], None], *, pictures: Path | None = None, quick: bool = False
) -> Looked:
    """Look at every page of the demo's centre at `url`; with `pictures` keep what was seen there.

    `quick` looks at each in two ways only instead of eight.
    """
    found, flaws = reached(url, password)
    say(f"{sum(map(len, found.values()))} pages 页面")
    ways = list(product(("zh", "en"), ("light", "dark"), SIZES))
    ways = [ways[1], ways[6]] if quick else ways
    with sync_playwright() as playwright:
        browser = launched(playwright)
        for (role, paths), way in product(found.items(), ways):
            if paths:
                flaws += _looks(browser, url, password, role, paths, way, pictures)
                say(f"{role} {' '.join(map(str, way))}: {len(flaws)} flaws 问题")
        browser.close()
    pages = sum(map(len, found.values()))
    return Looked(pages, pages * len(ways), flaws)


def reached(url: str, password: str) -> tuple[dict[str, list[str]], list[Flaw]]:
    """Return the pages that each role reaches by links and that none before it did, and the links that lead nowhere."""
    seen: dict[str, int] = {}
    found: dict[str, list[str]] = {}
    flaws: list[Flaw] = []
    for role in ROLES:
        console = Console(url, role, password)
        waiting, own = ["/", "/account", "/status", "/api"], found.setdefault(role, [])
        asked: set[str] = set()
        while waiting:
            path = waiting.pop(0)
            kind = _kind(path)
            if path in asked or seen.get(kind, 0) >= OF_EACH_KIND:
                continue
            asked.add(path)
            seen[kind] = seen.get(kind, 0) + 1
            answer = console.ask(path)
            if answer.status_code != 200:
                flaws.append(Flaw(path, role, f"answers {answer.status_code}"))
                continue
            if not answer.headers["content-type"].startswith("text/html"):
                continue
            own.append(path)
            waiting += _links(url, path, answer.text)
        console.close()
    return found, flaws


def _links(url: str, path: str, page: str) -> Iterator[str]:
    for address in LINK.findall(page):
        there = urlsplit(urljoin(urljoin(url, path), address.replace("&amp;", "&")))
        if there.netloc != urlsplit(url).netloc or any(part in there.path for part in NO_PAGES):
            continue
        if not re.search(r"\b(lang|theme)=", there.query):
            yield there.path + (f"?{there.query}" if there.query else "")


def _kind(path: str) -> str:
    parts = urlsplit(path)
    named = re.sub(r"/(town|library|incidents|calls)/[^/]+", r"/\1/x", re.sub(r"\d+", "9", parts.path))
    return named + ("?" if parts.query else "")


def _looks(
    browser: Browser, url: str, password: str, role: str, paths: list[str], way: tuple[str, str, tuple[int, int]],
    pictures: Path | None,
) -> list[Flaw]:  # fmt: skip
    language, theme, (width, height) = way
    how = f"{role} {language} {theme} {width}"
    context = browser.new_context(viewport={"width": width, "height": height})
    flaws: list[Flaw] = []
    page = context.new_page()
    page.set_default_timeout(15_000)
    wrong: list[str] = []
    page.on("request", lambda request: request.url.startswith(url) or wrong.append(f"asks {request.url}"))
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.on("console", lambda said: said.type == "error" and wrong.append(f"console: {said.text}"))
    _sign_in(page, url, role, password)
    page.goto(urljoin(url, f"/incidents?lang={language}&theme={theme}"))
    for path in paths:
        wrong.clear()
        page.goto(urljoin(url, path), wait_until="load")
        flaws += [Flaw(path, how, what) for what in [*unsound(page), *wrong]]
        if pictures is not None:
            name = re.sub(r"[^\w]+", "-", path).strip("-") or "wall"
            page.screenshot(path=pictures / f"{name}-{language}-{theme}-{width}.png", full_page=width < 1000)
    context.close()
    return flaws


def _sign_in(page: Page, url: str, role: str, password: str) -> None:
    page.goto(urljoin(url, "/signin"))
    page.fill("input[name=name]", role)
    page.fill("input[name=password]", password)
    with page.expect_navigation():
        page.click("button.act")
