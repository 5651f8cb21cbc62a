"""Erasing what is personal of visits: on their person's wish, or because the time it may be kept is up.

What stays: that there was a visit, its number, service, kind of matter, place and times, and the steps' states.
`PRAGMA secure_delete` overwrites what is freed; whoever erased calls `Database.empty_log` afterwards.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, and_, bindparam, case, func, select, update

from hub.store import casework_tables as w
from hub.store import tables as t
from hub.store.calls_tables import help_call, help_step
from hub.store.casework import Hold, holds_of
from hub.store.casework_tickets import erase_tickets
from hub.store.casework_tombs import is_tomb, tomb_of
from hub.store.engine import insert_new, reading
from hub.visits.index import NOBODY
from hub.visits.rights import decide
from wire.codec import decode_trusted_size
from wire.errors import WireError
from wire.records import Emergency, SealedPerson, Visit

REUSED_SEQ: Final = "E-HUB-12"
"""Why a readable record stands in quarantine (`hub/store/intake.py`)."""
BATCH: Final = 200

KeyOf = Callable[[SealedPerson | None], bytes | None]
"""`PersonIndex.key_of`."""


class Kept(NamedTuple):
    """A visit that still has something personal, as the rules of `hub/visits/rights.py` need it."""

    id: int
    service: str
    received_ms: int
    ended_ms: int | None
    held: bool


class OfPerson(NamedTuple):
    """A visit of one person."""

    id: int
    station: str
    town: str
    number: str
    service: str
    ended_ms: int | None
    hold: Hold | None


def erase(connection: Connection, visits: Sequence[int], who: str, why: str, now_ms: int) -> int:
    """Erase what is personal of these visits and return of how many; one that was erased before is no more counted."""
    erased = 0
    for first in range(0, len(visits), BATCH):
        some = visits[first : first + BATCH]
        there = select(w.visit_erasure.c.visit_id).where(w.visit_erasure.c.visit_id.in_(some))
        before = set(connection.execute(there).scalars())
        fresh = [visit for visit in some if visit not in before]
        if fresh:
            _erase(connection, fresh, who, why, now_ms)
            erased += len(fresh)
    return erased


class Wish(NamedTuple):
    """What is erased because its person asks."""

    key: bytes
    visits: Sequence[int]
    tickets: Sequence[int]
    is_all: bool
    """Whether that is everything there is: then the log of questions names them no more either."""


def erase_person(connection: Connection, wish: Wish, key_of: KeyOf, who: str, now_ms: int) -> int:
    """Erase what is personal of these visits and tickets, and what quarantine has of the person; return how many.

    What was opened again, or is held, since the wish was decided stays.
    """
    v = t.visit.c
    rows = connection.execute(select(v.id, v.service, v.ended_ms).where(v.id.in_(wish.visits))).all()
    held = holds_of(connection, wish.visits)
    going = decide((key, service, ended_ms, key in held) for key, service, ended_ms in rows).erased
    count = erase(connection, going, who, "person", now_ms) + erase_tickets(connection, wish.tickets)
    forget_quarantined_of(connection, wish.key, key_of)
    if wish.is_all:
        forget_questions_of(connection, wish.key)
    return count


def _erase(connection: Connection, visits: Sequence[int], who: str, why: str, now_ms: int) -> None:
    v, r = t.visit.c, t.record.c
    bodies = (
        select(r.id, r.body)
        .join(t.visit, and_(r.epoch_id == v.epoch_id, r.seq == v.seq))
        .where(v.id.in_(visits), r.body.is_not(None))
    )
    _bury(connection, [(row[0], row[1]) for row in connection.execute(bodies)])
    connection.execute(update(t.visit).where(v.id.in_(visits)).values(person_key=NOBODY))
    call_backs = select(w.call_back.c.id).where(w.call_back.c.visit_id.in_(visits))
    for table, of in (
        (t.visit_step, t.visit_step.c.visit_id.in_(visits)),
        (w.visit_assignment, w.visit_assignment.c.visit_id.in_(visits)),
        (w.call_made, w.call_made.c.call_back_id.in_(call_backs)),
        (w.call_back, w.call_back.c.visit_id.in_(visits)),
    ):
        connection.execute(update(table).where(of, table.c.note.is_not(None)).values(note=None))
    nobody_left = (w.call_back.c.visit_id.in_(visits), w.call_back.c.fixed_ms.is_(None))
    connection.execute(update(w.call_back).where(*nobody_left).values(fixed_ms=now_ms, fixed_by=who))
    rows = [{"visit_id": visit, "at_ms": now_ms, "who": who, "why": why} for visit in visits]
    insert_new(connection, w.visit_erasure, rows)


def _bury(connection: Connection, bodies: Sequence[tuple[int, bytes]]) -> None:
    """Replace these bodies of the ledger, each given with its row."""
    rows = [{"which": key, "tomb": tomb_of(body)} for key, body in bodies if not is_tomb(body)]
    if rows:
        connection.execute(
            update(t.record).where(t.record.c.id == bindparam("which")).values(body=bindparam("tomb")), rows
        )


def forget_questions_of(connection: Connection, key: bytes) -> int:
    """Have the log of questions name this person no more; that a station asked stays. Return how many."""
    a = t.asked
    return connection.execute(update(a).where(a.c.person_key == key).values(person_key=None)).rowcount


def forget_quarantined_of(
    connection: Connection, key: bytes, key_of: Callable[[SealedPerson | None], bytes | None]
) -> int:
    """Empty what stands in quarantine as a second claim to a record's place and is of this person; return how many."""
    q = t.quarantine.c
    theirs = []
    for row, payload in connection.execute(select(q.id, q.payload).where(q.reason == REUSED_SEQ)):
        try:
            visit = decode_trusted_size(payload, Visit)
        except WireError:
            continue
        if key_of(visit.person) == key:
            theirs.append(row)
    if theirs:
        connection.execute(update(t.quarantine).where(q.id.in_(theirs)).values(payload=b""))
    return len(theirs)


def kept_after(connection: Connection, after: int, before_ms: int, most: int) -> tuple[list[Kept], int | None]:
    """Return, of the next `most` visits behind the row `after` that arrived before then, those not erased yet.

    Also the row the walk has come to; None at its end.
    """
    v = t.visit.c
    rows = connection.execute(
        select(v.id, v.service, v.received_ms, v.ended_ms, w.visit_erasure.c.visit_id)
        .outerjoin(w.visit_erasure, w.visit_erasure.c.visit_id == v.id)
        .where(v.id > after, v.received_ms < before_ms)
        .order_by(v.id)
        .limit(most)
    ).all()
    fresh = [row for row in rows if row[4] is None]
    held = holds_of(connection, [row[0] for row in fresh]) if fresh else {}
    kept = [Kept(row[0], row[1], row[2], row[3], row[0] in held) for row in fresh]
    return kept, rows[-1][0] if len(rows) == most else None


def forget_emergencies(connection: Connection, after: int, before_ms: int, most: int) -> tuple[int, int | None]:
    """Erase what was said with calls for help that arrived before then; return how many and where the walk has come."""
    e, r = t.emergency.c, t.record.c
    rows = connection.execute(
        select(e.id, r.id, r.body)
        .join(t.record, and_(r.epoch_id == e.epoch_id, r.seq == e.seq))
        .where(e.id > after, e.received_ms < before_ms)
        .order_by(e.id)
        .limit(most)
    ).all()
    worded = [(row[1], row[2]) for row in rows if _has_words(row[2])]
    if worded:
        _bury(connection, worded)
    return len(worded), rows[-1][0] if len(rows) == most else None


def forget_call_notes(connection: Connection, before_ms: int, most: int) -> int:
    """Erase what people wrote about calls for help that were closed before then; return of how many steps.

    What was done, by whom, and what came of it stays.
    """
    c, s = help_call.c, help_step.c
    kept = case(
        (and_(s.step == "closed", c.matter.is_not(None)), c.outcome + " " + c.matter),
        (s.step == "closed", c.outcome),
        else_="",
    )
    old = (
        select(s.id, kept.label("kept"))
        .join(help_call, c.id == s.help_call_id)
        .where(c.closed_ms < before_ms, s.step.in_(("noted", "dispatched", "closed")), s.note != kept)
        .limit(most)
    )
    rows = [{"which": row.id, "said": row.kept} for row in connection.execute(old)]
    if rows:
        connection.execute(update(help_step).where(s.id == bindparam("which")).values(note=bindparam("said")), rows)
    return len(rows)


def forget_quarantined(connection: Connection, before_ms: int, most: int) -> int:
    """Empty what came last before then; what it was, and that it was there, stays. Return how many."""
    q = t.quarantine
    old = select(q.c.id).where(q.c.last_ms < before_ms, func.length(q.c.payload) > 0).limit(most)
    return connection.execute(update(q).where(q.c.id.in_(old)).values(payload=b"")).rowcount


def forget_questions(connection: Connection, before_ms: int, most: int) -> int:
    """Have the log of questions name nobody before then; return how many lines that changed."""
    a = t.asked
    old = select(a.c.id).where(a.c.at_ms < before_ms, a.c.person_key.is_not(None)).limit(most)
    return connection.execute(update(a).where(a.c.id.in_(old)).values(person_key=None)).rowcount


class PersonsReader:
    """Reads on connections of its own; safe from any thread. Everything raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def visits(self, key: bytes) -> list[OfPerson]:
        """Return every visit of a person in the whole county, newest first."""
        v = t.visit.c
        query = (
            select(v.id, t.station.c.code, t.station.c.town, v.number, v.service, v.ended_ms)
            .join(t.station, t.station.c.id == v.station_id)
            .where(v.person_key == key)
            .order_by(v.shown_ms.desc(), v.id.desc())
        )
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
            held = holds_of(connection, [row[0] for row in rows]) if rows else {}
        return [OfPerson._make((*row, held.get(row[0]))) for row in rows]

    def not_indexed(self) -> int:
        """Return of how many visits nobody knows yet whose they are: a search does not find them."""
        query = select(func.count()).select_from(t.visit).where(t.visit.c.person_key.is_(None))
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())


def _has_words(body: bytes | None) -> bool:
    try:
        return body is not None and not is_tomb(body) and decode_trusted_size(body, Emergency).words is not None
    except WireError:
        return False
