"""What a starting hub begins with: the list of villages, and what the hub before it knew."""

from collections.abc import Sequence
from typing import NamedTuple

from hub.health.county import Change, County, Place
from hub.store.engine import Database, writing
from hub.store.history import begin_life, read_receipted, read_states, visits_of_day
from hub.store.intake import quarantined
from hub.store.service import leave_list
from hub.store.stations import Village, enrol


class Recalled(NamedTuple):
    """The county as known, the stations' keys, this run's key, and the changes the restart itself makes."""

    county: County
    ids: dict[str, int]
    run: int
    changes: list[Change]
    alive_ms: int | None
    """When the hub before this one was last alive."""


def recall(database: Database, code: str, villages: Sequence[Village], now_ms: int) -> Recalled:
    """Bring the database to the list and return what is known; nothing of the present is.

    Raises StoreError when the database cannot be written.
    """
    with writing(database) as connection:
        ids = enrol(connection, villages)
        leave_list(connection, now_ms)
        remembered = read_states(connection, ids)
        receipted = read_receipted(connection, ids)
        visits = visits_of_day(connection, now_ms)
        run, alive_ms = begin_life(connection, now_ms)
        aside = quarantined(connection)
    county = County(code, [Place(*village) for village in villages], now_ms)
    changes = county.restart({station: one.known for station, one in remembered.items()}, alive_ms)
    for station, one in remembered.items():
        member = county.members[station]
        member.birth, member.beat = one.birth, one.beat
        if one.birth is not None:
            member.stored_to = receipted.get((station, one.birth.epoch), 0)
    county.new_day(visits)
    county.quarantined = aside
    return Recalled(county, ids, run, changes, alive_ms)
