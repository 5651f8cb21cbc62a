"""`./run pictures`: makes docs/pictures: the wall in a browser, the kiosk on its real screen, the flow from its table.

The kiosk is pictured as a panel shows it, by cage and foot without a panel; `station camera watch` and, where cage is
missing, the kiosk as a browser draws their terminal.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

from demo.processes import stop, tool
from hub.local_time import written
from tests.browser import launched
from tests.end_to_end.running import RunningDemo, start_demo
from tests.pictures import flow_picture, provisioning_flow
from tests.pictures.console_page import picture_page
from tests.pictures.kiosk import LARGE_PX, PANEL_PX, SimulatedScreen, kiosk_command, picture_kiosk
from tests.pictures.provisioning import picture_provisioning
from tests.pictures.real_screen import RealScreen, why_no_real_screen
from tests.pictures.setup_screen import picture_setup
from tests.pictures.speed import measure
from wire.records import Language

FAULTS = (
    "town:沿河镇@20+600,dead:320925100203@20,silent:320925104207@20,"
    "picture:320925100207=covered@5,picture:320925103205=frozen@5"
)

FLOW = "flow"
FULL_HD = (1920, 1080)
MOSTLY_KNOWN = 0.95
"""Of all pairs: a good line is proved by 90 packets."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run pictures", description=__doc__)
    parser.add_argument("--into", type=Path, default=Path("docs/pictures"))
    parser.add_argument(
        "--only", choices=(FLOW, *PARTS), action="append", help="only this part; may be said more than once"
    )
    parser.add_argument("--large", action="store_true", help="the kiosk at 120 by 36 cells, not the panel's 85 by 20")
    parser.add_argument("--language", choices=("zh", "en"), default="zh", help="the kiosk's")
    parser.add_argument("--simulated", action="store_true", help="the kiosk without cage, drawn by a browser")
    parser.add_argument("--measure", action="store_true", help="only say how fast the real screen follows")
    chosen = parser.parse_args()
    parts = [] if chosen.measure else chosen.only or [FLOW, *PARTS]
    if FLOW in parts:
        flow_picture.write()
        parts = [part for part in parts if part != FLOW]
    if not parts and not chosen.measure:
        return
    lacking = None if chosen.simulated else why_no_real_screen()
    if lacking is not None:
        parser.error(f"no real screen: {lacking}; --simulated does without 缺少真实屏幕环境，可加 --simulated")
    chosen.into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launched(playwright)
        demo = start_demo(Path(folder) / "state", "--faults", FAULTS, within_s=120)
        try:
            for part in parts:
                PARTS[part](demo, browser, chosen)
            if chosen.measure:
                for line in measure(kiosk_command(demo, chosen.language), _size(chosen)):
                    print(line, flush=True)
        finally:
            browser.close()
            stop(demo.process, within_s=20)


def kiosk(demo: RunningDemo, browser: Browser, chosen: argparse.Namespace) -> None:
    """Walk one visit and picture every screen."""
    language: Language = chosen.language
    command = kiosk_command(demo, language)
    if chosen.simulated:
        with SimulatedScreen(command, browser, _size(chosen)) as drawn:
            picture_kiosk(drawn, chosen.into, language)
    else:
        with RealScreen(command, size_px=_size(chosen)) as screen:
            picture_kiosk(screen, chosen.into, language)


def provisioning(_: RunningDemo, browser: Browser, chosen: argparse.Namespace) -> None:
    """Draw a technician's way, and picture it in a county of its own."""
    provisioning_flow.write(chosen.into)
    picture_provisioning(browser, chosen.into)


def setup(_: RunningDemo, browser: Browser, chosen: argparse.Namespace) -> None:
    """Picture what a technician sees of a first boot, in each of its states."""

    def screen_of(command: list[str]) -> SimulatedScreen | RealScreen:
        if chosen.simulated:
            return SimulatedScreen(command, browser, PANEL_PX)
        return RealScreen(command, size_px=PANEL_PX)

    picture_setup(screen_of, chosen.into, chosen.language)


def watching(_: RunningDemo, browser: Browser, chosen: argparse.Namespace) -> None:
    """Picture what a technician sees of a camera that somebody covers."""
    command = [tool("station"), "camera", "watch", "simulated:?fault=covered&after_s=15", "--learn", "8"]
    with SimulatedScreen(command, browser, LARGE_PX) as screen:
        screen.wait_for("遮 挡", "▀", within_s=60)
        screen.shot(chosen.into / "camera-watch.png")


def wall(demo: RunningDemo, browser: Browser, chosen: argparse.Namespace) -> None:
    """Picture the wall once the scripted town is one incident on it."""
    demo.api.wait_for("/api/v1/summary", lambda summary: summary["stations"]["offline"] >= 17, within_s=60)
    _town_cut(demo)
    _picture(demo, browser, chosen, "wall", "", FULL_HD, "dark")


def console(demo: RunningDemo, browser: Browser, chosen: argparse.Namespace) -> None:
    """Picture a day's work: what is to do, the scripted town's incident, a station, the visits, a report."""
    incident = f"incidents/{_town_cut(demo)}"
    for name, path in (("work", "worklist"), ("incident", incident), ("visits", "visits")):
        _picture(demo, browser, chosen, name, path, FULL_HD, "light")
    _picture(demo, browser, chosen, "station", f"stations/{demo.facts['station']}", FULL_HD, "dark")
    _picture(demo, browser, chosen, "report", "reports", FULL_HD, "light", act=_draft_of_today)


def lines(demo: RunningDemo, browser: Browser, chosen: argparse.Namespace) -> None:
    """Picture who can see whom, once nearly all pairs are known."""
    demo.api.wait_for("/api/v1/pairs/rate", lambda told: (told["coverage"] or 0) >= MOSTLY_KNOWN, within_s=180)
    _picture(demo, browser, chosen, "lines", "lines", FULL_HD, "dark")


def _town_cut(demo: RunningDemo) -> str:
    """Return the id of the incident that the scripted town is, once it is one."""
    asked = urlencode({"town": "沿河镇", "kind": "down"})
    told = demo.api.wait_for(f"/api/v1/incidents?{asked}", lambda told: bool(_of_towns(told)), within_s=60)
    return str(_of_towns(told)[0])


def _of_towns(told: dict[str, Any]) -> list[str]:
    return [one["id"] for one in told["incidents"] if one["scope"] == "town"]


def _picture(
    demo: RunningDemo,
    browser: Browser,
    chosen: argparse.Namespace,
    name: str,
    path: str,
    size: tuple[int, int],
    scheme: Literal["light", "dark"],
    act: Callable[[Page], None] | None = None,
) -> None:
    who = "operator", demo.facts["password"]
    file = chosen.into / f"{name}.png"
    picture_page(browser, demo.facts["web_url"], who, path, file, size=size, scheme=scheme, act=act)


def _draft_of_today(page: Page) -> None:
    page.locator("[name=period]").fill(written(time.time_ns() // 1_000_000)[:10])
    page.locator("form[action$=draft] button").click()
    page.wait_for_selector(".note.done")


def _size(chosen: argparse.Namespace) -> tuple[int, int]:
    return LARGE_PX if chosen.large else PANEL_PX


PARTS: dict[str, Callable[[RunningDemo, Browser, argparse.Namespace], None]] = {
    "watching": watching,
    "kiosk": kiosk,
    "setup": setup,
    "provisioning": provisioning,
    "wall": wall,
    "console": console,
    "lines": lines,
}

if __name__ == "__main__":
    main()
