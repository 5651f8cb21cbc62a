"""A recording examined in a process of its own, and the commands that show it."""

import io
import json
from pathlib import Path

import pytest

from station.devices.camera.bench import film
from station.devices.camera.bench.score import TARGETS, Outcome, Told, false_alarms, met, score
from station.devices.camera.diagnose import ProgressLine
from station.devices.camera.examination import ExaminationError, Examine, Examined, examine_file
from station.errors import DeviceError
from station.vision import faults, scenes
from tests.station.devices.camera.test_commands import Station, station

__all__ = ["station"]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """20 s of a room, good until 12 s, then black."""
    file = tmp_path_factory.mktemp("film") / "film.ts"
    room, black = scenes.draw("hall", 5, 320, 180), faults.black()
    good = (scenes.at(room, n / 10) for n in range(200))
    film.encode((black(frame, n / 10) if n >= 120 else frame for n, frame in enumerate(good)), 10, 300, file)
    return file


@pytest.mark.slow
def test_diagnose_prints_a_line_per_change_and_a_summary(recording: Path, station: Station) -> None:
    done = station("diagnose", recording, "--learn", 8, "--json")
    *changes, last = map(json.loads, done.stdout.splitlines())
    assert done.code == 0
    assert [(change["kind"], change["state"]) for change in changes] == [("black", "raised")]
    assert 12 <= changes[0]["since"] <= changes[0]["t"] <= 17
    assert set(changes[0]) == {"t", "kind", "state", "severity", "since", "confidence"}
    assert 0 <= changes[0]["severity"] <= 1
    summary = last["summary"]
    assert (summary["frames"], summary["decoder_errors"], summary["truncated"]) == (200, 0, False)
    assert 30 <= summary["analysed"] <= 50
    assert summary["cpu_s"] > 0
    assert summary["raised"] == ["black"]


@pytest.mark.slow
def test_in_lines_it_says_the_same_in_both_languages(recording: Path, station: Station) -> None:
    change, summary = station("diagnose", recording, "--learn", 8).stdout.splitlines()
    assert "黑屏 black  出现 raised" in change
    assert "200 frames 帧" in summary
    assert "黑屏 black" in summary


@pytest.mark.parametrize("on_terminal", [True, False])
def test_progress_is_shown_on_a_terminal_only(on_terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    told = io.StringIO()
    monkeypatch.setattr(told, "isatty", lambda: on_terminal)
    monkeypatch.setattr("sys.stderr", told)
    line = ProgressLine()
    line.show(90.0, 0.25)
    line.clear()
    assert ("25%  90 s" in told.getvalue()) is on_terminal
    assert told.getvalue().endswith("\r\033[K" if on_terminal else "")


@pytest.mark.slow
def test_a_source_with_a_password_is_taken_from_standard_input_and_never_said(station: Station) -> None:
    done = station("diagnose", "-", "--json", given="http://admin:secret-word@127.0.0.1:9/\n")
    assert done.code == 4
    assert done.stderr.startswith("E-CAM-0")
    assert "secret-word" not in done.stdout + done.stderr


@pytest.mark.slow
def test_an_examiner_that_says_nothing_is_ended(recording: Path) -> None:
    with pytest.raises(ExaminationError) as ended:
        list(examine_file(Examine(str(recording), 5.0), silent_max_s=0.01))
    assert ended.value.code == "E-CAM-06"


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
