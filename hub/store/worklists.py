"""People's work lists and weekly reports in the database, and what the rows of a week say somebody did."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Select, func, insert, select, update

from hub.store import tables as t
from hub.store.access_tables import account, audit
from hub.store.calls_tables import help_step
from hub.store.casework_tables import call_made, visit_assignment
from hub.store.engine import reading
from hub.store.incident_tables import incident_step
from hub.store.shelves import StaleError
from hub.store.shelves_tables import work_mark, work_own, work_week

_M, _O, _W = work_mark.c, work_own.c, work_week.c


class MarkRow(NamedTuple):
    """That somebody ticked an item off for one day."""

    item: str
    note: str
    at_ms: int


class OwnRow(NamedTuple):
    """What somebody wrote onto their list themselves."""

    id: int
    text: str
    due_day: int | None
    done_ms: int | None


class WeekRow(NamedTuple):
    """Somebody's report of a week."""

    id: int
    who: str
    unit: str
    monday: int
    text: str
    revision: int
    saved_ms: int
    handed_ms: int | None
    seen_by: str | None
    seen_ms: int | None
    remark: str


class DidRow(NamedTuple):
    """What the rows of a time say somebody did: steps, and how often."""

    incidents: Mapping[str, int]
    cases: Mapping[str, int]
    calls: int
    called_back: int
    documents: int
    orders: int
    pictures: int
    acts: Mapping[str, int]


def mark(connection: Connection, account_id: int, day: int, item: str, note: str, now_ms: int) -> None:
    """Tick an item off for a day; once more says another note."""
    unmark(connection, account_id, day, item, now_ms)
    values = {"account_id": account_id, "day": day, "item": item, "note": note, "at_ms": now_ms}
    connection.execute(insert(work_mark).values(**values))


def unmark(connection: Connection, account_id: int, day: int, item: str, now_ms: int) -> None:
    """Put an item back onto the list; the row stays, dated."""
    mine = (_M.account_id == account_id, _M.day == day, _M.item == item, _M.undone_ms.is_(None))
    connection.execute(update(work_mark).where(*mine).values(undone_ms=now_ms))


def add_own(connection: Connection, account_id: int, text: str, due_day: int | None, now_ms: int) -> None:
    """Write something onto one's own list."""
    connection.execute(insert(work_own).values(account_id=account_id, text=text, due_day=due_day, made_ms=now_ms))


def set_own(connection: Connection, account_id: int, key: int, done_ms: int | None) -> None:
    """Tick one's own item off, or with None put it back."""
    mine = (_O.account_id == account_id, _O.id == key)
    connection.execute(update(work_own).where(*mine).values(done_ms=done_ms))


def save_week(
    connection: Connection, account_id: int, monday: int, text: str, revision: int, now_ms: int, *, handed: bool
) -> None:
    """Save one's report of a week, or hand it in: from then on it stays as it is.

    Raises StaleError E-DOC-07 when it was saved elsewhere since revision (0 is none yet), or is handed in.
    """
    values: dict[str, Any] = {
        "text": text, "revision": revision + 1, "saved_ms": now_ms, "handed": handed,
        "handed_ms": now_ms if handed else None,
    }  # fmt: skip
    mine = (_W.account_id == account_id, _W.monday == monday)
    there = connection.execute(select(_W.id).where(*mine)).first()
    if there is None and revision == 0:
        connection.execute(insert(work_week).values(account_id=account_id, monday=monday, remark="", **values))
        return
    same = (*mine, _W.revision == revision, _W.handed.is_(False))
    if connection.execute(update(work_week).where(*same).values(**values)).rowcount != 1:
        raise StaleError(
            "E-DOC-07", "it was saved elsewhere or handed in since; open it again 已在别处保存或上报，请重新打开"
        )


def note_seen(connection: Connection, key: int, who: str, remark: str, now_ms: int) -> None:
    """Note that a supervisor read a report that was handed in."""
    mine = (_W.id == key, _W.handed.is_(True))
    connection.execute(update(work_week).where(*mine).values(seen_by=who, seen_ms=now_ms, remark=remark))


_WEEK: Final = (
    *(_W.id, account.c.full_name, account.c.unit, _W.monday, _W.text, _W.revision, _W.saved_ms, _W.handed_ms),
    *(_W.seen_by, _W.seen_ms, _W.remark),
)


class WorkReader:
    """Reads on connections of its own; every method raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def marks(self, account_id: int, day: int) -> list[MarkRow]:
        """Return what somebody ticked off for a day."""
        mine = (_M.account_id == account_id, _M.day == day, _M.undone_ms.is_(None))
        with reading(self._engine) as connection:
            return [MarkRow(*row) for row in connection.execute(select(_M.item, _M.note, _M.at_ms).where(*mine))]

    def own(self, account_id: int, since_ms: int) -> list[OwnRow]:
        """Return somebody's own items that are to be done, or were done from `since_ms` on."""
        query = (
            select(_O.id, _O.text, _O.due_day, _O.done_ms)
            .where(_O.account_id == account_id, _O.done_ms.is_(None) | (_O.done_ms >= since_ms))
            .order_by(_O.id)
        )
        with reading(self._engine) as connection:
            return [OwnRow(*row) for row in connection.execute(query)]

    def inspected(self, since_ms: int) -> frozenset[str]:
        """Return the stations of which somebody opened a picture from then on."""
        query = (
            select(t.station.c.code)
            .join(t.command, t.command.c.station_id == t.station.c.id)
            .join(t.viewing, t.viewing.c.command_id == t.command.c.id)
            .where(t.viewing.c.at_ms >= since_ms)
        )
        with reading(self._engine) as connection:
            return frozenset(connection.execute(query).scalars())

    def did(self, who: str, from_ms: int, until_ms: int) -> DidRow:
        """Return what somebody did from when until when, by the name that steps and logs have."""
        step, case, entry = incident_step.c, t.visit_step.c, audit.c
        with reading(self._engine) as connection:

            def by(kind: Any, made: Any, at: Any, *more: Any) -> dict[str, int]:
                where = (made == who, at >= from_ms, at < until_ms, *more)
                query = select(kind, func.count()).where(*where).group_by(kind)
                return {str(name): int(count) for name, count in connection.execute(query)}

            def count(made: Any, at: Any) -> int:
                query = select(func.count()).where(made == who, at >= from_ms, at < until_ms)
                return int(connection.execute(query).scalar_one())

            return DidRow(
                by(step.step, step.who, step.at_ms, step.withdrawn_ms.is_(None)),
                by(case.state, case.who, case.at_ms, case.withdrawn_ms.is_(None)),
                count(help_step.c.who, help_step.c.at_ms),
                count(call_made.c.who, call_made.c.at_ms),
                count(t.document.c.published_by, t.document.c.at_ms),
                count(t.command.c.asked_by, t.command.c.asked_ms),
                count(t.viewing.c.who, t.viewing.c.at_ms),
                by(entry.act, entry.who, entry.at_ms),
            )

    def week(self, account_id: int, monday: int) -> WeekRow | None:
        """Return somebody's report of a week."""
        return next(iter(self._weeks(_weeks().where(_W.account_id == account_id, _W.monday == monday))), None)

    def weeks(self, account_id: int, limit: int = 60) -> list[WeekRow]:
        """Return somebody's reports, newest first."""
        mine = _weeks().where(_W.account_id == account_id)
        return self._weeks(mine.order_by(_W.monday.desc()).limit(limit))

    def handed(self, unit: str, limit: int = 200) -> list[WeekRow]:
        """Return what people of a unit handed in, newest week first."""
        theirs = _weeks().where(account.c.unit == unit, _W.handed.is_(True))
        return self._weeks(theirs.order_by(_W.monday.desc(), account.c.full_name).limit(limit))

    def one_week(self, key: int) -> WeekRow | None:
        """Return one report."""
        return next(iter(self._weeks(_weeks().where(_W.id == key))), None)

    def active(self, since_ms: int) -> dict[str, dict[str, int]]:
        """Return when each person last did something for each village: steps, and matters of theirs that ended."""
        step, visit, given = t.visit_step.c, t.visit.c, visit_assignment.c
        standing = (  # who has it now, not from whom it was taken, nor who was named by mistake
            select(func.max(given.id))
            .join(t.visit_step, step.id == given.step_id)
            .where(step.withdrawn_ms.is_(None))
            .group_by(given.visit_id)
        )
        own = (
            select(t.station.c.code, step.who, func.max(step.at_ms))
            .join_from(t.visit_step, t.visit, visit.id == step.visit_id)
            .join(t.station, t.station.c.id == visit.station_id)
            .where(step.withdrawn_ms.is_(None), step.at_ms >= since_ms)
            .group_by(t.station.c.code, step.who)
        )
        ended = (
            select(t.station.c.code, given.whom, func.max(visit.ended_ms))
            .join_from(visit_assignment, t.visit, visit.id == given.visit_id)
            .join(t.station, t.station.c.id == visit.station_id)
            .where(visit.ended_ms >= since_ms, given.id.in_(standing))
            .group_by(t.station.c.code, given.whom)
        )
        found: dict[str, dict[str, int]] = {}
        with reading(self._engine) as connection:
            for query in (own, ended):
                for station, who, at_ms in connection.execute(query):
                    there = found.setdefault(station, {})
                    there[who] = max(there.get(who, 0), at_ms)
        return found

    def _weeks(self, query: Select[Any]) -> list[WeekRow]:
        with reading(self._engine) as connection:
            return [WeekRow(*row) for row in connection.execute(query)]


def _weeks() -> Select[Any]:
    return select(*_WEEK).join_from(work_week, account, account.c.id == _W.account_id)
