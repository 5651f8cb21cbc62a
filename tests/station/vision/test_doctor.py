"""What the doctor learns, keeps, forgets on an operator's word, and survives."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from station.vision import features, scenes
from station.vision.doctor import Doctor
from station.vision.faults import covered, moved
from tests.station.vision.film import LEARN_S, LOOKS_PER_S, at, experienced, good, learnt, told

DTYPES = st.sampled_from(["u1", "u2", "u4", "i1", "i2", "i8", "f2", "f4", "f8", "?"])
SHAPES = st.one_of(
    st.tuples(st.integers(0, 40), st.integers(0, 40)),
    st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(1, 5)),
    st.tuples(st.integers(1, 9)),
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_arrives_is_judged_without_an_error(data: st.DataObject) -> None:
    doctor = Doctor(learn_s=1.0)
    for look in range(data.draw(st.integers(1, 6))):
        frame = data.draw(arrays.arrays(data.draw(DTYPES), data.draw(SHAPES)))
        for change in doctor.look(frame, look * 0.5):
            assert np.isfinite([change.severity, change.confidence, change.since_s]).all()
    verdict = doctor.verdict()
    assert np.isfinite([*verdict.measures.values(), *verdict.scores.values()]).all()
    assert Doctor(background=doctor.background()).background() == doctor.background()


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(np.zeros((1, 1, 3), np.uint8), id="one pixel"),
        pytest.param(np.zeros((2, 5000, 3), np.uint8), id="a line"),
        pytest.param(np.full((30, 20), np.nan), id="no numbers"),
        pytest.param(np.full((30, 20, 3), np.inf), id="infinity"),
        pytest.param(np.full((30, 20, 4), 65535, np.uint16), id="16 bits and alpha"),
    ],
)
def test_strange_pictures_are_pictures(picture: Any) -> None:
    doctor = experienced()
    for look in range(80, 90):
        assert {change.kind for change in doctor.look(picture, at(look))} <= {"black", "white", "no_signal"}
    assert np.isfinite([*doctor.verdict().measures.values()]).all()


@pytest.mark.parametrize("nothing", [np.zeros((0, 4, 3)), np.zeros(7), np.zeros((2, 2, 2)), "text", np.array(["a"])])
def test_what_is_no_picture_is_no_frame(nothing: Any) -> None:
    assert features.plain(nothing) is None
    assert [change.kind for change in Doctor().look(nothing, 0.0)] == ["no_frames"]


def test_gray_and_float_and_large_pictures_are_the_same_picture() -> None:
    frame = good(0)
    as_bytes = features.measure(features.plain(frame))  # type: ignore[arg-type]
    for other in (frame / 255, frame.astype(np.uint16) * 257, np.dstack([frame, frame[..., :1]])):
        same = features.measure(features.plain(other))  # type: ignore[arg-type]
        assert abs(same.mean - as_bytes.mean) < 1.5
        assert features.likeness(same.half, as_bytes.half) > 0.99


def test_what_was_learnt_survives_a_restart() -> None:
    doctor = Doctor(learn_s=LEARN_S, background=learnt())
    assert not doctor.verdict().learning
    changes = told(doctor, range(60, 110), covered(0.7))
    assert [change.kind for change in changes] == ["covered"]


@pytest.mark.parametrize("damaged", [b"", b"text", learnt()[:-7], learnt().replace(b"\x02", b"\x03", 1)])
def test_a_damaged_background_is_learnt_anew(damaged: bytes) -> None:
    doctor = Doctor(learn_s=LEARN_S, background=damaged)
    assert doctor.verdict().learning
    assert told(doctor, range(40)) == []


def test_a_new_view_is_right_on_an_operators_word() -> None:
    doctor = experienced()
    told(doctor, range(80, 120), moved(0.3))
    assert doctor.verdict().kind == "moved"
    assert [(change.kind, change.state) for change in doctor.relearn(at(120))] == [("moved", "cleared")]
    assert doctor.verdict().learning
    assert told(doctor, range(121, 240), moved(0.3)) == []
    assert not doctor.verdict().learning
    assert [change.kind for change in told(doctor, range(241, 270))] == ["moved"], "the old view is now the wrong one"


def test_day_and_infrared_are_learnt_apart() -> None:
    doctor = experienced()
    night = [scenes.at(scenes.draw("office", 7, 320, 180), at(n), 1, "infrared") for n in range(80, 150)]
    assert [change for n, frame in enumerate(night) for change in doctor.look(frame, at(80 + n))] == []
    assert doctor.verdict().light == "infrared"
    kept = doctor.background()
    assert told(doctor, range(150, 180)) == []
    assert doctor.verdict().light == "day"
    again = Doctor(learn_s=LEARN_S, background=kept)
    assert [change for n, frame in enumerate(night) for change in again.look(frame, at(n))] == []
    dark = [change for n, frame in enumerate(night) for change in again.look(covered(0.7)(frame, 1.0), at(80 + n))]
    assert [change.kind for change in dark] == ["covered"]


def test_a_gray_cloth_is_not_taken_for_the_infrared_lamp() -> None:
    doctor = experienced()
    cloth = np.full((180, 320, 3), 90, np.uint8)
    changes = [
        change
        for n in range(80, 120)
        for change in doctor.look(scenes.grainy(cloth, 2.0, 1, at(n)), at(n))
    ]  # fmt: skip
    assert [change.kind for change in changes] == ["covered"]


def test_time_that_goes_back_or_stands_still_harms_nothing() -> None:
    doctor = experienced()
    for at_s in (41.0, 41.0, 3.0, -5.0, 1e9, 1e9):
        doctor.look(good(0), at_s)
    assert doctor.verdict().kind is None


def test_a_look_changes_neither_the_frame_nor_what_the_background_says() -> None:
    doctor = experienced()
    before, frame = doctor.background(), moved(0.1)(good(80), 0.0)
    copy = frame.copy()
    for look in range(80, 80 + 3 * LOOKS_PER_S):
        doctor.look(frame, at(look))
    assert (frame == copy).all()
    assert doctor.background() == before, "nothing is learnt while something is wrong"
