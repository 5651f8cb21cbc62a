"""The county's list of villages: the CSV in, the table kept to it."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from hub.errors import HubError
from hub.store import tables as t
from hub.store.engine import upsert
from wire.topics import county_of, is_station_id


class Village(NamedTuple):
    """One row of the list."""

    code: str
    name: str
    town: str


def read_villages(path: Path, county: str) -> list[Village]:
    """Read the CSV `code,name,town` (UTF-8, with or without BOM) of the villages of `county`.

    Raises HubError E-HUB-01 (cannot be read), E-HUB-02 (columns), E-HUB-03 (a row, with its line) or E-HUB-04
    (the same code twice, a village of another county, or none at all).
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise HubError(
            "E-HUB-01", f"{path}: the list of villages cannot be read (UTF-8 CSV) 无法读取村居名单: {error}"
        ) from None
    rows = csv.DictReader(text.splitlines())
    if not {"code", "name", "town"} <= set(rows.fieldnames or ()):
        raise HubError("E-HUB-02", f"{path}:1: the first line must be 'code,name,town' 首行应为 code,name,town")
    villages: dict[str, Village] = {}
    for row in rows:
        where = f"{path}:{rows.line_num}"
        village = Village(*((row[key] or "").strip() for key in ("code", "name", "town")))
        if not is_station_id(village.code) or not 0 < len(village.name) <= 64 or not 0 < len(village.town) <= 64:
            raise HubError("E-HUB-03", f"{where}: not a 12-digit code with name and town 此行编码、村名或镇名有误")
        if village.code in villages:
            raise HubError("E-HUB-04", f"{where}: code {village.code} stands twice 编码重复")
        if county_of(village.code) != county:
            raise HubError("E-HUB-04", f"{where}: {village.code} is not of county {county} 该村不属于本县")
        villages[village.code] = village
    if not villages:
        raise HubError("E-HUB-04", f"{path}: no village in it 名单为空")
    return list(villages.values())


def enrol(connection: Connection, villages: Sequence[Village]) -> dict[str, int]:
    """Bring the table to the list and return the key of each station; one no longer listed keeps its history."""
    rows = [{**village._asdict(), "enrolled": True} for village in sorted(villages)]
    upsert(connection, t.station, rows, key="code")
    listed = {village.code for village in villages}
    there = connection.execute(select(t.station.c.id, t.station.c.code)).all()
    gone = [{"which": key} for key, code in there if code not in listed]
    if gone:
        connection.execute(update(t.station).where(t.station.c.id == bindparam("which")).values(enrolled=False), gone)
    return {code: key for key, code in there if code in listed}
