"""The real screen: the panel's cells, keys and touches that arrive, pictures that follow, and nothing left of it."""

import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.pictures.real_screen import RealScreen, why_no_real_screen
from tests.waiting import wait_for

lacking = why_no_real_screen()
pytestmark = pytest.mark.skipif(lacking is not None, reason=f"no real screen: {lacking}")

SAYS_WHAT_COMES = """
import os, tty
tty.setraw(0)
print("\\x1b[?1000h\\x1b[?1006h\\x1b[2J\\x1b[H村村通", end="", flush=True)
while True:
    print(repr(os.read(0, 99).decode()), end="\\r\\n", flush=True)
"""
"""A program that says each key and touch."""
ZOOMS = """
import os, sys
from station.kiosk.ports.wayland_zoom import zoom_of
zoom = zoom_of(os.environ)
print("\\x1b[2J\\x1b[H" + type(zoom).__name__, flush=True)
for line in sys.stdin:
    zoom.enlarge(line.strip() == "1")
"""


def unwrapped(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.fixture
def screen() -> Iterator[RealScreen]:
    with RealScreen([sys.executable, "-c", SAYS_WHAT_COMES]) as screen:
        screen.wait_for("村村通")
        yield screen


def test_keys_and_touches_arrive_and_the_picture_follows(screen: RealScreen, tmp_path: Path) -> None:
    screen.shot(tmp_path / "before.png")
    screen.press("1\x1b[20~")
    screen.wait_for("1", "[20~")
    screen.touch(500, 300)
    # Column 500 / 12 and row 300 / 30, counted from one; pressed and let go.
    screen.wait_until(lambda text: "[<0;42;11M" in unwrapped(text) and "[<0;42;11m" in unwrapped(text), "the touch")
    screen.shot(tmp_path / "after.png")
    before, after = ((tmp_path / name).read_bytes() for name in ("before.png", "after.png"))
    assert before[:8] == b"\x89PNG\r\n\x1a\n"
    assert before != after


@pytest.mark.parametrize(
    ("size_px", "cells"),
    [
        pytest.param((1024, 600), (85, 20), id="the 7-inch panel"),
        pytest.param((1440, 1080), (120, 36), id="a large screen"),
    ],
)
def test_the_kiosks_terminal_has_the_cells_the_screens_are_made_for(
    size_px: tuple[int, int], cells: tuple[int, int]
) -> None:
    with RealScreen([sys.executable, "-c", SAYS_WHAT_COMES], size_px=size_px) as screen:
        screen.wait_for("村村通")
        wait_for(lambda: screen.cells() == cells, f"{cells} cells")
        assert screen.frame().startswith(b"P6\n%d %d\n" % size_px)


def test_nothing_is_left_of_it() -> None:
    with RealScreen([sys.executable, "-c", SAYS_WHAT_COMES]) as screen:
        screen.wait_for("村村通")
        mine = [process for part in screen.parts for process in (part, *psutil.Process(part.pid).children(True))]
        assert len(mine) > 4
    assert [process.pid for process in mine if psutil.pid_exists(process.pid)] == []
    assert not screen.folder.exists()
    assert not [thread for thread in threading.enumerate() if thread.name == "real-screen"]


def test_a_command_that_cannot_run_is_told_in_its_own_words() -> None:
    with (
        RealScreen(["bash", "-c", "read -t 1 x; exec /nowhere/station"]) as screen,
        pytest.raises(AssertionError, match="No such file"),
    ):
        screen.wait_for("村村通", within_s=3)


def test_large_signs_are_large_on_the_real_screen_where_cage_can() -> None:
    with RealScreen([sys.executable, "-u", "-c", ZOOMS], env={"PYTHONPATH": os.getcwd()}) as screen:  # noqa: PTH109
        screen.wait_for("WaylandZoom", within_s=40)
        wait_for(lambda: screen.cells() == (85, 20), "85 by 20 cells")
        screen.press("1\r")
        if screen.has_virtual_keyboard():
            wait_for(lambda: screen.cells() == (64, 15), "64 by 15 cells")
            screen.press("0\r")
            wait_for(lambda: screen.cells() == (85, 20), "85 by 20 cells again")
        else:
            screen.wait_for("E-ZOOM-01")
            assert screen.cells() == (85, 20), "cage 0.1.4: the layout changes only"
