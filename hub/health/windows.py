"""Planned times: maintenance, and times in which nothing new is opened or nobody is alerted (pure)."""

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from hub.incidents.trouble import Node

Effect = Literal["maintenance", "no_incidents", "no_alerts"]
"""maintenance: the state is shown as maintenance, the time is no service time, and nothing new is opened;
no_incidents: nothing new is opened; no_alerts: nobody is told. Watching and ending go on in each of them."""
WindowKind = Literal["fixed", "flexible", "recurring"]


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


class Calendar:
    """Which effects hold for which station, fast enough to ask for every station at every change."""

    def __init__(self, windows: Iterable[Window], towns: Mapping[str, str]) -> None:
        """Take all windows that may still matter, and each station's town."""
        raise NotImplementedError

    def effects(self, station: str, at_ms: int) -> frozenset[Effect]:
        """Return what holds for a station now."""
        raise NotImplementedError

    def maintenance_since_ms(self, station: str, at_ms: int) -> int | None:
        """Return since when a station is in maintenance now, or None."""
        raise NotImplementedError

    def next_change_ms(self, at_ms: int) -> int | None:
        """Return when anything of this changes next; None when never."""
        raise NotImplementedError
