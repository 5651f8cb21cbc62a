"""Which documents a station should have, and under which version (pure).

The county publishes for all, for one town or for one station; the most specific scope that is not withdrawn is what
a station has. Versions are drawn from one row of numbers of the whole county and each publication or withdrawal takes
the next, so the largest among those that apply to a station only grows, whatever becomes of any scope.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple

from hub.local_time import china
from hub.visits.day import DAY_MS

Scope = Literal["county", "town", "station"]
SCOPES: Final[tuple[Scope, ...]] = ("county", "town", "station")
"""From the widest to the most specific."""

A_DAY: Final = 1_000
"""Versions are `20261128001`: readable, and ever larger even when a county begins with a fresh database."""


class Spot(NamedTuple):
    """For whom a document is meant: the county by its code, a town by its name, a station by its code."""

    scope: Scope
    place: str


class Edition(NamedTuple):
    """One publication, or one withdrawal, of one document for one spot; without its text."""

    name: str
    spot: Spot
    version: int
    withdrawn: bool
    by: str
    at_ms: int


class Due(NamedTuple):
    """What a station should hold of one document."""

    name: str
    version: int
    source: Edition | None
    """Whose text it is; None when it is withdrawn in every scope."""


class Where(NamedTuple):
    """Where a station stands."""

    county: str
    town: str
    station: str

    def spots(self) -> tuple[Spot, Spot, Spot]:
        """Return every spot that applies to it, the widest first."""
        return Spot("county", self.county), Spot("town", self.town), Spot("station", self.station)


class Catalogue:
    """The latest edition of every document for every spot."""

    def __init__(self, editions: Iterable[Edition]) -> None:
        """Take editions in any order; of each document and spot the one of the largest version counts."""
        self._latest: dict[str, dict[Spot, Edition]] = {}
        for edition in editions:
            of_name = self._latest.setdefault(edition.name, {})
            known = of_name.get(edition.spot)
            if known is None or known.version < edition.version:
                of_name[edition.spot] = edition

    def editions(self) -> list[Edition]:
        """Return the latest editions: by name, and the widest scope first."""
        found = [edition for of_name in self._latest.values() for edition in of_name.values()]
        return sorted(found, key=lambda one: (one.name, SCOPES.index(one.spot.scope), one.spot.place))

    def latest(self, name: str, spot: Spot) -> Edition | None:
        """Return the latest edition of a document for a spot, or None when there never was one."""
        return self._latest.get(name, {}).get(spot)

    def due(self, where: Where) -> list[Due]:
        """Return what the station there should hold of every document that was ever published for it, by name."""
        due = []
        for name in sorted(self._latest):
            apply = [found for spot in where.spots() if (found := self.latest(name, spot)) is not None]
            if apply:
                source = next((one for one in reversed(apply) if not one.withdrawn), None)
                due.append(Due(name, max(one.version for one in apply), source))
        return due


def behind(due: Iterable[Due], held: Mapping[str, int]) -> list[Due]:
    """Return what a station that holds the versions `held` still has to be sent."""
    return [one for one in due if held.get(one.name, 0) < one.version]


def next_version(last: int, now_ms: int) -> int:
    """Return the version after `last`: the first of the county's day, or one more."""
    return max(last + 1, _day_of(now_ms) * A_DAY + 1)


def believed(held: Iterable[int], now_ms: int) -> int:
    """Return the largest of the versions `held` by stations that a county can have published by now, else 0.

    What a station says it holds is its word alone: the next version comes after it, and one that claimed the largest
    number there is would leave the county none that any station takes.
    """
    most = (_day_of(now_ms + DAY_MS) + 1) * A_DAY
    return max((version for version in held if version < most), default=0)


def _day_of(at_ms: int) -> int:
    return int(f"{china(at_ms):%Y%m%d}")
