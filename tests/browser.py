"""The system's Chromium, headless, with nothing of it reaching the network."""

from playwright.sync_api import Browser, Playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launched(playwright: Playwright) -> Browser:
    """Return a browser; the caller closes it."""
    return playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
