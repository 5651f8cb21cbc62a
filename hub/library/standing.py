"""How many stations have what each edition says they should, and why the others lack it (pure)."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

from hub.library.desk import Holding

Why = Literal["refused", "offline", "unknown", "maintenance", "on_its_way", "unseen", "ahead"]
WHYS: Final[tuple[Why, ...]] = ("refused", "ahead", "offline", "maintenance", "unknown", "unseen", "on_its_way")
"""Why a station lacks something, what somebody has to look at first."""


class Standing(NamedTuple):
    """Of one edition: how many stations should have it, and how many have."""

    should: int = 0
    has: int = 0


class Lacking(NamedTuple):
    """A station that should have something else than it has."""

    holding: Holding
    why: Why
    since_ms: int | None
    """Since when the station is away; None where that is not why."""


def standings(holdings: Iterable[Holding]) -> dict[int, Standing]:
    """Return how each edition stands, by its version.

    A station counts for the edition whose text it should hold; where a withdrawal is all there is, for none.
    """
    found: dict[int, Standing] = {}
    for one in holdings:
        if one.due.source is not None:
            version = one.due.source.version
            was = found.get(version, Standing())
            found[version] = Standing(was.should + 1, was.has + (one.state == "held"))
    return found


def lacking(holdings: Iterable[Holding], away: Mapping[str, tuple[str, int]]) -> list[Lacking]:
    """Return who lacks something and why, what to look at first; `away` says state and since when by station."""
    found = []
    for one in holdings:
        if one.state == "held":
            continue
        state, since_ms = away.get(one.station.code, ("online", 0))
        why: Why = "on_its_way"
        if one.state in {"refused", "ahead", "unseen"}:
            why = one.state
        elif state != "online":
            why = state  # type: ignore[assignment]
        found.append(Lacking(one, why, since_ms if why == state else None))
    return sorted(found, key=lambda one: (WHYS.index(one.why), one.holding.station.town, one.holding.station.code))
