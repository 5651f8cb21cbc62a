"""The last twenty checks, newer ones weighing more; above 30 % it flaps, below 25 % no longer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.health.flapping import CHECK_EVERY_MS, KEPT, Flaps, at_peace, changed, resumed, run_on

MINUTE = CHECK_EVERY_MS


@pytest.mark.parametrize(
    ("changes", "percent", "flaps"),
    [
        pytest.param(0, 0.0, False, id="peace"),
        pytest.param(1, 5.75, False, id="one change weighs 1.15 of 20"),
        pytest.param(5, 27.8, False, id="five quick changes do not do"),
        pytest.param(6, 33.1, True, id="six do: three outages"),
        pytest.param(40, 97.5, True, id="nothing but changes weighs 0.975 on average"),
    ],
)
def test_quick_changes(changes: int, percent: float, flaps: bool) -> None:
    after = changed(at_peace(0), 1, times=changes)
    assert after.percent == pytest.approx(percent, abs=0.05)
    assert after.flapping is flaps


def test_it_flaps_until_a_quarter_of_an_hour_of_peace() -> None:
    flaps = changed(at_peace(0), 0, times=6)
    assert run_on(flaps, 10 * MINUTE).flapping
    assert not run_on(flaps, 15 * MINUTE).flapping


def test_between_the_limits_it_stays_as_it_was() -> None:
    five = changed(at_peace(0), 0, times=5)
    six = changed(at_peace(0), 0, times=6)
    later = run_on(six, 10 * MINUTE)
    assert 25 < five.percent < 30
    assert 25 < later.percent < 30
    assert (five.flapping, later.flapping) == (False, True)


def test_an_outage_now_and_then_is_no_flapping() -> None:
    flaps = at_peace(0)
    for hour in range(1, 49):
        flaps = changed(flaps, hour * 60 * MINUTE, times=2)
        assert not flaps.flapping


def test_what_another_hub_left_flapping_flaps() -> None:
    assert resumed(0).flapping


@given(st.lists(st.tuples(st.integers(0, 30 * MINUTE), st.integers(1, 3))))
def test_it_keeps_twenty_checks_whatever_comes(steps: list[tuple[int, int]]) -> None:
    flaps, now = at_peace(0), 0
    for wait_ms, times in steps:
        now += wait_ms
        flaps = changed(flaps, now, times)
        assert len(flaps.checks) == KEPT
        assert 0 <= flaps.percent <= 97.5
    assert run_on(flaps, now + KEPT * MINUTE) == Flaps((False,) * KEPT, flaps.at_ms + KEPT * MINUTE)
