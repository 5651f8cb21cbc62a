"""The decisions about one camera, without a process: just inside, on and far past each limit."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.devices.camera.machine import CameraMachine, Limits, Report

LIMITS = Limits()


def frames(count: int, per_s: float = 25.0) -> Report:
    return Report(count, per_s, 25.0, 1280, 720)


def machine() -> CameraMachine:
    return CameraMachine("main", LIMITS, Random(1))


def running(at: float = 1.0) -> CameraMachine:
    camera = machine()
    assert camera.decide(0.0, 0) == "start"
    camera.heard(frames(1), at)
    return camera


def test_a_camera_is_unknown_until_its_first_frame_and_then_ok() -> None:
    camera = machine()
    assert camera.decide(0.0, 0) == "start"
    assert camera.status(5.0).state == "unknown"
    camera.heard(frames(1), 5.0)
    status = camera.status(5.2)
    assert (status.state, status.code, status.last_frame_age_ms) == ("ok", None, 200)
    assert (status.width_px, status.height_px, status.reconnects) == (1280, 720, 0)


@pytest.mark.parametrize(
    ("at", "action"),
    [
        pytest.param(10.0, None, id="opening may take its time"),
        pytest.param(10.1, "kill", id="opening takes too long"),
    ],
)
def test_opening_has_a_deadline(at: float, action: str | None) -> None:
    camera = machine()
    camera.decide(0.0, 0)
    assert camera.decide(at, 0) == action


@pytest.mark.parametrize(
    ("told_at", "at", "state", "action"),
    [
        pytest.param(2.9, 3.0, "ok", None, id="two seconds without a frame"),
        pytest.param(3.0, 3.1, "degraded", None, id="a little more"),
        pytest.param(6.0, 6.0, "degraded", None, id="on the limit"),
        pytest.param(6.1, 6.1, "failed", "kill", id="past the limit"),
    ],
)
def test_a_stream_without_frames_is_late_then_failed(told_at: float, at: float, state: str, action: str | None) -> None:
    camera = running(at=1.0)
    camera.heard(frames(1), told_at)
    assert camera.decide(at, 0) == action
    assert camera.status(at).state == state
    if action:
        assert camera.status(at).code == "E-CAM-03"


def test_a_process_that_tells_nothing_hangs() -> None:
    camera = running(at=1.0)
    assert camera.decide(11.0, 0) is None
    assert camera.decide(11.1, 0) == "kill"
    assert camera.status(11.1).code == "E-CAM-06"


def test_a_process_that_swells_is_killed() -> None:
    camera = running()
    assert camera.decide(1.1, LIMITS.memory_bytes) is None
    assert camera.decide(1.2, LIMITS.memory_bytes + 1) == "kill"
    assert camera.status(1.3).code == "E-CAM-05"


def test_a_crash_is_told_until_frames_come_again_and_counted() -> None:
    camera = running()
    camera.ended(2.0)
    assert (camera.status(2.0).state, camera.status(2.0).code) == ("failed", "E-CAM-04")
    assert camera.decide(3.1, 0) == "start"
    assert camera.status(3.2).state == "failed"
    camera.heard(frames(3), 4.0)
    status = camera.status(4.1)
    assert (status.state, status.reconnects, status.frames) == ("ok", 1, 4)


def test_a_slow_stream_is_degraded_once_its_rate_can_be_judged() -> None:
    camera = running(at=1.0)
    camera.heard(frames(20, per_s=12.4), 5.9)
    assert camera.status(5.9).state == "ok"
    camera.heard(frames(30, per_s=12.4), 6.1)
    assert (camera.status(6.1).state, camera.status(6.1).code) == ("degraded", "E-CAM-07")
    camera.heard(frames(50, per_s=12.6), 6.5)
    assert camera.status(6.5).state == "ok"


def test_it_is_tried_again_with_growing_delay_and_soon_again_after_a_long_good_run() -> None:
    camera = machine()
    at = 0.0
    delays = []
    for _ in range(9):
        while camera.decide(at, 0) != "start":
            at += 0.01
        ended_at = at
        camera.ended(at)
        while camera.decide(at, 0) != "start":
            at += 0.01
        delays.append(at - ended_at)
        camera.ended(at)
    assert delays == sorted(delays) or max(delays) > 30
    assert 0.5 <= delays[0] <= 1.1
    assert max(delays) <= LIMITS.restart_max_s + 0.1
    while camera.decide(at, 0) != "start":
        at += 0.01
    camera.heard(frames(1), at)
    camera.heard(frames(1000), at + 31)
    camera.ended(at + 32)
    assert camera.decide(at + 33.1, 0) == "start"


@given(
    st.lists(
        st.tuples(st.sampled_from(["decide", "frames", "none", "ended", "gone", "swollen"]), st.floats(0, 20)),
        max_size=60,
    )
)
def test_whatever_happens_the_status_is_one_of_ours_and_a_start_follows_every_end(
    steps: list[tuple[str, float]],
) -> None:
    camera = machine()
    at = 0.0
    count = 0
    alive = False
    for what, pause in steps:
        at += pause
        if what in {"decide", "swollen"}:
            action = camera.decide(at, 10**12 if what == "swollen" else 0)
            assert action != ("start" if alive else "kill")
            alive = alive if action is None else action == "start"
        elif not alive:
            continue
        elif what == "ended":
            camera.heard(Report(ended="E-CAM-02"), at)
            alive = False
        elif what == "gone":
            camera.ended(at)
            alive = False
        else:
            count += what == "frames"
            camera.heard(frames(count), at)
        status = camera.status(at)
        assert status.state in {"ok", "degraded", "failed", "unknown"}
        assert (status.code is None) == (status.state in {"ok", "unknown"})
    assert alive or camera.decide(at + 61, 0) == "start"
