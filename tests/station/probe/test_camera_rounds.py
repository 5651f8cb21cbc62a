import pytest

from station.probe.camera_rounds import CameraRounds, Depth


def asked(bad_from_s: float, bad_until_s: float, until_s: int) -> list[tuple[int, Depth]]:
    """Return what is asked when, of a camera without pictures for a while, looked at once a second."""
    rounds = CameraRounds(0.0)
    found: list[tuple[int, Depth]] = []
    for now_s in range(until_s):
        depth = rounds.look(float(now_s), is_bad=bad_from_s <= now_s < bad_until_s)
        found += [] if depth is None else [(now_s, depth)]
    return found


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        pytest.param((9e9, 9e9), [(30, "options"), (330, "options"), (630, "options")], id="one that is well, seldom"),
        pytest.param(
            (10, 9e9),
            [(13, "whole"), (43, "whole"), (103, "whole"), (223, "whole"), (523, "whole"), (823, "whole")],
            id="one without pictures soon, then ever more seldom",
        ),
        pytest.param(
            (100, 110),
            [(30, "options"), (103, "whole"), (410, "options"), (710, "options")],
            id="one that is well again",
        ),
        pytest.param((100, 102), [(30, "options"), (402, "options"), (702, "options")], id="a moment is nothing"),
    ],
)
def test_rounds(bad: tuple[float, float], expected: list[tuple[int, Depth]]) -> None:
    assert asked(*bad, 900) == expected
