"""What a session-sender saw, as it is recorded and as an order is answered. Pure."""

from stamp.figures import Figures
from wire.records import LinkSummary


def summary_of(leg: str, figures: Figures, lasted_ms: int, **more: float) -> LinkSummary:
    """Return the record of these figures; `more` are further measures of it."""
    known = {
        "rtt_min_ms": figures.rtt_min_ms,
        "rtt_p50_ms": figures.rtt_p50_ms,
        "rtt_p95_ms": figures.rtt_p95_ms,
        "rtt_max_ms": figures.rtt_max_ms,
        "jitter_ms": figures.jitter_ms,
        "duplicated": figures.duplicated,
        "reordered": figures.reordered,
    }
    measures = {name: round(float(value), 3) for name, value in (known | more).items() if value is not None}
    return LinkSummary(leg, max(0, lasted_ms), figures.sent, figures.reached, figures.received, measures)


def measures_of(summary: LinkSummary) -> dict[str, float]:
    """Return the same as the measures of an answer."""
    counts = {"sent": summary.sent, "reached": summary.reached, "received": summary.received}
    return {**summary.measures, **counts, "lasted_ms": summary.lasted_ms}
