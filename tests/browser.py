"""The system's Chromium, headless, with nothing of it reaching the network; and what is wrong with a page in it."""

from collections.abc import Iterator
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


AXE: Final = Axe()
ONE_PROCESS = "--renderer-process-limit=1"
"""Pages of a browser are drawn by one process: a third less processor time where nobody measures how they are drawn."""


def launched(playwright: Playwright, *more: str) -> Browser:
    """Return a browser, with `more` arguments; the caller closes it."""
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=[*ARGUMENTS, *more])


def unsound(page: Page) -> Iterator[str]:
    """Yield what shuts somebody out of a page, as axe finds it, and by how much it is wider than the screen."""
    for one in AXE.run(page).response["violations"]:
        yield f"axe {one['id']}: {'; '.join(node['html'][:160] for node in one['nodes'][:3])}"
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if over > 0:
        yield f"{over} px wider than the screen"


def faults_of(page: Page) -> list[str]:
    """Return the same, each with the page's address: for a test that looks at several."""
    return [f"{page.url} {what}" for what in unsound(page)]
