"""A leg: soft and hard, its direction, since when; and that chance alone degrades nothing."""

import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.health.leg import POOL, UNMEASURED, Leg, Window, soft, step

EVERY_MS = 30_000


def windows(*counts: tuple[int, int] | None, sent: int = 30, rtt_ms: float = 20.0) -> list[Window]:
    """Return one window for each of lost up and lost down; None for one in which nothing came back."""
    made = []
    for index, one in enumerate(counts, 1):
        up, down = (sent, 0) if one is None else one
        made.append(Window(index * EVERY_MS, EVERY_MS, sent, sent - up, sent - up - down, rtt_ms, 1.0))
    return made


def after(all_of: Iterable[Window]) -> Leg:
    leg = UNMEASURED
    for window in all_of:
        leg = step(leg, window)
    return leg


@pytest.mark.parametrize(
    ("counts", "state", "reason", "since"),
    [
        pytest.param([(0, 0)], "ok", "answered", 0, id="the first in order"),
        pytest.param([(1, 0)] * 5, "ok", "answered", 0, id="one of thirty, again and again"),
        pytest.param([(0, 0), (3, 0), (0, 0)], "ok", "answered", 0, id="one bad window"),
        pytest.param([(0, 0), (3, 0), (0, 0), (0, 3)], "degraded", "loss_down", 1, id="two of three"),
        pytest.param([(0, 0), (3, 0), (4, 0)], "degraded", "loss_up", 1, id="up"),
        pytest.param([(0, 0), (0, 3), (0, 4)], "degraded", "loss_down", 1, id="down"),
        pytest.param([(0, 0), (3, 5), (3, 6)], "degraded", "loss_down", 1, id="both ways, down more"),
        pytest.param([(5, 0), (5, 0)], "degraded", "loss_up", 0, id="bad from the first"),
        pytest.param([(5, 0)], "unmeasured", "too_few", 0, id="bad once, and nothing before"),
        pytest.param([(0, 0), None], "ok", "answered", 0, id="silent once"),
        pytest.param([(0, 0), None, None], "lost", "no_answer", 1, id="lost"),
        pytest.param([(0, 0), None, (6, 0)], "degraded", "loss_up", 1, id="lost and bad are bad"),
        pytest.param([(0, 0), None, None, (6, 0)], "lost", "no_answer", 1, id="lost still"),
        pytest.param([(0, 0), None, None, (6, 0), (6, 0)], "degraded", "loss_up", 3, id="no longer lost"),
        pytest.param([None, None, (0, 0)], "lost", "no_answer", 0, id="one good window"),
        pytest.param([None, None, (0, 0), (0, 0)], "ok", "answered", 2, id="back, since the first good"),
        pytest.param([(9, 0)] * 12 + [(1, 0), (1, 0)], "degraded", "loss_up", 0, id="over the limit still"),
        pytest.param([(9, 0)] * 12 + [(0, 0), (0, 0)], "ok", "answered", 12, id="in order again at once"),
        pytest.param([(0, 0)] * 5 + [(1, 0)] * 9, "degraded", "loss_up", 5, id="three percent, steadily"),
        pytest.param([(0, 0)] * 9 + [(12, 0)], "ok", "answered", 0, id="one burst is not steady"),
    ],
)
def test_two_of_three_decide_and_a_change_is_dated_when_it_began(
    counts: list[tuple[int, int] | None], state: str, reason: str, since: int
) -> None:
    leg = after(windows(*counts))
    assert (leg.state, leg.reason) == (state, reason)
    assert leg.since_ms == since * EVERY_MS


def test_a_line_that_is_too_slow_for_a_call_is_degraded() -> None:
    quick, slow = windows((0, 0), (0, 0), rtt_ms=199), windows((0, 0), (0, 0), rtt_ms=201)
    assert after(quick).state == "ok"
    assert (after(slow).state, after(slow).reason) == ("degraded", "slow")
    assert soft(windows((3, 0), rtt_ms=300)[0]).reason == "loss_up", "loss before slowness"


def test_figures_are_those_of_the_state_and_of_some_minutes() -> None:
    leg = after(windows(*[(0, 0)] * 20, (9, 0), (9, 0)))
    assert [window.sent - window.reached for window in leg.windows] == [9, 9]
    assert len(after(windows(*[(0, 0)] * 20)).windows) == POOL


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=40))
def test_windows_of_too_few_packets_say_nothing(counts: list[tuple[int, int]]) -> None:
    few = [Window(index, 1, 4, 4 - up, max(0, 4 - up - down)) for index, (up, down) in enumerate(counts)]
    assert after(few) == UNMEASURED


@given(st.lists(st.one_of(st.none(), st.tuples(st.integers(0, 30), st.integers(0, 30))), min_size=1, max_size=60))
def test_whatever_comes_since_never_goes_back_and_figures_are_there(counts: list[tuple[int, int] | None]) -> None:
    leg, since_ms = UNMEASURED, 0
    cut = [None if one is None else (one[0], min(one[1], 30 - one[0])) for one in counts]
    for window in windows(*cut):
        leg = step(leg, window)
        assert leg.since_ms >= since_ms
        assert leg.windows[-1] == window
        since_ms = leg.since_ms


@pytest.mark.parametrize(
    ("loss", "least", "most"),
    [
        pytest.param(0.001, 0, 0, id="a good line is never degraded"),
        pytest.param(0.003, 0, 2, id="0.3 % hardly ever"),
        pytest.param(0.05, 97, 100, id="5 % within ten minutes"),
        pytest.param(0.10, 100, 100, id="10 % always"),
    ],
)
def test_chance_degrades_nothing_and_loss_is_found(loss: float, least: int, most: int) -> None:
    chance, found = random.Random(4), 0
    for _ in range(100):
        lost = [(sum(chance.random() < loss for _ in range(30)), 0) for _ in range(20)]
        leg, ever = UNMEASURED, False
        for window in windows(*lost):
            leg = step(leg, window)
            ever = ever or leg.state == "degraded"
        found += ever
    assert least <= found <= most
