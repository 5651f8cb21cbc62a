"""Pictures of faults: sealed on the disk, one a camera, gone after a week."""

from pathlib import Path

import pytest

from station.agent.thumbnails import KEPT_MS, Thumbnail, Thumbnails, file_name, reviewed
from station.clock import Stamp
from wire.orders import SealedPicture

KERNEL, OTHER = "a" * 16, "b" * 16
UTC_MS = 1_800_000_000_000
DAY_MS = 86_400_000


def thumbnail(taken_ms: int | None = UTC_MS, camera: str = "main", box: bytes = b"sealed") -> Thumbnail:
    return Thumbnail(SealedPicture("c" * 16, box, camera, 480, 270, taken_ms, "black"), 1_000, KERNEL)


def taken(at: Thumbnail | None) -> int | str | None:
    return "gone" if at is None else at.picture.taken_ms


@pytest.mark.parametrize(
    ("taken_ms", "now", "expected"),
    [
        pytest.param(UTC_MS, Stamp(UTC_MS + DAY_MS, DAY_MS, KERNEL), UTC_MS, id="a day old"),
        pytest.param(UTC_MS, Stamp(None, KEPT_MS + 999, KERNEL), UTC_MS, id="just within a week by the count"),
        pytest.param(UTC_MS, Stamp(None, KEPT_MS + 1_000, KERNEL), "gone", id="a week old by the count"),
        pytest.param(UTC_MS, Stamp(UTC_MS + KEPT_MS - 1, 5, OTHER), UTC_MS, id="just within a week by the date"),
        pytest.param(UTC_MS, Stamp(UTC_MS + KEPT_MS, 5, OTHER), "gone", id="a week old by the date"),
        pytest.param(UTC_MS, Stamp(None, 5, OTHER), UTC_MS, id="another boot that has no date yet"),
        pytest.param(None, Stamp(UTC_MS, 61_000, KERNEL), UTC_MS - 60_000, id="dated when the time is known"),
        pytest.param(None, Stamp(None, 61_000, KERNEL), None, id="not dated yet"),
        pytest.param(None, Stamp(UTC_MS, 5, OTHER), "gone", id="never dated, and the count is lost"),
    ],
)
def test_its_time(taken_ms: int | None, now: Stamp, expected: int | str | None) -> None:
    assert taken(reviewed(thumbnail(taken_ms), now)) == expected


def test_the_last_one_of_each_camera_is_kept_and_nothing_else(tmp_path: Path) -> None:
    kept = Thumbnails(tmp_path / "thumbnails")
    now = Stamp(UTC_MS, 2_000, KERNEL)
    assert kept.get("main", now) is None
    kept.review(now)
    for camera, box in (("main", b"one"), ("main", b"two"), ("yard/../../x", b"three")):
        kept.keep(thumbnail(camera=camera, box=box))
    (tmp_path / "thumbnails" / "half.new").write_bytes(b"half of one")
    (tmp_path / "thumbnails" / "odd.sealed").write_bytes(b"what a bad card makes of it")
    kept.review(now)
    assert [picture.box for name in ("main", "yard/../../x") if (picture := kept.get(name, now))] == [b"two", b"three"]
    assert len(list(tmp_path.rglob("*"))) == 3
    kept.review(Stamp(UTC_MS + KEPT_MS, 2_000 + KEPT_MS, KERNEL))
    assert list((tmp_path / "thumbnails").iterdir()) == []


def test_one_dated_later_is_dated_on_the_disk_too(tmp_path: Path) -> None:
    kept = Thumbnails(tmp_path)
    kept.keep(thumbnail(None))
    kept.review(Stamp(UTC_MS, 61_000, KERNEL))
    picture = kept.get("main", Stamp(None, 5, OTHER))
    assert picture is not None
    assert picture.taken_ms == UTC_MS - 60_000


def test_a_disk_that_takes_none_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "thumbnails").write_bytes(b"a file where the folder should be")
    kept = Thumbnails(tmp_path / "thumbnails")
    for _ in range(3):
        kept.keep(thumbnail())
    kept.review(Stamp(UTC_MS, 5, KERNEL))
    assert len(caplog.records) == 1
    assert "E-AGENT-04" in caplog.text


@pytest.mark.parametrize("camera", ["..", ".", "a/b", "/etc/passwd", "main", "A.b-c_d", "a%2Fb"])
def test_any_name_of_a_camera_is_a_file_in_its_folder(camera: str, tmp_path: Path) -> None:
    path = tmp_path / file_name(camera, ".bin")
    assert path.resolve().parent == tmp_path.resolve()
    assert path.suffix == ".bin"
    path.touch()


def test_no_two_names_are_one_file() -> None:
    names = ["a/b", "a.b", "a%2Fb", "a_b", "a", "A", "a.", "a/", "..", "."]
    assert len({file_name(name, ".bin") for name in names}) == len(names)
