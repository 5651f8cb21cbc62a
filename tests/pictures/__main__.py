"""`./run pictures`: makes docs/pictures: the wall in a browser, kiosk and `station camera watch` in a terminal."""

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from demo.processes import stop, tool
from tests.browser import launched
from tests.end_to_end.running import RunningDemo, start_demo
from tests.end_to_end.villager import Villager
from tests.pictures.terminal_page import CELL_HEIGHT_PX, CELL_WIDTH_PX, page_of
from tests.terminal import Terminal

FAULTS = (
    "town:沿河镇@20+600,dead:320925100203@20,silent:320925104207@20,"
    "picture:320925100207=covered@5,picture:320925103205=frozen@5"
)
PANEL, LARGE = (85, 20), (120, 36)
"""Columns and rows: the 7-inch panel, and a large screen."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run pictures", description=__doc__)
    parser.add_argument("--into", type=Path, default=Path("docs/pictures"))
    parser.add_argument(
        "--large", action="store_true", help="the kiosk at 120 by 36 cells instead of the panel's 85 by 20"
    )
    chosen = parser.parse_args()
    into: Path = chosen.into
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launched(playwright)
        demo = start_demo(Path(folder) / "state", "--faults", FAULTS, within_s=120)
        try:
            watching(browser, into)
            kiosk(demo, browser, into, LARGE if chosen.large else PANEL)
            wall(demo, browser, into)
        finally:
            browser.close()
            stop(demo.process, within_s=20)


def wall(demo: RunningDemo, browser: Browser, into: Path) -> None:
    """Picture the wall once the scripted town has been dark long enough to be called offline."""
    demo.api.wait_for("/api/v1/summary", lambda summary: summary["stations"]["offline"] >= 17, within_s=60)
    for name, width, height, scheme in (
        ("wall", 1920, 1080, "dark"),
        ("wall-light", 1920, 1080, "light"),
        ("wall-phone", 360, 740, "light"),
    ):
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(demo.facts["web_url"] + "?lang=zh")
        page.wait_for_selector("html[data-live=on]")
        page.screenshot(path=into / f"{name}.png")
        page.close()


def kiosk(demo: RunningDemo, browser: Browser, into: Path, cells: tuple[int, int]) -> None:
    """Walk one visit and picture every screen."""
    command = [
        tool("station"),
        "kiosk",
        "--config",
        demo.facts["station_config"],
        "--demo",
        "--demo-reader",
        demo.facts["reader_control"],
    ]
    with Terminal(command, columns=cells[0], rows=cells[1]) as terminal:
        for step in Villager(terminal).steps():
            if step == "saved":
                terminal.wait_for("县里已收到")
            picture(terminal, browser, into / f"kiosk-{step}.png")


def watching(browser: Browser, into: Path) -> None:
    """Picture what a technician sees of a camera that somebody covers."""
    command = [tool("station"), "camera", "watch", "simulated:?fault=covered&after_s=15", "--learn", "8"]
    with Terminal(command, columns=LARGE[0], rows=LARGE[1]) as terminal:
        terminal.wait_for("遮 挡", "▀", within_s=60)
        picture(terminal, browser, into / "camera-watch.png")


def picture(terminal: Terminal, browser: Browser, file: Path) -> None:
    size = {"width": terminal.screen.columns * CELL_WIDTH_PX, "height": terminal.screen.lines * CELL_HEIGHT_PX}
    page = browser.new_page(viewport=size)  # type: ignore[arg-type]
    page.set_content(terminal.page(page_of))
    page.screenshot(path=file)
    page.close()


if __name__ == "__main__":
    main()
