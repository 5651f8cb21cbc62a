"""Who is on duty for an area at a moment, and which leader answers for it (领导分片包挂) (pure).

A level is one rank of the roster: 1 is told first, 2 when nobody of 1 acknowledged, and so on; the leader is the last.
For an area those count whom the closest place has on duty at that moment: of the village, else its town, else the
county. All in China's time.
"""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from hub.health.every import WEEKDAYS
from hub.incidents.incident import Incident
from hub.incidents.trouble import Node
from hub.local_time import UNIT_MS, day_ms, day_of, weekday_of

LEADER: Final = 9
"""The last level: the leader of the area."""
DAY_MINUTES: Final = 1440
DAY_MS: Final = UNIT_MS["d"]
COUNTY: Final = Node("county")


class Duty(NamedTuple):
    """One line of the roster."""

    level: int
    node: Node
    """County, town or station: of it and all in it."""
    who: str
    mail: str | None
    days: str
    """The days on which it begins: `mon,tue,…`, sorted."""
    from_minute: int
    """Of the day, 0 … 1439."""
    until_minute: int
    """1 … 1440; where it is not after `from_minute`, of the next day."""

    def holds(self, at_ms: int) -> bool:
        """Say whether it is this one's time."""
        day = day_of(at_ms)
        minute = (at_ms - day_ms(day)) // 60_000
        if self.from_minute < self.until_minute:
            return self._on(day) and self.from_minute <= minute < self.until_minute
        return (self._on(day) and minute >= self.from_minute) or (self._on(day - 1) and minute < self.until_minute)

    def _on(self, day: int) -> bool:
        return WEEKDAYS[weekday_of(day)] in self.days


class Roster:
    """All lines that stand."""

    def __init__(self, duties: Iterable[Duty] = ()) -> None:
        """Take them in any order."""
        self.duties = tuple(
            sorted(duties, key=lambda duty: (duty.level, duty.node, duty.who, duty.days, duty.from_minute))
        )

    def on_duty(self, areas: Sequence[Node], level: int, at_ms: int) -> tuple[Duty, ...]:
        """Return who of a level is on duty for the first of these areas that has anybody; none where none has."""
        there = [duty for duty in self.duties if duty.level == level and duty.node in areas and duty.holds(at_ms)]
        if not there:
            return ()
        closest = min(areas.index(duty.node) for duty in there)
        return tuple(duty for duty in there if duty.node == areas[closest])

    def leaders(self, areas: Sequence[Node], at_ms: int) -> tuple[Duty, ...]:
        """Return who answers for the first of these areas that has a leader."""
        return self.on_duty(areas, LEADER, at_ms)

    def first_level(self, areas: Sequence[Node], at_ms: int) -> int | None:
        """Return the level that is told first: the lowest with anybody on duty; never the leader's."""
        level = self.next_level(areas, 0, at_ms)
        return None if level == LEADER else level

    def told(self, areas: Sequence[Node], level: int, at_ms: int) -> tuple[Duty, ...]:
        """Return whom an incident of this level concerns now; one that was not escalated (0) the first level."""
        chosen = level or self.first_level(areas, at_ms)
        return () if chosen is None else self.on_duty(areas, chosen, at_ms)

    def next_level(self, areas: Sequence[Node], level: int, at_ms: int) -> int | None:
        """Return the first level after this one that has anybody on duty now; None where none has."""
        later = {duty.level for duty in self.duties if duty.level > level}
        return next((one for one in sorted(later) if self.on_duty(areas, one, at_ms)), None)

    def gap_ms(self, at_ms: int) -> int | None:
        """Return when, from now on and within a week, nobody is on duty for the county first; None when always."""
        ends = {duty.until_minute for duty in self.duties if duty.node == COUNTY}
        days = range(day_of(at_ms) - 1, day_of(at_ms) + 8)
        moments = sorted({day_ms(day) + minute * 60_000 for day in days for minute in ends})
        coming = [at_ms, *(moment for moment in moments if at_ms < moment < at_ms + 7 * DAY_MS)]
        return next((moment for moment in coming if self.first_level((COUNTY,), moment) is None), None)


def areas_of(incident: Incident) -> tuple[Node, ...]:
    """Return the areas an incident is in, the closest first."""
    station = (Node("station", incident.place),) if incident.scope == "station" else ()
    town = (Node("town", incident.town),) if incident.town else ()
    return (*station, *town, COUNTY)


def names_of(duties: Iterable[Duty]) -> str:
    """Return who they are, in a line."""
    return "、".join(dict.fromkeys(duty.who for duty in duties))
