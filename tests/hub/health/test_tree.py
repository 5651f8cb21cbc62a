"""The test that names a place: worked examples, and what must hold for any figures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.health.tree import COUNTY_DOWN, TOWN_DOWN, TOWN_LINE, Odds, Tally, counts_as_down, find, score


def test_the_score_is_the_formula_worked_by_hand() -> None:
    # pb = .01 x .98 + .99 x .002 = .01178; ln(.002/.998) = -6.213; ln(.98/.01178) = 4.421; ln(.02/.98822) = -3.900
    assert score(3, 3, TOWN_DOWN) == pytest.approx(-6.213 + 3 * 4.421, abs=0.01)
    assert score(3, 10, TOWN_DOWN) == pytest.approx(-6.213 + 3 * 4.421 - 7 * 3.900, abs=0.01)


@pytest.mark.parametrize(
    ("tally", "odds", "down"),
    [
        pytest.param(Tally(22, 22, 22), TOWN_DOWN, True, id="all of a town"),
        pytest.param(Tally(20, 22, 22), TOWN_DOWN, True, id="all but two, which hang elsewhere"),
        pytest.param(Tally(12, 22, 22), TOWN_DOWN, True, id="a little more than half"),
        pytest.param(Tally(11, 22, 22), TOWN_DOWN, False, id="half of a large town"),
        pytest.param(Tally(3, 45, 45), TOWN_DOWN, False, id="three of a large town have causes of their own"),
        pytest.param(Tally(3, 3, 3), TOWN_DOWN, True, id="a town of three"),
        pytest.param(Tally(2, 3, 3), TOWN_DOWN, False, id="two of three"),
        pytest.param(Tally(2, 2, 2), TOWN_DOWN, True, id="a town of two"),
        pytest.param(Tally(1, 2, 2), TOWN_DOWN, False, id="one of two"),
        pytest.param(Tally(1, 1, 1), TOWN_DOWN, False, id="a town of one village is that village"),
        pytest.param(Tally(2, 2, 22), TOWN_DOWN, False, id="two known of many say nothing"),
        pytest.param(Tally(10, 10, 22), TOWN_DOWN, False, id="nor does less than half"),
        pytest.param(Tally(0, 0, 0), TOWN_DOWN, False, id="nothing is known"),
        pytest.param(Tally(5, 8, 22), TOWN_LINE, True, id="a line, though few villages measure theirs"),
        pytest.param(Tally(2, 2, 22), TOWN_LINE, False, id="but not by two of many"),
        pytest.param(Tally(14, 14, 14), COUNTY_DOWN, True, id="every town"),
        pytest.param(Tally(2, 14, 14), COUNTY_DOWN, False, id="two towns are two causes"),
        pytest.param(Tally(3, 3, 3), COUNTY_DOWN, True, id="a county of three towns"),
    ],
)
def test_find(tally: Tally, odds: Odds, down: bool) -> None:
    assert find(tally, odds).down is down


@given(st.integers(2, 60), st.data())
def test_one_more_bad_never_makes_it_less_likely(known: int, data: st.DataObject) -> None:
    bad = data.draw(st.integers(0, known - 1))
    for odds in (TOWN_DOWN, TOWN_LINE, COUNTY_DOWN):
        assert score(bad + 1, known, odds) > score(bad, known, odds)
        assert find(Tally(bad + 1, known, known), odds).down >= find(Tally(bad, known, known), odds).down


@given(st.integers(3, 45))
def test_all_of_any_town_is_surely_the_town(size: int) -> None:
    assert find(Tally(size, size, size), TOWN_DOWN).sure


@given(st.integers(6, 60), st.data())
def test_a_quarter_of_a_town_is_never_the_town(size: int, data: st.DataObject) -> None:
    assert not find(Tally(data.draw(st.integers(0, size // 4)), size, size), TOWN_DOWN).down


@pytest.mark.parametrize(
    ("tally", "counts"),
    [
        pytest.param(Tally(1, 1, 1), True, id="a town of one village hangs on the county as any other"),
        pytest.param(Tally(0, 1, 1), False, id="and is well as any other"),
        pytest.param(Tally(8, 8, 8), True, id="a town that is down"),
        pytest.param(Tally(1, 8, 8), False, id="a town with one village down"),
        pytest.param(Tally(3, 3, 8), None, id="too little is known of it"),
        pytest.param(Tally(0, 0, 0), None, id="nothing is known of it"),
    ],
)
def test_a_town_below_its_county(tally: Tally, counts: bool | None) -> None:
    assert counts_as_down(find(tally, TOWN_DOWN), TOWN_DOWN) is counts
