"""Planned times: maintenance, and times in which nothing new is opened or nobody is alerted (pure)."""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

from hub.health.every import read_every, starts
from hub.health.intervals import Span, union
from hub.incidents.trouble import Node
from hub.local_time import UNIT_MS

Effect = Literal["maintenance", "no_incidents", "no_alerts"]
"""maintenance: the state is shown as maintenance, the time is no service time, and nothing new is opened;
no_incidents: nothing new is opened; no_alerts: nobody is told. Watching and ending go on in each of them."""
WindowKind = Literal["fixed", "flexible", "recurring"]

NOTHING: Final[frozenset[Effect]] = frozenset()
EXCUSING: Final[frozenset[Effect]] = frozenset({"maintenance", "no_incidents"})
"""In these nothing new is opened."""
SILENT: Final[frozenset[Effect]] = frozenset({"no_alerts", "maintenance"})
"""Of these nobody is told; watching, opening and ending are not theirs to stop."""
AHEAD_MS: Final = 63 * UNIT_MS["d"]
"""How far ahead the next time of a recurring one is looked for: a month has at most 31 days."""
BACK_MS: Final = 7 * UNIT_MS["d"]
"""How far back one that touches the next is looked for, to say since when."""


class Window(NamedTuple):
    """One planned time, as it stands in the database; never changed but for its end."""

    id: str
    effect: Effect
    node: Node
    """County, town or station."""
    kind: WindowKind
    from_ms: int
    until_ms: int
    """Of a recurring one: until when it recurs."""
    lasts_ms: int | None = None
    """How long a flexible one lasts once it began, or each time of a recurring one."""
    every: str | None = None
    """When a recurring one begins: `daily 02:00`, `weekly mon,thu 02:00`, `monthly 15 02:00`, in China's time."""
    began_ms: int | None = None
    """Of a flexible one: when its trouble began, within from and until."""
    ended_ms: int | None = None
    """When somebody ended it early; before its beginning, it was withdrawn."""

    def holds(self, from_ms: int, until_ms: int) -> list[Span]:
        """Return each time it holds that overlaps this span, whole, in order.

        A flexible one holds its length from the beginning of its trouble on, also past `until_ms`; a recurring one
        whenever it begins between its ends, and never past the last of them.
        """
        if self.kind == "fixed":
            times = [(self.from_ms, self.until_ms)]
        elif self.kind == "flexible":
            times = [] if self.began_ms is None else [(self.began_ms, self.began_ms + (self.lasts_ms or 0))]
        else:
            lasts_ms = self.lasts_ms or 0
            first_ms, last_ms = max(self.from_ms, from_ms - lasts_ms), min(self.until_ms, until_ms)
            times = [
                (at_ms, min(at_ms + lasts_ms, self.until_ms))
                for at_ms in starts(read_every(self.every or ""), first_ms, last_ms)
            ]
        if self.ended_ms is not None:
            times = [(begin_ms, min(end_ms, self.ended_ms)) for begin_ms, end_ms in times]
        return [span for span in times if span[0] < span[1] and span[0] < until_ms and span[1] > from_ms]

    def awaits(self, at_ms: int) -> bool:
        """Say whether it is a flexible one that a trouble beginning now would begin."""
        ended = self.ended_ms is not None and self.ended_ms <= at_ms
        waits = self.kind == "flexible" and self.began_ms is None and not ended
        return waits and self.from_ms <= at_ms < self.until_ms


class _Frame(NamedTuple):
    """What holds from one change to the next."""

    from_ms: int
    until_ms: int | None
    holding: dict[Node, frozenset[Effect]]
    since: dict[tuple[Node, ...], int | None]
    """Since when it is maintenance, of the places that have some; filled as it is asked."""


class Calendar:
    """Which effects hold for which station, fast enough to ask for every station at every change.

    Between two changes everything that holds is worked out once for each place, not for each station.
    """

    def __init__(self, windows: Iterable[Window], towns: Mapping[str, str]) -> None:
        """Take all windows that may still matter, and each station's town."""
        self._windows = tuple(windows)
        self._towns = towns
        self._places = {one.node for one in self._windows}
        self._waiting = [
            one for one in self._windows if one.kind == "flexible" and one.began_ms is None and one.effect in EXCUSING
        ]
        self._frame = _Frame(0, 0, {}, {})

    def effects(self, station: str, at_ms: int) -> frozenset[Effect]:
        """Return what holds for a station now."""
        holding = self._at(at_ms).holding
        if not holding:
            return NOTHING
        found = [holding[node] for node in self._nodes(station) if node in holding]
        return found[0] if len(found) == 1 else NOTHING.union(*found)

    def excuses(self, station: str, at_ms: int) -> bool:
        """Say whether nothing new is opened for a station now."""
        return not EXCUSING.isdisjoint(self.effects(station, at_ms))

    def awaits(self, station: str, since_ms: int, at_ms: int) -> bool:
        """Say whether a trouble of this station, since then, begins a flexible time now in which nothing is opened."""
        nodes = self._nodes(station)
        return any(one.node in nodes and one.awaits(since_ms) and one.awaits(at_ms) for one in self._waiting)

    def silences(self, stations: Iterable[str], at_ms: int) -> bool:
        """Say whether nobody is alerted now of what affects these stations: each is silenced, or with none the county.

        Something that also affects a station outside is told of; the hub itself is in no maintenance.
        """
        every = list(stations)
        if not every:
            return "no_alerts" in self._at(at_ms).holding.get(Node("county"), NOTHING)
        return all(SILENT & self.effects(station, at_ms) for station in every)

    def maintenance_since_ms(self, station: str, at_ms: int) -> int | None:
        """Return since when a station is in maintenance now, or None; windows that overlap or touch count as one."""
        frame = self._at(at_ms)
        if "maintenance" not in self.effects(station, at_ms):
            return None
        nodes = tuple(node for node in self._nodes(station) if node in self._places)
        if nodes not in frame.since:
            spans = self.maintenance(station, at_ms - BACK_MS, at_ms + 1)
            frame.since[nodes] = next((from_ms for from_ms, until_ms in spans if from_ms <= at_ms < until_ms), None)
        return frame.since[nodes]

    def maintenance(self, station: str, from_ms: int, until_ms: int) -> list[Span]:
        """Return when a station is in maintenance between two times, overlaps united; ends may lie outside."""
        nodes = self._nodes(station)
        mine = (one for one in self._windows if one.effect == "maintenance" and one.node in nodes)
        return union(span for one in mine for span in one.holds(from_ms, until_ms))

    def next_change_ms(self, at_ms: int) -> int | None:
        """Return when anything of this changes next; None when never.

        Of one that recurs after a long time, its first beginning may be told as late as half of AHEAD_MS before it.
        """
        edges = [edge for one in self._windows for edge in _edges(one, at_ms) if edge > at_ms]
        return min(edges, default=None)

    def awaiting(self, at_ms: int) -> list[tuple[Window, list[str]]]:
        """Return the flexible windows that a trouble now would begin, each with the stations whose trouble does."""
        return [(one, self.stations_of(one.node)) for one in self._windows if one.awaits(at_ms)]

    def stations_of(self, node: Node) -> list[str]:
        """Return the stations of a place."""
        if node.scope == "station":
            return [node.place] if node.place in self._towns else []
        return [code for code, town in self._towns.items() if node.scope == "county" or town == node.place]

    def _nodes(self, station: str) -> tuple[Node, Node, Node]:
        return Node("county"), Node("town", self._towns.get(station, "")), Node("station", station)

    def _at(self, at_ms: int) -> _Frame:
        frame = self._frame
        if frame.from_ms <= at_ms and (frame.until_ms is None or at_ms < frame.until_ms):
            return frame
        found: dict[Node, set[Effect]] = {}
        for one in self._windows:
            if one.holds(at_ms, at_ms + 1):
                found.setdefault(one.node, set()).add(one.effect)
        holding = {node: frozenset(effects) for node, effects in found.items()}
        self._frame = _Frame(at_ms, self.next_change_ms(at_ms), holding, {})
        return self._frame


def _edges(window: Window, at_ms: int) -> list[int]:
    """Return when a window's next beginnings and ends are; where they are far, a time to look again."""
    if window.kind != "recurring":
        return [edge for span in window.holds(at_ms, 2**62) for edge in span]
    last_ms = window.until_ms if window.ended_ms is None else min(window.until_ms, window.ended_ms)
    if at_ms >= last_ms:
        return []
    begin_ms = max(at_ms, window.from_ms)
    spans = window.holds(begin_ms, begin_ms + AHEAD_MS)
    return [edge for span in spans[:3] for edge in span] or [begin_ms + AHEAD_MS // 2]
