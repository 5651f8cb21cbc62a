"""Reading what was wrong with cameras' pictures, as intervals."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, select

from hub.health.faults import FaultSaid, Interval, is_outlived, pair
from hub.store import tables as t
from hub.store.engine import reading
from wire.health import State
from wire.life import CAMERA, DeviceState

MOST_SAID: Final = 20_000
"""So many of a station's newest changes are paired: years of a camera in order, weeks of one that comes and goes."""
MOST_OF_EACH: Final = 5_000
"""The same of each station where the whole county is listed: what one says without end hides no other's faults."""


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
        village = t.station.c
        villages = select(village.id, village.code, village.name)
        # A village that left the county's list says nothing any more: its last fault would stay open for ever.
        villages = villages.where(village.enrolled.is_(True) if station is None else village.code == station)
        most = MOST_OF_EACH if station is None else MOST_SAID
        with reading(self._engine) as connection:
            found = [
                StationFault(code, name, interval)
                for key, code, name in connection.execute(villages).all()
                for interval in pair(_said(connection, key, most))
            ]
        return sorted(found, key=lambda fault: fault.interval.id, reverse=True)


def _said(connection: Connection, station_id: int, most: int) -> list[FaultSaid]:
    """Return the newest changes of a station as it counts them; an epoch that came later was made later."""
    c = t.camera_fault.c
    rows = connection.execute(
        select(
            c.epoch_id, c.seq, c.id, c.camera, c.fault, c.change, c.severity, c.confidence, c.began_ms, c.shown_ms
        )
        .where(c.station_id == station_id)
        .order_by(c.id.desc())
        .limit(most)
    ).all()  # fmt: skip
    return [FaultSaid._make(row[2:]) for row in sorted(rows, key=lambda row: (row[0], row[1]))]


def state_of(fault: StationFault, state: State, devices: Sequence[DeviceState]) -> str:
    """Return `cleared`, `open`, or `outlived`: nobody said when it ended, and its camera is in order now."""
    if fault.interval.cleared_ms is not None:
        return "cleared"
    cameras = {device.device: device for device in devices if device.device.startswith(CAMERA)}
    return "outlived" if is_outlived(fault.interval, state, cameras) else "open"
