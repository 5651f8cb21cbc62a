"""Wiring of `station setup-screen`: the app in its terminal, ended by a signal or with its terminal."""

import os
from asyncio import get_running_loop

from station.layout import Layout


def run_screen(layout: Layout) -> None:
    """Show the setup screen until a signal stops it or its terminal is gone."""
    os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"  # read when Textual is imported
    from station.firstboot.screen import SetupApp
    from station.kiosk.ending import Ending

    app = SetupApp(layout)
    app.on_ready = lambda: Ending(app.exit).watch(get_running_loop())
    app.run()
