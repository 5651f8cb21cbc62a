"""Reading what was wrong with cameras' pictures, as intervals."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Engine, select

from hub.health.faults import FaultSaid, Interval, is_outlived, pair
from hub.health.video import PREFIX
from hub.store import tables as t
from hub.store.engine import reading
from wire.health import State
from wire.life import DeviceState

MOST_SAID: Final = 20_000
"""So many of the newest changes are paired: years of a camera in order, weeks of one that flickers without end."""


class StationFault(NamedTuple):
    """One interval, and at which station."""

    station: str
    name: str
    """Of the village."""
    interval: Interval


class FaultsReader:
    """Reads on connections of its own; safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def of_station(self, station: str, limit: int, before: int | None = None) -> list[StationFault]:
        """Return up to `limit` intervals of a station, newest first, from before the interval `before`.

        Raises StoreError when the database cannot be read.
        """
        return [fault for fault in self._paired(station) if before is None or fault.interval.id < before][:limit]

    def since(self, from_ms: int, station: str | None = None) -> list[StationFault]:
        """Return what was wrong at any time after `from_ms`, newest first; what nobody closed is there still.

        Raises StoreError when the database cannot be read.
        """
        return [
            fault
            for fault in self._paired(station)
            if fault.interval.cleared_ms is None or fault.interval.cleared_ms >= from_ms
        ]

    def open(self) -> list[StationFault]:
        """Return what nobody closed, newest first.

        Raises StoreError when the database cannot be read.
        """
        return [fault for fault in self._paired(None) if fault.interval.cleared_ms is None]

    def _paired(self, station: str | None) -> list[StationFault]:
        fault = t.camera_fault
        query = (
            select(
                t.station.c.code,
                t.station.c.name,
                fault.c.epoch_id,
                fault.c.seq,
                fault.c.id,
                fault.c.camera,
                fault.c.fault,
                fault.c.change,
                fault.c.severity,
                fault.c.confidence,
                fault.c.began_ms,
                fault.c.shown_ms,
            )
            .join(t.station, t.station.c.id == fault.c.station_id)
            .order_by(fault.c.id.desc())
            .limit(MOST_SAID)
        )
        if station is not None:
            query = query.where(t.station.c.code == station)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        # A station counts its own records; an epoch that came later was made later.
        by_station: dict[tuple[str, str], list[FaultSaid]] = {}
        for row in sorted(rows, key=lambda row: (row[2], row[3])):
            by_station.setdefault((row[0], row[1]), []).append(FaultSaid._make(row[4:]))
        found = [StationFault(*village, interval) for village, said in by_station.items() for interval in pair(said)]
        return sorted(found, key=lambda fault: fault.interval.id, reverse=True)


def state_of(fault: StationFault, state: State, devices: Sequence[DeviceState]) -> str:
    """Return `cleared`, `open`, or `outlived`: nobody said when it ended, and its camera is in order now."""
    if fault.interval.cleared_ms is not None:
        return "cleared"
    cameras = {device.device: device for device in devices if device.device.startswith(PREFIX)}
    return "outlived" if is_outlived(fault.interval, state, cameras) else "open"
