"""Exact probabilities of counted losses."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.health.chance import at_least, at_most, loss_error


@given(of=st.integers(0, 60), bad=st.integers(-1, 61), share=st.floats(0.001, 0.999))
def test_the_probability_is_that_of_the_textbook(of: int, bad: int, share: float) -> None:
    exact = sum(comb(of, k) * share**k * (1 - share) ** (of - k) for k in range(max(0, bad), of + 1))
    assert at_least(bad, of, share) == pytest.approx(exact, abs=1e-9)
    assert at_most(bad, of, share) == pytest.approx(1 - at_least(bad + 1, of, share), abs=1e-9)


def test_shares_at_the_ends_are_certain() -> None:
    assert (at_least(1, 30, 0.0), at_least(0, 30, 0.0), at_least(30, 30, 1.0)) == (0.0, 1.0, 1.0)


@pytest.mark.parametrize(("lost", "chance"), [(1, 0.26), (2, 0.036), (3, 0.0033)])
def test_one_of_thirty_is_nothing_and_three_are_something_at_one_percent(lost: int, chance: float) -> None:
    assert at_least(lost, 30, 0.01) == pytest.approx(chance, rel=0.03)


def test_no_loss_of_a_few_is_less_certain_than_none_of_many() -> None:
    assert loss_error(0, 30) > loss_error(0, 300) > 0
    assert loss_error(0, 0) == 1.0
