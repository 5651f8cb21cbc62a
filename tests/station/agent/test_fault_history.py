"""The county's history of a camera's faults: each raised once, cleared once, and never more than can be read."""

from itertools import pairwise

import pytest

from station.agent.fault_history import (
    HOUR_MS,
    MOST_AN_HOUR,
    MOST_OF_A_KIND,
    TAKEN_OVER_HELD_S,
    CameraHistory,
    Standing,
    View,
)
from station.clock import Stamp
from station.devices.camera.reports import FaultNow
from tests.station.agent.fake_camera import fault
from wire.records import CameraFault

KERNEL = "a" * 16
UTC_MS = 1_800_000_000_000


def at(s: float, *, dated: bool = True, kernel: str = KERNEL) -> Stamp:
    return Stamp(UTC_MS + int(s * 1000) if dated else None, int(s * 1000), kernel)


def told(history: CameraHistory, s: float, *faults: FaultNow, watched: bool = True) -> list[tuple[str, str]]:
    """Look once, with every record taken; return what was recorded."""
    bodies = history.due(View(faults, watched, s), at(s))
    for body in bodies:
        history.recorded(body, at(s))
    return [(body.fault, body.change) for body in bodies]


def test_a_fault_is_recorded_when_it_is_raised_and_when_it_is_over_and_not_between() -> None:
    history = CameraHistory("main")
    assert told(history, 0) == []
    assert told(history, 1, fault("black")) == [("black", "raised")]
    assert told(history, 2, fault("black")) == []
    assert told(history, 3) == [("black", "cleared")]
    assert told(history, 4) == []


def test_one_that_takes_the_place_of_another_is_told_after_that_is_over() -> None:
    history = CameraHistory("main")
    told(history, 1, fault("covered"))
    assert told(history, 2, fault("black")) == [("covered", "cleared"), ("black", "raised")]


def test_the_beginning_is_counted_back_and_what_is_over_tells_its_worst() -> None:
    history = CameraHistory("main")
    (raised,) = history.due(View([FaultNow("blur", 90.0, 0.3, 0.8)], True, 102.5), at(102.5))
    assert raised == CameraFault("main", "blur", "raised", 0.3, 0.8, 12_500)
    history.recorded(raised, at(102.5))
    told(history, 110, FaultNow("blur", 90.0, 0.7, 0.6))
    told(history, 111, FaultNow("blur", 90.0, 0.2, 0.9))
    (cleared,) = history.due(View([], True, 120.0), at(120))
    assert cleared == CameraFault("main", "blur", "cleared", 0.7, 0.6, 30_000)


@pytest.mark.parametrize(
    ("said", "severity", "ago_ms"),
    [
        pytest.param(FaultNow("blur", 50.0, 7.0, 0.5), 1.0, 50_000, id="worse than the worst"),
        pytest.param(FaultNow("blur", 50.0, -1.0, 0.5), 0.0, 50_000, id="better than good"),
        pytest.param(FaultNow("blur", 101.0, 0.5, 0.5), 0.5, 0, id="of the future"),
        pytest.param(FaultNow("blur", -1e308, 0.5, 0.5), 0.5, 2**53 - 1, id="older than the world"),
    ],
)
def test_what_a_process_gone_mad_says_is_still_a_record_the_hub_reads(
    said: FaultNow, severity: float, ago_ms: int
) -> None:
    (body,) = CameraHistory("main").due(View([said], True, 100.0), at(100))
    assert (body.severity, body.began_ms_ago) == (severity, ago_ms)


def test_a_record_that_was_not_taken_is_due_again() -> None:
    history = CameraHistory("main")
    for _ in range(3):
        assert [body.fault for body in history.due(View([fault("black")], True, 1.0), at(1))] == ["black"]
    assert history.standing == []


class TestTakenOver:
    """What an agent before this one recorded, `covered`, still stands when this one begins."""

    COVERED = Standing("covered", 0.8, 0.9, UTC_MS - 60_000, -60_000, KERNEL)

    def test_it_is_not_told_twice_when_the_camera_names_it_again(self) -> None:
        history = CameraHistory("main", [self.COVERED])
        assert told(history, 0, watched=False) == []
        assert told(history, 1) == []
        assert told(history, 14, fault("covered")) == []
        assert told(history, 60) == [("covered", "cleared")]

    @pytest.mark.parametrize(
        ("looks", "cleared"),
        [
            pytest.param([(0, True), (TAKEN_OVER_HELD_S - 0.1, True)], False, id="watched a little too short"),
            pytest.param([(0, True), (TAKEN_OVER_HELD_S, True)], True, id="watched for long enough"),
            pytest.param([(0, False), (3600, False)], False, id="never seen, so nobody can tell"),
            pytest.param([(0, True), (20, False), (21, True), (50, True)], False, id="watched with a gap"),
            pytest.param([(0, True), (20, False), (21, True), (51, True)], True, id="watched long enough after a gap"),
        ],
    )
    def test_it_is_over_once_the_camera_was_watched_and_does_not_name_it(
        self, looks: list[tuple[float, bool]], cleared: bool
    ) -> None:
        history = CameraHistory("main", [self.COVERED])
        found = [one for s, watched in looks for one in told(history, s, watched=watched)]
        assert found == ([("covered", "cleared")] if cleared else [])

    def test_of_a_camera_without_frames_nothing_else_is_told(self) -> None:
        history = CameraHistory("main", [self.COVERED])
        found = told(history, 1, fault("no_frames"), watched=False)
        assert found == [("covered", "cleared"), ("no_frames", "raised")]

    def test_no_frames_is_over_with_the_first_frame(self) -> None:
        history = CameraHistory("main", [Standing("no_frames", 1.0, 1.0, None, 0, KERNEL)])
        assert told(history, 1, watched=False) == []
        assert told(history, 2) == [("no_frames", "cleared")]

    @pytest.mark.parametrize(
        ("now", "ago_ms"),
        [
            pytest.param(at(40), 100_000, id="the same life of the kernel"),
            pytest.param(at(40, kernel="b" * 16), 100_000, id="another, by the date"),
            pytest.param(
                at(40, kernel="b" * 16, dated=False), 40_000, id="another, without a date: at least since then"
            ),
            pytest.param(at(-100, kernel="b" * 16), 0, id="a clock that was set back"),
        ],
    )
    def test_how_long_it_stood_is_told_as_far_as_is_known(self, now: Stamp, ago_ms: int) -> None:
        assert self.COVERED.ago_ms(now) == ago_ms

    def test_of_a_camera_that_is_no_longer_set_up_it_is_over(self) -> None:
        (body,) = CameraHistory("gone", [self.COVERED]).over(at(5))
        assert (body.camera, body.fault, body.change) == ("gone", "covered", "cleared")


class TestChatter:
    """Faults that come and go all the time."""

    def flap(self, history: CameraHistory, seconds: range, *kinds: str) -> list[tuple[int, str, str]]:
        found = []
        for s in seconds:
            kind = kinds[s // 2 % len(kinds)]
            faults = [fault(kind)] if s % 2 else []  # type: ignore[arg-type]
            found += [(s, *one) for one in told(history, s, *faults)]
        return found

    def test_an_hour_holds_so_many_and_each_kind_alternates(self) -> None:
        found = self.flap(CameraHistory("main"), range(3 * 3600), "black", "blur", "noise")
        times = [s for s, _, _ in found]
        assert max(sum(s <= other < s + 3600 for other in times) for s in times[:200]) == MOST_AN_HOUR
        for kind in ("black", "blur", "noise"):
            changes = [change for _, one, change in found if one == kind]
            assert changes[0] == "raised"
            assert all(one != other for one, other in pairwise(changes))

    def test_one_kind_leaves_room_for_the_others(self) -> None:
        history = CameraHistory("main")
        assert len(self.flap(history, range(1800), "flicker")) == MOST_OF_A_KIND
        assert told(history, 1800, fault("black")) == [("black", "raised")]

    def test_when_it_ends_the_last_word_is_what_stands(self) -> None:
        history = CameraHistory("main")
        self.flap(history, range(600), "flicker")
        told(history, 600, fault("flicker"))
        told(history, 600 + 3600, fault("flicker"))
        assert [one.fault for one in history.standing] == ["flicker"]

    def test_it_is_told_once_until_it_is_calm_again(self) -> None:
        history = CameraHistory("main")
        times = []
        for s in range(4 * 3600):
            quiet = 3600 <= s < 3 * 3600
            told(history, s, *([fault("blur")] if s % 2 and not quiet else []))
            if history.chatters(at(s)):
                times.append(s)
                history.chatter_told()
        assert len(times) == 2
        assert times[0] < 60
        assert times[1] >= 3 * 3600
        assert HOUR_MS == 3_600_000
