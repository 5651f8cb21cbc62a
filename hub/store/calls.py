"""Calls for help in the database: taken up from what stations sent, escalated by time, acted on by people."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Select, and_, func, insert, select, update

from hub.incidents.calls import MACHINE, Act, Call, CallError, Change, Entry, due_ms, passed, pressed_again, withdrawn
from hub.incidents.calls import act as acted
from hub.incidents.duty import Roster
from hub.local_time import month_of
from hub.store import tables as t
from hub.store.calls_tables import help_call, help_log, help_press, help_step
from hub.store.engine import reading

MOST_TAKEN: Final = 200
"""Presses taken up at once."""
MOST_NOTE: Final = 300
PAGE: Final = 50
_C, _P, _S = help_call.c, help_press.c, help_step.c
_KEPT: Final = Call._fields[4:]
"""The columns that are fields of a call too; those before name it and its village."""


class CallStep(NamedTuple):
    """One step of a call, as it is kept."""

    id: int
    call: int
    at_ms: int
    who: str
    step: str
    note: str


class Pulse(NamedTuple):
    """What tells whether anything is to be done: the same twice is nothing new."""

    untaken: bool
    """Stations sent presses that are not taken up."""
    last_step: int
    told_step: int
    due_ms: int | None


class Month(NamedTuple):
    """What 应急指挥 counts of one month."""

    month: str
    calls: int
    sudden: int
    dispute: int
    other: int
    false_alarm: int
    drill: int
    open: int


def take_up(connection: Connection, now_ms: int) -> bool:
    """Make calls of the presses that stations sent since, and say whether there may be more to take."""
    _alone(connection)
    e, log = t.emergency.c, help_log.c
    here = and_(e.id == log.emergency_id, e.received_ms == log.emergency_ms)
    # What it stands at is forgotten: numbers begin anew, so all are looked at; what is known changes nothing.
    last = connection.execute(select(e.id).join_from(t.emergency, help_log, here)).scalar() or 0
    rows = connection.execute(
        select(e.id, e.station_id, e.call, e.shown_ms, e.received_ms, e.withdrawn)
        .where(e.id > last)
        .order_by(e.id)
        .limit(MOST_TAKEN)
    ).all()
    for row in rows:
        _take(connection, row, now_ms)
    if rows:
        connection.execute(update(help_log).values(emergency_id=rows[-1].id, emergency_ms=rows[-1].received_ms))
    return len(rows) == MOST_TAKEN


def pass_time(connection: Connection, roster: Roster, now_ms: int) -> list[tuple[Change, int]]:
    """Escalate what nobody took in time; return what each became, and the id of its step."""
    _alone(connection)
    changes: list[tuple[Change, int]] = []
    for call in _read(connection, _calls().where(_C.due_ms <= now_ms).order_by(_C.due_ms, _C.id)):
        change = passed(call, roster, now_ms)
        if change is not None:
            changes.append((change, _write(connection, change, now_ms)))
    return changes


def act(connection: Connection, key: int, deed: Act, now_ms: int) -> Call:
    """Write what somebody did and return the call as it became.

    Raises CallError E-CALL-01 (no such call), and as `hub.incidents.calls.act` does; then nothing is written.
    """
    _alone(connection)
    call = next(iter(_read(connection, _calls().where(_C.id == key))), None)
    if call is None:
        raise no_such_call(str(key))
    change = acted(call, deed, now_ms)
    _write(connection, change, now_ms)
    return change.call


def note_told(connection: Connection, step: int) -> None:
    """Note up to which step programs were told; in the transaction that queued it."""
    connection.execute(update(help_log).values(told_step=step))


def no_such_call(key: str) -> CallError:
    """Return the refusal of a number that is no call's."""
    return CallError("E-CALL-01", f"{key}: no such call for help; see `hub calls list` 没有这个求助，请核对编号")


class CallsReader:
    """Reads on connections of its own; safe from any thread. Every method raises StoreError E-STORE-05."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def pulse(self) -> Pulse:
        """Return what tells whether anything is to be done."""
        e, log = t.emergency.c, help_log.c
        asked = (
            select(func.coalesce(func.max(_S.id), 0)).scalar_subquery(),
            log.told_step,
            select(func.min(_C.due_ms)).scalar_subquery(),
        )
        newest = select(e.id, e.received_ms).order_by(e.id.desc()).limit(1)
        with reading(self._engine) as connection:
            last = connection.execute(newest).first()
            step, told, due, *taken = connection.execute(select(*asked, log.emergency_id, log.emergency_ms)).one()
        return Pulse(last is not None and tuple(last) != tuple(taken), step, told, due)

    def waiting(self, limit: int) -> list[Call]:
        """Return those that nobody took yet, the newest first."""
        return self._list(_calls().where(_C.state == "waiting").order_by(_C.id.desc()).limit(limit))

    def page(
        self, limit: int = PAGE, *, state: str | None = None, town: str | None = None, before: int | None = None
    ) -> list[Call]:
        """Return calls that fit, the newest first; `before` is the id the page before ended with."""
        fits = [
            *((_C.state == state,) if state is not None else ()),
            *((t.station.c.town == town,) if town is not None else ()),
            *((_C.id < before,) if before is not None else ()),
        ]
        return self._list(_calls().where(and_(True, *fits)).order_by(_C.id.desc()).limit(limit))

    def find(self, key: int) -> Call | None:
        """Return one by its number."""
        return next(iter(self._list(_calls().where(_C.id == key))), None)

    def steps(self, key: int) -> list[CallStep]:
        """Return what happened to one, in order."""
        return self._steps(_step().where(_S.help_call_id == key))

    def steps_after(self, step: int, limit: int) -> list[CallStep]:
        """Return the steps of all after this one, in order."""
        return self._steps(_step().where(_S.id > step).limit(limit))

    def months(self, since_ms: int) -> list[Month]:
        """Return what 应急指挥 counts by month, of what the county learnt since; the newest month first."""
        counts: dict[str, dict[str, int]] = {}
        with reading(self._engine) as connection:
            rows = connection.execute(select(_C.received_ms, _C.outcome, _C.matter).where(_C.received_ms >= since_ms))
            for received_ms, outcome, matter in rows:
                month = counts.setdefault(month_of(received_ms), dict.fromkeys(Month._fields[1:], 0))
                month["calls"] += 1
                month[matter or outcome or "open"] += 1
        return [Month(month, **counts[month]) for month in sorted(counts, reverse=True)]

    def _list(self, query: Select[Any]) -> list[Call]:
        with reading(self._engine) as connection:
            return _read(connection, query)

    def _steps(self, query: Select[Any]) -> list[CallStep]:
        with reading(self._engine) as connection:
            return [CallStep._make(row) for row in connection.execute(query)]


def _alone(connection: Connection) -> None:
    """Wait until no other transaction changes calls, and let none begin before this one ends."""
    connection.execute(update(help_log).values(emergency_id=help_log.c.emergency_id))


def _take(connection: Connection, row: Any, now_ms: int) -> None:
    """Take up one message of a station: a press, one that is known already, or that one is taken back."""
    mine = and_(_P.station_id == row.station_id, _P.call == row.call)
    known = connection.execute(select(_P.help_call_id, _P.withdrawn_ms).where(mine)).first()
    if known is not None:
        if row.withdrawn and known.withdrawn_ms is None:
            connection.execute(update(help_press).where(mine).values(withdrawn_ms=row.received_ms))
            _take_back(connection, known.help_call_id, row.received_ms, now_ms)
        return
    theirs = _calls().where(_C.station_id == row.station_id, _C.state == "waiting").order_by(_C.id.desc()).limit(1)
    call = next(iter(_read(connection, theirs)), None)
    if call is None:
        key = _new(connection, row, now_ms)
    else:
        key = call.id
        if not row.withdrawn:
            _write(connection, pressed_again(call, now_ms), now_ms)
    back_ms = row.received_ms if row.withdrawn else None
    press = {"station_id": row.station_id, "call": row.call, "at_ms": row.shown_ms, "withdrawn_ms": back_ms}
    connection.execute(insert(help_press).values(help_call_id=key, **press))


def _new(connection: Connection, row: Any, now_ms: int) -> int:
    fresh = Call(0, "", "", "", row.shown_ms, row.received_ms, rung_ms=now_ms)
    made: Any = connection.execute(insert(help_call).values(station_id=row.station_id, **_columns(fresh)))
    key: int = made.inserted_primary_key[0]
    _step_of(connection, key, Entry("called", MACHINE), now_ms)
    if row.withdrawn:  # it was taken back before the call itself came
        call = fresh._replace(id=key)
        _write(connection, withdrawn(call, row.received_ms), now_ms)
    return key


def _take_back(connection: Connection, key: int, at_ms: int, now_ms: int) -> None:
    stands = select(_P.id).where(_P.help_call_id == key, _P.withdrawn_ms.is_(None)).limit(1)
    call = next(iter(_read(connection, _calls().where(_C.id == key))), None)
    if call is not None and call.withdrawn_ms is None and connection.execute(stands).first() is None:
        _write(connection, withdrawn(call, at_ms), now_ms)


def _write(connection: Connection, change: Change, now_ms: int) -> int:
    connection.execute(update(help_call).where(_C.id == change.call.id).values(_columns(change.call)))
    return _step_of(connection, change.call.id, change.step, now_ms)


def _step_of(connection: Connection, key: int, step: Entry, now_ms: int) -> int:
    row = {"help_call_id": key, "at_ms": now_ms, "who": step.who, "step": step.step, "note": step.note[:MOST_NOTE]}
    made: Any = connection.execute(insert(help_step).values(row))
    return int(made.inserted_primary_key[0])


def _columns(call: Call) -> dict[str, Any]:
    return {name: getattr(call, name) for name in _KEPT} | {"due_ms": due_ms(call)}


def _calls() -> Select[Any]:
    s = t.station.c
    return select(_C.id, s.code, s.name, s.town, *(_C[name] for name in _KEPT)).join(t.station, s.id == _C.station_id)


def _step() -> Select[Any]:
    return select(_S.id, _S.help_call_id, _S.at_ms, _S.who, _S.step, _S.note).order_by(_S.id)


def _read(connection: Connection, query: Select[Any]) -> list[Call]:
    rows: Sequence[Any] = connection.execute(query).all()
    return [Call._make(row) for row in rows]
