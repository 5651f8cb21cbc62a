"""Orders to cameras: done, or refused with the reason, each once, and nothing waits for a slow camera."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nacl.public import PrivateKey, SealedBox

from station.agent.camera_desk import STILL_WITHIN_S, CameraDesk
from station.agent.camera_orders import Refused, RelearnView, SendStill, SendThumbnail, wanted
from station.agent.commands import execute
from station.agent.line_desk import LineDesk
from station.agent.thumbnails import Thumbnails
from station.agent.updates import UpdateDesk
from station.clock import Clock
from station.devices.camera.reports import Picture
from station.sealing import PICTURE_MAX_BYTES, Seal
from station.settings import ProbeSettings
from station.store.spool import FILE_NAME, Spool
from tests.station.agent.fake_camera import JPEG, FakeCamera
from tests.waiting import wait_for
from wire.codec import decode, encode
from wire.orders import Answer, Command

FAR_MS = 2**40


def order(name: str, /, **arguments: str | float | bool) -> Command:
    return Command(f"{name}-1", name, FAR_MS, arguments)


@pytest.mark.parametrize(
    ("command", "cameras", "expected"),
    [
        pytest.param(order("relearn"), ["main"], RelearnView("main"), id="the only camera need not be named"),
        pytest.param(order("relearn", camera="b"), ["a", "b"], RelearnView("b"), id="one of two"),
        pytest.param(order("relearn"), ["a", "b"], Refused("E-CMD-01"), id="none of two named"),
        pytest.param(order("relearn"), [], Refused("E-CMD-01"), id="no camera at all"),
        pytest.param(order("still", camera="yard"), ["main"], Refused("E-CMD-01"), id="no such camera"),
        pytest.param(order("still", camera=1), ["main"], Refused("E-CMD-01"), id="no name"),
        pytest.param(order("thumbnail"), ["main"], SendThumbnail("main"), id="a thumbnail"),
        pytest.param(order("still"), ["main"], SendStill("main", 1280), id="a still of the usual width"),
        pytest.param(order("still", max_width_px=640), ["main"], SendStill("main", 640), id="a narrower still"),
        pytest.param(order("still", max_width_px=1), ["main"], SendStill("main", 64), id="too narrow to see"),
        pytest.param(
            order("still", max_width_px=10**9), ["main"], SendStill("main", 3840), id="wider than cameras are"
        ),
        pytest.param(order("still", max_width_px="wide"), ["main"], Refused("E-CMD-05"), id="no width"),
        pytest.param(order("still", max_width_px=True), ["main"], Refused("E-CMD-05"), id="neither is this"),
        pytest.param(order("still", max_width_px=640.5), ["main"], Refused("E-CMD-05"), id="nor this"),
    ],
)
def test_what_a_command_asks(command: Command, cameras: list[str], expected: object) -> None:
    assert wanted(command, cameras) == expected


class Station:
    """Two cameras, a seal whose private half is known here, and a spool."""

    def __init__(self, folder: Path, *, sealed: bool = True) -> None:
        self.private = PrivateKey.generate()
        self.main, self.yard = FakeCamera("main"), FakeCamera("yard")
        self.folder = folder
        self.clock = Clock()
        seal = Seal(bytes(self.private.public_key)) if sealed else None
        self.desk = CameraDesk([self.main, self.yard], seal, Thumbnails(folder / "thumbnails"), self.clock)
        self.line = LineDesk(ProbeSettings(enabled=False), "127.0.0.1", [], {})
        self.updates = UpdateDesk(folder, None)
        self.spool = Spool.open(folder / FILE_NAME)

    def ask(self, command: Command) -> Answer | None:
        return execute(command, self.spool, self.desk, self.line, self.updates).answer

    def later(self) -> Answer:
        (answer,) = wait_for(self.desk.answers, "the answer")
        assert isinstance(answer, Answer)
        return answer

    def opened(self, answer: Answer | None) -> bytes:
        assert answer is not None
        crossed = decode(encode(answer), Answer)
        assert crossed.picture is not None
        return SealedBox(self.private).decrypt(crossed.picture.box)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[..., Station]]:
    made: list[Station] = []

    def one(**options: bool) -> Station:
        made.append(Station(tmp_path, **options))
        return made[-1]

    yield one
    for station in made:
        station.spool.close()


@pytest.fixture
def station(make: Callable[..., Station]) -> Station:
    return make()


def picture(jpeg: bytes = JPEG, fault: str | None = None) -> Picture:
    return Picture(jpeg, 640, 360, time.monotonic(), fault)  # type: ignore[arg-type]


def outcome(answer: Answer | None) -> tuple[str, str]:
    assert answer is not None
    return answer.outcome, answer.note


class TestStill:
    def test_it_comes_later_sealed_dated_and_with_its_size(self, station: Station) -> None:
        station.yard.seen = picture()
        assert station.ask(order("still", camera="yard", max_width_px=640)) is None
        answer = station.later()
        assert outcome(answer) == ("done", "")
        assert station.opened(answer) == JPEG
        assert JPEG not in encode(answer)
        assert answer.picture is not None
        assert (answer.picture.camera, answer.picture.width_px, answer.picture.height_px) == ("yard", 640, 360)
        assert answer.picture.fault is None
        assert station.yard.asked == [(640, PICTURE_MAX_BYTES, STILL_WITHIN_S)]
        at_ms = station.clock.now().at_ms
        if at_ms is not None:
            assert answer.picture.taken_ms is not None
            assert abs(at_ms - answer.picture.taken_ms) < 10_000

    def test_a_slow_camera_holds_nobody_up_and_a_second_one_is_told_so(self, station: Station) -> None:
        station.main.seen = picture()
        with station.main.slow():
            assert station.ask(order("still", camera="main")) is None
            wait_for(lambda: station.main.asked, "the camera asked")
            second = Command("second", "still", FAR_MS, {"camera": "yard"})
            assert outcome(station.ask(second)) == ("failed", "E-CMD-04")
            assert outcome(station.ask(order("relearn", camera="yard"))) == ("done", "")
            assert station.desk.answers() == []
        assert outcome(station.later()) == ("done", "")
        assert station.ask(Command("third", "still", FAR_MS, {"camera": "yard"})) is None
        assert outcome(station.later()) == ("failed", "E-CMD-02")

    def test_the_same_order_again_is_not_carried_out_again(self, station: Station) -> None:
        station.main.seen = picture()
        station.ask(order("still", camera="main"))
        station.later()
        assert outcome(station.ask(order("still", camera="main"))) == ("repeated", "")
        assert len(station.main.asked) == 1

    def test_a_picture_that_fits_exactly_crosses_and_one_byte_more_is_refused(self, station: Station) -> None:
        station.main.seen = picture(bytes(PICTURE_MAX_BYTES))
        station.ask(order("still", camera="main"))
        assert len(station.opened(station.later())) == PICTURE_MAX_BYTES
        station.main.seen = picture(bytes(PICTURE_MAX_BYTES + 1))
        station.ask(Command("next", "still", FAR_MS, {"camera": "main"}))
        assert outcome(station.later()) == ("failed", "E-SEAL-03")

    def test_without_a_key_to_seal_with_no_picture_is_taken(self, make: Callable[..., Station]) -> None:
        station = make(sealed=False)
        assert outcome(station.ask(order("still", camera="main"))) == ("failed", "E-SEAL-01")
        assert station.main.asked == []

    def test_a_thread_that_waits_does_not_keep_the_agent_from_ending(self, station: Station) -> None:
        with station.main.slow():
            station.ask(order("still", camera="main"))
            assert [thread.daemon for thread in threading.enumerate() if thread.name == "still"] == [True]
        station.later()


class TestThumbnail:
    def test_the_last_fault_s_picture_is_kept_sealed_and_sent_when_asked_for(self, station: Station) -> None:
        assert outcome(station.ask(order("thumbnail", camera="main"))) == ("failed", "E-CMD-03")
        station.main.kept = picture(fault="covered")
        station.desk.look(station.clock.now())
        answer = station.ask(Command("again", "thumbnail", FAR_MS, {"camera": "main"}))
        assert outcome(answer) == ("done", "")
        assert station.opened(answer) == JPEG
        assert answer is not None
        assert answer.picture is not None
        assert answer.picture.fault == "covered"
        files = [path for path in station.folder.rglob("*") if path.is_file()]
        assert [path for path in files if JPEG[3:-2] in path.read_bytes()] == []

    def test_without_a_key_to_seal_with_nothing_touches_the_disk(self, make: Callable[..., Station]) -> None:
        station = make(sealed=False)
        station.main.kept = picture(fault="black")
        station.desk.look(station.clock.now())
        assert not (station.folder / "thumbnails").exists()
        assert outcome(station.ask(order("thumbnail", camera="main"))) == ("failed", "E-CMD-03")


class TestRelearn:
    def test_the_named_camera_is_told(self, station: Station) -> None:
        assert outcome(station.ask(order("relearn", camera="yard"))) == ("done", "")
        assert (station.main.relearnt, station.yard.relearnt) == (0, 1)

    def test_one_that_cannot_be_told_is_a_failure(self, station: Station) -> None:
        station.yard.reachable = False
        assert outcome(station.ask(order("relearn", camera="yard"))) == ("failed", "E-CMD-02")

    def test_of_two_one_must_be_named(self, station: Station) -> None:
        assert outcome(station.ask(order("relearn"))) == ("failed", "E-CMD-01")
