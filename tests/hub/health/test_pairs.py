"""Pairs from their legs: exact, with errors that hold; and what a true test must show to part from them."""

import math
import random
from itertools import pairwise
from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.health.lines import LegNow, Measured
from hub.health.pairs import compare, direct_of, is_odd, predict

NOW = 1_795_000_000_000


def leg(
    up: int = 0,
    down: int = 0,
    *,
    sent: int = 300,
    rtt_ms: float | None = 20.0,
    jitter_ms: float = 1.0,
    state: str = "ok",
) -> LegNow:
    return LegNow(state, NOW, "", NOW, sent, sent - up, sent - up - down, rtt_ms, jitter_ms)  # type: ignore[arg-type]


def seen(
    there: int = 0, back: int = 0, *, sent: int = 60, rtt_ms: float | None = 40.0, reached_ms: int | None = NOW
) -> Measured:
    received = sent - there - back
    return Measured(
        NOW, sent, sent - there, received, rtt_ms, 1.0, reached_ms if received == 0 else NOW,
        None if received else NOW - 5,
    )  # fmt: skip


@given(st.integers(0, 299), st.integers(0, 299), st.floats(1, 300), st.floats(1, 300))
def test_a_pair_is_the_product_of_its_legs(up: int, down: int, rtt_a: float, rtt_b: float) -> None:
    pair = predict(leg(up=up, rtt_ms=rtt_a), leg(down=down, rtt_ms=rtt_b), relay_ms=0.5)
    assert pair.there.loss == pytest.approx(1 - (1 - up / 300) * (1 - down / 300))
    assert pair.back.loss == pytest.approx(0)
    assert pair.rtt_ms == pytest.approx(rtt_a + rtt_b + 0.5)


def test_a_lost_leg_loses_everything_and_has_no_time() -> None:
    pair = predict(leg(), leg(state="lost", up=300))
    assert (pair.there.loss, pair.back.loss, pair.rtt_ms, pair.can_call) == (1, 1, None, False)
    assert pair.mos == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("a", "b", "can"),
    [
        pytest.param(leg(), leg(), True, id="nothing lost"),
        pytest.param(leg(up=4), leg(down=5), True, id="three percent together"),
        pytest.param(leg(up=5), leg(down=6), False, id="over three percent one way"),
        pytest.param(leg(rtt_ms=200), leg(rtt_ms=200), True, id="400 ms together"),
        pytest.param(leg(rtt_ms=200), leg(rtt_ms=201), False, id="more"),
        pytest.param(leg(rtt_ms=None), leg(), False, id="no answer ever came back"),
    ],
)
def test_a_call_needs_a_score_both_ways_and_a_time(a: LegNow, b: LegNow, can: bool) -> None:
    assert predict(a, b).can_call is can
    assert predict(b, a).can_call is can


def test_the_error_is_how_far_predictions_lie_from_the_truth() -> None:
    chance, far, tries = random.Random(2), 0, 400
    truth = 1 - 0.97 * 0.96
    for _ in range(tries):
        up = sum(chance.random() < 0.03 for _ in range(300))
        down = sum(chance.random() < 0.04 for _ in range(300))
        way = predict(leg(up=up), leg(down=down)).there
        far += abs(way.loss - truth) > 2 * way.error
    assert far / tries < 0.08, "two standard errors hold in 95 of 100"


@pytest.mark.parametrize(
    ("measured", "reasons"),
    [
        pytest.param(seen(), (), id="as predicted"),
        pytest.param(seen(there=2), (), id="two of sixty are chance"),
        pytest.param(seen(there=6), ("more_loss_there",), id="a tenth there"),
        pytest.param(seen(back=6), ("more_loss_back",), id="a tenth back"),
        pytest.param(seen(rtt_ms=44), (), id="4 ms are nobody's trouble"),
        pytest.param(seen(rtt_ms=60), ("slower",), id="half as slow again"),
        pytest.param(seen(rtt_ms=15), ("faster",), id="a shorter way"),
        pytest.param(seen(there=60, rtt_ms=None), ("more_loss_there",), id="nothing arrives"),
    ],
)
def test_a_test_parts_from_its_prediction_beyond_three_errors(measured: Measured, reasons: tuple[str, ...]) -> None:
    found = compare(measured, predict(leg(), leg()))
    assert found.reasons == reasons
    assert found.parts is bool(reasons)
    assert found.worse is (reasons not in {(), ("faster",)})


def test_less_loss_than_the_legs_have_parts_too_but_is_not_worse() -> None:
    found = compare(seen(), predict(leg(up=60), leg()))
    assert (found.reasons, found.worse) == (("less_loss_there",), False)


def test_a_village_that_nobody_ever_reached_directly_is_no_event_but_one_that_stopped_is() -> None:
    predicted = predict(leg(), leg())
    never, stopped = seen(there=60, rtt_ms=None, reached_ms=None), seen(there=60, rtt_ms=None)
    assert (direct_of(never), is_odd(never, predicted)) == ("unreachable", False)
    assert (direct_of(stopped), is_odd(stopped, predicted)) == ("unreachable", True)
    assert (direct_of(seen()), is_odd(seen(), predicted)) == ("reached", False)


@pytest.mark.parametrize("loss", [0.0, 0.005, 0.02, 0.05, 0.2])
def test_chance_alone_parts_hardly_any_pair(loss: float) -> None:
    chance, odd, tries = random.Random(3), 0, 600
    for _ in range(tries):
        drawn = [sum(chance.random() < loss for _ in range(300)) for _ in range(4)]
        a, b = (
            leg(up=drawn[0], down=min(drawn[1], 300 - drawn[0])),
            leg(up=drawn[2], down=min(drawn[3], 300 - drawn[2])),
        )
        through = (1 - loss) ** 2
        there = sum(chance.random() > through for _ in range(60))
        back = sum(chance.random() > through for _ in range(60 - there))
        odd += compare(seen(there, back, rtt_ms=40 + chance.gauss(0, 0.3)), predict(a, b)).worse
    assert odd / tries <= 0.005


@pytest.mark.parametrize(("a_ms", "b_ms"), [(10.0, 10.0), (40.0, 5.0), (100.0, 100.0)])
def test_delays_with_a_long_tail_make_no_pair_slower(a_ms: float, b_ms: float) -> None:
    chance, odd, tries = random.Random(6), 0, 200

    def probed(packets: int, *means: float) -> tuple[float, float]:
        rtts = [30 + sum(chance.expovariate(1 / mean) for mean in means) for _ in range(packets)]
        return median(rtts), fmean(abs(one - other) for one, other in pairwise(rtts))

    for _ in range(tries):
        (rtt_a, jitter_a), (rtt_b, jitter_b), (rtt, jitter) = (
            probed(300, a_ms),
            probed(300, b_ms),
            probed(60, a_ms, b_ms),
        )
        predicted = predict(leg(rtt_ms=rtt_a, jitter_ms=jitter_a), leg(rtt_ms=rtt_b, jitter_ms=jitter_b))
        measured = seen(rtt_ms=rtt + 30)._replace(jitter_ms=jitter)
        odd += compare(measured, predicted).worse
    assert odd / tries <= 0.01


def test_ten_percent_more_than_predicted_is_found_nearly_always() -> None:
    chance, found = random.Random(5), 0
    for _ in range(200):
        there = sum(chance.random() < 0.15 for _ in range(60))
        found += compare(seen(there), predict(leg(), leg())).worse
    assert found >= 180
    assert math.isfinite(predict(leg(), leg()).rtt_error_ms)
