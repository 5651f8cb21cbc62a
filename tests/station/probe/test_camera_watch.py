"""Cameras asked in a thread of their own; what each said last is there without waiting."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from station.probe import camera_rounds, camera_watch
from station.probe.camera_watch import CameraWatch
from station.probe.rtsp import Probed
from station.probe.rtsp_words import Address, address_of
from station.probe.trouble import Troubles
from tests.waiting import wait_for

DEAD = Probed("unreachable", {}, "Connection refused")
WELL = Probed("answers", {"rtsp_options_ms": 5.0})


class Cameras:
    """What the probe sees."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bool]] = []
        self.error: Exception | None = None
        self.go = threading.Event()
        self.go.set()

    def probe(self, address: Address, *, whole: bool) -> Probed:
        self.asked.append((address.host, whole))
        assert self.go.wait(10)
        if self.error is not None:
            raise self.error
        return DEAD if whole else WELL


@contextmanager
def watching(cameras: Cameras, bad: set[str], troubles: Troubles) -> Iterator[CameraWatch]:
    addresses = {name: partial(address_of, f"rtsp://{name}/") for name in ("yard", "hall")}
    watch = CameraWatch(addresses, lambda name: name in bad, troubles, cameras.probe)
    watch.start()
    try:
        yield watch
    finally:
        cameras.go.set()
        watch.close()
        watch._thread.join(5)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_watch, "LOOK_EVERY_S", 0.005)
    monkeypatch.setattr(camera_watch, "AFTER_AN_ERROR_S", 0.01)
    monkeypatch.setattr(camera_rounds, "FIRST_S", 0.01)
    monkeypatch.setattr(camera_rounds, "BAD_AFTER_S", 0.01)
    monkeypatch.setattr(camera_rounds, "BAD_EVERY_S", (0.02,))


def test_the_one_without_pictures_is_asked_for_one_and_the_other_only_whether_it_is_there() -> None:
    cameras = Cameras()
    with watching(cameras, {"yard"}, Troubles()) as watch:
        wait_for(lambda: watch.last("yard") == DEAD and watch.last("hall") == WELL, "both answered")
        wait_for(lambda: cameras.asked.count(("yard", True)) >= 3, "asked again")
        assert cameras.asked.count(("hall", False)) == 1


def test_a_slow_camera_keeps_nobody_waiting() -> None:
    cameras = Cameras()
    cameras.go.clear()
    with watching(cameras, {"yard", "hall"}, Troubles()) as watch:
        wait_for(lambda: cameras.asked, "one is asked")
        assert watch.last("yard") is None
        cameras.go.set()
        wait_for(lambda: watch.last("yard"), "its answer")


def test_an_error_is_told_once_and_cameras_are_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    cameras, troubles = Cameras(), Troubles()
    cameras.error = ValueError("nobody thought of this")
    with watching(cameras, {"yard", "hall"}, troubles) as watch:
        wait_for(lambda: len(cameras.asked) > 3, "tried again")
        cameras.error = None
        wait_for(lambda: watch.last("yard") == DEAD, "well again")
    assert [event.code for event in troubles.events()].count("E-PROBE-10") >= 1
    assert "E-PROBE-10" in caplog.text
