"""The queue of what is told to whom: queued once, claimed by one, ended once; and what was told lately."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, insert, or_, select, update

from hub.incidents.alerting import BEGINNINGS, Collected
from hub.incidents.delivery.letter import MOST_TROUBLE, Letter
from hub.incidents.incident import Step
from hub.store.engine import insert_new, reading
from hub.store.incident_tables import delivery, followed, incident

GIVE_UP_MS: Final = 86_400_000
"""How long a letter is tried."""
Outcome = str
"""`sent`, `refused` (for good), `given_up` (its time was up), `digest` (counted in one), `told` (held, then told),
`over` (held until it was over, or told to nobody)."""
FAILED: Final = ("refused", "given_up")
REPORT: Final = "report"
"""The event of a letter that is a report and no alarm."""


class Fresh(NamedTuple):
    """A row to be written."""

    key: str
    incident: str | None
    step: int | None
    event: str
    port: str
    recipient: str
    reason: str
    made_ms: int
    subject: str = ""
    body: str = ""
    thread: str | None = None
    due_ms: int | None = None
    """None is not for sending."""
    ended_ms: int | None = None
    outcome: Outcome | None = None


class Held(NamedTuple):
    """An event of which nobody could be told yet."""

    id: int
    incident: str
    step: int
    event: Step
    reason: str


class Known(NamedTuple):
    """Who was, or is to be, told that incidents began, or last returned, and the first letter to each."""

    told: dict[str, dict[tuple[str, str], bool]]
    """By incident: port and recipient; False while it only waits for a digest."""
    threads: dict[tuple[str, str], str]
    """By incident and mailbox."""


class Delivery(NamedTuple):
    """One row as it is listed."""

    id: int
    incident: str | None
    event: str
    port: str
    recipient: str
    reason: str
    subject: str
    made_ms: int
    due_ms: int | None
    tries: int
    ended_ms: int | None
    outcome: Outcome | None
    trouble: str | None
    digest: int | None
    retried_by: str | None

    @property
    def state(self) -> str:
        """`queued`, `waiting` (for a digest), `held`, or its outcome."""
        if self.outcome is not None:
            return self.outcome
        return "queued" if self.due_ms is not None else "held" if self.port == "none" else "waiting"


_d = delivery.c
_open = and_(_d.ended_ms.is_(None), _d.due_ms.is_not(None))


def position(engine: Engine) -> int:
    """Return the last step that was followed; 0 before the first.

    Raises StoreError when the database cannot be read, as all that take an engine do.
    """
    with reading(engine) as connection:
        return connection.execute(select(followed.c.step_id).where(followed.c.id == 1)).scalar() or 0


def note_position(connection: Connection, step: int) -> None:
    """Note that everything up to this step is queued; in the transaction that queued it."""
    if connection.execute(update(followed).where(followed.c.id == 1).values(step_id=step)).rowcount == 0:
        connection.execute(insert(followed).values(id=1, step_id=step))


def queue(connection: Connection, fresh: Iterable[Fresh]) -> None:
    """Write these rows; one whose key is there already stays as it was."""
    insert_new(connection, delivery, [_row(one) for one in fresh])


def queue_digest(connection: Connection, fresh: Fresh, members: Sequence[int]) -> bool:
    """Write a digest and end what it counts; return whether it was new."""
    if connection.execute(select(_d.id).where(_d.key == fresh.key)).first() is not None:
        return False
    inserted: Any = connection.execute(insert(delivery).values(_row(fresh))).inserted_primary_key
    _end(connection, _d.id.in_(members), "digest", fresh.made_ms, digest_id=inserted[0])
    return True


def end_held(connection: Connection, ids: Sequence[int], outcome: Outcome, now_ms: int) -> None:
    """End what was held."""
    _end(connection, _d.id.in_(ids), outcome, now_ms)


def end_held_before(connection: Connection, incident_id: str, step: int, now_ms: int) -> None:
    """End what was held of an incident before this step: that says how it stands, to whom it concerns."""
    _end(connection, and_(_d.incident_id == incident_id, _d.step_id < step, _d.port == "none"), "over", now_ms)


def spent(engine: Engine, since_ms: int) -> list[tuple[str, bool]]:
    """Return mailbox, and whether it is a digest, of every letter that is on its way or ended since."""
    recent = and_(_d.port == "mail", _d.due_ms.is_not(None), or_(_d.ended_ms.is_(None), _d.ended_ms >= since_ms))
    with reading(engine) as connection:
        rows = connection.execute(select(_d.recipient, _d.event).where(recent)).all()
    return [(row[0], row[1] == "digest") for row in rows]


def known(engine: Engine, incidents: Sequence[str]) -> Known:
    """Return who knows of these incidents."""
    told: dict[str, dict[tuple[str, str], bool]] = {}
    threads: dict[tuple[str, str], str] = {}
    returned: dict[str, int] = {}
    query = select(_d.incident_id, _d.step_id, _d.event, _d.port, _d.recipient, _d.due_ms, _d.digest_id, _d.key).where(
        _d.incident_id.in_(incidents), _d.event.in_(BEGINNINGS)
    )
    with reading(engine) as connection:
        for which, step, event, port, recipient, due_ms, digest_id, key in connection.execute(query.order_by(_d.id)):
            if event == "returned" and returned.get(which) != step:
                returned[which], told[which] = step, {}
            if port == "none":
                continue
            who = told.setdefault(which, {})
            who[port, recipient] = who.get((port, recipient), False) or due_ms is not None or digest_id is not None
            if port == "mail" and due_ms is not None:
                threads.setdefault((which, recipient), key)
    return Known(told, threads)


def collected(engine: Engine, towns: Mapping[str, str], county: str) -> dict[str, list[Collected]]:
    """Return what waits for a digest, by mailbox; `towns` names the town of a station."""
    query = (
        select(
            _d.recipient, _d.id, _d.event, _d.reason, _d.incident_id, incident.c.kind, incident.c.place, _d.made_ms,
            incident.c.scope,
        )
        .join(incident, incident.c.id == _d.incident_id)
        .where(_d.ended_ms.is_(None), _d.due_ms.is_(None), _d.port == "mail")
        .order_by(_d.id)
    )  # fmt: skip
    found: dict[str, list[Collected]] = {}
    with reading(engine) as connection:
        for mailbox, key, event, reason, which, kind, place, made_ms, scope in connection.execute(query):
            where = {"station": towns.get(place, county), "town": place}.get(scope, county)
            found.setdefault(mailbox, []).append(Collected(key, event, reason, which, kind, where, made_ms))
    return found


def held(engine: Engine, after: int, most: int) -> list[Held]:
    """Return events of which nobody could be told yet, from the row after this one on, in order."""
    waits = and_(_d.port == "none", _d.ended_ms.is_(None), _d.id > after)
    with reading(engine) as connection:
        rows = connection.execute(
            select(_d.id, _d.incident_id, _d.step_id, _d.event, _d.reason).where(waits).order_by(_d.id).limit(most)
        ).all()
    return [Held._make(row) for row in rows]


def due(engine: Engine, now_ms: int, most: int, resting: Sequence[str] = ()) -> list[Letter]:
    """Return the letters whose time has come, the oldest first; none of ports that rest (`mail`, `webhook NAME`)."""
    names = [name.removeprefix("webhook ") for name in resting if name != "mail"]
    query = select(
        _d.id, _d.key, _d.port, _d.recipient, _d.subject, _d.body, _d.made_ms, _d.thread, _d.tries, _d.until_ms
    ).where(_open, _d.due_ms <= now_ms, or_(_d.port == "mail", _d.recipient.not_in(names)))
    if "mail" in resting:
        query = query.where(_d.port != "mail")
    with reading(engine) as connection:
        return [Letter._make(row) for row in connection.execute(query.order_by(_d.due_ms, _d.id).limit(most))]


def waiting(engine: Engine) -> dict[str, int]:
    """Return how many letters are not sent yet, by port."""
    with reading(engine) as connection:
        rows = connection.execute(select(_d.port, func.count()).where(_open).group_by(_d.port))
        return {row[0]: row[1] for row in rows}


def claim(connection: Connection, letter: Letter, now_ms: int, until_ms: int) -> bool:
    """Take one letter up until then, and return whether it was there to be taken.

    Whoever is killed while sending leaves it to be sent again after that: the same letter, with the same key.
    """
    taken = connection.execute(
        update(delivery)
        .where(_d.id == letter.id, _open, _d.due_ms <= now_ms)
        .values(due_ms=until_ms, tries=_d.tries + 1)
    )
    return taken.rowcount == 1


def end(connection: Connection, key: int, outcome: Outcome, now_ms: int, trouble: str | None = None) -> None:
    """Note what became of a letter, once."""
    _end(connection, _d.id == key, outcome, now_ms, trouble=trouble and trouble[:MOST_TROUBLE])


def put_off(connection: Connection, key: int, due_ms: int, trouble: str) -> None:
    """Have a letter tried again then."""
    connection.execute(
        update(delivery)
        .where(_d.id == key, _d.ended_ms.is_(None))
        .values(due_ms=due_ms, trouble=trouble[:MOST_TROUBLE])
    )


def retry(connection: Connection, key: int, by: str, now_ms: int) -> bool:
    """Send a failed letter again, for another day; return whether there was one."""
    again = connection.execute(
        update(delivery)
        .where(_d.id == key, _d.outcome.in_(FAILED))
        .values(ended_ms=None, outcome=None, due_ms=now_ms, until_ms=now_ms + GIVE_UP_MS, retried_by=by)
    )
    return again.rowcount == 1


class DeliveriesReader:
    """Reads on connections of its own; safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def recent(self, since_ms: int, *, failed: bool = False, most: int = 1_000) -> list[Delivery]:
        """Return what was queued since, the newest first.

        Raises StoreError when the database cannot be read, as all of these do.
        """
        query = select(
            _d.id, _d.incident_id, _d.event, _d.port, _d.recipient, _d.reason, _d.subject, _d.made_ms, _d.due_ms,
            _d.tries, _d.ended_ms, _d.outcome, _d.trouble, _d.digest_id, _d.retried_by,
        ).where(_d.made_ms >= since_ms)  # fmt: skip
        if failed:
            query = query.where(_d.outcome.in_(FAILED))
        with reading(self._engine) as connection:
            return [Delivery._make(row) for row in connection.execute(query.order_by(_d.id.desc()).limit(most))]


def _end(connection: Connection, which: ColumnElement[bool], outcome: Outcome, now_ms: int, **more: object) -> None:
    ends = {"ended_ms": now_ms, "outcome": outcome} | more
    connection.execute(update(delivery).where(which, _d.ended_ms.is_(None)).values(ends))


def _row(one: Fresh) -> dict[str, Any]:
    return {
        "key": one.key,
        "incident_id": one.incident,
        "step_id": one.step,
        "event": one.event,
        "port": one.port,
        "recipient": one.recipient,
        "reason": one.reason,
        "subject": one.subject,
        "body": one.body,
        "thread": one.thread,
        "digest_id": None,
        "made_ms": one.made_ms,
        "due_ms": one.due_ms,
        "until_ms": None if one.due_ms is None else one.made_ms + GIVE_UP_MS,
        "tries": 0,
        "ended_ms": one.ended_ms,
        "outcome": one.outcome,
        "trouble": None,
        "retried_by": None,
    }
