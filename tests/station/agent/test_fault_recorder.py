"""The history in the outbox stays true whatever sequence of faults, refusals, kills and power cuts there is."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.agent.fault_recorder import FaultRecorder
from station.agent.guard import GuardedSpool
from station.agent.watch import DeviceWatch
from station.clock import Stamp
from station.store.spool import FILE_NAME, Spool
from tests.station.agent.fake_camera import FakeCamera, fault
from wire.records import CameraFault, DeviceEvent, Rating, Record
from wire.video import FaultKind

KERNEL = "a" * 16
UTC_MS = 1_800_000_000_000
KINDS: list[FaultKind] = ["black", "covered", "no_frames"]


class KilledError(Exception):
    """The agent is dead, here and now."""


class FragileSpool(GuardedSpool):
    """The real one; takes nothing when `refusing`, and dies before the note when `dying`."""

    refusing = dying = False

    def append(self, *args: object) -> bool:  # type: ignore[override]
        return not self.refusing and super().append(*args)  # type: ignore[arg-type]

    def put_note(self, name: str, value: str) -> bool:
        if self.dying:
            raise KilledError
        return super().put_note(name, value)


class Desk:
    """An agent's recorder on a real spool that survives it; time is what passes here."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self.cameras = [FakeCamera("main"), FakeCamera("yard")]
        self.s = 1000.0
        self.dated = True
        self.kernel = KERNEL
        self.history: list[Record] = []
        self._read = 0
        self._start()

    def _start(self) -> None:
        self.spool = FragileSpool(self.path, 50_000_000)
        self.recorder = FaultRecorder(self.cameras, self.spool, lambda: self.s)
        self.recorder.begin()

    def stamp(self) -> Stamp:
        return Stamp(UTC_MS + int(self.s * 1000) if self.dated else None, int(self.s * 1000), self.kernel)

    def look(self, after_s: float = 1.0) -> None:
        self.s += after_s
        try:
            self.recorder.look(self.stamp())
        except KilledError:
            self.restart()

    def restart(self) -> None:
        self.spool.close()
        self._start()

    def take(self, trim: bool) -> None:
        """Be the hub: read what is new, and give a receipt or not."""
        for raw in self.spool.pending(self._read, most=50, most_bytes=10**6):
            self.history.append(msgspec.json.decode(msgspec.json.encode(raw), type=Record))
            self._read = raw.seq
        if trim:
            self.spool.trim(self._read)

    def words(self, camera: str = "main") -> list[tuple[str, str]]:
        self.take(trim=False)
        bodies = [record.body for record in self.history]
        return [(body.fault, body.change) for body in bodies if isinstance(body, CameraFault) and body.camera == camera]

    def settle(self) -> None:
        """Let nothing be in the way for long enough, then look as often as it may take."""
        self.spool.refusing = self.spool.dying = False
        for after_s in (3601.0, 31.0, 1.0):
            self.look(after_s)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.spool.close()


faults_now = st.lists(st.sampled_from(KINDS), unique=True, max_size=2)
happening = st.one_of(
    st.tuples(st.just("faults"), st.sampled_from([0, 1]), faults_now),
    st.tuples(st.sampled_from(["restart", "reboot", "refuse", "accept", "die", "receipt", "unwatched", "watched"])),
    st.tuples(st.just("wait"), st.sampled_from([1.0, 10.0, 31.0])),
)


@given(st.lists(happening, max_size=25))
@settings(max_examples=80, deadline=None)
def test_each_kind_alternates_and_the_last_word_is_what_stands(happenings: list[tuple[object, ...]]) -> None:
    with TemporaryDirectory(dir=quickest_disk()) as folder:
        desk = Desk(Path(folder))
        try:
            play(desk, happenings)
            desk.settle()
            for camera in desk.cameras:
                assert_true(desk.words(camera.name), {fault.kind for fault in camera.now})
        finally:
            desk.spool.close()


def quickest_disk() -> str | None:
    """Return where a commit costs nothing: what is asked here is not whether it lasts."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and disk_usage(memory).free > 100_000_000 else None


def play(desk: Desk, happenings: list[tuple[object, ...]]) -> None:
    for what, *values in happenings:
        match what, values:
            case "faults", [int() as index, list() as kinds]:
                desk.cameras[index].now = [fault(kind, desk.s) for kind in kinds]
            case "wait", [float() as seconds]:
                desk.s += seconds
            case "restart", _:
                desk.restart()
            case "reboot", _:
                desk.kernel = f"{int(desk.kernel, 16) + 1:016x}"
                desk.restart()
            case (("refuse" | "accept"), _):
                desk.spool.refusing = what == "refuse"
            case "die", _:
                desk.spool.dying = True
            case "receipt", _:
                desk.take(trim=True)
            case (("watched" | "unwatched"), _):
                desk.cameras[0].frames = 9 if what == "watched" else 0
        desk.look()
    desk.cameras[0].frames = 9


def assert_true(words: list[tuple[str, str]], stands: set[str]) -> None:
    for kind in KINDS:
        changes = [change for one, change in words if one == kind]
        assert changes[:1] in ([], ["raised"])
        assert all(one != other for one, other in pairwise(changes))
        assert (changes[-1:] == ["raised"]) == (kind in stands)


def test_an_agent_killed_between_record_and_note_finds_the_record_in_the_outbox(desk: Desk) -> None:
    desk.look()
    desk.cameras[0].now = [fault("covered", desk.s)]
    desk.spool.dying = True
    desk.look()
    desk.look(20)
    assert desk.words() == [("covered", "raised")]
    desk.cameras[0].now = []
    desk.look()
    assert desk.words() == [("covered", "raised"), ("covered", "cleared")]


def test_what_stood_for_days_with_an_empty_outbox_is_known_after_a_restart(desk: Desk) -> None:
    desk.cameras[0].now = [fault("covered", desk.s - 20)]
    desk.look()
    desk.take(trim=True)
    desk.restart()
    desk.cameras[0].now = []
    desk.look()
    desk.look(29)
    assert desk.words() == [("covered", "raised")]
    desk.look(2)
    assert desk.words() == [("covered", "raised"), ("covered", "cleared")]
    cleared = desk.history[-1].body
    assert isinstance(cleared, CameraFault)
    assert cleared.began_ms_ago == 53_000


def test_a_full_spool_loses_no_change_that_lasts(desk: Desk) -> None:
    desk.spool.refusing = True
    desk.cameras[0].now = [fault("black", desk.s)]
    for _ in range(5):
        desk.look()
    desk.spool.refusing = False
    desk.look()
    desk.look()
    assert desk.words() == [("black", "raised")]
    (record,) = desk.history
    assert isinstance(record.body, CameraFault)
    assert record.body.began_ms_ago == 6_000


def test_a_camera_taken_out_of_the_settings_leaves_nothing_standing(desk: Desk) -> None:
    desk.cameras[1].now = [fault("blur", desk.s)]
    desk.look()
    desk.cameras.pop()
    desk.restart()
    desk.look()
    desk.restart()
    desk.look()
    assert desk.words("yard") == [("blur", "raised"), ("blur", "cleared")]


def test_a_note_nobody_can_read_costs_only_what_the_hub_has_already(desk: Desk) -> None:
    desk.cameras[0].now = [fault("black", desk.s)]
    desk.look()
    desk.spool.spool.put_note("camera_faults", "of another world")
    desk.restart()
    desk.look()
    assert desk.words() == [("black", "raised")]


def test_a_spool_replaced_meanwhile_is_told_what_stands(desk: Desk) -> None:
    desk.cameras[0].now = [fault("black", desk.s)]
    for _ in range(3):
        desk.spool.append(Rating(1, 5), desk.stamp())
        desk.look()
    for part in desk.path.parent.glob("spool.sqlite3*"):
        part.rename(part.with_name("aside-" + part.name))
    Spool.open(desk.path).close()
    assert desk.spool.append(Rating(1, 5), desk.stamp()) is False
    assert desk.spool.reopen_if_needed()
    desk.look()
    desk.cameras[0].now.append(fault("blur", desk.s))
    desk.spool.dying = True
    desk.look()
    for _ in range(2):
        desk.look()
        desk.restart()
    assert desk.words() == [("blur", "raised")]
    desk.cameras[0].now = []
    desk.look()
    desk.look(31)
    assert sorted(desk.words()) == [("black", "cleared"), ("blur", "cleared"), ("blur", "raised")]


def test_a_camera_that_flaps_fills_no_spool_and_says_so_once(desk: Desk) -> None:
    for count in range(400):
        desk.cameras[0].now = [fault("flicker", desk.s)] if count % 2 else []
        desk.look()
        desk.take(trim=True)
    assert len(desk.words()) == 40
    events = [record.body for record in desk.history if isinstance(record.body, DeviceEvent)]
    assert [(event.device, event.code) for event in events] == [("camera/main", "E-VQD-20")]


def test_a_raised_fault_is_news_though_the_state_stays_the_same(tmp_path: Path) -> None:
    camera = FakeCamera("main")
    spool = GuardedSpool(tmp_path / FILE_NAME, 512_000_000)
    try:
        watch = DeviceWatch([camera], spool, tmp_path)
        now = Stamp(UTC_MS, 5_000, KERNEL)
        watch.look(now)
        assert watch.look(now) is False
        camera.now = [fault("blur")]
        assert watch.look(now) is True
        assert watch.look(now) is False
    finally:
        spool.close()
