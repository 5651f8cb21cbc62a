"""The duty roster in the database: rows stay, so that who was on duty when can always be told."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Engine, insert, or_, select, update

from hub.incidents.duty import Duty, Roster
from hub.incidents.trouble import Node
from hub.store.engine import reading
from hub.store.incident_rows import alone
from hub.store.incident_tables import duty

_C = duty.c


class Difference(NamedTuple):
    """What a new roster changes."""

    added: tuple[Duty, ...]
    ended: tuple[Duty, ...]
    kept: int


def replace_roster(connection: Connection, duties: Sequence[Duty], by: str, now_ms: int) -> Difference:
    """Let these and no others stand from now on."""
    alone(connection)
    standing = _standing(connection, None)
    added = [one for one in duties if one not in standing.values()]
    ended = {key: one for key, one in standing.items() if one not in duties}
    if ended:
        connection.execute(update(duty).where(_C.id.in_(ended)).values(ended_ms=now_ms))
    if added:
        connection.execute(insert(duty), [{**_row(one), "made_by": by, "made_ms": now_ms} for one in added])
    return Difference(Roster(added).duties, Roster(ended.values()).duties, len(standing) - len(ended))


class DutyReader:
    """Reads on connections of its own; safe from any thread. Raises StoreError E-STORE-05."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def roster(self, at_ms: int | None = None) -> Roster:
        """Return the roster that stands, or that stood at a time."""
        with reading(self._engine) as connection:
            return Roster(_standing(connection, at_ms).values())


def _standing(connection: Connection, at_ms: int | None) -> dict[int, Duty]:
    query = select(
        _C.id, _C.level, _C.scope, _C.place, _C.who, _C.mail, _C.days, _C.from_minute, _C.until_minute
    ).order_by(_C.id)
    if at_ms is None:
        query = query.where(_C.ended_ms.is_(None))
    else:
        query = query.where(_C.made_ms <= at_ms, or_(_C.ended_ms.is_(None), _C.ended_ms > at_ms))
    rows = connection.execute(query).all()
    return {row[0]: Duty(row[1], Node(row[2], row[3]), *row[4:]) for row in rows}


def _row(one: Duty) -> dict[str, object]:
    return {
        "level": one.level,
        "scope": one.node.scope,
        "place": one.node.place,
        "who": one.who,
        "mail": one.mail,
        "days": one.days,
        "from_minute": one.from_minute,
        "until_minute": one.until_minute,
    }
