"""A county whose incidents and calls for help stand in its real database, as the ingest side would put them there."""

import time
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, insert, select
from starlette.applications import Starlette

from hub.incidents.duty import Roster
from hub.incidents.trouble import Began, Ended, Node, Trouble
from hub.store import tables as t
from hub.store.calls import pass_time, take_up
from hub.store.engine import writing
from hub.store.incidents import IncidentsReader, take
from tests.hub.web.made_up import MadeUpCounty
from tests.hub.web.made_up_incidents import MadeUpIncidents


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def real(county: MadeUpCounty, folder: Path) -> Starlette:
    """Have a made-up county's incidents read from its database; return its web."""
    county.app(folder)
    county.stored = cast("MadeUpIncidents", IncidentsReader(county.database.reader))
    return county.app(folder)


def down(county: MadeUpCounty, *stations: str, ago_ms: int = 720_000) -> str:
    """Have villages of one town cut off together, or one alone; return the incident's id."""
    town = county.villages[stations[0]][1]
    node = Node("town", town) if len(stations) > 1 else Node("station", stations[0])
    return _told(county, Began(Trouble("down", node), now_ms() - ago_ms, stations, "cut_together"))


def county_down(county: MadeUpCounty, *stations: str) -> str:
    """Have villages of several towns cut off together."""
    return _told(county, Began(Trouble("down", Node("county")), now_ms() - 60_000, stations, "cut_together"))


def well_again(county: MadeUpCounty, *stations: str) -> None:
    """Have what `down` began be over."""
    town = county.villages[stations[0]][1]
    node = Node("town", town) if len(stations) > 1 else Node("station", stations[0])
    with writing(county.database) as connection:
        take(connection, [Ended(Trouble("down", node), now_ms())], _ids(county), _names(county), now_ms())
    _show(county)


def press(county: MadeUpCounty, station: str, call: str = "c1", *, withdrawn: bool = False, ago_ms: int = 0) -> None:
    """Have somebody press the button of a kiosk, or take it back, and the hub take that up."""
    with writing(county.database) as connection:
        pressed(connection, _ids(county)[station], call, now_ms() - ago_ms, withdrawn=withdrawn)


def pressed(connection: Connection, key: int, call: str, at_ms: int, *, withdrawn: bool = False) -> None:
    """Store what a station of this key sends when its button is pressed, and take it up."""
    epoch = connection.execute(select(t.epoch.c.id).where(t.epoch.c.station_id == key)).scalar()
    if epoch is None:
        row = {"station_id": key, "epoch": f"{key:016x}", "stored_to": 0, "first_ms": at_ms}
        epoch = connection.execute(insert(t.epoch).values(row)).inserted_primary_key[0]  # type: ignore[index]
    seq = 1 + len(connection.execute(select(t.emergency.c.id)).all())
    when = {"at_ms": at_ms, "received_ms": at_ms, "shown_ms": at_ms}
    said = {"station_id": key, "epoch_id": epoch, "seq": seq, "call": call, "withdrawn": withdrawn}
    connection.execute(insert(t.emergency).values(said | when))
    take_up(connection, at_ms)


def nobody_came(county: MadeUpCounty, after_ms: int) -> None:
    """Have so much time gone by for what waits."""
    with writing(county.database) as connection:
        pass_time(connection, Roster(), now_ms() + after_ms)


def _told(county: MadeUpCounty, began: Began) -> str:
    with writing(county.database) as connection:
        (one,) = take(connection, [began], _ids(county), _names(county), now_ms())
    _show(county)
    return one.id


def _show(county: MadeUpCounty) -> None:
    county.view.show_incidents(tuple(IncidentsReader(county.database.reader).open_incidents()))


def _ids(county: MadeUpCounty) -> dict[str, int]:
    with county.database.reader.connect() as connection:
        rows = connection.execute(select(t.station.c.code, t.station.c.id)).all()
    return {row.code: row.id for row in rows}


def _names(county: MadeUpCounty) -> dict[str, str]:
    return {"": "测试县"} | {code: name for code, (name, _) in county.villages.items()}
