"""The decisions about one camera, without a process: just inside, on and far past each limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.devices.camera.machine import (
    Action,
    CameraMachine,
    Ended,
    Event,
    Garbled,
    Heard,
    Limits,
    Tick,
)
from station.devices.camera.reports import Failure, RateMeter, Report

LIMITS = Limits()
MB = 1_000_000


def said(frames: int, per_s: float = 25.0, age_ms: int | None = 0, expected: float | None = 25.0) -> Heard:
    stage = "streaming" if frames else "opening"
    size = (1280, 720) if frames else (0, 0)
    return Heard(Report(stage, frames, per_s, expected, *size, age_ms if frames else None))


def started(random: float = 1.0) -> CameraMachine:
    machine = CameraMachine("main", LIMITS, lambda: random)
    assert machine.step(Tick(0), 0.0) is Action.START
    return machine


def streaming(at_s: float = 1.0) -> CameraMachine:
    machine = started()
    machine.step(said(1), at_s)
    return machine


def told(machine: CameraMachine, at_s: float) -> tuple[str, str | None]:
    status = machine.status(at_s)
    return status.state, status.code


def test_it_is_unknown_until_the_first_frame_and_then_ok() -> None:
    machine = started()
    machine.step(said(0), 0.5)
    assert told(machine, 5.0) == ("unknown", None)
    machine.step(said(1, age_ms=100), 5.0)
    status = machine.status(5.2)
    assert (status.state, status.code, status.last_frame_age_ms) == ("ok", None, 300)
    assert (status.width_px, status.height_px, status.reconnects, status.frames) == (1280, 720, 0, 1)


@pytest.mark.parametrize(
    ("events", "at_s", "code"),
    [
        pytest.param([], 30.0, None, id="a slow card may keep the worker from its first word"),
        pytest.param([], 30.1, "E-CAM-06", id="no first word at all is a hang"),
        pytest.param([(said(0), 2.0), (said(0), 12.0)], 12.0, None, id="opening on its limit"),
        pytest.param([(said(0), 2.0), (said(0), 12.1)], 12.1, "E-CAM-02", id="opening past its limit"),
        pytest.param([(said(0), 2.0)], 12.0, None, id="silent while opening, on the limit of a hang"),
        pytest.param([(said(0), 2.0)], 12.1, "E-CAM-06", id="silent while opening is a hang"),
        pytest.param([(said(9), 1.0), (said(9, age_ms=5000), 6.0)], 6.0, None, id="no frame, on its limit"),
        pytest.param([(said(9), 1.0), (said(9, age_ms=5001), 6.001)], 6.01, "E-CAM-03", id="no frame, past its limit"),
        pytest.param([(said(9), 1.0)], 11.0, None, id="silent while streaming, on the limit of a hang"),
        pytest.param([(said(9), 1.0)], 11.1, "E-CAM-06", id="silent while streaming is a hang, not a lack of frames"),
    ],
)
def test_it_is_killed_past_a_limit_and_not_before(
    events: list[tuple[Event, float]], at_s: float, code: str | None
) -> None:
    machine = started()
    for event, when_s in events:
        machine.step(event, when_s)
    assert machine.step(Tick(0), at_s) is (Action.NOTHING if code is None else Action.KILL)
    if code is not None:
        assert told(machine, at_s) == ("failed", code)


def test_opened_but_without_a_single_frame_is_no_frames() -> None:
    machine = started()
    opened = Heard(Report("streaming", 0, 0.0, 25.0, 0, 0, None))
    machine.step(opened, 1.0)
    machine.step(opened, 6.1)
    assert machine.step(Tick(0), 6.1) is Action.KILL
    assert told(machine, 6.1) == ("failed", "E-CAM-03")


@pytest.mark.parametrize(
    ("event", "code"),
    [
        pytest.param(Ended(), "E-CAM-04", id="gone without a word"),
        pytest.param(Garbled(), "E-CAM-04", id="talks nonsense"),
        pytest.param(Heard(Failure("E-CAM-01")), "E-CAM-01", id="says that there is no such file"),
        pytest.param(Tick(LIMITS.memory_bytes + 1), "E-CAM-05", id="over its memory"),
    ],
)
def test_what_ends_a_stream_is_told_until_frames_come_again(event: Event, code: str) -> None:
    machine = streaming()
    assert machine.step(Tick(LIMITS.memory_bytes), 1.5) is Action.NOTHING
    machine.step(event, 2.0)
    machine.step(Ended(), 2.0)
    assert told(machine, 2.0) == ("failed", code)
    assert machine.status(2.0).frames_per_s == 0
    assert machine.step(Tick(0), 3.1) is Action.START
    machine.step(said(0), 3.5)
    assert told(machine, 3.5) == ("failed", code)
    machine.step(said(2), 4.0)
    status = machine.status(4.0)
    assert (status.state, status.code, status.reconnects, status.frames) == ("ok", None, 1, 3)


@pytest.mark.parametrize(
    ("age_s", "state"),
    [
        (2.0, ("ok", None)),
        (2.1, ("degraded", "E-CAM-07")),
        (5.0, ("degraded", "E-CAM-07")),
        (5.1, ("failed", "E-CAM-03")),
    ],
)
def test_the_state_follows_the_age_of_the_last_frame_even_when_nobody_says_anything(
    age_s: float, state: tuple[str, str | None]
) -> None:
    assert told(streaming(at_s=1.0), 1.0 + age_s) == state


def test_a_slow_stream_is_degraded_once_its_rate_can_be_judged_and_does_not_flap() -> None:
    machine = streaming(at_s=1.0)
    seen = []
    for at_s, per_s in [(3.9, 12.4), (4.0, 12.5), (4.5, 12.4), (5.0, 12.6), (5.5, 14.9), (6.0, 15.0), (6.5, 12.6)]:
        machine.step(said(50, per_s), at_s)
        seen.append(told(machine, at_s)[0])
    assert seen == ["ok", "ok", "degraded", "degraded", "degraded", "ok", "ok"]


def test_a_source_that_says_no_rate_is_never_too_slow_by_its_rate() -> None:
    machine = streaming(at_s=1.0)
    machine.step(said(50, per_s=1.0, expected=None), 9.0)
    assert told(machine, 9.0) == ("ok", None)


def delays(machine: CameraMachine, count: int, at_s: float = 0.0) -> list[float]:
    """Let it fail again and again at once; return how long it waited each time."""
    waited = []
    for _ in range(count):
        machine.step(Ended(), at_s)
        failed_s = at_s
        while machine.step(Tick(0), at_s) is not Action.START:
            at_s += 0.25
        waited.append(at_s - failed_s)
    return waited


@pytest.mark.parametrize(
    ("random", "expected"),
    [
        pytest.param(1.0, [1, 2, 4, 8, 16, 32, 60, 60, 60], id="the longest"),
        pytest.param(0.0, [1, 1, 2, 4, 8, 16, 30, 30, 30], id="the shortest"),
    ],
)
def test_it_is_tried_again_after_growing_delays_within_their_jitter(random: float, expected: list[int]) -> None:
    assert delays(started(random), 9) == expected


def test_after_a_good_run_the_delay_is_short_again() -> None:
    machine = started()
    delays(machine, 6)
    machine.step(said(1), 100.0)
    machine.step(said(200), 110.0)
    assert delays(machine, 1, at_s=111.0) == [1]


def test_none_is_started_beside_one_that_is_killed_but_not_gone() -> None:
    machine = streaming()
    machine.step(Tick(500 * MB), 2.0)
    assert machine.step(Tick(0), 500.0) is Action.NOTHING
    machine.step(said(7), 501.0)
    assert told(machine, 501.0) == ("failed", "E-CAM-05")
    machine.step(Ended(), 502.0)
    assert machine.step(Tick(0), 502.0) is Action.START


EVENTS = st.one_of(
    st.builds(Tick, st.sampled_from([0, 50 * MB, 500 * MB])),
    st.just(Ended()),
    st.just(Garbled()),
    st.builds(lambda code: Heard(Failure(code)), st.sampled_from(["E-CAM-01", "E-CAM-02", "E-CAM-03"])),
    st.builds(said, st.integers(0, 1000), st.floats(0, 60), st.integers(0, 20_000), st.sampled_from([None, 15.0])),
)


@given(st.lists(st.tuples(st.floats(0, 20), EVENTS), max_size=80))
def test_whatever_happens_one_process_at_most_runs_and_the_state_has_its_reason(
    story: list[tuple[float, Event]],
) -> None:
    machine = CameraMachine("main", LIMITS, lambda: 0.5)
    at_s, alive, frames = 0.0, False, 0
    for pause_s, event in story:
        if isinstance(event, Ended) and not alive:
            continue
        at_s += pause_s
        alive = alive and not isinstance(event, Ended)
        action = machine.step(event, at_s)
        assert not (action is Action.START and alive), "two processes"
        alive = alive or action is Action.START
        status = machine.status(at_s)
        assert status.state in {"ok", "degraded", "failed", "unknown"}
        assert (status.code is None) == (status.state in {"ok", "unknown"})
        assert status.frames_per_s == 0 or status.state != "failed"
        frames = max(frames, status.frames)
    if alive:
        machine.step(Ended(), at_s)
    assert machine.step(Tick(0), at_s + LIMITS.retry_max_s) is Action.START


def test_the_rate_is_that_of_the_last_seconds_and_not_of_all_time() -> None:
    meter = RateMeter()
    rates = [meter.rate(frames, at_s) for frames, at_s in [(0, 0.0), (25, 1.0), (50, 2.0), (75, 3.0)]]
    assert rates == [0.0, 25.0, 25.0, 25.0]
    assert [meter.rate(75, at_s) for at_s in (4.5, 6.0, 7.0)] == pytest.approx([14.3, 0.0, 0.0], abs=0.1)
