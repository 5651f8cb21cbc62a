"""What is no video, or a strange one, ends in a clear word: never a trace, never more memory than allowed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from station.devices.camera.examination import ExaminationError, Examine, Examined, examine_file
from tests.faults.clips import run_clips
from tests.faults.damage import encode, films
from tests.faults.giants import GIANTS
from tests.station.devices.camera.test_commands import Station, station

__all__ = ["station"]

pytestmark = pytest.mark.slow


def gray(width_px: int, height_px: int, frames: int = 20) -> bytes:
    return bytes([90, 120, 150]) * (width_px * height_px * frames)


@pytest.mark.parametrize("name", GIANTS)
def test_a_film_that_claims_an_impossible_size_is_one_clear_error(name: str, tmp_path: Path) -> None:
    suffix, make = GIANTS[name]
    file = tmp_path / f"giant.{suffix}"
    file.write_bytes(make(tmp_path))
    with pytest.raises(ExaminationError) as refused:
        list(examine_file(Examine(str(file), 1.0)))
    assert refused.value.code in {"E-CAM-02", "E-CAM-05"}


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(lambda file: None, "E-CAM-01", id="there is no such file"),
        pytest.param(lambda file: file.mkdir(), "E-CAM-02", id="a folder"),
        pytest.param(lambda file: file.write_bytes(b""), "E-CAM-02", id="nothing in it"),
        pytest.param(lambda file: file.write_text("no video " * 500), "E-CAM-02", id="a text"),
        pytest.param(lambda file: file.write_bytes(bytes(200_000)), "E-CAM-02", id="zeros"),
    ],
)
def test_what_is_no_video_ends_with_4_and_one_line(
    make: Callable[[Path], object], code: str, tmp_path: Path, station: Station
) -> None:
    make(tmp_path / "film.mp4")
    done = station("diagnose", tmp_path / "film.mp4", "--json")
    assert (done.code, done.stdout) == (4, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(code)


def test_a_film_cut_short_says_so(tmp_path: Path, station: Station) -> None:
    kinds = (("h264", "mp4"), ("h264", "mkv"))
    for film, opens in zip(films(tmp_path, kinds), (False, True), strict=True):
        file = tmp_path / f"cut.{film.suffix}"
        file.write_bytes(film.data[: len(film.data) // 2])
        done = station("diagnose", file, "--json")
        assert done.code == (0 if opens else 4), film.name
        if opens:
            assert json.loads(done.stdout)["summary"]["truncated"] is True


@pytest.mark.parametrize(
    ("size_px", "pixels"),
    [
        pytest.param((320, 180), "yuv420p", id="size"),
        pytest.param((160, 90), "yuv444p", id="pixel format"),
        pytest.param((322, 94), "yuv422p", id="both, to one that no block fits"),
    ],
)
def test_a_change_in_the_middle_of_the_stream_is_lived_through(
    size_px: tuple[int, int], pixels: str, tmp_path: Path
) -> None:
    first, second, both = (tmp_path / name for name in ("first.ts", "second.ts", "both.ts"))
    encode(gray(160, 90), (160, 90), "h264", first)
    encode(gray(*size_px), size_px, "h264", second, pixels)
    both.write_bytes(first.read_bytes() + second.read_bytes())
    *_, last = examine_file(Examine(str(both), 1.0))
    assert isinstance(last, Examined)
    assert last.frames >= 38


def test_damaged_clips_end_in_a_verdict_or_a_clear_code() -> None:
    outcome = run_clips(12, seed=5)
    assert outcome.flaws == [], outcome.table()
    assert len({ending.word for ending in outcome.endings}) > 1, "damage that harms nothing proves nothing"
