"""`station camera …` as a technician runs it."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from station.__main__ import main
from station.devices.camera.sources import substream_of
from station.devices.camera.supervisor import ProcessCamera
from station.devices.camera.typed import exactly
from station.devices.camera.watched import WatchedCamera

pytestmark = pytest.mark.slow

SETTINGS = """
station = "999999101001"
name = "示例村"
town = "示例镇"
state_dir = "state"
seal_key_file = "seal.pub"
[broker]
host = "127.0.0.1"
ca_file = "ca.crt"
cert_file = "station.crt"
key_file = "station.key"
"""


class Done(NamedTuple):
    code: int
    stdout: str
    stderr: str


Station = Callable[..., Done]


@pytest.fixture
def station(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Station:
    """Run `station camera …` as its entry point does."""

    def run(*arguments: object, given: str = "") -> Done:
        monkeypatch.setattr("sys.argv", ["station", "camera", *map(str, arguments)])
        monkeypatch.setattr("sys.stdin", io.StringIO(given))
        with pytest.raises(SystemExit) as ended:
            main()
        return Done(int(ended.value.code or 0), *capsys.readouterr())

    return run


def test_check_shows_what_a_source_delivers(station: Station) -> None:
    done = station(
        "check", "simulated:", "--for", 3, "--json"
    )  # its process takes a second to start, and more under load
    shown = json.loads(done.stdout)
    assert (done.code, done.stderr) == (0, "")
    assert set(shown) == {
        "name", "kind", "state", "code", "frames_per_s", "width_px", "height_px", "last_frame_age_ms", "reconnects",
        "frames",
    }  # fmt: skip
    assert (shown["state"], shown["kind"], shown["width_px"]) == ("ok", "simulated", 1280)


def test_two_cameras_of_one_name_are_refused_before_anything_starts(station: Station, tmp_path: Path) -> None:
    twice = '[[cameras]]\nname = "door"\nsource = "simulated:"\n' * 2
    (tmp_path / "station.toml").write_text(SETTINGS + twice)
    done = station("list", "--config", tmp_path / "station.toml")
    assert (done.code, done.stdout) == (3, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("E-SET-02")
    assert "two cameras are named 'door'" in line
    assert "名称重复" in line


@pytest.mark.parametrize(("source", "code"), [("/dev/video-none", "E-CAM-01"), ("simulated:?fault=refuse", "E-CAM-02")])
def test_check_ends_with_4_and_one_line_in_both_languages_when_there_is_no_picture(
    station: Station, source: str, code: str
) -> None:
    done = station("check", source)
    assert done.code == 4
    (line,) = done.stderr.splitlines()
    assert line.startswith(code)
    assert "检查" in line
    assert "check" in line


def test_check_gives_up_when_the_time_is_over(station: Station) -> None:
    done = station("check", "simulated:?fault=stall", "--for", 0.5)
    assert done.code == 4
    assert done.stderr.startswith("E-CAM-08")


def test_a_source_with_a_password_can_be_given_on_standard_input(station: Station) -> None:
    done = station("check", "-", "--json", given="http://admin:secret-word@127.0.0.1:9/\n")
    assert done.code == 4
    assert json.loads(done.stdout)["kind"] == "http"
    assert "secret-word" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["check", "diagnose"])
@pytest.mark.parametrize("typed", ["-", "", " "])
def test_no_source_is_a_mistake_of_use(station: Station, command: str, typed: str) -> None:
    done = station(command, typed, given="\n")
    assert done.code == 2
    assert "没有给出视频源" in done.stderr


@pytest.mark.parametrize("learn_s", ["-1", "inf", "nan"])
def test_learning_takes_a_time_that_ends(station: Station, learn_s: str) -> None:
    done = station("diagnose", "--learn", learn_s, __file__)
    assert done.code == 2
    assert "--learn" in done.stderr


MAIN_STREAM = "rtsp://127.0.0.1/Streaming/Channels/101"


def test_what_a_technician_typed_is_looked_at_and_no_small_stream() -> None:
    assert substream_of(MAIN_STREAM) is not None
    watched = [ProcessCamera(exactly(MAIN_STREAM, "check")), WatchedCamera(MAIN_STREAM, learn_s=1)]
    for camera in watched:
        assert "substream" not in camera.device_state().measures
        camera.close()


def test_list_shows_every_camera_of_the_station(station: Station, tmp_path: Path) -> None:
    cameras = (
        '[[cameras]]\nname = "front"\nsource = "simulated:"\n[[cameras]]\nname = "yard"\nsource = "/dev/video-none"\n'
    )
    (tmp_path / "station.toml").write_text(SETTINGS + cameras, "utf-8")
    done = station("list", "--config", tmp_path / "station.toml", "--json")
    assert (done.code, done.stderr) == (0, "")
    front, yard = json.loads(done.stdout)
    assert (front["name"], front["state"], front["width_px"]) == ("front", "ok", 1280)
    assert (yard["name"], yard["state"], yard["code"]) == ("yard", "failed", "E-CAM-01")


def test_list_says_in_lines_what_is_wrong_with_a_camera(station: Station, tmp_path: Path) -> None:
    camera = '[[cameras]]\nname = "yard"\nsource = "/dev/video-none"\n'
    (tmp_path / "station.toml").write_text(SETTINGS + camera, "utf-8")
    first, second = station("list", "--config", tmp_path / "station.toml").stdout.splitlines()
    assert first.startswith("yard (v4l2): failed")
    assert second.strip().startswith("E-CAM-01")


def test_list_of_a_station_without_cameras_says_so(station: Station, tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text(SETTINGS, "utf-8")
    assert "未设置摄像机" in station("list", "--config", tmp_path / "station.toml").stdout
