"""Disk and cameras in trouble: told in the beat, never the end of the agent."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.agent.documents import Documents
from station.agent.guard import GuardedSpool
from station.agent.watch import DeviceWatch
from station.clock import Stamp
from station.errors import SpoolFullError, StoreError
from station.store.spool import Spool
from tests.station.agent.fake_camera import FakeCamera
from wire.life import DeviceState
from wire.orders import Document, Library
from wire.records import CameraChange, DeviceEvent, Rating, Record

NOW = Stamp(1_800_000_000_000, 1_000, "a" * 16)
LATER = Stamp(1_800_000_060_000, 61_000, "a" * 16)
PLENTY = 10**12


class FlakySpool(Spool):
    """The real spool, on a disk that can be told to be full or broken."""

    trouble: StoreError | None = None

    def _check(self) -> None:
        if FlakySpool.trouble is not None:
            raise FlakySpool.trouble

    def append(self, *args: object, leave_bytes: int = 0) -> int:
        self._check()
        return super().append(*args, leave_bytes=leave_bytes)  # type: ignore[arg-type]

    def pending(self, after: int, **limits: int) -> list[object]:  # type: ignore[override]
        if not isinstance(FlakySpool.trouble, SpoolFullError):
            self._check()
        return super().pending(after, **limits)  # type: ignore[return-value]

    def has_room(self) -> bool:
        if isinstance(FlakySpool.trouble, SpoolFullError):
            return False
        self._check()
        return super().has_room()


FULL = SpoolFullError("E-SPOOL-10", "full")
BROKEN = StoreError("E-SPOOL-04", "broken")


@pytest.fixture
def guard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GuardedSpool]:
    monkeypatch.setattr("station.agent.guard.Spool", FlakySpool)
    monkeypatch.setattr(FlakySpool, "trouble", None)
    guard = GuardedSpool(tmp_path / "spool.sqlite3", 512_000_000)
    yield guard
    guard.close()


def rating() -> Rating:
    return Rating(1, 5)


def disk(guard: GuardedSpool, at: Stamp = NOW, free: int = PLENTY) -> tuple[str, str | None]:
    state = guard.disk_state(at, free)
    return state.state, state.code


def test_a_full_disk_is_a_failed_disk_until_there_is_room(guard: GuardedSpool, monkeypatch: pytest.MonkeyPatch) -> None:
    assert disk(guard) == ("ok", None)
    monkeypatch.setattr(FlakySpool, "trouble", FULL)
    assert guard.append(rating(), NOW) is False
    assert disk(guard) == ("failed", "E-SPOOL-10")
    assert guard.pending(0, most=5, most_bytes=5) == []
    monkeypatch.setattr(FlakySpool, "trouble", None)
    assert disk(guard) == ("ok", None)
    assert guard.append(rating(), NOW) is True


def test_no_room_is_noticed_before_anything_is_refused(guard: GuardedSpool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FlakySpool, "trouble", FULL)
    assert disk(guard) == ("failed", "E-SPOOL-10")


def test_a_broken_disk_is_told_tried_again_and_told_when_it_is_well(
    guard: GuardedSpool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    guard.append(rating(), NOW)
    assert guard.depth().records == 1
    monkeypatch.setattr(FlakySpool, "trouble", BROKEN)
    for _ in range(20):
        assert guard.pending(0, most=5, most_bytes=5) == []
    assert disk(guard) == ("failed", "E-SPOOL-04")
    assert len(caplog.records) == 1
    assert guard.reopen_if_needed() is False
    monkeypatch.setattr(FlakySpool, "trouble", None)
    assert disk(guard) == ("ok", None)
    assert len(guard.pending(0, most=5, most_bytes=5)) == 1


@pytest.mark.parametrize(
    ("free", "state"),
    [
        pytest.param(256_000_001, ("ok", None), id="just enough"),
        pytest.param(256_000_000, ("ok", None), id="at the limit"),
        pytest.param(255_999_999, ("degraded", "E-AGENT-02"), id="just too little"),
    ],
)
def test_little_room_on_the_disk_is_told_in_time(guard: GuardedSpool, free: int, state: tuple[str, str | None]) -> None:
    assert disk(guard, free=free) == state


def test_since_is_when_the_state_changed(guard: GuardedSpool) -> None:
    assert guard.disk_state(NOW, PLENTY).since_ms == NOW.at_ms
    assert guard.disk_state(LATER, PLENTY).since_ms == NOW.at_ms
    assert guard.disk_state(LATER, 1).since_ms == LATER.at_ms


def test_a_spool_that_was_replaced_is_followed_with_its_epoch(guard: GuardedSpool, tmp_path: Path) -> None:
    epoch = guard.epoch
    assert guard.reopen_if_needed() is False
    for part in tmp_path.glob("spool.sqlite3*"):
        part.rename(part.with_name("aside-" + part.name))
    Spool.open(tmp_path / "spool.sqlite3").close()
    assert guard.append(rating(), NOW) is False
    assert guard.reopen_if_needed() is True
    assert guard.epoch != epoch
    assert guard.trimmed_to() == 0
    assert guard.append(rating(), NOW) is True


class TestCameras:
    @pytest.fixture
    def camera(self) -> FakeCamera:
        return FakeCamera("main")

    @pytest.fixture
    def watch(self, guard: GuardedSpool, camera: FakeCamera, tmp_path: Path) -> DeviceWatch:
        return DeviceWatch([camera], guard, tmp_path)

    def changes(self, guard: GuardedSpool) -> list[tuple[str, str]]:
        import msgspec

        bodies = [
            msgspec.json.decode(msgspec.json.encode(record), type=Record).body
            for record in guard.pending(0, most=50, most_bytes=10**6)
        ]
        return [(body.was, body.now) for body in bodies if isinstance(body, CameraChange)]

    def test_a_change_is_recorded_once(self, watch: DeviceWatch, camera: FakeCamera, guard: GuardedSpool) -> None:
        for state in ("unknown", "ok", "ok", "failed", "failed", "ok"):
            camera.state = state
            watch.look(NOW)
        assert self.changes(guard) == [("unknown", "ok"), ("ok", "failed"), ("failed", "ok")]

    def test_only_a_change_is_news(self, watch: DeviceWatch, camera: FakeCamera) -> None:
        assert watch.look(NOW) is True
        assert watch.look(NOW) is False
        camera.state = "failed"
        assert watch.look(NOW) is True

    def test_a_change_that_found_no_room_is_recorded_when_there_is(
        self, watch: DeviceWatch, camera: FakeCamera, guard: GuardedSpool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(FlakySpool, "trouble", FULL)
        camera.state = "failed"
        watch.look(NOW)
        assert self.changes(guard) == []
        monkeypatch.setattr(FlakySpool, "trouble", None)
        watch.look(LATER)
        assert self.changes(guard) == [("unknown", "failed")]

    def test_the_beat_has_them_all_and_the_kiosk_s_own(
        self, watch: DeviceWatch, camera: FakeCamera, guard: GuardedSpool
    ) -> None:
        guard.put_device(DeviceState("reader", "absent", code="E-READER-30"))
        camera.state = "ok"
        watch.look(NOW)
        assert {state.device: state.state for state in watch.states()} == {
            "reader": "absent",
            "camera/main": "ok",
            "disk": "ok",
        }
        assert len(watch.states()) == 3


ONE = '{"notices": [{"id": "a", "title": {"zh": "测试一"}, "text": {"zh": "测试"}}]}'


def temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{threading.get_native_id()}.tmp")


def block(path: Path) -> None:
    """Make the disk refuse to write `path`."""
    temporary(path).mkdir()


def unblock(path: Path) -> None:
    temporary(path).rmdir()


class TestLibrary:
    def library(self, text: str, sha256: str | None = None, version: int = 1) -> Library:
        import hashlib

        digest = sha256 or hashlib.sha256(text.encode()).hexdigest()
        return Library(version, [Document("notices", version, digest, text)])

    def test_a_whole_document_is_taken_without_a_word(self, tmp_path: Path) -> None:
        documents = Documents(tmp_path / "library.json")
        assert documents.take(self.library(ONE)) == []
        assert documents.versions() == {"notices": 1}
        documents.close()
        assert "测试一" in (tmp_path / "library.json").read_text()

    def test_a_damaged_one_is_reported_once_however_often_it_comes(self, tmp_path: Path) -> None:
        documents = Documents(tmp_path / "library.json")
        damaged = self.library(ONE, sha256="0" * 64)
        assert documents.take(damaged) == [DeviceEvent("library", "E-LIB-01", note="notices 1")]
        assert documents.take(damaged) == []
        assert documents.versions() == {}
        documents.close()

    def test_a_disk_that_takes_nothing_is_reported(self, tmp_path: Path) -> None:
        documents = Documents(tmp_path / "library.json")
        documents.take(self.library(ONE))
        block(tmp_path / "library.json")
        (event,) = documents.take(self.library(ONE, version=2))
        assert event == DeviceEvent("library", "E-LIB-04", note="library 2")
        assert documents.versions() == {"notices": 1}
        documents.close()

    def test_what_waits_is_taken_one_at_a_time_and_only_the_latest_of_each(self, tmp_path: Path) -> None:
        documents = Documents(tmp_path / "library.json")
        assert documents.work(0) is None
        for version in (1, 2):
            documents.put(self.library(ONE, version=version))
        assert documents.work(0) == []
        assert documents.versions() == {"notices": 2}
        assert documents.work(0) is None
        documents.close()

    def test_a_disk_that_took_nothing_is_tried_again_later_and_reported_once(self, tmp_path: Path) -> None:
        documents = Documents(tmp_path / "library.json")
        block(tmp_path / "library.json")
        documents.put(self.library(ONE))
        assert documents.work(0) == [DeviceEvent("library", "E-LIB-04", note="library 1")]
        assert documents.work(29_999) is None
        assert documents.work(30_000) == []
        unblock(tmp_path / "library.json")
        assert documents.work(60_000) == []
        assert documents.versions() == {"notices": 1}
        assert documents.work(90_000) is None
        documents.close()

    def test_a_disk_that_gives_nothing_holds_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "library.json").mkdir()
        documents = Documents(tmp_path / "library.json")
        assert documents.versions() == {}
        documents.close()


def test_when_the_agents_own_share_is_used_up_the_disk_is_still_ok_for_visits(tmp_path: Path) -> None:
    guard = GuardedSpool(tmp_path / "spool.sqlite3", 300_000)
    taken = 0
    while taken < 10_000 and guard.append(rating(), NOW):
        taken += 1
    assert 0 < taken < 10_000
    assert disk(guard) == ("ok", None)
    assert guard.spool.append(lambda _: rating(), NOW) == taken + 1
    guard.close()
