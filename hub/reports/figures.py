"""The figures of a period, of a village, a town and the county; all but rates are sums (pure).

满意率 = (非常满意 + 满意 + 基本满意) / all visits rated in the period, by their last grade. 答复及时率 = those whose
first clock (`hub/visits/clocks.py`) was met / those met or run out: what is not due yet, or waits for papers, is
neither. What nobody knows stays out of every rate.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Final, NamedTuple

from msgspec import Struct, field

from hub.health.availability import Tally, total

SATISFIED: Final = 3
"""基本满意 and better."""
Share = tuple[int, int]
"""Part and whole; of nothing the whole is 0."""


def share_of(share: Share) -> float | None:
    """Return a share as a number from 0 to 1; None of nothing."""
    return share[0] / share[1] if share[1] else None


class Counts(Struct, frozen=True):
    """What happened in one village, or in many together."""

    villages: int = 0
    active: int = 0
    """Villages with a visit."""
    visits: int = 0
    services: dict[str, int] = field(default_factory=dict)
    matters: dict[str, int] = field(default_factory=dict)
    who: dict[str, int] = field(default_factory=dict)
    grades: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    """How many visits were given 1 … 5 in the period, each by its last grade."""
    in_time: int = 0
    late: int = 0
    """Answered after the clock, or not yet though it ran out."""
    pending: int = 0
    """Not answered, and not due yet."""
    emergencies: int = 0
    """Calls for help, each once however often it was pressed."""
    withdrawn: int = 0
    """Of these, those taken back at the kiosk."""
    calls: dict[str, int] = field(default_factory=dict)
    """The same by what they were: a matter or an outcome of `hub/incidents/calls.py`; else `open` or `withdrawn`."""
    online: Tally = Tally()
    intact: Tally = Tally()

    @property
    def earnest(self) -> int:
        """Return the calls for help without drills and mistakes."""
        return self.emergencies - sum(self.calls.get(what, 0) for what in ("withdrawn", "false_alarm", "drill"))

    @property
    def satisfied(self) -> Share:
        """Return 满意率."""
        return sum(self.grades[SATISFIED - 1 :]), sum(self.grades)

    @property
    def answered(self) -> Share:
        """Return 答复及时率."""
        return self.in_time, self.in_time + self.late

    @property
    def online_share(self) -> Share:
        """Return 在线率."""
        return self.online.up_ms, self.online.known_ms

    @property
    def intact_share(self) -> Share:
        """Return 完好率."""
        return self.intact.up_ms, self.intact.known_ms


class Village(Struct, frozen=True):
    """One village."""

    code: str
    name: str
    town: str
    counts: Counts


class Repair(NamedTuple):
    """One incident that was opened in the period."""

    kind: str
    town: str
    cause: str | None
    villages: int
    lasted_ms: int | None
    """From when it came true to its recovery; None while it lasts."""
    overdue: bool
    """Whether it was put under supervision (督办)."""


class Incidents(Struct, frozen=True):
    """What broke in the period."""

    opened: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    causes: dict[str, int] = field(default_factory=dict)
    towns: dict[str, int] = field(default_factory=dict)
    recovered: int = 0
    median_ms: int | None = None
    """Of those that recovered, how long they lasted."""
    longest_ms: int | None = None
    overdue: int = 0


class Linked(NamedTuple):
    """Who can call whom, at one moment: its past is not kept."""

    can: int
    cannot: int
    unknown: int
    at_ms: int


class Effective(NamedTuple):
    """有效覆盖 at one moment: `hub/work/effective.py` says what counts."""

    there: int
    """有形: villages with a kiosk that was heard, and an adviser by name."""
    effective: int
    villages: int
    at_ms: int


class Figures(Struct, frozen=True):
    """All of one period, of the county or of one town."""

    period: str
    from_ms: int
    until_ms: int
    """Cut at the time they were made."""
    made_ms: int
    over: bool
    town: str
    """Empty for the county."""
    whole: Counts
    towns: dict[str, Counts]
    villages: list[Village]
    days: list[int]
    """Visits of each day."""
    incidents: Incidents
    since_ms: int | None = None
    """Since when there is anything in the database; None of an empty one."""
    linked: Linked | None = None
    tickets: dict[str, int] = field(default_factory=dict)
    """What other platforms told of the period, by platform and channel as `hotline phone` (2+6)."""
    effective: Effective | None = None

    @property
    def partial(self) -> bool:
        """Say whether the period began before anything was kept."""
        return self.since_ms is None or self.since_ms > self.from_ms

    @property
    def nothing(self) -> bool:
        """Say whether nothing was kept in all of it: then no figure of it is one, not even nought."""
        return self.since_ms is None or self.since_ms >= self.until_ms


def summed(every: Iterable[Counts]) -> Counts:
    """Return many as one."""
    those = list(every)
    grades = [sum(column) for column in zip(*(one.grades for one in those), strict=True)] or [0] * 5
    return Counts(
        villages=sum(one.villages for one in those),
        active=sum(one.active for one in those),
        visits=sum(one.visits for one in those),
        services=_added(one.services for one in those),
        matters=_added(one.matters for one in those),
        who=_added(one.who for one in those),
        grades=(grades[0], grades[1], grades[2], grades[3], grades[4]),
        in_time=sum(one.in_time for one in those),
        late=sum(one.late for one in those),
        pending=sum(one.pending for one in those),
        emergencies=sum(one.emergencies for one in those),
        withdrawn=sum(one.withdrawn for one in those),
        calls=_added(one.calls for one in those),
        online=total(one.online for one in those),
        intact=total(one.intact for one in those),
    )


def by_town(villages: Sequence[Village]) -> dict[str, Counts]:
    """Return each town as the sum of its villages, by the towns' order in the county's list."""
    groups: dict[str, list[Counts]] = {}
    for one in villages:
        groups.setdefault(one.town, []).append(one.counts)
    return {town: summed(those) for town, those in groups.items()}


def incidents_of(repairs: Iterable[Repair]) -> Incidents:
    """Return what broke, counted."""
    those = list(repairs)
    lasted = sorted(one.lasted_ms for one in those if one.lasted_ms is not None)
    return Incidents(
        opened=len(those),
        kinds=dict(Counter(one.kind for one in those)),
        causes=dict(Counter(one.cause for one in those if one.cause is not None)),
        towns=dict(Counter(one.town for one in those if one.town)),
        recovered=len(lasted),
        median_ms=round(median(lasted)) if lasted else None,
        longest_ms=lasted[-1] if lasted else None,
        overdue=sum(one.overdue for one in those),
    )


def ranked(numbers: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what was counted, the most first; of the same number by name, `other` last."""
    return sorted(numbers.items(), key=lambda one: (one[0] == "other", -one[1], one[0]))


def _added(every: Iterable[Mapping[str, int]]) -> dict[str, int]:
    added: Counter[str] = Counter()
    for one in every:
        added.update(one)
    return dict(added)
