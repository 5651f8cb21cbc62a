"""Warnings as rows: what stands, what ended, who took note of it."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, and_, insert, or_, select, update

from hub.reports.warnings import Found, Judged, Level, Rule, Standing
from hub.store.engine import reading
from hub.store.reports_tables import warning

_W = warning.c
MOST_FIGURES: Final = 400


class WarningRow(NamedTuple):
    """One warning."""

    id: int
    rule: Rule
    town: str
    subject: str
    level: Level
    figures: str
    began_ms: int
    seen_ms: int
    """When the rules last said so."""
    ended_ms: int | None
    acknowledged_by: str | None
    acknowledged_ms: int | None
    note: str | None


_COLUMNS: Final = tuple(warning.c[name] for name in WarningRow._fields)


def standing(connection: Connection) -> list[Standing]:
    """Return the warnings that stand."""
    query = select(_W.id, _W.open_key, _W.level).where(_W.open_key.is_not(None))
    return [Standing._make(row) for row in connection.execute(query)]


def write_judged(connection: Connection, judged: Judged, now_ms: int) -> None:
    """Open, go on with and end what the rules judged; one that grew worse is to be acknowledged again."""
    for one in judged.opened:
        connection.execute(insert(warning).values(open_key=one.key, began_ms=now_ms, **_values(one, now_ms)))
    for key, one, worse in judged.changed:
        again: dict[str, Any] = {"acknowledged_by": None, "acknowledged_ms": None, "note": None} if worse else {}
        connection.execute(update(warning).where(_W.id == key).values(**_values(one, now_ms), **again))
    if judged.ended:
        connection.execute(update(warning).where(_W.id.in_(judged.ended)).values(open_key=None, ended_ms=now_ms))


def acknowledge(connection: Connection, key: int, who: str, note: str, now_ms: int) -> bool:
    """Note that somebody knows of a warning that stands; say whether it did."""
    which = and_(_W.id == key, _W.open_key.is_not(None), _W.acknowledged_ms.is_(None))
    values = {"acknowledged_by": who, "acknowledged_ms": now_ms, "note": note}
    return connection.execute(update(warning).where(which).values(**values)).rowcount == 1


class WarningsReader:
    """Reads on connections of its own; safe from any thread. Everything raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def standing(self) -> list[Standing]:
        """Return the keys of what stands."""
        with reading(self._engine) as connection:
            return standing(connection)

    def of(self, from_ms: int, until_ms: int, most: int = 200) -> list[WarningRow]:
        """Return what stood at any time of a period, what stands first, then the newest."""
        there = and_(_W.began_ms < until_ms, or_(_W.ended_ms.is_(None), _W.ended_ms >= from_ms))
        query = select(*_COLUMNS).where(there).order_by(_W.ended_ms.is_not(None), _W.began_ms.desc()).limit(most)
        with reading(self._engine) as connection:
            return _rows(connection.execute(query))


def _rows(rows: Iterable[Any]) -> list[WarningRow]:
    return [WarningRow._make(row) for row in rows]


def _values(one: Found, now_ms: int) -> dict[str, Any]:
    return {
        "rule": one.rule, "town": one.town, "subject": one.subject, "level": one.level,
        "figures": one.figures[:MOST_FIGURES], "seen_ms": now_ms,
    }  # fmt: skip
