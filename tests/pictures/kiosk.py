"""The kiosk's screens, pictured along a villager's way: on the real screen, or in a browser that draws a terminal."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser

from demo.processes import tool
from station.kiosk.texts import read_texts
from tests.end_to_end.running import RunningDemo
from tests.end_to_end.villager import WAY, Villager
from tests.pictures.real_screen import RealScreen
from tests.pictures.terminal_page import CELL_HEIGHT_PX, CELL_WIDTH_PX, page_of
from tests.terminal import Terminal
from wire.records import Language

PANEL_PX, LARGE_PX = (1024, 600), (1440, 1080)
"""The 7-inch panel, 85 by 20 cells, and a large screen, 120 by 36."""


class SimulatedScreen(Terminal):
    """A terminal whose pictures a browser draws."""

    def __init__(self, command: Sequence[str], browser: Browser, size_px: tuple[int, int]) -> None:
        super().__init__(command, columns=size_px[0] // CELL_WIDTH_PX, rows=size_px[1] // CELL_HEIGHT_PX)
        self._browser = browser

    def shot(self, path: Path) -> None:
        """Write the screen as PNG."""
        width, height = self.screen.columns * CELL_WIDTH_PX, self.screen.lines * CELL_HEIGHT_PX
        page = self._browser.new_page(viewport={"width": width, "height": height})
        page.set_content(self.page(page_of))
        page.screenshot(path=path)
        page.close()


def kiosk_command(demo: RunningDemo, language: Language) -> list[str]:
    """Return the command of the demo's kiosk, in `language` from its first screen on."""
    config = Path(demo.facts["station_config"])
    if language != "zh":
        text = re.sub(r'(?m)^language = ".*"$', f'language = "{language}"', config.read_text("utf-8"))
        config = config.with_name(f"station-{language}.toml")
        config.write_text(text, "utf-8")
    control = demo.facts["reader_control"]
    return [tool("station"), "kiosk", "--config", str(config), "--demo", "--demo-reader", control]


def steps(terminal: Terminal, language: Language) -> Iterator[str]:
    """Walk the villager's way and give the name of each step once its screen is shown."""
    if language == "zh":
        for step in Villager(terminal).steps():
            if step == "saved":
                terminal.wait_for("县里已收到")
            yield step
        return
    before = ""
    for step, key, shown in WAY:
        if key:
            terminal.press(key)
        before = terminal.wait_until(_turned_to(words_for(shown, language), before), f"{step}: {shown}")
        yield step


def words_for(shown: str, language: Language) -> str:
    """Return how the text that says `shown` in Chinese begins in `language`; nothing where no text says it."""
    chinese, other = read_texts("zh"), read_texts(language)
    saying = [text_id for text_id in chinese.ids if shown in chinese(text_id) and text_id in other.ids]
    if not saying:
        return ""
    text = other(min(saying, key=lambda text_id: len(chinese(text_id))))
    return " ".join(text.partition("{")[0].split()[:2])  # what follows may be on the next line


def _turned_to(words: str, before: str) -> Callable[[str], bool]:
    def turned(shown: str) -> bool:
        # The first line's clock goes on by itself.
        return words in shown and shown.partition("\n")[2] != before.partition("\n")[2]

    return turned


def picture_kiosk(screen: RealScreen | SimulatedScreen, into: Path, language: Language) -> None:
    """Walk one visit on `screen` and picture every step."""
    ending = "" if language == "zh" else f"-{language}"
    for step in steps(screen, language):
        screen.shot(into / f"kiosk-{step}{ending}.png")
