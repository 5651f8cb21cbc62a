"""The setup screen of a first boot, pictured in each of its states, at the keypad and before the camera."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from msgspec import structs

from demo.processes import tool
from station.firstboot.status import Status, write_status
from station.firstboot.view import message
from station.firstboot.words import Language, say
from station.layout import Layout
from tests.pictures.kiosk import SimulatedScreen
from tests.pictures.real_screen import RealScreen
from tests.pictures.small_picture import make_small
from tests.station.firstboot.county import STATION, TOKEN, settings
from tests.station.firstboot.moments import moments

Screen = RealScreen | SimulatedScreen


def picture_setup(screen_of: Callable[[list[str]], Screen], into: Path, language: Language) -> None:
    """Write a picture of every moment; `screen_of` runs a command on a screen."""

    def shot(name: str) -> None:
        picture = into / f"setup-{name}{ending}.png"
        screen.shot(picture)
        make_small(picture)

    ending = "" if language == "zh" else f"-{language}"
    with tempfile.TemporaryDirectory() as folder:
        layout = Layout(Path(folder))
        layout.station.mkdir(parents=True)
        camera = '[[cameras]]\nname = "desk"\nsource = "simulated:"\n'
        (layout.station / "station.toml").write_text(settings(STATION, None) + camera, "utf-8")
        screen = screen_of([tool("station"), "setup-screen", "--root", folder])
        try:
            screen.wait_for(say("starting", "zh"), within_s=20)
            if language == "en":
                screen.press("3")
            for name, status in moments():
                if status is not None:
                    _write(layout, status)
                told = message(status, language, silent_s=0, given=False)
                screen.wait_for(told.title, *(line.split()[0][:12] for line in told.lines))
                shot(name)
            _write(layout, dict(moments())["label"])
            screen.wait_for(say("wants", language))
            screen.press("2")
            screen.wait_for(say("ok", language))
            screen.press(TOKEN[:6])
            screen.wait_for(f"{TOKEN[:4]} - {TOKEN[4:6]}_")
            shot("typing")
            screen.press("\x1b")
            screen.wait_for(say("wants", language))
            screen.press("1")
            screen.wait_for("▀", within_s=20)
            shot("scanning")
        finally:
            screen.close()


def _write(layout: Layout, status: Status) -> None:
    write_status(layout, structs.replace(status, at_mono_s=time.clock_gettime(time.CLOCK_BOOTTIME)))
