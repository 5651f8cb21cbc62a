"""What is measured through bad lines is what those lines say was so; `./run bench probe` does it at length."""

import statistics

import pytest

from tests.stamp.impairment import Passage, Way, _Direction
from tests.stamp.measuring import CASES, Measured, measured


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Measured]:
    cases = measured(CASES, packets=250, interval_s=0.004, window_s=0.3)
    return {outcome.case.name: outcome for outcome in cases}


@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_losses_are_the_lines_own_and_in_the_right_direction(name: str, outcomes: dict[str, Measured]) -> None:
    outcome = outcomes[name]
    figures, truth = outcome.figures, outcome.truth
    assert (figures.sent, figures.received) == (truth.sent, truth.received)
    assert abs(figures.reached - truth.reached) <= 1  # where one lost at a window's edge belongs may stay open
    assert all(abs(errors) <= 3 for errors in outcome.standard_errors())


@pytest.mark.parametrize("name", [case.name for case in CASES])
def test_round_trips_are_the_lines_own(name: str, outcomes: dict[str, Measured]) -> None:
    assert abs(outcomes[name].rtt_error_ms) < 1.0  # 0.3 on a machine that is not busy: the bench


def test_reordering_and_duplicates_are_seen(outcomes: dict[str, Measured]) -> None:
    assert outcomes["reordering 10 %, 1 % there"].figures.reordered > 20
    assert outcomes["duplicates 10 %, 5 % back"].figures.duplicated > 20
    assert outcomes["no loss"].figures.duplicated == 0


# --- the line itself: what it does is what it was set to ---


def lost(way: Way, packets: int = 40_000) -> list[bool]:
    direction = _Direction(way, "seed")
    return [not direction.delays_ms() for _ in range(packets)]


@pytest.mark.parametrize("burst", [1, 3, 10])
def test_it_loses_the_share_it_should_in_bursts_as_long_as_they_should_be(burst: float) -> None:
    losses = lost(Way(loss=0.05, burst=burst))
    assert statistics.mean(losses) == pytest.approx(0.05, abs=0.01)
    begun = sum(now and not before for before, now in zip([False, *losses], losses, strict=False))
    assert sum(losses) / begun == pytest.approx(burst, rel=0.1)


def test_the_same_seed_loses_the_same_packets() -> None:
    way = Way(loss=0.2, burst=3, jitter_ms=2, duplicate=0.1, reorder=0.1)
    assert lost(way, 1000) == lost(way, 1000)


def test_a_packet_that_left_no_time_was_lost() -> None:
    passage = Passage(b"", 1_000_000)
    assert passage.lost
    passage.left_ns.append(3_500_000)
    assert (passage.lost, passage.delays_ms) == (False, [2.5])
