"""Real processes on real video, and on everything that is none; whatever they do, the agent is not held up."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from station.devices.camera.supervisor import ProcessCamera
from station.settings import CameraSettings
from tests.station.devices.camera.streams import LOGIN, Behaviour, Mjpeg, Rtsp, Silent, Whole, served
from tests.station.devices.camera.watching import QUICK, is_failed, is_ok, living, wait_until, watched, workers

pytestmark = pytest.mark.slow

IMPATIENT = QUICK._replace(open_within_s=0.6, no_frame_after_s=0.5, hang_after_s=0.6)
"""Where the fault comes anyway, and a busy machine can bring it no sooner."""

MAKE_CLIP = """
import sys, cv2, numpy as np
path, frames = sys.argv[1], int(sys.argv[2])
out = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*sys.argv[3]), 25.0, (640, 360))
for i in range(frames):
    frame = np.full((360, 640, 3), 90, np.uint8)
    cv2.rectangle(frame, (i * 8 % 560, 100), (i * 8 % 560 + 60, 160), (0, 0, 255), -1)
    out.write(frame)
out.release()
cv2.imwrite(path + ".jpg", frame)
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second of real video; beside it a picture."""
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", 25, "mp4v")


def make_clip(path: Path, frames: int, codec: str) -> Path:
    subprocess.run([sys.executable, "-c", MAKE_CLIP, path, str(frames), codec], check=True, stderr=subprocess.DEVNULL)
    return path


@pytest.fixture(scope="module")
def picture(clip: Path) -> bytes:
    return Path(f"{clip}.jpg").read_bytes()


def test_a_file_plays_in_a_loop_at_its_own_pace(clip: Path) -> None:
    with watched(clip) as camera:
        begun = wait_until(camera, is_ok)
        begun_s = time.monotonic()
        status = wait_until(camera, lambda status: status.frames > begun.frames + 35)
        assert (status.frames - begun.frames) / (time.monotonic() - begun_s) == pytest.approx(25, abs=4)
        assert (status.width_px, status.height_px, status.reconnects) == (640, 360, 0)
        assert status.frames_per_s == pytest.approx(25, abs=5)
        state = camera.device_state()
        assert (state.device, state.state, state.code) == ("camera/main", "ok", None)
        measures = state.measures
        assert (measures["width_px"], measures["reconnects"], measures["decoder_errors"]) == (640, 0, 0)
        assert measures["media_rate"] == pytest.approx(1, abs=0.2)
        assert measures["bits_per_s"] > 0
        assert measures["learning"] == 1
        assert measures["looks"] >= 2
        assert not set(measures) & {"severity", "confidence", "substream"}


def test_the_twin_shows_720p_at_the_rate_asked_for() -> None:
    with watched("simulated:") as camera:
        status = wait_until(camera, lambda status: status.frames > 15)
        assert (status.state, status.width_px, status.height_px) == ("ok", 1280, 720)
        assert status.frames_per_s == pytest.approx(15, abs=3)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("simulated:?fault=refuse", "E-CAM-02"),
        ("simulated:?fault=stall&after_s=0.2", "E-CAM-03"),
        ("simulated:?fault=crash&after_s=0.2", "E-CAM-04"),
        ("simulated:?fault=swell&after_s=0.2", "E-CAM-05"),
        ("simulated:?fault=hang&after_s=0.2", "E-CAM-06"),
        ("/dev/video-none", "E-CAM-01"),
        ("/dev/null", "E-CAM-02"),
        ("/nowhere/clip.mp4", "E-CAM-01"),
        ("http://127.0.0.1:9/stream", "E-CAM-02"),
        ("rtsp://127.0.0.1:9/stream", "E-CAM-02"),
    ],
)
def test_every_fault_is_told_by_its_code_and_tried_again(source: str, code: str) -> None:
    with watched(source, IMPATIENT) as camera:
        status = wait_until(camera, lambda status: status.code == code)
        assert status.state == "failed"
        wait_until(camera, lambda status: status.reconnects >= 1)


def test_a_slow_camera_is_degraded_and_goes_on() -> None:
    with watched("simulated:?fault=slow&after_s=0.2", QUICK._replace(late_after_s=2.0)) as camera:
        status = wait_until(camera, lambda status: status.state == "degraded")
        assert (status.code, status.reconnects) == ("E-CAM-07", 0)


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        pytest.param("bad.mp4", lambda clip: b"this is no video\n" * 1000, id="text called a video"),
        pytest.param("bad.txt", lambda clip: b"this is no video\n" * 1000, id="text, which FFmpeg would draw"),
        pytest.param("bad.mp4", lambda clip: clip[: len(clip) // 3], id="cut off before its index"),
        pytest.param("bad.mp4", lambda clip: b"", id="empty"),
        pytest.param("bad.m3u8", lambda clip: b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", id="a playlist"),
    ],
)
def test_a_file_that_is_no_video_says_so(
    clip: Path, tmp_path: Path, name: str, spoil: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / name
    path.write_bytes(spoil(clip.read_bytes()))
    with watched(path) as camera:
        assert wait_until(camera, is_failed).code == "E-CAM-02"


def test_a_file_cut_off_in_its_middle_shows_what_it_has(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.avi", 25, "MJPG")
    os.truncate(path, path.stat().st_size // 2)
    with watched(path) as camera:
        status = wait_until(camera, lambda status: status.frames > 30)
        assert (status.state, status.width_px) == ("ok", 640)


def test_a_file_that_is_spoilt_while_it_plays_fails_and_a_new_one_is_taken(clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip.read_bytes())
    with watched(path) as camera:
        wait_until(camera, is_ok)
        path.write_bytes(b"no video any more")
        assert wait_until(camera, is_failed).code in {"E-CAM-02", "E-CAM-03"}
        path.unlink()
        wait_until(camera, lambda status: status.code == "E-CAM-01")
        path.write_bytes(clip.read_bytes())
        assert wait_until(camera, is_ok).reconnects >= 1


def test_a_killed_process_is_started_again_and_counted(clip: Path) -> None:
    with watched(clip) as camera:
        wait_until(camera, is_ok)
        (worker,) = workers()
        os.kill(worker, signal.SIGKILL)
        wait_until(camera, lambda status: status.code == "E-CAM-04")
        assert wait_until(camera, is_ok).reconnects == 1


def test_a_stopped_process_is_late_then_failed_then_replaced(clip: Path) -> None:
    seen = []
    with watched(clip) as camera:
        wait_until(camera, is_ok)
        (worker,) = workers()
        os.kill(worker, signal.SIGSTOP)
        wait_until(camera, lambda status: (seen.append((status.state, status.code)), status.reconnects == 1)[1])
        wait_until(camera, is_ok)
    assert [told for told in dict.fromkeys(seen) if told != ("ok", None)] == [
        ("degraded", "E-CAM-07"),
        ("failed", "E-CAM-03"),
        ("failed", "E-CAM-06"),
    ]


def test_even_a_worker_that_hangs_leaves_when_the_agent_is_killed(clip: Path) -> None:
    script = (
        "import sys, time; from station.devices.camera.supervisor import ProcessCamera;"
        "from station.settings import CameraSettings;"
        "camera = ProcessCamera(CameraSettings('main', sys.argv[1])); camera.start()\n"
        "while camera.status().frames == 0: time.sleep(0.02)\n"
        "print('running', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(clip)], stdout=subprocess.PIPE, text=True) as agent:
        assert agent.stdout is not None
        assert agent.stdout.readline() == "running\n"
        (worker,) = psutil.Process(agent.pid).children()
        worker.suspend()
        agent.kill()
        worker.wait(5)
    assert not worker.is_running()


def test_a_camera_over_http_shows_and_its_password_is_seen_nowhere(
    picture: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    behaviour = Behaviour(picture, good=20, then="close")
    with served(Mjpeg, behaviour) as port, watched(f"http://{LOGIN}@127.0.0.1:{port}/video.mjpg") as camera:
        assert wait_until(camera, is_ok).width_px in {0, 640}
        wait_until(camera, lambda status: status.width_px == 640)
        seen = [" ".join([*child.cmdline(), *child.environ().values()]) for child in living()]
        assert wait_until(camera, is_failed).code == "E-CAM-03"
        wait_until(camera, is_ok)
        seen += [repr(camera), repr(camera.status()), repr(camera.device_state()), caplog.text]
    assert "camera main" in caplog.text
    assert len(seen) >= 5
    assert not any("secret" in each for each in seen)


def test_a_camera_over_http_has_its_own_rate(picture: bytes) -> None:
    per_s = 4.0
    limits = QUICK._replace(no_frame_after_s=3.0, late_after_s=2.0)
    with served(Mjpeg, Behaviour(picture, per_s=per_s)) as port, watched(f"http://127.0.0.1:{port}/", limits) as camera:
        status = wait_until(camera, lambda status: status.frames > 5)
        assert status.state == "ok"
        assert status.frames_per_s == pytest.approx(per_s, rel=0.4)


def test_a_video_file_over_http_is_played_at_its_own_pace(clip: Path) -> None:
    with served(Whole, Behaviour(clip.read_bytes())) as port, watched(f"http://127.0.0.1:{port}/a.mp4") as camera:
        status = wait_until(camera, lambda status: status.frames > 35)
        assert status.frames_per_s == pytest.approx(25, abs=6)
        assert status.reconnects == 0


def test_a_camera_that_stalls_in_mid_stream_fails_and_is_tried_again(picture: bytes) -> None:
    behaviour = Behaviour(picture, good=10, then="stall")
    with served(Mjpeg, behaviour) as port, watched(f"http://127.0.0.1:{port}/") as camera:
        wait_until(camera, is_ok)
        assert wait_until(camera, is_failed).code == "E-CAM-03"
        assert wait_until(camera, is_ok).reconnects >= 1


@pytest.mark.parametrize("scheme", ["http", "rtsp"])
def test_a_camera_that_accepts_and_never_answers_is_given_up(scheme: str) -> None:
    with served(Silent, Behaviour(b"")) as port, watched(f"{scheme}://127.0.0.1:{port}/", IMPATIENT) as camera:
        assert wait_until(camera, lambda status: status.state != "unknown").code == "E-CAM-02"


def test_a_login_page_is_no_picture() -> None:
    page = Behaviour(b"<!DOCTYPE html><title>login</title>" + b"<p>please log in</p>\n" * 500)
    with served(Whole, page) as port, watched(f"http://127.0.0.1:{port}/login.txt") as camera:
        assert wait_until(camera, lambda status: status.state != "unknown").code == "E-CAM-02"


def test_a_camera_over_rtsp_shows_and_is_told_goodbye(picture: bytes) -> None:
    behaviour = Behaviour(picture)
    limits = QUICK._replace(open_within_s=8.0)
    with served(Rtsp, behaviour) as port:
        with watched(f"rtsp://{LOGIN}@127.0.0.1:{port}/h264", limits) as camera:
            status = wait_until(camera, lambda status: status.frames > 25)
            assert (status.state, status.width_px, status.height_px) == ("ok", 640, 360)
        assert behaviour.farewells.acquire(timeout=2), "no TEARDOWN: the camera keeps the session"


def test_closing_again_and_closing_what_never_began_do_nothing() -> None:
    camera = ProcessCamera(CameraSettings("main", "simulated:"), QUICK)
    camera.close()
    camera.close()
    assert camera.status().state == "unknown"


def test_threads_and_files_of_a_closed_camera_are_given_back(clip: Path) -> None:
    files, threads = psutil.Process().num_fds(), threading.active_count()
    for _ in range(2):
        with watched(clip) as camera:
            wait_until(camera, lambda status: status.frames > 0)
    assert (psutil.Process().num_fds(), threading.active_count()) == (files, threads)
