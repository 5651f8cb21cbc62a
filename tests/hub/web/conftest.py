from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser import ONE_PROCESS, launched
from tests.hub.web.caller import Caller
from tests.hub.web.looking import Operator
from tests.hub.web.made_up import TOKEN, MadeUpCounty
from tests.hub.web.serving import Served

VILLAGES = [
    (f"99999910{town}00{unit}", f"测试{town}第{unit}村", f"测试{town}镇") for town in (1, 2) for unit in range(1, 5)
]
FIRST, SECOND, THIRD = (code for code, _, _ in VILLAGES[:3])


@pytest.fixture
def made_up() -> Iterator[MadeUpCounty]:
    county = MadeUpCounty(VILLAGES)
    yield county
    county.close()


@pytest.fixture
def stranger(made_up: MadeUpCounty, tmp_path: Path) -> Caller:
    """A paired screen: it sees what nobody has to sign in for."""
    return Caller(made_up.app(tmp_path))


@pytest.fixture
def script(stranger: Caller) -> Caller:
    """A script of the county, with the token."""
    stranger.headers = {"Authorization": f"Bearer {TOKEN}"}
    return stranger


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests in a browser come last: one Chromium does for all, and Playwright's loop stands in no other's way."""
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright, ONE_PROCESS)
        yield browser
        browser.close()


@pytest.fixture
def served(made_up: MadeUpCounty, tmp_path: Path) -> Iterator[Served]:
    with Served(made_up, tmp_path) as served:
        yield served


@pytest.fixture
def operator(browser: Browser) -> Iterator[Operator]:
    operator = Operator(browser)
    yield operator
    operator.close()
    assert operator.wrong == []
