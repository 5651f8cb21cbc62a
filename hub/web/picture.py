"""What the wall shows of a county: cells, towns and figures (pure)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from hub.incidents.incident import Incident
from hub.view import Cause
from wire.health import StationHealth

CellState = Literal["online", "noview", "fault", "offline", "unknown", "maintenance"]
CELL_STATES: Final[tuple[CellState, ...]] = ("online", "noview", "fault", "offline", "unknown", "maintenance")

Trouble = Literal["none", "some", "down"]
Level = Literal["ok", "fault", "some", "many", "down", "unknown", "maintenance"]
"""How a whole town looks on a map: by its worst state and by how many villages share it."""
MANY_PERCENT: Final = 90.0
"""An online rate below this is many villages."""
NO_CAUSES: Final[Mapping[str, Cause]] = {}
COUNTY: Final = ""
"""Stands for the whole county where towns are named."""
_OFFICES: Final = (
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("村民委员会", "村"),
    ("村委会", "村"),
    ("居民委员会", ""),
    ("居委会", ""),
)
_TOWN_KINDS: Final = ("街道办事处", "街道", "镇", "乡")
_BARE: Final = frozenset({"村", "社区", "居", "新村", "镇"})


class Cell(NamedTuple):
    """One station on the wall."""

    code: str
    name: str
    """Short: within its town."""
    state: CellState
    why: str | None = None
    """Key of `words.WHY`, of a picture that is a fault."""
    since_ms: int | None = None
    """Since when it is a fault."""
    incident: str | None = None
    """Id of the most important incident that holds it."""


class Town(NamedTuple):
    """A town with its cells, in the order of their codes."""

    name: str
    cells: Sequence[Cell]
    counts: "Counts"
    down: bool = False
    """An incident says of the whole town that it cannot be reached."""

    @property
    def trouble(self) -> "Trouble":
        """Return how much the town should stand out."""
        return trouble_of(self.counts, down=self.down)


class Counts(NamedTuple):
    """How many stations are in each state; they add up to all of them."""

    online: int = 0
    noview: int = 0
    fault: int = 0
    offline: int = 0
    unknown: int = 0
    maintenance: int = 0

    @property
    def up(self) -> int:
        """Return how many are online, whatever their picture."""
        return self.online + self.noview + self.fault

    @property
    def total(self) -> int:
        """Return how many there are."""
        return sum(self)

    def __add__(self, other: tuple[int, ...]) -> "Counts":  # type: ignore[override]
        """Return both together."""
        return Counts(*(one + another for one, another in zip(self, other, strict=True)))

    @property
    def rate(self) -> float | None:
        """Return 在线率 in percent of those known and not in maintenance, rounded down; None when none is known."""
        return percent_of(self.up, self.up + self.offline)

    @property
    def coverage(self) -> float | None:
        """Return how many of those not in maintenance are known, in percent, rounded down."""
        return percent_of(self.up + self.offline, self.total - self.maintenance)


def cell_state(health: StationHealth) -> CellState:
    """Return what the cell shows: an online station whose picture is not good is not simply online."""
    if health.state != "online" or health.video == "ok":
        return health.state
    return "fault" if health.video == "fault" else "noview"


def count(states: Iterable[CellState]) -> Counts:
    """Count cell states."""
    numbers = dict.fromkeys(CELL_STATES, 0)
    for state in states:
        numbers[state] += 1
    return Counts(**numbers)


def trouble_of(counts: Counts, *, down: bool) -> Trouble:
    """Return how much a town should stand out; `down` says that an incident holds it as a whole."""
    if down:
        return "down"
    return "some" if counts.offline or counts.fault else "none"


def level_of(counts: Counts, *, down: bool) -> Level:
    """Return how a town looks as a whole; where more is unknown than known, it is unknown."""
    known = counts.up + counts.offline
    if down or (counts.offline and not counts.up):
        return "down"
    if not known:
        return "unknown" if counts.unknown else "maintenance"
    if counts.offline:
        return "many" if (counts.rate or 0.0) < MANY_PERCENT else "some"
    if counts.unknown > known:
        return "unknown"
    return "fault" if counts.fault else "ok"


class TownStanding(NamedTuple):
    """A town without its cells."""

    name: str
    counts: Counts
    down: bool


def standings(stations: Sequence[StationHealth], incidents: Sequence[Incident] = ()) -> list[TownStanding]:
    """Return every town in the order of its first code, without the work of its cells; `stations` come by code."""
    by_town: dict[str, dict[str, int]] = {}
    for health in stations:
        numbers = by_town.get(health.town)
        if numbers is None:
            numbers = by_town[health.town] = dict.fromkeys(CELL_STATES, 0)
        numbers[cell_state(health)] += 1
    cut = _places_cut(incidents)
    shown = []
    for name, numbers in by_town.items():
        counts = Counts(**numbers)
        shown.append(TownStanding(name, counts, name in cut or (COUNTY in cut and counts.offline > 0)))
    return shown


def why(cause: Cause | None) -> str | None:
    """Return why a picture is a fault: its kind, else the state of its camera, as `words.WHY` has them."""
    if cause is None:
        return None
    return cause.kind or cause.state


def top_faults(causes: Iterable[Cause]) -> list[tuple[str, int]]:
    """Return how many villages have which fault, the most frequent first."""
    counted = Counter(why(cause) or "" for cause in causes)
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def towns(
    stations: Iterable[StationHealth],
    causes: Mapping[str, Cause] = NO_CAUSES,
    incidents: Sequence[Incident] = (),
) -> list[Town]:
    """Return the towns in the order of their first code, each with its cells; places on the wall never move."""
    by_town: dict[str, list[StationHealth]] = {}
    for health in sorted(stations, key=lambda health: health.station):
        by_town.setdefault(health.town, []).append(health)
    held, cut = holders(incidents), _places_cut(incidents)
    shown = []
    for name, members in by_town.items():
        shorts = short_names([health.name for health in members], name)
        cells = [
            _cell(health, short, causes.get(health.station), held.get(health.station))
            for health, short in zip(members, shorts, strict=True)
        ]
        counts = count(cell.state for cell in cells)
        shown.append(Town(name, cells, counts, name in cut or (COUNTY in cut and counts.offline > 0)))
    return shown


def holders(incidents: Sequence[Incident]) -> dict[str, str]:
    """Return of each station that an incident holds now the id of the most important one."""
    held: dict[str, str] = {}
    for incident in incidents:
        for station in incident.stations:
            held.setdefault(station, incident.id)
    return held


def _places_cut(incidents: Iterable[Incident]) -> set[str]:
    """Return the towns, and COUNTY, of which an incident says that they cannot be reached as a whole."""
    return {
        COUNTY if incident.scope == "county" else incident.place
        for incident in incidents
        if incident.kind == "down" and incident.scope in {"town", "county"} and incident.recovered_ms is None
    }


def _cell(health: StationHealth, short: str, cause: Cause | None, incident: str | None) -> Cell:
    since_ms = None if cause is None else cause.since_ms
    return Cell(health.station, short, cell_state(health), why(cause), since_ms, incident)


def columns(shown: Sequence[Town], number: int, across: int) -> list[Sequence[Town]]:
    """Return the towns, in order, in at most `number` columns of `across` cells a row, as low as can be."""
    rows = [1 + -(-len(town.cells) // across) for town in shown]
    height = max([*rows, -(-sum(rows) // number)], default=0)
    while len(cut := _cut(shown, rows, height)) > number:
        height += 1
    return cut


def _cut(shown: Sequence[Town], rows: Sequence[int], height: int) -> list[Sequence[Town]]:
    cut: list[list[Town]] = []
    used = height
    for town, needs in zip(shown, rows, strict=True):
        if used + needs > height:
            cut.append([])
            used = 0
        cut[-1].append(town)
        used += needs
    return list(cut)


def short_names(names: Sequence[str], town: str) -> list[str]:
    """Return `names` without what their town's heading says already; whole where two would become the same."""
    shorts = [short_name(name, town) for name in names]
    return [short if shorts.count(short) == 1 else name for name, short in zip(names, shorts, strict=True)]


def short_name(name: str, town: str) -> str:
    """Return `name` without what its town's heading says already."""
    short = name
    for office, becomes in _OFFICES:
        if short.endswith(office) and len(short) > len(office):
            short = short.removesuffix(office) + becomes
            break
    stem = town
    for kind in _TOWN_KINDS:
        if town.endswith(kind) and len(town) > len(kind):
            stem = town.removesuffix(kind)
            break
    rest = short.removeprefix(stem)
    return rest if len(stem) >= 2 and len(rest) >= 2 and rest not in _BARE else short


def called(name: str, town: str) -> str:
    """Return what a village is called where no heading says its town."""
    return f"{town} {short_name(name, town)}"


def percent_of(part: int, whole: int) -> float | None:
    """Return a share in percent, rounded down to a tenth, so that 100 is said of all only; None of nothing."""
    return part * 1000 // whole / 10 if whole else None
