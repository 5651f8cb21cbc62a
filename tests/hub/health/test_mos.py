"""Estimated scores against the figures they were made from, and how they behave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.health.mos import CALL, CALL_MOS, video

FIGURES = ((0.00, 3.53), (0.01, 3.13), (0.03, 2.52), (0.05, 2.08), (0.10, 1.46))


@pytest.mark.parametrize(("loss", "mos"), FIGURES)
def test_a_call_of_500_kbit_and_15_frames_has_the_scores_of_the_recommendation(loss: float, mos: float) -> None:
    assert CALL.mos(loss) == pytest.approx(mos, abs=0.005)
    assert video(500, 15) == CALL


@given(loss=st.floats(0, 1), more=st.floats(0, 1))
def test_more_loss_is_never_better_and_every_score_is_from_1_to_5(loss: float, more: float) -> None:
    less, worse = CALL.mos(loss), CALL.mos(min(1.0, loss + more))
    assert 1 <= worse <= less <= 5


@given(mos=st.floats(1.01, 3.5))
def test_the_most_loss_of_a_score_is_where_the_score_is_met(mos: float) -> None:
    assert CALL.mos(CALL.most_loss(mos)) == pytest.approx(mos)
    assert CALL.most_loss(4.9) == 0.0


def test_a_call_bears_three_percent() -> None:
    assert CALL.most_loss(CALL_MOS) == pytest.approx(0.0308, abs=0.0001)
