"""A recording examined in a process of its own, and the commands that show it."""

import json
import shutil
from pathlib import Path

import pytest

from station.devices.camera.bench import film
from station.devices.camera.bench.score import TARGETS, Outcome, Told, false_alarms, met, score
from station.devices.camera.examination import Examine, Examined, examine_file
from station.errors import DeviceError
from station.vision import faults, scenes
from tests.station.devices.camera.test_commands import Station, station

__all__ = ["station"]

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 s of a room, good until 12 s, then black."""
    file = tmp_path_factory.mktemp("film") / "film.ts"
    room, black = scenes.draw("hall", 5, 320, 180), faults.black()
    good = (scenes.at(room, n / 10) for n in range(200))
    film.encode((black(frame, n / 10) if n >= 120 else frame for n, frame in enumerate(good)), 10, 300, file)
    return file


@needs_ffmpeg
@pytest.mark.slow
def test_diagnose_prints_a_line_per_change_and_a_summary(recording: Path, station: Station) -> None:
    done = station("diagnose", recording, "--learn", 8, "--json")
    *changes, last = map(json.loads, done.stdout.splitlines())
    assert done.code == 0
    assert [(change["kind"], change["state"]) for change in changes] == [("black", "raised")]
    assert 12 <= changes[0]["since"] <= changes[0]["t"] <= 17
    assert (last["summary"]["frames"], last["summary"]["decoder_errors"]) == (200, 0)


@needs_ffmpeg
@pytest.mark.slow
def test_a_broken_stream_is_told_by_the_decoder(recording: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.ts"
    broken.write_bytes(film.flip_bits(recording.read_bytes(), 0.4, 0.2, seed=4))
    *_, last = examine_file(Examine(str(broken), 5.0))
    assert isinstance(last, Examined)
    assert last.decoder_errors > 0


@pytest.mark.slow
def test_what_is_no_video_is_one_clear_error(tmp_path: Path, station: Station) -> None:
    text = tmp_path / "film.mp4"
    text.write_text("no video")
    assert station("diagnose", text).code == 4
    assert station("diagnose", tmp_path / "none.mp4").code == 4


def test_a_bench_without_ffmpeg_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DeviceError, match="E-BENCH-01"):
        film.ffmpeg()


def test_the_right_kind_in_time_is_a_hit_and_a_wrong_one_an_alarm() -> None:
    outcomes = [
        Outcome("room", "blur 2 px", "blur", (Told("blur", 5.0),)),
        Outcome("room", "blur 4 px", "blur", (Told("moved", 3.0), Told("blur", 31.0))),
        Outcome("room", "rain", None, (Told("blur", 2.0),)),
    ]
    target = next(target for target in TARGETS if target.name == "blur")
    line = score(outcomes, target)
    assert (line.hits, line.events, line.false_alarms, line.f1) == (1, 2, 1, 0.5)
    assert not met(line, target)
    assert false_alarms(outcomes) == ["room, rain: blur after 2.0 s"]
