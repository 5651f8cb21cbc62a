"""What is known of one village at one moment, as the judge takes it (values only)."""

from typing import Literal, NamedTuple

from hub.health.station import UNTOLD_SILENT_AFTER_MS, Known, State
from hub.view import Cause

Probes = Literal["none", "coming", "silent"]
"""Whether its probes reach the county's reflector: `none` when none ever did since the hub started; `silent` when
those that did stopped coming, or those of the whole county did not (then the reflector is not blamed on a village)."""
LegState = Literal["unmeasured", "ok", "degraded", "lost"]


class Seen(NamedTuple):
    """One village; an equal value tells nothing new."""

    state: State
    since_ms: int
    reason: str
    """Of the state: `died`, `stopped`, `silent`, … (`hub/health/station.py`)."""
    probes: Probes = "none"
    leg: LegState = "unmeasured"
    leg_since_ms: int = 0
    cause: Cause | None = None
    """Why its picture is a fault."""
    excused: bool = False
    """Nothing new is opened for it: maintenance, suppressed, or not yet commissioned. What is open still ends."""
    heard_ms: int | None = None
    """When it last spoke, of one that is not simply well; None of one that is, so that its beats tell nothing new."""
    silent_after_ms: int = UNTOLD_SILENT_AFTER_MS
    """How long it may be silent before it is offline: tells how far apart two that were cut together fall silent."""


def seen_of(
    known: Known,
    *,
    probes: Probes = "none",
    leg: tuple[LegState, int] = ("unmeasured", 0),
    cause: Cause | None = None,
    excused: bool = False,
) -> Seen:
    """Return a station as it is known, with what else is known of its village; `leg` is its state and since when."""
    well = known.state == "online" and probes != "silent"
    return Seen(
        known.state,
        known.since_ms,
        known.reason,
        probes,
        *leg,
        cause,
        excused,
        None if well else known.heard_ms,
        known.silent_after_ms,
    )
