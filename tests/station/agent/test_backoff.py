from random import Random

from station.agent.backoff import FIRST_S, Backoff


def test_waits_double_up_to_the_most_and_are_drawn_from_all_of_it() -> None:
    waits = [[] for _ in range(10)]  # type: list[list[float]]
    for seed in range(300):
        backoff = Backoff(8.0, Random(seed))
        for tries in waits:
            tries.append(backoff.wait_s())
    tops = [0.5, 1, 2, 4, 8, 8, 8, 8, 8, 8]
    for drawn, top in zip(waits, tops, strict=True):
        assert 0 <= min(drawn) < top * 0.05
        assert top * 0.95 < max(drawn) <= top


def test_success_begins_anew() -> None:
    backoff = Backoff(60.0, Random(1))
    for _ in range(20):
        backoff.wait_s()
    backoff.succeeded()
    assert backoff.wait_s() <= FIRST_S


def test_a_most_below_the_first_wait_is_kept() -> None:
    assert max(Backoff(0.1, Random(seed)).wait_s() for seed in range(50)) <= 0.1
