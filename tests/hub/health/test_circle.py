"""Whose turn it is: everybody meets everybody once, what is odd comes sooner, the unreachable later."""

from collections import Counter
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.health.circle import AGAIN_MS, HARD_TO_REACH, Circle, Rotation

MINUTE = 60_000


def codes(villages: int) -> list[str]:
    return [f"v{number:03d}" for number in range(villages)]


def yes(_code: str) -> bool:
    return True


@given(st.integers(0, 41))
def test_every_pair_meets_once_and_nobody_twice_in_a_round(villages: int) -> None:
    circle, half = Circle(codes(villages)), max(1, (villages + 1) // 2)
    drawn = [circle.pair(number) for number in range(len(circle))]
    rounds = [[pair for pair in drawn[at : at + half] if pair] for at in range(0, len(drawn), half)]
    met = Counter(frozenset(pair) for round_ in rounds for pair in round_)
    assert met == Counter(frozenset(pair) for pair in combinations(codes(villages), 2))
    assert len(rounds) == max(0, villages - 1 + villages % 2)
    for round_ in rounds:
        busy = [code for pair in round_ for code in pair]
        assert len(set(busy)) == len(busy) >= villages - 1


@pytest.mark.parametrize("villages", [7, 8])
def test_a_pass_of_the_rotation_is_all_pairs_and_the_next_goes_the_other_way(villages: int) -> None:
    rotation, pairs = Rotation(Circle(codes(villages))), villages * (villages - 1) // 2
    first = [rotation.next(number * MINUTE, ready=yes, reflects=yes) for number in range(pairs)]
    second = [rotation.next(number * MINUTE, ready=yes, reflects=yes) for number in range(pairs)]
    assert {frozenset(pair) for pair in first if pair} == {frozenset(pair) for pair in combinations(codes(villages), 2)}
    assert second == [pair[::-1] for pair in first if pair]


def test_who_is_away_is_passed_over_and_who_has_no_reflector_probes() -> None:
    rotation = Rotation(Circle(codes(6)))
    seen = [
        rotation.next(0, ready=lambda code: code != "v000", reflects=lambda code: code != "v001") for _ in range(40)
    ]
    assert None not in seen
    assert all("v000" not in pair and pair[1] != "v001" for pair in seen if pair)
    assert any(pair and pair[0] == "v001" for pair in seen)
    assert rotation.next(0, ready=lambda _: False, reflects=yes) is None
    assert rotation.next(0, ready=yes, reflects=lambda _: False) is None
    assert Rotation(Circle([])).next(0, ready=yes, reflects=yes) is None
    assert Rotation(Circle(["v000"])).next(0, ready=yes, reflects=yes) is None


def test_a_pair_whose_turn_comes_while_one_is_busy_has_it_later() -> None:
    rotation, busy = Rotation(Circle(codes(4))), dict[str, int]()
    seen = Counter[frozenset[str]]()
    for second in range(120):
        pair = rotation.next(
            second * 1_000, ready=yes, reflects=yes, busy=lambda code, now=second: busy.get(code, 0) > now
        )
        if pair is not None:
            seen[frozenset(pair)] += 1
            busy.update(dict.fromkeys(pair, second + 9))
    assert len(seen) == 6
    assert max(seen.values()) - min(seen.values()) <= 1


def test_an_odd_pair_is_measured_every_ten_minutes_beside_the_others() -> None:
    rotation, odd = Rotation(Circle(codes(20))), ("v003", "v007")
    turns = [rotation.next(turn * MINUTE, ready=yes, reflects=yes, odd=[odd]) for turn in range(60)]
    at = [turn for turn, pair in enumerate(turns) if pair == odd]
    assert 5 <= len(at) <= 8
    assert all(later - earlier >= AGAIN_MS // MINUTE for earlier, later in pairwise(at))
    assert len({pair for pair in turns if pair != odd}) == 60 - len(at), "the others go on"


def test_a_village_in_trouble_meets_many_others_soon() -> None:
    rotation = Rotation(Circle(codes(100)))
    turns = [rotation.next(turn * MINUTE, ready=yes, reflects=yes, troubled=["v042"]) for turn in range(40)]
    others = {code for pair in turns if pair and "v042" in pair for code in pair} - {"v042"}
    assert len(others) >= 20
    assert sum("v042" not in pair for pair in turns if pair) >= 19, "every second turn at most"
    away = [rotation.next(0, ready=lambda code: code != "v042", reflects=yes, troubled=["v042"]) for _ in range(10)]
    assert all(pair and "v042" not in pair for pair in away)


def test_who_is_troubled_takes_turns_with_others_who_are() -> None:
    rotation = Rotation(Circle(codes(50)))
    seen = [
        rotation.next(number * 5_000, ready=yes, reflects=yes, troubled=["v003", "v042", "v044"])
        for number in range(24)
    ]
    special = [pair for pair in seen[1::2] if pair]
    served = Counter(code for pair in special for code in pair if code in {"v003", "v042", "v044"})
    assert min(served.values()) >= 4, served


def test_whom_nobody_reaches_probes_others_and_is_tried_less_often() -> None:
    rotation = Rotation(Circle(codes(10)))
    for number in range(HARD_TO_REACH):
        rotation.saw((f"v00{number}", "v009"), reached=False)
    assert rotation.is_hard_to_reach("v009")
    pass_ = [rotation.next(0, ready=yes, reflects=yes) for _ in range(45)]
    assert sum(pair is not None and pair[0] == "v009" for pair in pass_) == 9
    rotation.saw(("v001", "v009"), reached=True)
    assert not rotation.is_hard_to_reach("v009")


def test_what_one_village_says_again_and_again_makes_nobody_hard_to_reach() -> None:
    rotation = Rotation(Circle(codes(10)))
    for _ in range(100):
        rotation.saw(("v000", "v009"), reached=False)
    assert not rotation.is_hard_to_reach("v009")


def test_where_nobody_can_be_reached_one_in_ten_is_tried() -> None:
    rotation = Rotation(Circle(codes(12)))
    for code in codes(12):
        for number in range(HARD_TO_REACH):
            rotation.saw((f"other {number}", code), reached=False)
    assert len([pair for _ in range(3) if (pair := rotation.next(0, ready=yes, reflects=yes))]) == 3
    assert rotation._number == 30, "ten pairs were passed over for each"
