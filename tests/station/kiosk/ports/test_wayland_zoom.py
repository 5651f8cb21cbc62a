"""Large signs: which keys are pressed, once, and that a wtype that hangs, fails or is missing costs nothing."""

import configparser
import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.kiosk.ports import wayland_zoom
from station.kiosk.ports.wayland_zoom import NoZoom, WaylandZoom, zoom_of
from station.kiosk.ports.zoom import Zoom
from tests.station.kiosk.ports.programs import HANG, Programs, programs_first
from tests.waiting import wait_for

USUAL = "-k F24"
LARGE = USUAL + " -k F22" * 12
ON_THE_KIOSK = {"WAYLAND_DISPLAY": "wayland-0", "CUNCUNTONG_ZOOM": "foot"}
ROOT = Path(__file__).parents[4]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    made = programs_first(tmp_path / "bin", monkeypatch)
    made.put("wtype", "exit 0")
    return made


def begin() -> Zoom:
    return zoom_of({**os.environ, **ON_THE_KIOSK})


@pytest.fixture
def zoom(programs: Programs) -> Iterator[Zoom]:
    zoom = begin()
    assert isinstance(zoom, WaylandZoom)
    wait_for(lambda: programs.arguments("wtype") == [USUAL], "the usual size at the start")
    yield zoom
    zoom.close()
    assert not any(thread.name == "zoom" for thread in threading.enumerate()), "the thread ends"


def test_a_start_shows_the_usual_size_whatever_was_left_and_so_does_an_end(zoom: Zoom, programs: Programs) -> None:
    zoom.enlarge(True)
    wait_for(lambda: len(programs.arguments("wtype")) == 2, "larger")
    zoom.close()
    assert programs.arguments("wtype") == [USUAL, LARGE, USUAL]
    zoom.enlarge(True)
    zoom.close()
    assert len(programs.arguments("wtype")) == 3, "an end is an end"


def test_asking_twice_enlarges_once(zoom: Zoom, programs: Programs) -> None:
    zoom.enlarge(False)
    zoom.enlarge(True)
    wait_for(lambda: programs.arguments("wtype") == [USUAL, LARGE], "larger")
    zoom.enlarge(True)
    zoom.enlarge(False)
    wait_for(lambda: programs.arguments("wtype") == [USUAL, LARGE, USUAL], "usual again, and nothing between")


def test_a_wtype_that_hangs_is_ended_and_nobody_waits_for_it(
    programs: Programs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(wayland_zoom, "PRESS_WITHIN_S", 0.2)
    programs.put("wtype", HANG)
    before = time.monotonic()
    zoom = begin()
    zoom.enlarge(True)
    zoom.enlarge(False)
    zoom.enlarge(True)
    assert time.monotonic() - before < 0.1
    wait_for(lambda: LARGE in programs.arguments("wtype"), "the last wish is tried")
    zoom.close()
    wait_for(programs.gone, "no process is left")
    assert any("E-ZOOM-01" in line for line in caplog.messages)


def test_a_compositor_without_virtual_keyboards_is_told_of_once_a_wish(
    programs: Programs, caplog: pytest.LogCaptureFixture
) -> None:
    programs.put("wtype", "exit 1")
    with caplog.at_level(logging.WARNING):
        zoom = begin()
        wait_for(lambda: len(caplog.messages) == 1, "the start's")
        zoom.enlarge(True)
        wait_for(lambda: len(caplog.messages) == 2, "the wish's")
        zoom.enlarge(True)
        zoom.close()
    assert programs.arguments("wtype") == [USUAL, LARGE, USUAL]


@pytest.mark.parametrize(
    "without",
    [
        pytest.param("WAYLAND_DISPLAY", id="no compositor"),
        pytest.param("CUNCUNTONG_ZOOM", id="another terminal than the kiosk's, on somebody's desk"),
        pytest.param("PATH", id="no wtype"),
    ],
)
def test_where_the_terminal_cannot_nothing_is_pressed(without: str, programs: Programs) -> None:
    environment = {"PATH": str(programs.folder), **ON_THE_KIOSK}
    environment[without] = ""
    zoom = zoom_of(environment)
    assert isinstance(zoom, NoZoom)
    zoom.enlarge(True)
    zoom.close()
    assert programs.arguments("wtype") == []


def test_the_kiosks_terminal_binds_these_keys_and_says_so() -> None:
    terminal = configparser.ConfigParser()
    terminal.read_string("[main]\n" + (ROOT / "systemd" / "foot.ini").read_text("utf-8"))
    bound = terminal["key-bindings"]
    assert (bound["font-reset"], bound["font-increase"]) == (wayland_zoom.USUAL_KEY, wayland_zoom.LARGER_KEY)
    assert terminal["environment"]["CUNCUNTONG_ZOOM"] == "foot"
