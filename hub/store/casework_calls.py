"""Call-backs in the database: opened by a bad rating or by hand, each call, and when it was put right."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Select, and_, func, insert, literal_column, or_, select, update

from hub.store import casework_tables as w
from hub.store import tables as t
from hub.store.engine import reading
from hub.visits.calls_back import BAD_AT_MOST, Call

BY_RATING: Final = "评价 rating"
"""Who opened a call-back that a rating asked for."""
MOST_IN_A_ROUND: Final = 50
MOST_OPEN: Final = 2_000
IS_BAD: Final = t.rating.c.grade <= literal_column(str(BAD_AT_MOST))
"""As the index of bad ratings says it: a bound value would not be found by it."""

_B = w.call_back.c


class CallBack(NamedTuple):
    """One call-back with its calls, oldest first."""

    id: int
    visit: int
    station: str
    name: str
    town: str
    number: str
    service: str
    who: str
    grade: int | None
    """Of the rating that asked for it; None when somebody did."""
    opened_ms: int
    opened_by: str
    fixed_ms: int | None
    fixed_by: str | None
    note: bytes | None
    """How it was put right, sealed."""
    calls: Sequence[Call] = ()

    def __repr__(self) -> str:
        return f"CallBack({self.id})"


def open_for_ratings(connection: Connection, since_ms: int) -> tuple[int, int | None]:
    """Open a call-back for some of the bad ratings that arrived from then on and have none, the oldest first.

    Return how many, and up to which arrival was looked; None when all were.

    One that is open, or was put right after the rating arrived, serves it too. `opened_ms` is when the rating was
    made: the promise is to who gave it.
    """
    v, r = t.visit.c, t.rating.c
    served = select(_B.id).where(_B.visit_id == v.id, or_(_B.fixed_ms.is_(None), _B.fixed_ms >= r.received_ms))
    query = (
        select(v.id, r.id, r.shown_ms, r.received_ms)
        .join(t.visit, and_(r.epoch_id == v.epoch_id, r.visit_seq == v.seq))
        .where(IS_BAD, r.received_ms >= since_ms, ~served.exists())
        .order_by(r.received_ms, r.id)
        .limit(MOST_IN_A_ROUND)
    )
    wanted: dict[int, dict[str, Any]] = {}
    rows = connection.execute(query).all()
    for visit, rating, at_ms, _ in rows:
        new = {"visit_id": visit, "rating_id": rating, "opened_ms": at_ms, "opened_by": BY_RATING}
        wanted.setdefault(visit, new)
    if wanted:
        connection.execute(insert(w.call_back), list(wanted.values()))
    return len(wanted), rows[-1][3] if len(rows) == MOST_IN_A_ROUND else None


def open_by_hand(connection: Connection, visit: int, who: str, now_ms: int) -> bool:
    """Open a call-back of a visit; False, and nothing is written, when one is open already."""
    if connection.execute(select(_B.id).where(_B.visit_id == visit, _B.fixed_ms.is_(None))).first() is not None:
        return False
    connection.execute(insert(w.call_back).values(visit_id=visit, opened_ms=now_ms, opened_by=who))
    return True


def note_call(connection: Connection, call_back: int, call: Call) -> None:
    """Write a call down."""
    connection.execute(insert(w.call_made).values(call_back_id=call_back, **call._asdict()))


def note_fixed(connection: Connection, call_back: int, who: str, note: bytes | None, now_ms: int) -> bool:
    """Write down that it was put right; False when it was already."""
    done = update(w.call_back).where(_B.id == call_back, _B.fixed_ms.is_(None))
    return connection.execute(done.values(fixed_ms=now_ms, fixed_by=who, note=note)).rowcount == 1


class CallsReader:
    """Reads on connections of its own; safe from any thread. Everything raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def open(self, towns: frozenset[str]) -> list[CallBack]:
        """Return every call-back that is not put right in these towns (none is all), the oldest first."""
        return self._read(
            _call_backs(towns).where(_B.fixed_ms.is_(None)).order_by(_B.opened_ms, _B.id).limit(MOST_OPEN)
        )

    def fixed(self, limit: int, before: int | None, towns: frozenset[str]) -> list[CallBack]:
        """Return what was put right, the newest first, from before the row `before`."""
        query = _call_backs(towns).where(_B.fixed_ms.is_not(None)).order_by(_B.id.desc()).limit(limit)
        return self._read(query if before is None else query.where(_B.id < before))

    def of_visits(self, visits: Sequence[int]) -> list[CallBack]:
        """Return all call-backs of these, the oldest first."""
        return self._read(_call_backs(frozenset()).where(_B.visit_id.in_(visits)).order_by(_B.id))

    def one(self, key: int) -> CallBack | None:
        """Return one."""
        return next(iter(self._read(_call_backs(frozenset()).where(_B.id == key))), None)

    def open_count(self, towns: frozenset[str]) -> int:
        """Return how many are not put right."""
        counted = _call_backs(towns).where(_B.fixed_ms.is_(None)).with_only_columns(func.count())
        with reading(self._engine) as connection:
            return int(connection.execute(counted).scalar_one())

    def _read(self, query: Select[Any]) -> list[CallBack]:
        m = w.call_made.c
        with reading(self._engine) as connection:
            found = [CallBack._make((*row, ())) for row in connection.execute(query)]
            calls: dict[int, list[Call]] = {}
            made = select(m.call_back_id, m.at_ms, m.who, m.result, m.satisfied, m.note).order_by(m.id)
            for row in connection.execute(made.where(m.call_back_id.in_([one.id for one in found]))):
                calls.setdefault(row[0], []).append(Call._make(row[1:]))
        return [one._replace(calls=calls.get(one.id, ())) for one in found]


def _call_backs(towns: frozenset[str]) -> Select[Any]:
    v = t.visit.c
    query = (
        select(
            _B.id, _B.visit_id, t.station.c.code, t.station.c.name, t.station.c.town, v.number, v.service, v.who,
            t.rating.c.grade, _B.opened_ms, _B.opened_by, _B.fixed_ms, _B.fixed_by, _B.note,
        )
        .join(t.visit, v.id == _B.visit_id)
        .join(t.station, t.station.c.id == v.station_id)
        .outerjoin(t.rating, t.rating.c.id == _B.rating_id)
    )  # fmt: skip
    return query.where(t.station.c.town.in_(sorted(towns))) if towns else query
