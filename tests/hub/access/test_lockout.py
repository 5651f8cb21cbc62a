"""How long somebody waits, and how often an address may come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.access.lockout import FORGOTTEN_MS, FREE, LONGEST_MS, NONE, Tries, failed, wait_ms
from hub.access.naming import sign_in_name
from hub.access.throttle import Throttle, site_of


def after(failures: int, at_ms: int = 0) -> Tries:
    tries = NONE
    for _ in range(failures):
        tries = failed(tries, at_ms)
    return tries


@pytest.mark.parametrize(
    ("failures", "waits_s"),
    [
        pytest.param(FREE - 1, 0, id="people mistype"),
        pytest.param(FREE, 30, id="the fifth"),
        pytest.param(FREE + 1, 60, id="twice as long"),
        pytest.param(FREE + 4, 480, id="and again"),
        pytest.param(FREE + 5, 900, id="a quarter of an hour at most"),
        pytest.param(FREE + 500, 900, id="never longer"),
    ],
)
def test_each_wrong_one_makes_the_next_wait(failures: int, waits_s: int) -> None:
    assert wait_ms(after(failures), 0) == waits_s * 1000


@given(st.lists(st.integers(0, 2 * FORGOTTEN_MS), max_size=60))
def test_nobody_waits_longer_than_the_longest(gaps: list[int]) -> None:
    tries, at_ms = NONE, 1_000_000
    for gap in gaps:
        at_ms += gap
        tries = failed(tries, at_ms)
        assert 0 <= wait_ms(tries, at_ms) <= LONGEST_MS
        assert wait_ms(tries, at_ms + LONGEST_MS) == 0


def test_a_day_without_one_forgets() -> None:
    for at_ms in (0, 1_795_000_000_000):
        tries = after(FREE + 3, at_ms)
        assert tries.until_ms is not None
        assert failed(tries, tries.until_ms + FORGOTTEN_MS - 1).failures == FREE + 4
        assert failed(tries, tries.until_ms + FORGOTTEN_MS).failures == 1


def test_a_clock_that_is_set_back_locks_nobody() -> None:
    assert wait_ms(failed(Tries(FREE + 9, 0), 10 * FORGOTTEN_MS), 0) == 0


def test_an_address_has_so_many_and_then_so_many_a_second() -> None:
    throttle = Throttle(3, 0.5)
    assert [throttle.take("192.0.2.1", 0) for _ in range(4)] == [0, 0, 0, 2000]
    assert throttle.take("192.0.2.2", 0) == 0
    assert throttle.take("192.0.2.1", 500) == 1500, "a part of it has come back"
    assert throttle.take("192.0.2.1", 2000) == 0
    assert throttle.take("192.0.2.1", 2000) == 2000
    throttle.give_back("192.0.2.1", 2000)
    assert throttle.take("192.0.2.1", 2000) == 0
    assert throttle.take("192.0.2.1", 1000) > 0, "a clock that goes back gives nothing"
    assert throttle.take("token 1 ", 2000) == 0, "who asks need not be an address"


def test_a_site_is_one_address_and_memory_has_a_bound() -> None:
    assert site_of("2001:db8::1") == site_of("2001:db8::ffff:1") != site_of("2001:db8:1::1")
    assert site_of("::ffff:192.0.2.1") == site_of("192.0.2.1") == "192.0.2.1"
    assert site_of("?") == "?"
    throttle = Throttle(1, 1, most=100)
    for number in range(1000):
        throttle.take(f"2001:db8:{number:x}::1", 0)
    assert len(throttle) == 100
    assert throttle.take("2001:db8:3e7::2", 0) > 0, "the last ones are known still"


@pytest.mark.parametrize(
    ("typed", "name"),
    [("Zhang.San ", "zhang.san"), ("ｚｈａｎｇ", "zhang"), ("张三", "张三"), ("a", None), ("a b", None), ("", None),
     ("_x", None), ("x" * 33, None), ("a\n", None), ("zhang'--", None), ("../etc", None)],
)  # fmt: skip
def test_a_user_name_is_the_same_however_it_is_typed(typed: str, name: str | None) -> None:
    assert sign_in_name(typed) == name
