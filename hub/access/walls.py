"""What a paired screen may open (pure): figures of the county, not what people wrote, planned, published or drafted.

Nobody is signed in before a wall, and whoever passes may touch it: what is not named here is not for it.
"""

from typing import Final

HOME: Final = "/"
FOR_WALLS: Final = (
    *("/live", "/metrics", "/healthz", "/status", "/wall/", "/town/", "/coverage"),
    *("/incidents", "/calls", "/lines", "/stations"),
    *("/reports/figures", "/reports/scores", "/reports/alarms", "/api"),
)


def is_for_walls(path: str) -> bool:
    """Say whether a door is one that a screen may go through, where it needs no more than `see`."""
    return path == HOME or path.startswith(FOR_WALLS)
