"""What the doctor and the small stream make of a camera's state, without a process."""

import pytest

from station.devices.camera.machine import UNSEEN_MAX_S, Action, CameraMachine, Ended, Heard, Limits, Tick
from station.devices.camera.reports import Failure, FaultNow, Looked, Report
from wire.video import FAULTS, FaultKind

LIMITS = Limits()


def frames(count: int, errors: int = 0, *, looking: bool = False, age_ms: int = 0) -> Heard:
    report = Report("streaming", count, 25.0, 25.0, 1280, 720, age_ms, errors, 300_000.0, 2.0, 1.0, looking)
    return Heard(report)


def looked(at_s: float, *kinds: FaultKind, learning: bool = False) -> Heard:
    return Heard(Looked(at_s, [FaultNow(kind, at_s - 5, 0.4, 0.9) for kind in kinds], learning, "day"))


def camera(*, has_substream: bool = False) -> CameraMachine:
    machine = CameraMachine("main", LIMITS, lambda: 1.0, has_substream=has_substream)
    assert machine.step(Tick(0), 0.0) is Action.START
    return machine


def seeing(*kinds: FaultKind, learning: bool = False) -> CameraMachine:
    machine = camera()
    machine.step(frames(1), 10.0)
    machine.step(looked(10.0, *kinds, learning=learning), 10.0)
    return machine


def told(machine: CameraMachine, at_s: float) -> tuple[str, str | None]:
    status = machine.status(at_s)
    return status.state, status.code


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_of_the_picture_is_the_cameras_state(kind: FaultKind) -> None:
    machine = seeing(kind)
    assert told(machine, 10.1) == ("failed" if FAULTS[kind].blind else "degraded", FAULTS[kind].code)
    assert [fault.kind for fault in machine.faults(10.1)] == [kind]


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        pytest.param((), ("ok", None), id="nothing is wrong"),
        pytest.param(("blur", "cast"), ("degraded", "E-VQD-11"), id="the first is the cause"),
        pytest.param(("flicker", "covered"), ("failed", "E-VQD-08"), id="the worst makes the state"),
    ],
)
def test_several_faults_are_one_state(kinds: tuple[FaultKind, ...], state: tuple[str, str | None]) -> None:
    assert told(seeing(*kinds), 10.1) == state


def test_learning_is_no_fault() -> None:
    machine = seeing(learning=True)
    assert told(machine, 10.1) == ("ok", None)
    assert machine.measures(10.1)["learning"] == 1


def test_a_fault_is_gone_when_the_doctor_says_so() -> None:
    machine = seeing("blur")
    machine.step(looked(10.5), 10.5)
    assert told(machine, 10.6) == ("ok", None)


@pytest.mark.parametrize(
    ("later_s", "known"),
    [
        pytest.param(UNSEEN_MAX_S, True, id="on the limit"),
        pytest.param(UNSEEN_MAX_S + 0.1, False, id="past the limit"),
    ],
)
def test_what_the_doctor_said_long_before_the_last_frame_counts_no_more(later_s: float, known: bool) -> None:
    machine = seeing("blur")
    machine.step(frames(99), 10.0 + later_s)
    assert bool(machine.faults(10.0 + later_s)) == known


def test_without_frames_the_fault_is_no_video_since_the_last_one() -> None:
    machine = seeing("blur")
    assert [fault.kind for fault in machine.faults(15.0)] == ["blur"], "a slow stream is still one"
    assert told(machine, 15.1) == ("failed", "E-CAM-03")
    (fault,) = machine.faults(15.1)
    assert (fault.kind, fault.since_mono_s, fault.severity) == ("no_frames", 10.0, 1.0)


def test_what_never_showed_lacks_video_since_it_was_first_tried() -> None:
    machine = camera()
    assert machine.faults(3.0) == [], "still opening"
    for at_s in (5.0, 60.0):
        machine.step(Heard(Failure("E-CAM-02")), at_s)
        machine.step(Ended(), at_s)
        machine.step(Tick(0), at_s + 50)
    assert [(fault.kind, fault.since_mono_s) for fault in machine.faults(111.0)] == [("no_frames", 0.0)]


def test_what_was_raised_before_a_crash_is_not_said_of_the_next_process() -> None:
    machine = seeing("blur")
    machine.step(Ended(), 11.0)
    assert told(machine, 11.0) == ("failed", "E-CAM-04")
    machine.step(Tick(0), 13.0)
    machine.step(frames(1), 14.0)
    assert told(machine, 14.0) == ("ok", None)


@pytest.mark.parametrize(("looking", "code"), [(True, "E-CAM-06"), (False, "E-CAM-03")])
def test_a_doctor_that_hangs_is_a_hang_and_no_lack_of_frames(looking: bool, code: str) -> None:
    machine = seeing()
    machine.step(frames(9, looking=looking, age_ms=5001), 16.0)
    assert machine.step(Tick(0), 16.0) is Action.KILL
    assert told(machine, 16.0) == ("failed", code)


def test_figures_of_stream_and_picture_stand_beside_the_state() -> None:
    machine = seeing("blur")
    machine.step(frames(30, errors=3), 10.5)
    expected = {
        "bits_per_s": 300_000, "keyframe_every_s": 2, "media_rate": 1, "decoder_errors": 3, "looks": 1, "learning": 0,
        "severity": 0.4, "confidence": 0.9, "frames_per_s": 25, "width_px": 1280, "height_px": 720, "reconnects": 0,
    }  # fmt: skip
    measures = machine.measures(10.5)
    assert {name: measures[name] for name in expected} == expected
    machine.step(Ended(), 11.0)
    machine.step(Tick(0), 13.0)
    machine.step(frames(1, errors=2), 14.0)
    assert machine.measures(14.0)["decoder_errors"] == 5, "over all its processes"


# --- the small stream ---


def test_the_small_stream_is_tried_first_and_the_main_one_at_once_when_it_does_not_open() -> None:
    machine = camera(has_substream=True)
    assert machine.on_substream
    assert machine.step(Heard(Failure("E-CAM-02")), 1.0) is Action.KILL
    machine.step(Ended(), 1.0)
    assert told(machine, 1.0) == ("unknown", None), "no fault yet"
    assert machine.step(Tick(0), 1.0) is Action.START
    assert not machine.on_substream
    machine.step(frames(1), 2.0)
    status = machine.status(2.0)
    assert (status.state, status.reconnects) == ("ok", 0)
    measures = machine.measures(2.0)
    assert (measures["substream"], measures["substream_failures"]) == (0, 1)


def test_when_neither_opens_it_is_a_fault_and_both_are_tried_again_after_growing_delays() -> None:
    machine = camera(has_substream=True)
    at_s, taken, waited = 0.0, [machine.on_substream], []
    for _ in range(7):
        machine.step(Heard(Failure("E-CAM-02")), at_s)
        machine.step(Ended(), at_s)
        failed_s = at_s
        while machine.step(Tick(0), at_s) is not Action.START:
            at_s += 0.25
        taken.append(machine.on_substream)
        waited.append(at_s - failed_s)
    assert taken == [True, False] * 4
    assert waited == [0, 1, 0, 2, 0, 4, 0]
    assert told(machine, at_s) == ("failed", "E-CAM-02")


def test_a_small_stream_that_breaks_off_is_taken_again() -> None:
    machine = camera(has_substream=True)
    machine.step(frames(1), 1.0)
    machine.step(Heard(Failure("E-CAM-03")), 5.0)
    machine.step(Ended(), 5.0)
    assert told(machine, 5.0) == ("failed", "E-CAM-03")
    assert machine.step(Tick(0), 6.0) is Action.START
    assert machine.on_substream


def test_a_small_stream_that_opens_and_brings_no_frame_is_given_up() -> None:
    machine = camera(has_substream=True)
    opened = Heard(Report("streaming", 0, 0.0, 25.0, 0, 0, None))
    machine.step(opened, 1.0)
    machine.step(opened, 6.1)
    assert machine.step(Tick(0), 6.1) is Action.KILL
    machine.step(Ended(), 6.1)
    machine.step(Tick(0), 6.1)
    assert not machine.on_substream
