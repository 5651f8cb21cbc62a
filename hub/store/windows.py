"""Planned times: written down, ended, read as the calendar takes them. Rows stay."""

import logging
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Row, Select, and_, func, insert, select, update

from hub.errors import HubError
from hub.health.every import read_every
from hub.health.windows import Window
from hub.incidents.trouble import Node
from hub.local_time import UNIT_MS
from hub.store.engine import reading
from hub.store.window_tables import time_window as w

logger = logging.getLogger(__name__)

PAST_MS: Final = 8 * UNIT_MS["d"]
"""One that is over as long as this touches nothing any more."""


class Planned(NamedTuple):
    """A planned time, and what is kept of who made and ended it."""

    window: Window
    reason: str
    made_by: str
    made_ms: int
    ended_by: str | None = None
    said_ended_ms: int | None = None
    """When that was said, which is when it ended unless it was withdrawn."""
    ended_reason: str | None = None
    withdrawn: bool = False


def add_window(connection: Connection, planned: Planned) -> None:
    """Write one down."""
    window = planned.window
    connection.execute(
        insert(w).values(
            id=window.id,
            effect=window.effect,
            scope=window.node.scope,
            place=window.node.place,
            kind=window.kind,
            from_ms=window.from_ms,
            until_ms=window.until_ms,
            lasts_ms=window.lasts_ms,
            every=window.every,
            reason=planned.reason,
            made_by=planned.made_by,
            made_ms=planned.made_ms,
        )
    )


def end_window(connection: Connection, key: str, by: str, reason: str, now_ms: int, *, withdrawn: bool) -> bool:
    """Note that one ends now, or was withdrawn whole; say whether it had not been ended before."""
    mine = [w.c.id == key, w.c.withdrawn.is_(False)] + [w.c.ended_ms.is_(None)] * (not withdrawn)
    ended = {"ended_by": by, "ended_ms": now_ms, "ended_reason": reason, "withdrawn": withdrawn}
    return connection.execute(update(w).where(*mine).values(ended)).rowcount > 0


def begin_window(connection: Connection, key: str, began_ms: int) -> bool:
    """Note when the trouble of a flexible one began; say whether it is the first that counts."""
    mine = (w.c.id == key, w.c.began_ms.is_(None), w.c.ended_ms.is_(None))
    return connection.execute(update(w).where(*mine).values(began_ms=began_ms)).rowcount > 0


class WindowsReader:
    """Reads on connections of its own; every method raises StoreError E-STORE-05 when the database gives nothing."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def current(self, now_ms: int) -> list[Window]:
        """Return those that hold now or may yet, and those that touch them."""
        with reading(self._engine) as connection:
            rows = connection.execute(_rows().where(_ends() > now_ms - PAST_MS)).all()
        return [planned.window for planned in _read(rows)]

    def overlapping(self, from_ms: int, until_ms: int, effect: str | None = None) -> list[Planned]:
        """Return those that may hold at some time between, the earliest first."""
        mine = [w.c.from_ms < until_ms, _ends() > from_ms]
        if effect is not None:
            mine.append(w.c.effect == effect)
        with reading(self._engine) as connection:
            return _read(connection.execute(_rows().where(and_(*mine))).all())

    def find(self, key: str) -> Planned | None:
        """Return one by its id."""
        with reading(self._engine) as connection:
            found = _read(connection.execute(_rows().where(w.c.id == key)).all())
        return found[0] if found else None


def _ends() -> Any:
    """Return when one ends at the latest: a flexible one that began shortly before its end lasts past it."""
    return w.c.until_ms + func.coalesce(w.c.lasts_ms, 0)


def _rows() -> Select[Any]:
    c = w.c
    return select(
        c.id, c.effect, c.scope, c.place, c.kind, c.from_ms, c.until_ms, c.lasts_ms, c.every, c.began_ms, c.ended_ms,
        c.withdrawn, c.reason, c.made_by, c.made_ms, c.ended_by, c.ended_reason,
    ).order_by(c.from_ms, c.id)  # fmt: skip


def _read(rows: Sequence[Row[Any]]) -> list[Planned]:
    """Return what can be understood of these; what cannot is logged and holds nothing."""
    found = []
    for row in rows:
        try:
            found.append(_planned(row))
        except HubError as error:
            logger.error("planned time %s is left out 无法识别的计划时段，已略过: %s", row.id, error)  # noqa: TRY400
    return found


def _planned(row: Row[Any]) -> Planned:
    if row.kind == "recurring":
        read_every(row.every or "")
    ended_ms = min(row.from_ms, row.ended_ms) if row.withdrawn else row.ended_ms
    window = Window(
        row.id, row.effect, Node(row.scope, row.place), row.kind, row.from_ms, row.until_ms, row.lasts_ms, row.every,
        row.began_ms, ended_ms,
    )  # fmt: skip
    return Planned(
        window, row.reason, row.made_by, row.made_ms, row.ended_by, row.ended_ms, row.ended_reason, bool(row.withdrawn)
    )
