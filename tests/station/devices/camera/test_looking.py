"""The doctor at work on one camera, without a process: drawn frames and times go in, words come out."""

import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from station.devices.camera.background_file import SAVE_EVERY_S, BackgroundFile
from station.devices.camera.looking import THUMBNAIL_BYTES, Looking, LookTimes, picture_of
from station.devices.camera.reports import Looked, Order, Picture, Word
from station.vision import faults, pictures, scenes
from station.vision.faults import Effect
from station.vision.features import Frame

ROOM = scenes.draw("shelves", 5, 320, 180)
OTHER = scenes.draw("hall", 6, 320, 180)
ORDER = Order("a source", 640, 360, 15.0, 10.0, 5.0, 0.5, learn_s=10.0)


class Camera:
    """Looks twice a second at a room, or at what an effect makes of it."""

    def __init__(self, path: Path | None, order: Order = ORDER) -> None:
        self.looking = Looking(order, BackgroundFile(path))
        self.at_s = 1000.0
        self.words: list[Word] = []

    def see(self, for_s: float, effect: Effect | None = None, room: scenes.Scene = ROOM) -> None:
        begun_s = self.at_s
        while self.at_s < begun_s + for_s:
            self.at_s += 0.5
            frame = scenes.at(room, self.at_s)
            seen = frame if effect is None else effect(frame, self.at_s - begun_s)
            self.words += self.looking.look(seen, self.at_s, corrupted=False)

    @property
    def looked(self) -> Looked:
        return next(word for word in reversed(self.words) if isinstance(word, Looked))

    @property
    def kinds(self) -> list[str]:
        return [fault.kind for fault in self.looked.faults]

    @property
    def pictures(self) -> list[Picture]:
        return [word for word in self.words if isinstance(word, Picture)]


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "main.background"
    settle()


def settle() -> None:
    for thread in threading.enumerate():
        if thread.name == "background":
            thread.join(5)


def learnt(path: Path) -> Camera:
    camera = Camera(path)
    camera.see(12.0)
    settle()
    assert not camera.looked.learning
    assert path.exists()
    return camera


def test_a_fault_is_told_with_its_beginning_and_one_small_picture() -> None:
    camera = Camera(None)
    camera.see(12.0)
    assert (camera.kinds, camera.pictures) == ([], [])
    began_s = camera.at_s
    camera.see(20.0, faults.covered(0.7))
    assert camera.kinds == ["covered"]
    (fault,) = camera.looked.faults
    assert fault.since_mono_s == pytest.approx(began_s, abs=2)
    assert 0 <= fault.severity <= 1
    (picture,) = camera.pictures
    assert picture.fault == "covered"
    assert len(picture.jpeg) <= THUMBNAIL_BYTES
    seen = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert seen is not None
    assert seen.shape[:2] == (picture.height_px, picture.width_px)


def test_a_frame_that_cannot_be_decoded_is_no_video_and_has_no_picture() -> None:
    camera = Camera(None)
    for _ in range(20):
        camera.at_s += 0.5
        camera.words += camera.looking.look(None, camera.at_s, corrupted=False)
    assert camera.kinds == ["no_frames"]
    assert camera.pictures == []


def test_the_decoders_word_is_corrupted_and_hides_what_comes_of_it() -> None:
    camera = Camera(None)
    for _ in range(20):
        camera.at_s += 0.5
        camera.words += camera.looking.look(scenes.at(ROOM, camera.at_s), camera.at_s, corrupted=True)
    assert camera.kinds == ["corrupted"]


def test_what_was_learnt_is_known_after_a_restart(path: Path) -> None:
    learnt(path)
    again = Camera(path)
    again.see(1.0)
    assert not again.looked.learning
    again.see(20.0, faults.covered(0.7))
    assert again.kinds == ["covered"]


def test_a_file_is_for_its_owner_only(path: Path) -> None:
    learnt(path)
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: data[: len(data) // 2], id="half of it"),
        pytest.param(lambda data: b"\0" * len(data), id="zeros, as after a power cut"),
        pytest.param(lambda data: b"a" * 5_000_000, id="far too long"),
    ],
)
def test_a_damaged_file_is_learnt_anew(path: Path, spoil: Callable[[bytes], bytes]) -> None:
    learnt(path)
    path.write_bytes(spoil(path.read_bytes()))
    camera = learnt(path)
    assert camera.kinds == []
    again = Camera(path)
    again.see(1.0)
    assert not again.looked.learning


def test_a_place_where_nothing_can_be_written_stops_nobody(tmp_path: Path) -> None:
    camera = Camera(tmp_path / "no such folder" / "main.background")
    camera.see(12.0)
    settle()
    assert not camera.looked.learning


def test_it_is_kept_again_after_ten_minutes_but_not_while_something_is_wrong(path: Path) -> None:
    camera = learnt(path)
    path.unlink()
    camera.at_s += SAVE_EVERY_S - 20
    camera.see(10.0)
    settle()
    assert not path.exists(), "too early"
    camera.see(20.0, faults.black())
    assert camera.kinds == ["black"]
    settle()
    assert not path.exists(), "something is wrong"
    camera.see(20.0)
    settle()
    assert path.exists()


def test_it_is_kept_at_the_end_unless_something_is_wrong(path: Path) -> None:
    camera = learnt(path)
    path.unlink()
    camera.looking.end()
    assert path.exists()
    path.unlink()
    camera.see(10.0, faults.black())
    camera.looking.end()
    assert not path.exists()


def test_the_new_view_is_taken_as_right_and_the_old_one_does_not_come_back(path: Path) -> None:
    camera = learnt(path)
    camera.see(25.0, room=OTHER)
    assert camera.kinds != []
    camera.looking.relearn(camera.at_s)
    settle()
    restarted = Camera(path)
    restarted.see(1.0, room=OTHER)
    assert restarted.looked.learning, "the old view came back with the next start"
    camera.see(12.0, room=OTHER)
    camera.see(20.0, room=OTHER)
    assert (camera.kinds, camera.looked.learning) == ([], False)


def test_a_technician_who_watches_is_shown_picture_measures_and_scores() -> None:
    order = Order("a source", 640, 360, 15.0, 10.0, 5.0, 0.5, learn_s=2.0, preview_px=96)
    camera = Camera(None, order)
    camera.see(4.0)
    looked = camera.looked
    assert (looked.preview_width_px, looked.preview_height_px) == (96, 54)
    assert len(looked.preview) == 96 * 54 * 3
    assert looked.measures
    assert set(looked.scores) >= {"black", "blur"}


def test_nobody_watches_no_picture_is_sent() -> None:
    camera = Camera(None)
    camera.see(1.0)
    assert (camera.looked.preview, camera.looked.measures) == (b"", {})


# --- when it looks ---


def looks(per_s: float, frames_per_s: float, for_s: float) -> list[float]:
    times = LookTimes(per_s)
    return [n / frames_per_s for n in range(int(for_s * frames_per_s)) if times.due(n / frames_per_s)]


def test_it_looks_twice_a_second_but_never_evenly() -> None:
    seen = looks(2.0, 25.0, 60.0)
    assert len(seen) == pytest.approx(120, abs=3)
    gaps = {round(later - sooner, 2) for sooner, later in pairwise(seen)}
    assert len(gaps) > 4
    assert 0.3 <= min(gaps) <= max(gaps) <= 0.7


def test_after_a_pause_it_does_not_hurry() -> None:
    times = LookTimes(2.0)
    assert times.due(0.0)
    assert times.due(60.0)
    assert not times.due(60.04)
    assert not times.due(60.3)
    assert times.due(60.6)


def test_it_looks_at_every_frame_of_a_slow_camera() -> None:
    assert len(looks(2.0, 0.5, 60.0)) == 30


# --- pictures that fit ---


def noise(width: int, height: int) -> Frame:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize(
    ("frame", "max_px", "max_bytes"),
    [
        pytest.param(scenes.at(ROOM, 1.0), 1280, 40_000, id="a room, not made larger than it is"),
        pytest.param(scenes.at(ROOM, 1.0), 320, 40_000, id="narrower"),
        pytest.param(noise(1920, 1080), 1280, 20_000, id="snow, which no codec can shrink"),
        pytest.param(np.zeros((4, 5), np.uint8), 320, 40_000, id="tiny and gray"),
    ],
)
def test_a_still_fits(frame: Frame, max_px: int, max_bytes: int) -> None:
    picture = picture_of(frame, 7.0, max_px, max_bytes)
    assert picture is not None
    assert len(picture.jpeg) <= max_bytes
    assert picture.width_px <= min(max_px, frame.shape[1])
    assert picture.width_px / picture.height_px == pytest.approx(frame.shape[1] / frame.shape[0], rel=0.05)
    assert picture.jpeg.startswith(b"\xff\xd8")


def test_what_cannot_fit_or_is_no_picture_is_none() -> None:
    assert picture_of(noise(640, 360), 7.0, 640, 100) is None
    assert picture_of(None, 7.0, 640, 40_000) is None
    assert pictures.still(np.zeros((0, 0, 3), np.uint8), 640, 40_000) is None
    assert pictures.preview(np.zeros((0, 0, 3), np.uint8), 64).width_px == 0


def test_a_preview_of_a_tall_picture_stays_in_its_square() -> None:
    shown = pictures.preview(np.zeros((2000, 100, 3), np.uint8), 320)
    assert (shown.width_px, shown.height_px) == (16, 320)
