"""What chance explains is no suspicion; what it does not is, with the reason."""

from random import Random

import pytest

from station.probe.suspicion import OUTAGE, Recent, Suspicion, tail

LOST = None


def after(*probes: float | None, usual: int = 600, usual_ms: float = 20.0, lost_every: int = 10**9) -> Recent:
    """Return what is remembered after a quiet while, the newest 60 of which are still judged, and these probes."""
    recent = Recent()
    random = Random(1)
    for at in range(usual + 60):
        recent.note(LOST if at % lost_every == 1 else usual_ms + random.uniform(0, 2))
    for probe in probes:
        recent.note(probe)
    return recent


@pytest.mark.parametrize(
    ("recent", "reason"),
    [
        pytest.param(after(), None, id="nothing happens"),
        pytest.param(after(*[LOST, 20.0] * 3), None, id="three of sixty lost can be chance"),
        pytest.param(after(*[LOST, 20.0] * 6), "loss", id="six of sixty on a line without losses cannot"),
        pytest.param(after(*[LOST, 20.0] * 6, lost_every=15), None, id="on a line that always loses they can"),
        pytest.param(after(*[LOST, 20.0] * 6, usual=0), None, id="nothing is known of the line before"),
        pytest.param(after(*[LOST, 20.0] * 5, LOST), None, id="the newest did not come back: it may be an outage"),
        pytest.param(after(*[LOST] * OUTAGE, *[20.0] * 5), None, id="an outage that is over"),
        pytest.param(after(*[LOST] * (OUTAGE - 1), 20.0), "loss", id="nine on end are no outage"),
        pytest.param(after(*[24.0] * 20), None, id="a little slower"),
        pytest.param(after(*[40.0] * 7), None, id="seven slow ones"),
        pytest.param(after(*[40.0] * 8), "delay", id="eight slow ones of twenty"),
        pytest.param(after(*[40.0, 20.0] * 9), "delay", id="every second one slow"),
        pytest.param(after(*[5.0] * 20), None, id="faster than ever"),
    ],
)
def test_suspicions(recent: Recent, reason: str | None) -> None:
    suspicion = recent.suspicion()
    assert (None if suspicion is None else suspicion.reason) == reason


def test_the_reason_comes_with_its_figures() -> None:
    assert after(*[LOST, 20.0] * 6).suspicion() == Suspicion("loss", 6, 60, 0.3)


@pytest.mark.parametrize("loss", [0.0, 0.003, 0.05])
def test_a_day_of_an_ordinary_line_is_never_suspicious(loss: float) -> None:
    random = Random(5)
    recent = Recent()
    found = 0
    for at in range(86_400):
        recent.note(LOST if random.random() < loss else 20 + random.expovariate(1 / 3))
        found += at % 30 == 0 and recent.suspicion() is not None
    assert found == 0


def test_the_tail_of_a_binomial_distribution() -> None:
    assert tail(3, 0, 0.3) == pytest.approx(1)
    assert tail(3, 3, 0.5) == pytest.approx(0.125)
    assert tail(60, 6, 0.005) == pytest.approx(6.2e-7, rel=0.05)
