"""Whose probes stopped: told within seconds, and nobody is blamed for a deaf reflector."""

import pytest

from hub.health.probes import Hearing

LATE = 4_000
STEP = 250


class Ear:
    """A county that probes once a second, listened to four times a second."""

    def __init__(self, *stations: str, began_ms: int = 1_000_000) -> None:
        self.hearing = Hearing(1_000)
        self.now_ms = began_ms
        self.marks = dict.fromkeys(stations, 1)
        self.offsets = {station: index * 100 for index, station in enumerate(stations)}

    def run(self, ms: int, *, without: tuple[str, ...] = ()) -> None:
        for _ in range(ms // STEP):
            self.now_ms += STEP
            for station in self.marks:
                came = (self.now_ms - self.offsets[station]) % 1_000 < STEP
                if came and station not in without:
                    self.marks[station] += 1
            self.hearing.hear(self.marks if len(without) < len(self.marks) else {}, self.now_ms)

    def says(self, *stations: str) -> list[str]:
        return [self.hearing.probes(station) for station in stations]


@pytest.fixture
def ear() -> Ear:
    return Ear("a", "b", "c")


def test_nothing_is_said_of_whom_was_never_heard(ear: Ear) -> None:
    ear.run(5_000)
    assert ear.says("a", "nobody") == ["coming", "none"]


def test_one_that_stops_is_silent_after_three_intervals_and_a_second_and_back_with_one_probe(ear: Ear) -> None:
    ear.run(10_000)
    ear.run(LATE - 1_000, without=("a",))
    assert ear.says("a", "b") == ["coming", "coming"]
    ear.run(1_500, without=("a",))
    assert ear.says("a", "b", "c") == ["silent", "coming", "coming"]
    heard_ms = ear.hearing.heard_ms()
    assert ear.now_ms - heard_ms["a"] >= LATE > ear.now_ms - heard_ms["b"]
    ear.run(1_000)
    assert ear.says("a") == ["coming"]


def test_when_nothing_comes_from_anybody_everything_stays_as_it_was(ear: Ear) -> None:
    ear.run(10_000)
    ear.run(6_000, without=("a",))
    ear.run(60_000, without=("a", "b", "c"))
    assert ear.says("a", "b", "c") == ["silent", "coming", "coming"]


def test_when_the_reflector_hears_again_everybody_has_their_time_anew(ear: Ear) -> None:
    ear.run(10_000)
    ear.run(60_000, without=("a", "b", "c"))
    ear.run(LATE - STEP, without=("a", "b"))
    assert ear.says("a", "b", "c") == ["coming", "coming", "coming"]
    ear.run(1_000, without=("a", "b"))
    assert ear.says("a", "b", "c") == ["silent", "silent", "coming"]


@pytest.mark.parametrize("by_ms", [-3_600_000, 3_600_000])
def test_a_clock_that_is_set_makes_nobody_silent_and_hides_nobody_for_long(ear: Ear, by_ms: int) -> None:
    ear.run(10_000)
    ear.now_ms += by_ms
    ear.run(2_000)
    assert ear.says("a", "b", "c") == ["coming", "coming", "coming"]
    ear.run(LATE + 1_000, without=("b",))
    assert ear.says("a", "b", "c") == ["coming", "silent", "coming"]


def test_a_new_session_was_not_heard_yet(ear: Ear) -> None:
    ear.run(10_000)
    ear.run(6_000, without=("a",))
    ear.hearing.begin("a")
    del ear.marks["a"]
    ear.run(6_000)
    assert ear.says("a") == ["none"]


def test_a_stalled_hub_blames_nobody(ear: Ear) -> None:
    ear.run(10_000)
    ear.now_ms += 30_000
    ear.run(2_000)
    assert ear.says("a", "b", "c") == ["coming", "coming", "coming"]
