"""Real cameras, real encoded video, real time: what the doctor says reaches whoever asks for it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from station.devices.camera.bench import film
from station.devices.camera.examination import Examine, Examined, examine_file
from station.devices.camera.machine import Ended, Garbled, Heard, Limits
from station.devices.camera.process import LINE_MAX_BYTES, WorkerProcess
from station.devices.camera.reports import Looked, Order, TakeStill
from station.devices.camera.supervisor import ProcessCamera
from station.settings import CameraSettings
from station.vision import faults, scenes
from station.vision.faults import Effect
from station.vision.features import Frame
from tests.station.devices.camera.streams import Behaviour, Broadcast, Mjpeg, Silent, Whole, served
from tests.station.devices.camera.watching import QUICK, is_failed, is_ok, wait_until, watched, workers
from tests.waiting import wait_for

pytestmark = pytest.mark.slow

PER_S = 10
ROOM = scenes.draw("shelves", 5, 320, 180)
PATIENT = Limits(open_within_s=5.0, report_every_s=0.1, look_every_s=0.02, retry_min_s=0.05)


def filmed(file: Path, for_s: float, effect: Effect | None = None, from_s: float = 0.0, per_s: int = PER_S) -> Path:
    """Film the room; from a time on as the effect shows it."""

    def frames() -> Iterator[Frame]:
        for n in range(int(for_s * per_s)):
            frame = scenes.at(ROOM, n / per_s)
            yield frame if effect is None or n / per_s < from_s else effect(frame, n / per_s - from_s)

    film.encode(frames(), per_s, 300, file)
    return file


def make(*arguments: str, file: Path) -> None:
    subprocess.run([film.ffmpeg(), *film.FFMPEG, *arguments, "-y", f"file:{file}"], check=True)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filmed(tmp_path_factory.mktemp("good") / "good.ts", 16)


@pytest.fixture(scope="module")
def background(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What a minute before the camera has taught."""
    minute = filmed(tmp_path_factory.mktemp("minute") / "minute.ts", 64, per_s=5)
    *_, last = examine_file(Examine(str(minute), learn_s=60.0, keep_background=True))
    assert isinstance(last, Examined)
    assert last.background is not None
    assert not last.learning
    return last.background


def test_black_frozen_and_covered_are_each_told_in_time_and_the_new_view_is_learnt(
    background: bytes, tmp_path: Path
) -> None:
    good_s = 1.0
    kinds = {"black": faults.black(), "frozen": faults.frozen(), "covered": faults.covered(0.7)}
    within_s = {"black": 6.0, "frozen": 17.0, "covered": 17.0}  # on a busy machine
    films = {kind: filmed(tmp_path / f"{kind}.ts", 20, effect, good_s) for kind, effect in kinds.items()}
    with ExitStack() as stack:
        cameras: dict[str, ProcessCamera] = {}
        for kind, file in films.items():
            kept = tmp_path / f"{kind}.background"
            kept.write_bytes(background)
            cameras[kind] = stack.enter_context(watched(file, PATIENT, kept, alone=False))
        begun: dict[str, float] = {}
        raised: dict[str, float] = {}
        deadline = time.monotonic() + 30
        while len(raised) < len(cameras):
            assert time.monotonic() < deadline, f"only {raised} of {list(cameras)}"
            for kind, camera in cameras.items():
                if kind not in begun and camera.status().frames:
                    begun[kind] = time.monotonic()
                if kind not in raised and camera.faults():
                    raised[kind] = time.monotonic()
            time.sleep(0.02)
        for kind, camera in cameras.items():
            fault, *_ = camera.faults()
            state = camera.device_state()
            assert fault.kind == kind
            assert begun[kind] + good_s - 1 <= fault.since_mono_s <= raised[kind]
            assert raised[kind] - begun[kind] - good_s <= within_s[kind]
            assert (state.state, state.code) == ("failed", faults_code(kind))
            assert state.measures["learning"] == 0, "what was kept counts from the first look"
            assert 0 <= state.measures["severity"] <= 1
            assert state.measures["confidence"] > 0.5
            thumbnail = wait_for(camera.thumbnail, "the picture of the fault's beginning")
            assert (thumbnail.fault, len(thumbnail.jpeg) <= 20_000) == (kind, True)
            assert camera.thumbnail() is None, "given once"
        assert cameras["covered"].relearn()
        wait_for(lambda: cameras["covered"].device_state().measures["learning"] == 1, "it learns the new view")
        assert (cameras["covered"].faults(), cameras["covered"].status().state) == ([], "ok")
    assert (tmp_path / "covered.background").read_bytes() != background


def faults_code(kind: str) -> str:
    return {"black": "E-VQD-03", "frozen": "E-VQD-07", "covered": "E-VQD-12"}[kind]


def test_a_corrupted_stream_is_degraded_and_its_errors_counted(background: bytes, good: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.ts"
    broken.write_bytes(film.flip_bits(good.read_bytes(), 0.1, 0.3, seed=4))
    kept = tmp_path / "main.background"
    kept.write_bytes(background)
    with watched(broken, PATIENT, kept) as camera:
        wait_until(camera, lambda status: status.code == "E-VQD-02")
        state = camera.device_state()
        assert state.state == "degraded"
        assert state.measures["decoder_errors"] > 2
        assert [fault.kind for fault in camera.faults()] == ["corrupted"]


def test_a_good_film_played_again_and_again_has_no_errors(good: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.ts"
    data = good.read_bytes()
    short.write_bytes(data[: len(data) // 8 // film.PACKET_BYTES * film.PACKET_BYTES])
    with watched(short, PATIENT) as camera:
        wait_until(camera, lambda status: status.frames > 28)
        assert camera.device_state().measures["decoder_errors"] <= 2
        assert camera.faults() == []


def test_of_a_live_stream_bits_keyframes_and_its_own_time_are_measured(good: Path) -> None:
    data = good.read_bytes()
    pieces_per_s = len(data) / Broadcast.PIECE / 16
    broadcast = Behaviour(data, per_s=pieces_per_s * 2)  # an encoder that runs at twice its time
    with served(Broadcast, broadcast) as port, watched(f"http://127.0.0.1:{port}/live.ts", PATIENT) as camera:

        def measured() -> dict[str, float]:
            measures = camera.device_state().measures
            return measures if "keyframe_every_s" in measures else {}

        measures = wait_for(measured, "two keyframes")
        assert measures["keyframe_every_s"] == pytest.approx(2.0, abs=0.05)
        assert measures["bits_per_s"] == pytest.approx(len(data) * 8 / 16 * 2, rel=0.6)
        assert measures["media_rate"] > 1.2
        assert measures["decoder_errors"] == 0


# --- what was learnt outlives the process ---


def first_look(order: Order, until_learnt: bool) -> tuple[Looked, WorkerProcess]:
    worker = WorkerProcess(order)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        for event in worker.events():
            assert not isinstance(event, Ended)
            if (
                isinstance(event, Heard)
                and isinstance(event.word, Looked)
                and not (until_learnt and event.word.learning)
            ):
                return event.word, worker
    raise AssertionError("no look in time")


def test_a_killed_process_loses_nothing_of_what_was_learnt(good: Path, tmp_path: Path) -> None:
    kept = tmp_path / "main.background"
    order = Order(str(good), 640, 360, 15.0, 5.0, 5.0, 0.1, learn_s=1.5, background_file=str(kept))
    _, worker = first_look(order, until_learnt=True)
    try:
        wait_for(kept.exists, "what was learnt is kept at once")
        worker.kill()
    finally:
        worker.close()
    looked, again = first_look(order, until_learnt=False)
    assert not looked.learning
    assert again.close(farewell=True)


# --- stills ---


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("picture") / "picture.jpg"
    make("-f", "lavfi", "-i", "testsrc2=s=640x360", "-frames:v", "1", file=file)
    return file.read_bytes()


def test_a_still_shows_what_is_seen_now_and_each_asker_gets_what_was_asked(picture: bytes) -> None:
    with served(Mjpeg, Behaviour(picture)) as port, watched(f"http://127.0.0.1:{port}/", PATIENT) as camera:
        wait_until(camera, is_ok)
        taken = {}

        def ask(width_px: int) -> None:
            taken[width_px] = camera.still(width_px, 30_000, 5.0)

        askers = [threading.Thread(target=ask, args=(width_px,)) for width_px in (160, 320, 9000)]
        asked_s = time.monotonic()
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join()
        for width_px, still in taken.items():
            assert still is not None
            assert still.width_px <= width_px
            assert len(still.jpeg) <= 30_000
            assert still.at_mono_s >= asked_s
            assert still.fault is None
        assert len({still.width_px for still in taken.values() if still}) == 3
        assert camera.thumbnail() is None, "a still is no thumbnail"


def test_no_still_is_given_of_a_camera_that_shows_nothing(picture: bytes) -> None:
    stalls = Behaviour(picture, good=10, then="stall")
    with served(Mjpeg, stalls) as port, watched(f"http://127.0.0.1:{port}/", PATIENT) as camera:
        wait_until(camera, is_ok)
        wait_until(camera, lambda status: (status.last_frame_age_ms or 0) > 600)
        begun_s = time.monotonic()
        assert camera.still(640, 30_000, 0.5) is None, "an old picture is not what is seen now"
        assert time.monotonic() - begun_s < 2
    never = ProcessCamera(CameraSettings("main", "simulated:"), QUICK)
    assert never.still(640, 30_000, 0.5) is None
    assert not never.relearn()
    assert (never.faults(), never.thumbnail()) == ([], None)
    never.close()


def test_no_video_is_a_fault_since_the_last_frame(picture: bytes) -> None:
    stalls = Behaviour(picture, good=20, then="stall")
    with served(Mjpeg, stalls) as port, watched(f"http://127.0.0.1:{port}/") as camera:
        wait_until(camera, is_ok)
        status = wait_until(camera, is_failed)
        (fault,) = camera.faults()
        assert fault.kind == "no_frames"
        assert status.last_frame_age_ms is not None
        assert time.monotonic() - fault.since_mono_s == pytest.approx(status.last_frame_age_ms / 1000, abs=0.3)


# --- the small stream ---


@pytest.fixture(scope="module")
def small(picture: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("small")
    (folder / "big.jpg").write_bytes(picture)
    make("-i", f"file:{folder / 'big.jpg'}", "-vf", "scale=320:180", file=folder / "small.jpg")
    return (folder / "small.jpg").read_bytes()


def test_the_small_stream_is_taken_where_there_is_one(picture: bytes, small: bytes) -> None:
    with served(Mjpeg, Behaviour(picture)) as main, served(Mjpeg, Behaviour(small)) as sub:
        addresses = [f"http://127.0.0.1:{port}/" for port in (main, sub)]
        with watched(addresses[0], PATIENT, substream=addresses[1]) as camera:
            assert wait_until(camera, lambda status: status.width_px > 0).width_px == 320
            measures = camera.device_state().measures
            assert (measures["substream"], measures["substream_failures"]) == (1, 0)


@pytest.mark.parametrize("handler", [Silent, Whole], ids=["answers nothing", "is no video"])
def test_the_main_stream_is_taken_when_the_small_one_does_not_open(picture: bytes, handler: type) -> None:
    seen = set()
    with served(Mjpeg, Behaviour(picture)) as main, served(handler, Behaviour(b"<p>not found</p>")) as sub:
        addresses = [f"http://127.0.0.1:{port}/" for port in (main, sub)]
        with watched(addresses[0], QUICK, substream=addresses[1]) as camera:
            status = wait_until(camera, lambda status: (seen.add(status.state), status.width_px > 0)[1])
            assert (status.width_px, status.reconnects) == (640, 0)
            measures = camera.device_state().measures
            assert (measures["substream"], measures["substream_failures"]) == (0, 1)
    assert seen <= {"unknown", "ok"}, "it is no fault of the camera that it has one stream only"


# --- streams that change, or claim what cannot be ---


def joined(folder: Path, *looks: tuple[str, str], codec: str = "libx264", end: str = "ts") -> Path:
    """Film a second of each size and pixel format, and put them one after another in one file."""
    whole = folder / f"whole.{end}"
    with whole.open("wb") as file:
        for number, (size, pixels) in enumerate(looks):
            part = folder / f"{number}.{end}"
            picture = f"testsrc2=s={size}:r=25:d=1"
            make("-f", "lavfi", "-i", picture, "-c:v", codec, "-pix_fmt", pixels, file=part)
            file.write(part.read_bytes())
    return whole


def test_a_stream_may_change_its_size_and_goes_on(tmp_path: Path) -> None:
    file = joined(tmp_path, ("320x180", "yuv420p"), ("640x480", "yuv420p"), ("320x180", "yuv420p"))
    with watched(file, PATIENT) as camera:
        status = wait_until(camera, lambda status: status.frames > 60)
        assert (status.state, status.reconnects, camera.faults()) == ("ok", 0, [])
        still = camera.still(640, 30_000, 2.0)
        assert still is not None
        assert (still.width_px, still.height_px) == (320, 180), "all in the size it began with"


@pytest.mark.parametrize(("codec", "end", "pixels"), [("libx264", "ts", "yuv444p"), ("mjpeg", "mjpg", "yuvj444p")])
def test_a_stream_that_changes_its_pixels_is_clear_and_disturbs_nobody(
    tmp_path: Path, good: Path, codec: str, end: str, pixels: str
) -> None:
    first = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    file = joined(tmp_path, ("320x180", first), ("320x180", pixels), ("480x270", first), codec=codec, end=end)
    with watched(good, PATIENT) as other, watched(file, PATIENT, alone=False) as camera:
        status = wait_until(camera, lambda status: status.frames > 60)
        assert status.state in {"ok", "failed"}
        assert status.code in {None, "E-CAM-04"}
        assert (wait_until(other, is_ok).reconnects, other.faults()) == (0, [])


def test_a_picture_of_100000_by_100000_ends_its_own_process_at_most(tmp_path: Path, picture: bytes, good: Path) -> None:
    at = picture.index(b"\xff\xc0") + 5
    huge = picture[:at] + b"\xff\xff\xff\xff" + picture[at + 4 :]
    jpegs, avi = tmp_path / "huge.mjpg", tmp_path / "huge.avi"
    jpegs.write_bytes(huge * 20)
    make("-f", "lavfi", "-i", "testsrc2=s=320x180:d=1", "-c:v", "mpeg4", file=avi)
    wide, high = (320).to_bytes(4, "little"), (180).to_bytes(4, "little")
    claimed = (100_000).to_bytes(4, "little")
    avi.write_bytes(avi.read_bytes().replace(wide + high, claimed + claimed))
    with ExitStack() as stack:
        other = stack.enter_context(watched(good, PATIENT, alone=False))
        cameras = [stack.enter_context(watched(file, PATIENT, alone=False)) for file in (jpegs, avi)]
        for camera in cameras:
            status = wait_until(camera, lambda status: is_failed(status) or status.frames > 20)
            assert status.code in {None, "E-CAM-02", "E-CAM-03", "E-CAM-04", "E-CAM-05", "E-VQD-01"}
        assert cameras[0].status().state == "failed"
        assert wait_until(other, is_ok).reconnects == 0


# --- a process gone mad ---


def test_a_mad_process_cannot_fill_our_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mad = tmp_path / "mad"
    mad.write_text("#!/bin/sh\nexec cat /dev/zero\n")
    mad.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(mad))
    worker = WorkerProcess(Order("simulated:", 640, 360, 15.0, 5.0, 5.0, 0.1))
    try:
        read = [event for _ in range(200) for event in worker.events()]
        assert any(isinstance(event, Garbled) for event in read)
        assert len(worker._partial) <= LINE_MAX_BYTES
    finally:
        worker.close()


def test_asking_a_process_that_hangs_never_blocks() -> None:
    worker = WorkerProcess(Order("simulated:", 640, 360, 15.0, 5.0, 5.0, 0.1))
    try:
        os.kill(worker.pid, signal.SIGSTOP)
        begun_s = time.monotonic()
        answers = [worker.ask(TakeStill(640, 30_000)) for _ in range(3000)]
        assert answers[0]
        assert not answers[-1], "a full pipe is a no"
        assert time.monotonic() - begun_s < 5
    finally:
        worker.close()
    assert not worker.ask(TakeStill(640, 30_000)), "nobody is there"
    assert worker.pid not in workers()
