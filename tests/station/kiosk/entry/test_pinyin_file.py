"""The index file: missing, built, stale, damaged; and that nothing of what is typed stays anywhere."""

import fcntl
import logging
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from station.kiosk.entry import build_pinyin, pinyin_file
from station.kiosk.entry.build_pinyin import build
from station.kiosk.entry.index_format import stamp, stamp_of
from station.kiosk.entry.pinyin_file import PinyinFile, ensure_pinyin
from tests.station.kiosk.entry.conftest import PLACES

SMALL = "tests.station.kiosk.entry.small_builder"


@pytest.fixture
def own(index: Path, tmp_path: Path) -> Path:
    """An index that the test may harm."""
    return Path(shutil.copy(index, tmp_path / "own.sqlite3"))


@pytest.fixture
def rebuilt() -> list[Path]:
    return []


@pytest.fixture
def small_builder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinyin_file, "BUILDER", SMALL)


def test_there_are_no_candidates_until_the_file_is_there_and_then_there_are(
    index: Path, tmp_path: Path, rebuilt: list[Path]
) -> None:
    path = tmp_path / "later.sqlite3"
    pinyin = PinyinFile(path, rebuilt.append)
    assert pinyin.candidates("zhao") == ()
    shutil.copy(index, tmp_path / "new")
    (tmp_path / "new").replace(path)
    assert pinyin.candidates("zhao")
    assert rebuilt == []


def test_a_new_file_in_the_place_of_the_old_one_is_used(own: Path, tmp_path: Path) -> None:
    pinyin = PinyinFile(own)
    assert "测试村" in [c.text for c in pinyin.candidates("ceshicun")]
    assert build(tmp_path / "new", ["测试存"], rarest=350)
    (tmp_path / "new").replace(own)
    assert pinyin.candidates("ceshicun")[0].text == "测试存"


@pytest.mark.parametrize(
    "harm",
    [
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: b"not a database " * 1000, id="something else"),
        pytest.param(lambda data: data[: len(data) // 2], id="cut short"),
        pytest.param(lambda data: data[:4096] + bytes(len(data) - 4096), id="nothing but its first page"),
        pytest.param(lambda data: data[:60] + b"\0\0\0\x63" + data[64:], id="of another format"),
    ],
)
def test_a_damaged_file_is_taken_away_and_built_anew(own: Path, rebuilt: list[Path], harm) -> None:
    own.write_bytes(harm(own.read_bytes()))
    pinyin = PinyinFile(own, rebuilt.append)
    assert pinyin.candidates("zhaolin") == ()
    assert rebuilt == [own]
    assert not own.exists()
    assert pinyin.candidates("zhaolin") == ()
    assert rebuilt == [own], "it is asked for once"


def test_whatever_bytes_are_damaged_nothing_is_raised(own: Path, rebuilt: list[Path]) -> None:
    whole = own.read_bytes()
    chance = random.Random(7)
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(3000):
            data[chance.randrange(100, len(data))] = chance.randrange(256)
        own.write_bytes(data)
        pinyin = PinyinFile(own, rebuilt.append)
        for letters in ("zhaolin", "zl", "wangxiuying", "s"):
            pinyin.candidates(letters)
            pinyin.names().candidates(letters)
        pinyin.close()
    assert len(rebuilt) > 20


def test_a_damaged_file_that_cannot_be_taken_away_is_reported_once(
    own: Path, rebuilt: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    own.write_bytes(b"?" * 5000)

    def refused(path: Path) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "unlink", refused)
    pinyin = PinyinFile(own, rebuilt.append)
    assert [pinyin.candidates("zhao") for _ in range(3)] == [(), (), ()]
    assert rebuilt == [own]


def test_nothing_typed_is_written_or_logged(own: Path, rebuilt: list[Path], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    before = own.read_bytes()
    pinyin = PinyinFile(own, rebuilt.append)
    first = pinyin.candidates("wangxiuying")
    assert pinyin.candidates("wangxiuying") == first
    assert (own.read_bytes(), [path.name for path in own.parent.iterdir()]) == (before, [own.name])
    pinyin.close()
    own.write_bytes(before[:4096] + bytes(len(before) - 4096))
    assert pinyin.candidates("wangxiuying") == ()
    assert "E-PINYIN-04" in caplog.text
    assert "wangxiuying" not in caplog.text


def test_it_may_be_asked_from_any_thread(index: Path) -> None:
    pinyin = PinyinFile(index)
    answers: list[object] = []
    threads = [threading.Thread(target=lambda: answers.append(pinyin.candidates("zhaijidi"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [pinyin.candidates("zhaijidi")] * 4


def test_the_kiosk_loads_neither_library() -> None:
    code = (
        "import sys; from pathlib import Path; from station.kiosk.entry.pinyin_file import PinyinFile;"
        "PinyinFile(Path('nowhere')).candidates('zhao');"
        "sys.exit(bool({'pypinyin', 'wordfreq', 'jieba'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.usefixtures("small_builder")
def test_a_missing_file_is_built_in_the_background_and_no_process_stays(tmp_path: Path) -> None:
    path = tmp_path / "state" / "pinyin.sqlite3"
    process = ensure_pinyin(path, PLACES)
    assert process is not None
    assert process.wait(60) == 0
    assert stamp_of(path) == stamp(PLACES)
    assert not psutil.pid_exists(process.pid)
    assert PinyinFile(path).candidates("shanggangzhen")[0].text == "上冈镇"
    assert ensure_pinyin(path, PLACES) is None


@pytest.mark.usefixtures("small_builder")
@pytest.mark.parametrize("why", ["libraries", "places", "damaged"])
def test_a_file_that_is_not_of_today_is_built_anew(own: Path, why: str) -> None:
    if why == "libraries":
        with sqlite3.connect(own) as connection:
            connection.execute("UPDATE meta SET value = 'format 1 pypinyin 0.1 wordfreq 0.1'")
        connection.close()
    elif why == "damaged":
        own.write_bytes(own.read_bytes()[:9000])
    places = ("别处村",) if why == "places" else PLACES
    process = ensure_pinyin(own, places)
    assert process is not None
    assert process.wait(60) == 0
    assert stamp_of(own) == stamp(places)


def test_a_builder_that_fails_is_told_of_and_its_old_file_stays(
    own: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = own.read_bytes()
    monkeypatch.setattr(pinyin_file, "BUILDER", "station.no_such_builder")
    process = ensure_pinyin(own, ["别处村"])
    assert process is not None
    assert process.wait(60) == 1
    for thread in threading.enumerate():
        if thread.name == "pinyin builder":
            thread.join(10)
    assert "E-PINYIN-03" in caplog.text
    assert own.read_bytes() == before


def test_without_the_libraries_nothing_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pinyin_file, "stamp", lambda places: None)
    assert ensure_pinyin(tmp_path / "pinyin") is None
    assert "E-PINYIN-01" in caplog.text


def test_a_builder_that_cannot_be_started_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    assert ensure_pinyin(tmp_path / "file" / "pinyin") is None
    assert "E-PINYIN-02" in caplog.text


def test_two_builders_do_not_meet(tmp_path: Path) -> None:
    with (tmp_path / "pinyin.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert build(tmp_path / "pinyin", rarest=350) is False
    assert not (tmp_path / "pinyin").exists()


def test_a_build_that_breaks_off_leaves_the_old_file_and_nothing_else(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = own.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build_pinyin.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        build(own, rarest=350)
    assert own.read_bytes() == before
    assert not own.with_name(own.name + ".new").exists()


def test_the_command_ends_with_1_where_it_cannot_write() -> None:
    command = [sys.executable, "-m", "station.kiosk.entry.build_pinyin", "/proc/pinyin"]
    ended = subprocess.run(command, capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, b"", b"")
