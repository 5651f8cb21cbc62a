"""Two of the last three looks make a state hard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.health.confirm import Looks, again, look, wanting


@pytest.mark.parametrize(
    ("seen", "hard", "more"),
    [
        pytest.param("", None, 0, id="nothing seen, nothing held"),
        pytest.param("b", None, 1, id="one bad look is a hint"),
        pytest.param("bb", True, 0, id="two are a fact"),
        pytest.param("bbg", True, 1, id="one good look takes nothing back"),
        pytest.param("bbgb", True, 0, id="nor does it when the next is bad again"),
        pytest.param("bbgg", False, 0, id="two good ones do"),
        pytest.param("ggbgb", True, 0, id="two of three, not two in a row"),
        pytest.param("gggb", False, 1, id="one bad look after many good ones is a hint"),
    ],
)
def test_looks(seen: str, hard: bool | None, more: int) -> None:
    looks = Looks()
    for each in seen:
        looks = look(looks, each == "b")
    assert (looks.hard, wanting(looks)) == (hard, more)


@given(st.lists(st.booleans(), min_size=1))
def test_it_is_hard_as_soon_as_is_said_beforehand(seen: list[bool]) -> None:
    looks = Looks()
    for bad in seen:
        looks = look(looks, bad)
    more = wanting(looks)
    assert again(looks, more).hard is seen[-1]
    assert more == 0 or again(looks, more - 1).hard is not seen[-1]


@given(st.lists(st.booleans(), min_size=2))
def test_what_is_hard_is_what_most_of_the_last_three_looks_said_since_it_was(seen: list[bool]) -> None:
    looks = Looks()
    for bad in seen:
        looks = look(looks, bad)
    last = seen[-3:]
    if len(last) == 3:
        assert looks.hard is (sum(last) >= 2)
