"""Real processes on real video, and on everything that is none; whatever they do, the agent is not held up."""

import http.server
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from station.devices.camera.machine import Limits
from station.devices.camera.port import CameraStatus
from station.devices.camera.sources import kind_of, shown
from station.devices.camera.supervisor import ProcessCamera
from station.settings import CameraSettings

pytestmark = pytest.mark.slow

QUICK = Limits(open_s=5.0, no_frame_s=0.8, hang_s=1.6, late_s=0.5, restart_min_s=0.1, restart_max_s=0.2)

MAKE_CLIP = """
import sys, cv2, numpy as np
out = cv2.VideoWriter(sys.argv[1], cv2.VideoWriter.fourcc(*"mp4v"), 25.0, (640, 360))
for i in range(50):
    frame = np.full((360, 640, 3), 90, np.uint8)
    cv2.rectangle(frame, (i * 8, 100), (i * 8 + 60, 160), (0, 0, 255), -1)
    out.write(frame)
out.release()
cv2.imwrite(sys.argv[1] + ".jpg", frame)
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    subprocess.run([sys.executable, "-c", MAKE_CLIP, str(path)], check=True)
    return path


@contextmanager
def watched(source: str | Path, limits: Limits = QUICK) -> Iterator[ProcessCamera]:
    camera = ProcessCamera(CameraSettings("main", str(source)), limits)
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    camera.start()
    try:
        yield camera
    finally:
        begun = time.monotonic()
        camera.close()
        assert time.monotonic() - begun < 2.5
        assert {child.pid for child in psutil.Process().children(recursive=True)} <= before, "a process was left"


def wait_until(camera: ProcessCamera, right: Callable[[CameraStatus], bool], within_s: float = 15.0) -> CameraStatus:
    deadline = time.monotonic() + within_s
    while True:
        begun = time.monotonic()
        status = camera.status()
        assert time.monotonic() - begun < 0.5, "status() held the agent up"
        if right(status):
            return status
        assert time.monotonic() < deadline, status
        time.sleep(0.02)


def test_a_file_plays_in_a_loop_at_its_own_pace(clip: Path) -> None:
    with watched(clip) as camera:
        status = wait_until(camera, lambda status: status.frames > 70)
        assert (status.state, status.width_px, status.height_px) == ("ok", 640, 360)
        assert status.frames_per_s == pytest.approx(25.0, abs=6)
        assert status.reconnects == 0
        state = camera.device_state()
        assert (state.device, state.state) == ("camera/main", "ok")
        assert state.measures["width_px"] == 640.0


def test_the_twin_is_720p() -> None:
    with watched("simulated:") as camera:
        status = wait_until(camera, lambda status: status.frames > 3)
        assert (status.width_px, status.height_px) == (1280, 720)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("simulated:?fault=refuse", "E-CAM-02"),
        ("simulated:?fault=stall", "E-CAM-03"),
        ("simulated:?fault=end&after_s=0.2", "E-CAM-03"),
        ("simulated:?fault=crash&after_s=0.2", "E-CAM-04"),
        ("simulated:?fault=swell&after_s=0.1", "E-CAM-05"),
        ("simulated:?fault=hang&after_s=0.2", "E-CAM-06"),
        ("/dev/video-none", "E-CAM-01"),
        ("/nowhere/clip.mp4", "E-CAM-01"),
        ("http://127.0.0.1:9/stream", "E-CAM-02"),
        ("rtsp://127.0.0.1:9/stream", "E-CAM-02"),
    ],
)
def test_every_fault_is_told_by_its_code_and_tried_again(source: str, code: str) -> None:
    with watched(source) as camera:
        wait_until(camera, lambda status: status.code == code)
        wait_until(camera, lambda status: status.reconnects >= 1)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda clip: b"this is no video\n" * 1000, id="text"),
        pytest.param(lambda clip: clip[: len(clip) // 3], id="cut off"),
        pytest.param(lambda clip: b"", id="empty"),
    ],
)
def test_a_file_that_is_no_video_has_a_clear_state(
    clip: Path, tmp_path: Path, content: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "bad.mp4"
    path.write_bytes(content(clip.read_bytes()))
    with watched(path) as camera:
        status = wait_until(camera, lambda status: status.state == "failed")
        assert status.code in {"E-CAM-02", "E-CAM-03", "E-CAM-04"}


def test_a_killed_process_is_started_again_and_counted(clip: Path) -> None:
    with watched(clip) as camera:
        wait_until(camera, lambda status: status.state == "ok")
        (worker,) = psutil.Process().children()
        os.kill(worker.pid, signal.SIGKILL)
        wait_until(camera, lambda status: status.code == "E-CAM-04")
        status = wait_until(camera, lambda status: status.state == "ok")
        assert status.reconnects == 1


def test_a_worker_leaves_when_the_agent_is_killed(clip: Path) -> None:
    script = (
        "import sys, time; from station.devices.camera.supervisor import ProcessCamera;"
        "from station.settings import CameraSettings;"
        "camera = ProcessCamera(CameraSettings('main', sys.argv[1])); camera.start()\n"
        "while camera.status().frames == 0: time.sleep(0.02)\n"
        "print('running', flush=True); time.sleep(60)"
    )
    agent = subprocess.Popen([sys.executable, "-c", script, str(clip)], stdout=subprocess.PIPE, text=True)
    assert agent.stdout is not None
    assert agent.stdout.readline() == "running\n"
    (worker,) = psutil.Process(agent.pid).children()
    agent.kill()
    agent.wait()
    agent.stdout.close()
    worker.wait(5)
    assert not worker.is_running()


class Mjpeg(http.server.BaseHTTPRequestHandler):
    """A camera over HTTP: sends `good` pictures, then does `after`."""

    picture = b""
    good = 10**9
    after = "stall"
    over = threading.Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=b")
        self.end_headers()
        try:
            for _ in range(self.good):
                head = b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(self.picture)
                self.wfile.write(head + self.picture + b"\r\n")
                if self.over.wait(0.02):
                    return
            if self.after == "stall":
                self.over.wait(30)
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def http_camera(clip: Path, **behaviour: object) -> Iterator[str]:
    picture = Path(f"{clip}.jpg").read_bytes()
    handler = type("Camera", (Mjpeg,), {"picture": picture, "over": threading.Event(), **behaviour})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://user:secret-word@127.0.0.1:{server.server_address[1]}/video.mjpg"
    finally:
        handler.over.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_camera_over_http_shows_and_its_password_is_in_no_log(clip: Path, caplog: pytest.LogCaptureFixture) -> None:
    with http_camera(clip, good=60, after="close") as source, watched(source) as camera:
        wait_until(camera, lambda status: status.state == "ok" and status.width_px == 640)
        command_lines = [" ".join(child.cmdline()) for child in psutil.Process().children()]
        wait_until(camera, lambda status: status.state == "failed")
        assert not any("secret-word" in line for line in command_lines)
    assert "camera main" in caplog.text
    assert "secret-word" not in caplog.text


def test_a_camera_that_stalls_in_the_middle_fails_and_the_agent_is_not_held_up(clip: Path) -> None:
    with http_camera(clip, good=40) as source, watched(source) as camera:
        wait_until(camera, lambda status: status.state == "ok")
        wait_until(camera, lambda status: status.state == "failed")


def test_a_camera_that_never_answers_is_given_up_by_the_deadline(clip: Path) -> None:
    with http_camera(clip, good=0) as source, watched(source, Limits(open_s=0.8, restart_max_s=0.2)) as camera:
        status = wait_until(camera, lambda status: status.state == "failed")
        assert status.code == "E-CAM-02"


@pytest.mark.parametrize(
    ("source", "kind", "seen"),
    [
        ("/dev/video0", "v4l2", "/dev/video0"),
        ("rtsp://admin:pw@10.0.0.9:554/s?token=x", "rtsp", "rtsp://10.0.0.9:554/s"),
        ("https://admin:pw@cam/s", "http", "https://cam/s"),
        ("clips/a.mp4", "file", "clips/a.mp4"),
        ("simulated:?fault=hang", "simulated", "simulated:?fault=hang"),
    ],
)
def test_a_source_tells_its_kind_and_is_shown_without_its_password(source: str, kind: str, seen: str) -> None:
    assert kind_of(source) == kind
    assert shown(source) == seen


def test_the_commands_say_what_a_source_delivers_and_why_not(clip: Path) -> None:
    station = Path(sys.executable).parent / "station"
    good = subprocess.run(
        [station, "camera", "check", clip, "--for", "1", "--json"], capture_output=True, text=True, check=True
    )
    assert '"state": "ok"' in good.stdout
    bad = subprocess.run([station, "camera", "check", "/dev/video-none"], capture_output=True, text=True, check=False)
    assert bad.returncode == 4
    assert "E-CAM-01" in bad.stderr
