"""What looks wrong about who asked for a certificate: written down until somebody of the centre has looked into it."""

import hashlib
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select, update

from hub.store.engine import count_again, reading
from hub.store.enrolment_tables import enrolment_doubt as d


class Doubt(NamedTuple):
    """Something that looks wrong."""

    id: int
    station: str
    code: str
    address: str
    first_ms: int
    last_ms: int
    times: int
    seen_ms: int | None
    seen_by: str | None


def add_doubt(connection: Connection, station: str, code: str, address: str, now_ms: int, *more: str) -> None:
    """Write down what looks wrong; again, it is counted once more and waits to be seen again."""
    told = hashlib.sha256("\0".join([station, code, *more]).encode()).digest()
    row = {
        "hash": told,
        "station": station,
        "code": code,
        "address": address[:64],
        "first_ms": now_ms,
        "last_ms": now_ms,
        "times": 1,
    }
    count_again(connection, d, [row])
    connection.execute(update(d).where(d.c.hash == told).values(address=address[:64], seen_ms=None, seen_by=None))


def see_doubt(connection: Connection, key: int, who: str, now_ms: int) -> None:
    """Note that somebody looked into it; whoever was first has seen it."""
    connection.execute(update(d).where(d.c.id == key, d.c.seen_ms.is_(None)).values(seen_ms=now_ms, seen_by=who))


class DoubtsReader:
    """Reads on connections of its own."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def unseen(self) -> list[Doubt]:
        """Return what nobody looked into since it came, the newest first. Raises StoreError E-STORE-05."""
        query = select(*(d.c[name] for name in Doubt._fields))
        query = query.where(d.c.seen_ms.is_(None)).order_by(d.c.last_ms.desc()).limit(200)
        with reading(self._engine) as connection:
            return [Doubt._make(row) for row in connection.execute(query)]
