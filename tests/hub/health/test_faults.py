"""What stations said of their pictures becomes intervals that can be believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.health.faults import FaultSaid, Interval, is_outlived, pair
from wire.health import State
from wire.life import DeviceState


def said(key: int, change: str, at_ms: int, *, began_ms: int | None = None, fault: str = "black", camera: str = "hall"):
    return FaultSaid(key, camera, fault, change, 0.5, 0.9, at_ms if began_ms is None else began_ms, at_ms)


def spans(*all_said: FaultSaid) -> list[tuple[int, int | None]]:
    return [(interval.raised_ms, interval.cleared_ms) for interval in pair(all_said)]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param([], [], id="nothing was said"),
        pytest.param([said(1, "raised", 100, began_ms=95)], [(95, None)], id="raised and open"),
        pytest.param([said(1, "raised", 100), said(2, "cleared", 160)], [(100, 160)], id="raised and cleared"),
        pytest.param(
            [said(1, "raised", 100), said(2, "cleared", 160), said(3, "raised", 200)],
            [(200, None), (100, 160)],
            id="come again, the newest first",
        ),
        pytest.param(
            [said(1, "raised", 100), said(2, "raised", 150), said(3, "cleared", 160)],
            [(100, 160)],
            id="raised again by a station started anew is the same one",
        ),
        pytest.param(
            [said(1, "cleared", 160, began_ms=100)],
            [(100, 160)],
            id="the raising was lost: the clearing tells since when",
        ),
        pytest.param([said(1, "raised", 100), said(2, "cleared", 90)], [(100, 100)], id="a clock that was set back"),
        pytest.param([said(1, "raised", 100, began_ms=900)], [(100, None)], id="none begins after it was said"),
        pytest.param([said(1, "wobbled", 100)], [], id="a change of a later version is passed over"),
        pytest.param(
            [said(1, "raised", 100), said(2, "raised", 110, fault="blur"), said(3, "cleared", 160, fault="blur")],
            [(110, 160), (100, None)],
            id="kinds are apart",
        ),
        pytest.param(
            [said(1, "raised", 100), said(2, "cleared", 110, camera="door", began_ms=105)],
            [(105, 110), (100, None)],
            id="cameras are apart",
        ),
    ],
)
def test_intervals(told: list[FaultSaid], expected: list[tuple[int, int | None]]):
    assert spans(*told) == expected


def test_an_interval_is_as_bad_as_it_was_at_its_worst():
    (interval,) = pair([said(1, "raised", 100)._replace(severity=0.2), said(2, "cleared", 200)._replace(severity=0.8)])
    assert (interval.severity, interval.confidence) == (0.8, 0.9)


CHANGES = st.lists(
    st.builds(
        FaultSaid,
        id=st.just(0),
        camera=st.sampled_from(["hall", "door"]),
        fault=st.sampled_from(["black", "blur", "of-tomorrow"]),
        change=st.sampled_from(["raised", "cleared", "?"]),
        severity=st.floats(0, 1),
        confidence=st.floats(0, 1),
        began_ms=st.integers(0, 10_000),
        shown_ms=st.integers(0, 10_000),
    ),
    max_size=40,
)


@given(CHANGES)
def test_whatever_is_said_the_intervals_make_sense(told: list[FaultSaid]):
    told = [one._replace(id=key) for key, one in enumerate(told, 1)]
    intervals = pair(told)
    assert [one.id for one in intervals] == sorted((one.id for one in intervals), reverse=True)
    assert len({one.id for one in intervals}) == len(intervals)
    assert all(one.cleared_ms is None or one.cleared_ms >= one.raised_ms for one in intervals)
    for camera, fault in {(one.camera, one.fault) for one in told}:
        mine = [one for one in told if (one.camera, one.fault) == (camera, fault) and one.change != "?"]
        shown = [one for one in intervals if (one.camera, one.fault) == (camera, fault)]
        open_ones = [one for one in shown if one.cleared_ms is None]
        assert len(open_ones) == (1 if mine and mine[-1].change == "raised" else 0)
        assert len(shown) - len(open_ones) == sum(one.change == "cleared" for one in mine)


@pytest.mark.parametrize(
    ("state", "cameras", "over"),
    [
        pytest.param("online", {"hall": "failed"}, False, id="the camera is still bad"),
        pytest.param("online", {"hall": "ok"}, True, id="its station says that the camera is in order"),
        pytest.param("online", {"door": "ok"}, True, id="the camera was taken away"),
        pytest.param("online", {}, False, id="nothing was said of any camera yet"),
        pytest.param("offline", {"hall": "ok"}, False, id="an old good word is not now"),
    ],
)
def test_what_nobody_closed_is_over_only_where_that_is_known(state: State, cameras: dict[str, str], over: bool):
    interval = Interval(1, "hall", "black", 90, None, 0.5, 0.9, 100)
    said_now = {f"camera/{name}": DeviceState(f"camera/{name}", word, 150) for name, word in cameras.items()}
    assert is_outlived(interval, state, said_now) is over
    assert not is_outlived(interval._replace(cleared_ms=200), state, said_now)


def test_a_word_older_than_the_fault_ends_nothing() -> None:
    (interval,) = pair([said(1, "raised", 100, began_ms=80)])
    for since_ms in (None, 70, 90, 100):
        assert not is_outlived(interval, "online", {"camera/hall": DeviceState("camera/hall", "ok", since_ms)})
