"""Lines and pairs for Prometheus: of the county only, no series per station."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, get_args

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

from hub.health.lines import Lines, shown_state
from hub.health.matrix import rate_of, villages_of
from hub.health.seen import LegState
from hub.view import View

LEG_STATES: Final[tuple[LegState, ...]] = get_args(LegState)


def line_families(prefix: str, view: View, lines: Lines, now_ms: int) -> Iterator[Metric]:
    """Yield lines by state, 村村通率 with its coverage (absent while nothing is known), and pairs by what they are."""
    legs, healths = lines.legs(), view.stations()
    states: Counter[str] = Counter()
    for health in healths:
        states[shown_state(legs.get(health.station), health.state, now_ms)] += 1
    family = GaugeMetricFamily(f"{prefix}_lines", "Lines of the villages to the county by state", labels=["state"])
    for state in LEG_STATES:
        family.add_metric([state], states[state])
    yield family
    rate = rate_of(villages_of(healths, legs, now_ms))
    pairs = GaugeMetricFamily(f"{prefix}_pairs", "Pairs of villages by whether a video call would do", labels=["state"])
    for word, number in rate._asdict().items():
        pairs.add_metric([word], number)
    yield pairs
    share = GaugeMetricFamily(f"{prefix}_pairs_usable_ratio", "Share of the known pairs that can call, 0 to 1")
    coverage = GaugeMetricFamily(f"{prefix}_pairs_known_ratio", "Share of the pairs that are known, 0 to 1")
    for shares, value in ((share, rate.share), (coverage, rate.coverage)):
        if value is not None:
            shares.add_metric([], value)
            yield shares
