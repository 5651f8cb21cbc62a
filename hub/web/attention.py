"""What needs attention, the most important first: incidents, then what none of them holds yet (pure)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final, NamedTuple

from hub.incidents.incident import Incident, State
from hub.incidents.trouble import Kind, Scope
from hub.view import Cause
from hub.web.picture import NO_CAUSES, CellState, cell_state, short_name, why
from wire.health import StationHealth
from wire.video import KIND_OF_CODE

MOST_ITEMS: Final = 12
MOST_WAITING: Final = 3
"""So many villages that are offline and in no incident are named; more, as in the seconds until a town is judged, are
only counted."""
_HOLDS: Final[dict[CellState, frozenset[Kind]]] = {
    "offline": frozenset({"down", "line", "flapping"}),
    "fault": frozenset({"video"}),
}
"""Incidents of which kind explain that a cell is so."""


class Line(NamedTuple):
    """One incident in a line."""

    id: str
    kind: Kind
    scope: Scope
    town: str
    """Of a station or town; empty else."""
    name: str
    """Of a station, short; else as people call the place."""
    state: State
    priority: int
    since_ms: int
    now: int
    """How many villages it affects now,"""
    of: int
    """of how many there are at that place."""
    ever: int
    why: str | None
    """Of a picture: key of `words.WHY`."""
    owner: str | None
    """Who acts: to whom it was dispatched, else who acknowledged it."""
    deadline_ms: int | None
    supervised: bool
    recovered_ms: int | None
    closed_ms: int | None
    times: int


class Single(NamedTuple):
    """One station that no incident holds yet."""

    state: CellState
    town: str
    code: str
    name: str
    since_ms: int
    why: str | None = None


class Attention(NamedTuple):
    """What the strip of the wall shows."""

    hub: Sequence[Line]
    """What the hub itself lacks now: banner words, for everything else is seen through it."""
    incidents: Sequence[Line]
    singles: Sequence[Single]
    waiting: int
    """Villages offline in no incident, when they are too many to be named."""
    more: int
    """How many incidents and singles there are besides."""


class Places:
    """How many villages there are where, and what they are called."""

    def __init__(self, stations: Iterable[StationHealth]) -> None:
        """Take the county's stations."""
        self._healths = {health.station: health for health in stations}
        self._sizes = Counter(health.town for health in self._healths.values())

    def line(self, incident: Incident) -> Line:
        """Return an incident in a line."""
        name, of = incident.name or incident.place, len(self._healths)
        if incident.scope == "town":
            of = self._sizes[incident.place]
        elif incident.scope == "station":
            name, of = short_name(name, incident.town), 1
        return Line(
            id=incident.id,
            kind=incident.kind,
            scope=incident.scope,
            town=incident.town,
            name=name,
            state=incident.state,
            priority=incident.priority,
            since_ms=incident.since_ms,
            now=len(incident.stations),
            # A village that left the county's list is still in what was.
            of=max(of, len(incident.stations)),
            ever=max(incident.affected, len(incident.stations)),
            why=_fault_of(incident) if incident.kind == "video" else None,
            owner=incident.dispatched_to or incident.owner,
            deadline_ms=incident.deadline_ms,
            supervised=incident.supervised,
            recovered_ms=incident.recovered_ms,
            closed_ms=incident.closed_ms,
            times=incident.times,
        )


def attention(
    stations: Sequence[StationHealth],
    causes: Mapping[str, Cause] = NO_CAUSES,
    incidents: Sequence[Incident] = (),
    out_of_service: Set[str] = frozenset(),
) -> Attention:
    """Return what to look at; `incidents` are the open ones, the most important first."""
    places = Places(stations)
    lines = [places.line(incident) for incident in incidents]
    hub = [line for line in lines if line.kind in {"broker", "hub"} and line.recovered_ms is None]
    rest = sorted((line for line in lines if line not in hub), key=lambda line: line.recovered_ms is not None)
    alone = _alone([one for one in stations if one.station not in out_of_service], causes, incidents)
    offline = [single for single in alone if single.state == "offline"]
    waiting = len(offline) if len(offline) > MOST_WAITING else 0
    singles = [single for single in alone if not waiting or single.state != "offline"]
    shown = rest[:MOST_ITEMS]
    named = singles[: MOST_ITEMS - len(shown)]
    return Attention(hub, shown, named, waiting, len(rest) + len(singles) - len(shown) - len(named))


def _fault_of(incident: Incident) -> str | None:
    """Return which fault of a picture its reason names, or how its camera is (`hub/incidents/reasons.py`)."""
    state = incident.reason.removeprefix("camera_")
    return KIND_OF_CODE.get(incident.reason) or (state if state != incident.reason else None)


def _alone(
    stations: Iterable[StationHealth], causes: Mapping[str, Cause], incidents: Iterable[Incident]
) -> list[Single]:
    """Return what no incident explains: the newest offline first, then the newest faults of pictures."""
    held = {(station, incident.kind) for incident in incidents for station in incident.stations}
    found = []
    for health in stations:
        state = cell_state(health)
        kinds = _HOLDS.get(state)
        if kinds is not None and not any((health.station, kind) in held for kind in kinds):
            found.append(_single(health, state, causes.get(health.station)))
    return sorted(found, key=lambda single: (single.state != "offline", -single.since_ms, single.code))


def _single(health: StationHealth, state: CellState, cause: Cause | None) -> Single:
    short = short_name(health.name, health.town)
    since_ms = health.since_ms if cause is None or cause.since_ms is None else cause.since_ms
    return Single(state, health.town, health.station, short, since_ms, why(cause))
