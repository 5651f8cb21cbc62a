"""The system's own Chromium for tests and pictures: nothing is downloaded."""

import shutil

from playwright.sync_api import Browser, Playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb")


def launched(playwright: Playwright) -> Browser:
    """Start the browser without a window."""
    chromium = shutil.which("chromium")
    assert chromium is not None, "chromium is not installed; ./run setup installs it"
    return playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
