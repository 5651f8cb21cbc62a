"""Incidents and lines that exist only in memory, answering as the readers of the real ones do."""

import time
from collections.abc import Mapping
from typing import Any

from hub.health.lines import LegNow, Lines, Measured
from hub.incidents.incident import Incident, Step
from hub.store.incidents import IncidentsReader, Member, StepRow


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def incident(**differently: Any) -> Incident:
    """Return an incident of twelve minutes ago: a town that cannot be reached."""
    at_ms = now_ms() - 720_000
    told: dict[str, Any] = {
        "id": "i1",
        "kind": "down",
        "scope": "town",
        "place": "测试镇",
        "name": "测试镇",
        "town": "测试镇",
        "state": "new",
        "priority": 2,
        "since_ms": at_ms,
        "noticed_ms": at_ms + 2_000,
        "stations": (),
        "reason": "cut_together",
        "note": "15/15",
    } | differently
    return Incident(**{"affected": len(told["stations"])} | told)


class MadeUpIncidents(IncidentsReader):
    """Incidents in memory, answering as the reader of the database does; steps and villages as they are put here."""

    def __init__(self, incidents: dict[str, Incident]) -> None:
        self._incidents = incidents
        self.steps_told: dict[str, list[StepRow]] = {}
        self.members_told: dict[str, list[Member]] = {}
        self.trouble: Exception | None = None

    def hold(self, key: str, villages: Mapping[str, tuple[str, str]], at_ms: int) -> None:
        """Have these villages affected from now on, and those that were before no longer."""
        told = [one._replace(until_ms=one.until_ms or at_ms) for one in self.members_told.get(key, [])]
        staying = {one.station: one for one in self.members_told.get(key, []) if one.until_ms is None}
        told = [one for one in told if one.station not in villages or one.station not in staying]
        told += [staying.get(code, Member(code, name, town, at_ms, None)) for code, (name, town) in villages.items()]
        self.members_told[key] = sorted(told, key=lambda one: (one.station, one.from_ms))

    def step(self, key: str, step: Step, who: str = "", note: str = "", *, ago_ms: int = 0) -> None:
        rows = self.steps_told.setdefault(key, [])
        rows.append(StepRow(len(rows) + 1, key, now_ms() - ago_ms, who, step, note, None))

    def find(self, key: str) -> Incident | None:
        if self.trouble is not None:
            raise self.trouble
        return self._incidents.get(key)

    def page(
        self,
        limit: int,
        *,
        before: str | None = None,
        state: str | None = None,
        kind: str | None = None,
        town: str | None = None,
        station: str | None = None,
        since_ms: int | None = None,
        is_open: bool | None = None,
    ) -> list[Incident]:
        if self.trouble is not None:
            raise self.trouble
        newest = sorted(self._incidents.values(), key=lambda one: (one.noticed_ms, one.id), reverse=True)
        last = self._incidents.get(before or "")
        fits = [
            one
            for one in newest
            if (before is None or (last is not None and (one.noticed_ms, one.id) < (last.noticed_ms, last.id)))
            and state in {None, one.state}
            and kind in {None, one.kind}
            and town in {None, one.town}
            and (station is None or station in {one.place, *one.stations})
            and (since_ms is None or one.closed_ms is None or one.closed_ms >= since_ms)
            and is_open in {None, one.state != "closed"}
        ]
        return fits[:limit]

    def steps(self, key: str) -> list[StepRow]:
        return self.steps_told.get(key, [])

    def members(self, key: str) -> list[Member]:
        return self.members_told.get(key, [])


class MadeUpLines(Lines):
    """Lines, as the ingest side would have made them."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, LegNow] = {}
        self.pairs: dict[tuple[str, str], Measured] = {}

    def legs(self) -> Mapping[str, LegNow]:
        return dict(self.told)

    def leg(self, station: str) -> LegNow | None:
        return self.told.get(station)

    def measured(self) -> Mapping[tuple[str, str], Measured]:
        return dict(self.pairs)
