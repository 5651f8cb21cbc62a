"""The county as it is now, in memory: written by the ingest side, read by wall, interface and metrics."""

from collections.abc import Callable
from typing import NamedTuple

from wire.health import CountyHealth, StationHealth
from wire.life import OutboxDepth


class StationDetail(NamedTuple):
    """One station as its page shows it."""

    health: StationHealth
    software: str | None
    boot: int | None
    epoch: str | None
    outbox: OutboxDepth | None
    skew_ms: int | None
    keepalive_s: int | None
    visits_today: int
    stored_to: int
    """Highest seq of the epoch receipted."""


class Counters(NamedTuple):
    """What `/metrics` counts since the hub started."""

    messages: int
    records_stored: int
    records_repeated: int
    quarantined: int
    batches_committed: int
    commit_seconds: float
    receipts: int


class View:
    """Thread-safe; every read returns values that never change afterwards."""

    def county(self) -> CountyHealth:
        """Return the county's figures."""
        raise NotImplementedError

    def broker_connected(self) -> bool:
        """Say whether the hub itself can see: False makes every station unknown."""
        raise NotImplementedError

    def stations(self) -> list[StationHealth]:
        """Return every station, by code."""
        raise NotImplementedError

    def detail(self, station: str) -> StationDetail | None:
        """Return one station, or None when the county has no such code."""
        raise NotImplementedError

    def counters(self) -> Counters:
        """Return the counts."""
        raise NotImplementedError

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` (from any thread, so it must only hand over) after changes; return what stops it."""
        raise NotImplementedError

    def version(self) -> int:
        """Return a number that grows with every change of any station or county figure."""
        raise NotImplementedError

    def changed_since(self, version: int) -> tuple[int, list[StationHealth]]:
        """Return the version now, and the stations that changed after `version`."""
        raise NotImplementedError
