"""What was known of each station, every change of it, and when the hub itself was there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from hub.health.intervals import Span
from hub.health.station import Flip, Known
from hub.store import tables as t
from hub.store.engine import upsert
from hub.visits.day import day_start_ms
from wire.life import Beat, Birth


class Remembered(msgspec.Struct, frozen=True):
    """One station as a restarted hub begins with it."""

    known: Known
    birth: Birth | None = None
    beat: Beat | None = None


class Noticed(NamedTuple):
    """A change of one station's state, and when the hub noticed."""

    station: str
    flip: Flip
    noticed_ms: int


def write_transitions(connection: Connection, changes: Sequence[Noticed], ids: Mapping[str, int]) -> None:
    """Add the changes to the history."""
    rows = [
        {
            "station_id": ids[change.station],
            "at_ms": change.flip.at_ms,
            "noticed_ms": change.noticed_ms,
            "state": change.flip.state,
            "reason": change.flip.reason,
        }
        for change in changes
    ]
    if rows:
        connection.execute(insert(t.transition), rows)


def write_states(connection: Connection, states: Iterable[tuple[str, Remembered]], ids: Mapping[str, int]) -> None:
    """Keep what is known of these stations now."""
    rows = [
        {
            "station_id": ids[code],
            "state": remembered.known.state,
            "since_ms": remembered.known.since_ms,
            "reason": remembered.known.reason,
            "heard_ms": remembered.known.heard_ms,
            "known": msgspec.json.encode(remembered),
        }
        for code, remembered in sorted(states, key=lambda state: ids[state[0]])
    ]
    upsert(connection, t.station_state, rows, key="station_id")


def read_states(connection: Connection, ids: Mapping[str, int]) -> dict[str, Remembered]:
    """Return what was last known of each station; one whose entry cannot be read is as if new."""
    codes = {key: code for code, key in ids.items()}
    remembered: dict[str, Remembered] = {}
    for key, known in connection.execute(select(t.station_state.c.station_id, t.station_state.c.known)):
        if key in codes:
            try:
                remembered[codes[key]] = msgspec.json.decode(known, type=Remembered)
            except msgspec.DecodeError:
                continue
    return remembered


def read_receipted(connection: Connection, ids: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """Return up to where each epoch of each station is receipted."""
    codes = {key: code for code, key in ids.items()}
    rows = connection.execute(select(t.epoch.c.station_id, t.epoch.c.epoch, t.epoch.c.stored_to))
    return {(codes[row[0]], row[1]): row[2] for row in rows if row[0] in codes}


def visits_of_day(connection: Connection, now_ms: int) -> dict[str, int]:
    """Return how many visits each station has had in the county's day that holds `now_ms`."""
    query = (
        select(t.station.c.code, func.count())
        .join(t.visit, t.visit.c.station_id == t.station.c.id)
        .where(t.visit.c.shown_ms >= day_start_ms(now_ms))
        .group_by(t.station.c.code)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def begin_life(connection: Connection, now_ms: int) -> tuple[int, int | None]:
    """Note that a hub starts; return the key of this run, and when the run before it was last alive."""
    last = connection.execute(select(t.hub_life.c.alive_ms).order_by(t.hub_life.c.id.desc()).limit(1)).scalar()
    made = connection.execute(insert(t.hub_life).values(started_ms=now_ms, alive_ms=now_ms, orderly=False))
    key = made.inserted_primary_key
    return int(key[0] if key else 0), last


def read_lives(connection: Connection) -> list[Span]:
    """Return from when until when each run of the hub was alive, in their order."""
    life = t.hub_life.c
    rows = connection.execute(select(life.started_ms, life.alive_ms).order_by(life.id))
    return [(started_ms, alive_ms) for started_ms, alive_ms in rows]


def prolong_life(connection: Connection, run: int, now_ms: int, *, orderly: bool = False) -> None:
    """Note that this run is still alive, or ends in good order."""
    connection.execute(update(t.hub_life).where(t.hub_life.c.id == run).values(alive_ms=now_ms, orderly=orderly))
