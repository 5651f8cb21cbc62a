"""Naming the persons of visits that were stored before there was an index."""

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, and_, bindparam, select, update

from hub.store import tables as t
from hub.store.engine import reading


def unindexed(engine: Engine, most: int, after: int = 0) -> list[tuple[int, bytes]]:
    """Return up to `most` visits behind the row `after` nobody has looked at yet, with their bodies.

    Raises StoreError.
    """
    query = (
        select(t.visit.c.id, t.record.c.body)
        .join(t.record, and_(t.record.c.epoch_id == t.visit.c.epoch_id, t.record.c.seq == t.visit.c.seq))
        .where(t.visit.c.person_key.is_(None), t.visit.c.id > after)
        .order_by(t.visit.c.id)
        .limit(most)
    )
    with reading(engine) as connection:
        return [(row[0], row[1]) for row in connection.execute(query)]


def set_person_keys(connection: Connection, keys: Mapping[int, bytes]) -> None:
    """Keep whose these visits are."""
    rows = [{"which": visit, "key": key} for visit, key in keys.items()]
    if rows:
        statement = update(t.visit).where(t.visit.c.id == bindparam("which"))
        connection.execute(statement.values(person_key=bindparam("key")), rows)
