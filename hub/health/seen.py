"""What is known of one village at one moment, as the judge takes it (values only)."""

from typing import Literal, NamedTuple

from hub.health.station import State
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
