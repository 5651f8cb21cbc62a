"""Every kind is raised by its faults, in time and alone; every negative is silent."""

import pytest

from station.vision import limits
from station.vision.faults import FAULTS
from station.vision.kinds import KINDS, SUPPRESSED_BY
from station.vision.negatives import NEGATIVES, quiet_night
from tests.station.vision.film import LOOKS_PER_S, at, experienced, good, told
from wire import video
from wire.video import FaultKind

BEGIN = 80
WITHIN_S: dict[FaultKind, float] = {
    "black": 5,
    "no_signal": 5,
    "white": 5,
    "frozen": 12,
    "blur": 10,
    "cast": 10,
    "moved": 10,
}
OTHERS_S = 15.0
PART_S = 30.0


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_in_time_and_nothing_else_is(name: str) -> None:
    kind, make = FAULTS[name]
    changes = told(experienced(), range(BEGIN, BEGIN + 31 * LOOKS_PER_S), make())
    assert [(change.kind, change.state) for change in changes] == [(kind, "raised")]
    limit_s = PART_S if name.startswith("covered 30") else WITHIN_S.get(kind, OTHERS_S)
    assert changes[0].at_s - at(BEGIN) <= limit_s
    assert changes[0].since_s <= changes[0].at_s


@pytest.mark.parametrize("name", NEGATIVES)
def test_what_happens_every_day_raises_nothing(name: str) -> None:
    assert told(experienced(), range(BEGIN, BEGIN + 30 * LOOKS_PER_S), NEGATIVES[name]) == []


def test_a_quiet_night_is_not_frozen() -> None:
    assert told(experienced(), range(BEGIN, BEGIN + 90 * LOOKS_PER_S), quiet_night) == []


@pytest.mark.parametrize("name", ["black", "frozen", "covered 60 %", "moved 15 %", "flicker"])
def test_a_fault_that_ends_is_cleared_once(name: str) -> None:
    doctor = experienced()
    kind, make = FAULTS[name]
    (raised,) = told(doctor, range(BEGIN, BEGIN + 20 * LOOKS_PER_S), make())
    cleared = told(doctor, range(BEGIN + 20 * LOOKS_PER_S, BEGIN + 45 * LOOKS_PER_S))
    assert [(change.kind, change.state) for change in cleared] == [(kind, "cleared")]
    assert cleared[0].since_s == raised.since_s
    assert doctor.verdict().kind is None


def test_a_worse_fault_takes_the_place_of_the_one_it_hides() -> None:
    doctor = experienced()
    told(doctor, range(BEGIN, BEGIN + 15 * LOOKS_PER_S), FAULTS["blur 4 px"][1]())
    assert doctor.verdict().raised == ("blur",)
    (blurred,) = doctor.verdict().faults
    assert blurred.kind == "blur"
    assert at(BEGIN) - 1 <= blurred.since_s <= at(BEGIN + 4)
    assert 0 < blurred.severity <= 1
    assert 0 < blurred.confidence <= 1
    changes = told(doctor, range(BEGIN + 15 * LOOKS_PER_S, BEGIN + 25 * LOOKS_PER_S), FAULTS["black"][1]())
    assert {(change.kind, change.state) for change in changes} == {("black", "raised"), ("blur", "cleared")}
    assert doctor.verdict().kind == "black"


def test_no_frames_and_a_corrupted_stream_are_the_decoders_word() -> None:
    doctor = experienced()
    (lost,) = doctor.look(None, at(BEGIN))
    assert (lost.kind, lost.state) == ("no_frames", "raised")
    back = told(doctor, range(BEGIN + 2, BEGIN + 16))
    assert [(change.kind, change.state) for change in back] == [("no_frames", "cleared")]
    broken = [change for n in range(10) for change in doctor.look(good(n), at(BEGIN + 20 + n), corrupted=True)]
    assert [(change.kind, change.state) for change in broken] == [("corrupted", "raised")]


def test_every_kind_has_a_hold_a_name_and_a_place_in_the_order() -> None:
    assert set(limits.HOLD_S) == set(video.FAULTS) == set(KINDS)
    for kind, over in SUPPRESSED_BY.items():
        assert {KINDS.index(other) < KINDS.index(kind) for other in over} <= {True}, kind
