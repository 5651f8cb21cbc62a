"""What villages must make public, and the notices they were sent, in the database."""

from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, insert, select, update

from hub.library.disclosure import Happened, Rule
from hub.library.rectify import RectifyError, State, after
from hub.local_time import day_of
from hub.store.engine import reading
from hub.store.shelves_tables import disclosure_event, disclosure_rule, rectification, rectification_step

_RULE, _EVENT, _NOTICE, _STEP = disclosure_rule.c, disclosure_event.c, rectification.c, rectification_step.c
_COLUMNS: Final = (
    *(_NOTICE.id, _NOTICE.station, _NOTICE.duty, _NOTICE.title, _NOTICE.demand, _NOTICE.state),
    *(_NOTICE.deadline_day, _NOTICE.times, _NOTICE.made_by, _NOTICE.made_ms, _NOTICE.changed_ms),
)


class NoticeRow(NamedTuple):
    """A notice as it stands."""

    id: int
    station: str
    duty: str
    title: str
    demand: str
    state: State
    deadline_day: int
    times: int
    """How often it was sent: once, and again each time it came back not put right."""
    made_by: str
    made_ms: int
    changed_ms: int


class NoticeStep(NamedTuple):
    """What somebody did about a notice."""

    at_ms: int
    who: str
    step: str
    note: str


def add_rule(connection: Connection, rule: Rule, who: str, now_ms: int) -> None:
    """Write a rule down; its id is given out here."""
    values = {name: value for name, value in rule._asdict().items() if name not in {"id", "ended_day"}}
    connection.execute(insert(disclosure_rule).values(**values, made_by=who, made_ms=now_ms))


def end_rule(connection: Connection, key: int, who: str, now_ms: int) -> None:
    """End a rule: what it asked until now stays owed."""
    mine = (_RULE.id == key, _RULE.ended_ms.is_(None))
    connection.execute(update(disclosure_rule).where(*mine).values(ended_by=who, ended_ms=now_ms))


def add_event(connection: Connection, happened: Happened, who: str, now_ms: int) -> None:
    """Write down that something happened that a village must make public; its id is given out here."""
    values = {name: value for name, value in happened._asdict().items() if name != "id"}
    connection.execute(insert(disclosure_event).values(**values, made_by=who, made_ms=now_ms))


def end_event(connection: Connection, key: int, who: str, now_ms: int) -> None:
    """Take back what was written down by mistake; the row stays."""
    connection.execute(update(disclosure_event).where(_EVENT.id == key).values(ended_by=who, ended_ms=now_ms))


def issue(
    connection: Connection, station: str, duty: str, title: str, demand: str, deadline_day: int, who: str, now_ms: int
) -> int:
    """Issue a notice and return its number."""
    made = connection.execute(
        insert(rectification).values(
            station=station, duty=duty, title=title, demand=demand, state="open", deadline_day=deadline_day, times=1,
            made_by=who, made_ms=now_ms, changed_ms=now_ms,
        )
    )  # fmt: skip
    key = int(made.inserted_primary_key[0])  # type: ignore[index]
    _note(connection, key, "issue", demand, who, now_ms)
    return key


def act_on(
    connection: Connection, key: int, act: str, note: str, deadline_day: int | None, who: str, now_ms: int
) -> None:
    """Take a step with a notice, as it stands now. Raises RectifyError E-DOC-09."""
    state, times = connection.execute(select(_NOTICE.state, _NOTICE.times).where(_NOTICE.id == key)).one()
    values = {"state": after(state, act), "changed_ms": now_ms}
    if act == "send_back":
        values |= {"times": times + 1} | ({} if deadline_day is None else {"deadline_day": deadline_day})
    if connection.execute(
        update(rectification).where(_NOTICE.id == key, _NOTICE.state == state).values(values)
    ).rowcount:
        _note(connection, key, act, note, who, now_ms)
        return
    raise RectifyError("E-DOC-09", "somebody took a step with it just now; look again 他人刚刚处理过，请重新查看")


def _note(connection: Connection, key: int, step: str, note: str, who: str, now_ms: int) -> None:
    connection.execute(
        insert(rectification_step).values(rectification_id=key, at_ms=now_ms, who=who, step=step, note=note)
    )


class DisclosuresReader:
    """Reads on connections of its own; every method raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def rules(self) -> list[Rule]:
        """Return every rule, also those that ended: what they asked before stays owed."""
        columns = (_RULE.id, _RULE.kind, _RULE.title_zh, _RULE.title_en, _RULE.days, _RULE.from_day, _RULE.ended_ms)
        with reading(self._engine) as connection:
            rows = connection.execute(select(*columns).order_by(_RULE.id)).all()
        return [Rule._make((*row[:6], None if row[6] is None else day_of(row[6]))) for row in rows]

    def happened(self) -> dict[str, list[Happened]]:
        """Return what happened by village, without what was taken back."""
        columns = (_EVENT.id, _EVENT.station, _EVENT.title, _EVENT.happened_day, _EVENT.due_day)
        found: dict[str, list[Happened]] = {}
        with reading(self._engine) as connection:
            for row in connection.execute(select(*columns).where(_EVENT.ended_ms.is_(None)).order_by(_EVENT.id)):
                found.setdefault(row[1], []).append(Happened(*row))
        return found

    def notices(self, *, open_only: bool = False, limit: int = 500) -> list[NoticeRow]:
        """Return notices, newest first; `open_only` those that are neither closed nor withdrawn."""
        query = select(*_COLUMNS).order_by(_NOTICE.id.desc()).limit(limit)
        if open_only:
            query = query.where(_NOTICE.state.in_(("open", "answered")))
        with reading(self._engine) as connection:
            return [NoticeRow(*row) for row in connection.execute(query)]

    def notice(self, key: int) -> tuple[NoticeRow, list[NoticeStep]] | None:
        """Return one notice and what was done about it, oldest first."""
        steps = select(_STEP.at_ms, _STEP.who, _STEP.step, _STEP.note).where(_STEP.rectification_id == key)
        with reading(self._engine) as connection:
            row = connection.execute(select(*_COLUMNS).where(_NOTICE.id == key)).first()
            found = [NoticeStep(*step) for step in connection.execute(steps.order_by(_STEP.id))]
        return None if row is None else (NoticeRow(*row), found)
