"""Real processes and real video: a card held up is read within moments, and nothing else that hangs in the room."""

import subprocess
import threading
import time
from pathlib import Path

import psutil
import pytest

from station.devices.camera.bench import film
from station.devices.camera.supervisor import ProcessCamera
from station.sealing import ReplyKey
from station.settings import CameraSettings
from tests.station.devices.camera.watching import QUICK, is_ok, living, wait_until, watched
from tests.station.vision.held_cards import holding
from tests.waiting import wait_for
from wire.service_card import card_text

pytestmark = pytest.mark.slow

NUMBER = "0012345678"
POSTER = "https://example.com/a-poster-on-the-wall"
READ_WITHIN_S = 3.0
"""On a busy machine; on an idle one 0.2 s."""


def read(camera: ProcessCamera, within_s: float = 10.0) -> str | None:
    key = ReplyKey()
    box = camera.find_card(key.public, within_s)
    if box is None:
        return None
    opened = key.open(box)
    assert opened is not None
    return opened.decode()


def filmed(path: Path, text: str, codec: str) -> Path:
    """Three seconds of somebody who holds a code up, a quarter of the picture large, in a hand that is not still."""
    shapes = [
        holding(
            text,
            high=0.66,
            tilted_deg=12 + n % 5,
            leaning=0.08,
            blur_px=0.8,
            at=(0.5 + 0.004 * (n % 7), 0.5),
            t_s=n / 10,
        )
        for n in range(30)
    ]
    height, width = shapes[0].shape[:2]
    raw = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{width}x{height}", "-r", "10", "-i", "pipe:0"]
    end = ["-c:v", codec, "-b:v", "800k", "-pix_fmt", "yuv420p", "-y", f"file:{path}"]
    frames = b"".join(frame.tobytes() for frame in shapes)
    subprocess.run([film.ffmpeg(), *film.FFMPEG, *raw, *end], input=frames, check=True)
    return path


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_a_card_in_encoded_video_is_read(tmp_path: Path, codec: str) -> None:
    with watched(filmed(tmp_path / "card.mp4", card_text(NUMBER), codec)) as camera:
        wait_until(camera, is_ok)
        begun_s = time.monotonic()
        assert read(camera) == NUMBER
        assert time.monotonic() - begun_s < READ_WITHIN_S


def test_a_foreign_code_is_none_and_its_text_goes_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with watched(filmed(tmp_path / "poster.mp4", POSTER, "libx264")) as camera:
        wait_until(camera, is_ok)
        begun_s = time.monotonic()
        assert read(camera, within_s=1.5) is None
        assert time.monotonic() - begun_s == pytest.approx(1.5, abs=0.3)
        assert is_ok(camera.status())
    said = capfd.readouterr()
    assert "example.com" not in caplog.text + said.out + said.err


def test_a_card_is_held_before_the_twin_and_taken_away(tmp_path: Path) -> None:
    card = tmp_path / "card"
    with watched(f"simulated:?card={card}") as camera:
        wait_until(camera, is_ok)
        assert read(camera, within_s=0.5) is None
        threading.Timer(0.3, card.write_text, (card_text(NUMBER),)).start()
        begun_s = time.monotonic()
        assert read(camera) == NUMBER
        assert time.monotonic() - begun_s < READ_WITHIN_S
        card.write_text(POSTER)
        assert read(camera, within_s=0.5) is None
        card.write_bytes(b"\xff\xfe no text, no picture")
        assert read(camera, within_s=0.5) is None
        card.unlink()
        assert read(camera, within_s=0.5) is None
        assert is_ok(camera.status())


def test_looking_leaves_the_doctor_its_work_and_the_machine_its_processor(tmp_path: Path) -> None:
    with watched("simulated:") as camera:
        status = wait_until(camera, is_ok)
        (worker,) = living()
        looks, used_s, begun_s = looks_of(camera), cpu_s(worker), time.monotonic()
        assert read(camera, within_s=3.0) is None
        took_s = time.monotonic() - begun_s
        assert (cpu_s(worker) - used_s) / took_s < 0.6  # measured 0.2 at 1280 × 720
        assert looks_of(camera) - looks >= 4
        assert camera.status().frames - status.frames > 20


def looks_of(camera: ProcessCamera) -> float:
    return camera.device_state().measures["looks"]


def cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def test_whoever_asks_anew_ends_the_search_before(tmp_path: Path) -> None:
    card = tmp_path / "card"
    with watched(f"simulated:?card={card}") as camera:
        wait_until(camera, is_ok)
        ended: list[str | None] = []
        first = threading.Thread(target=lambda: ended.append(read(camera, within_s=20.0)))
        first.start()
        wait_for(lambda: camera._card_for is not None, "the first search")
        assert read(camera, within_s=0.3) is None
        first.join(2)
        assert ended == [None]
        card.write_text(card_text(NUMBER))
        assert read(camera) == NUMBER


def test_a_camera_whose_process_dies_is_not_waited_for(tmp_path: Path) -> None:
    with watched("simulated:", QUICK._replace(retry_min_s=5.0, retry_max_s=5.0)) as camera:
        wait_until(camera, is_ok)
        (worker,) = living()
        threading.Timer(0.3, worker.kill).start()
        begun_s = time.monotonic()
        assert read(camera, within_s=20.0) is None
        assert time.monotonic() - begun_s < 3.0
        begun_s = time.monotonic()
        assert read(camera, within_s=20.0) is None
        assert time.monotonic() - begun_s < 0.5


def test_a_camera_that_was_not_started_has_no_card() -> None:
    camera = ProcessCamera(CameraSettings("main", "simulated:"))
    assert read(camera) is None
    camera.close()
