"""What the watch tells of whole outages stands in the database: what it holds open lasts there, all else is over."""

from itertools import groupby
from pathlib import Path

import pytest

from demo.villages import made_up_county
from hub.incidents.duty import Roster
from hub.incidents.incident import Incident
from hub.incidents.trouble import Absorbed, Began, Ended, Told
from hub.store.engine import writing
from hub.store.incidents import IncidentsReader, pass_time, take
from hub.store.stations import Village, enrol
from tests.hub.fresh_database import fresh_database
from tests.hub.incidents.scenarios import outage

COUNTY = made_up_county()
TOWNS = {village.code: village.town for village in COUNTY}


def held(told: list[Told]) -> dict[str, set[str]]:
    """Return what is open after all that was told, and whom each affects."""
    standing: dict[str, set[str]] = {}
    for one in told:
        if isinstance(one, Began):
            standing[one.trouble.key] = set(one.stations)
        elif isinstance(one, Ended | Absorbed):
            standing.pop(one.trouble.key)
        else:
            standing[one.trouble.key] = (standing[one.trouble.key] | set(one.joined)) - set(one.left)
    return standing


@pytest.mark.parametrize("seed", range(6))
def test_an_outage_is_written_as_it_was_told(seed: int, tmp_path: Path) -> None:
    told = outage(TOWNS, seed).world.told
    database = fresh_database(tmp_path / "hub.sqlite3")
    try:
        with writing(database) as connection:
            ids = enrol(connection, [Village(*village) for village in COUNTY])
        seen: dict[str, Incident] = {}
        for at_ms, news in groupby(told, key=lambda one: one[0]):
            with writing(database) as connection:
                changed = take(connection, [one for _, one in news], ids, {}, at_ms)
                changed += pass_time(connection, Roster(), at_ms)
            seen |= {one.id: one for one in changed}
        reader = IncidentsReader(database.reader)
        standing = {trouble.key: set(stations) for trouble, _, stations in reader.open_troubles()}
        assert standing == held([one for _, one in told])
        assert {one.id: one for one in reader.page(500)} == seen, "what changed was returned as it stands"
        assert len({one.trouble for one in seen.values()}) == len(seen), "one incident of each trouble"
    finally:
        database.stop()
