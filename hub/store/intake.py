"""Storing what arrived, once, inside the caller's transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, bindparam, func, select, update

from hub.ingest.handle import Handled, RecordIn, Unreadable, digest
from hub.store import tables as t
from hub.store.casework_tombs import is_tomb, was
from hub.store.details import DETAILS, detail_of
from hub.store.documents import note_refusals
from hub.store.engine import count_again, insert_new
from hub.store.orders import store_answers, unwritten_answers
from hub.store.rollouts import note_software
from wire.orders import Answer
from wire.records import Emergency, LinkSummary, Visit
from wire.topics import up

REUSED_SEQ: Final = "E-HUB-12"
"""Two different records claim one place, e.g. after a memory card was copied: the later is set aside, not lost."""

CALL_STAFF: Final = "call_staff"
"""The service of a visit by which somebody calls for staff."""

WALK_STEP: Final = 1_000

Place = tuple[str, str]
"""Station and epoch."""


class Owed(NamedTuple):
    """What a receipt says once the transaction stands."""

    stored_to: int
    urgent: tuple[int, ...]


class LinkSaid(NamedTuple):
    """A new summary of a line."""

    station: str
    summary: LinkSummary
    ended_ms: int | None
    """On the station's clock; None where it could not date it: it is of before it heard the hub, so no news of now."""


class Stored(NamedTuple):
    """What the transaction amounts to."""

    owed: dict[Place, Owed]
    records: int
    repeated: int
    visits: list[tuple[str, int]]
    """Station and shown_ms of each new visit."""
    quarantined: int | None
    """Things in quarantine now, or None when that did not change."""
    answers_unknown: int = 0
    """Answers to what the hub never asked of that station."""
    emergencies: int = 0
    """New calls for help, without those withdrawn."""
    alarming: bool = False
    """Anything new that the wall shows as an alarm."""
    links: Sequence[LinkSaid] = ()
    """What probes of lines saw, in the order it was sent."""
    unwritten: Sequence[tuple[str, Answer]] = ()
    """Answers, with their stations, to orders that stand in no table (`hub/store/orders.py`)."""


class _Epoch(NamedTuple):
    id: int
    station_id: int
    stored_to: int


def store(
    connection: Connection,
    landed: Sequence[Handled],
    station_ids: Mapping[str, int],
    whose: Callable[[Visit], bytes | None] = lambda _: None,
) -> Stored:
    """Store all of `landed` and return what is owed for it; a record already there changes nothing.

    `whose` names the person of a visit for the index (`hub/visits/index.py`).
    """
    by_place: dict[Place, list[Handled]] = {}
    for one in landed:
        if one.station is not None and one.epoch is not None:
            by_place.setdefault((one.station, one.epoch), []).append(one)
    unreadable = [(one.received_ms, thing) for one in landed for thing in one.unreadable]
    epochs = _epochs(connection, by_place, station_ids)
    fresh: list[dict[str, Any]] = []
    details: dict[type, list[dict[str, Any]]] = {kind: [] for kind in DETAILS}
    repeated = 0
    visits: list[tuple[str, int]] = []
    links: list[LinkSaid] = []
    for place in sorted(by_place, key=lambda place: epochs[place].id):
        epoch = epochs[place]
        arrived = _once(by_place[place])
        there = _there(connection, epoch.id, list(arrived))
        for seq in sorted(arrived):
            (received_ms, record), *again = arrived[seq]
            if seq in there:
                again.insert(0, (received_ms, record))
            else:
                there[seq] = record.body
                fresh.append(_row(epoch, record, received_ms))
                if type(record.item) in details:
                    detail = detail_of(epoch.station_id, epoch.id, record, received_ms)
                    if isinstance(record.item, Visit):
                        detail["person_key"] = whose(record.item)
                        visits.append((place[0], detail["shown_ms"]))
                    elif isinstance(record.item, LinkSummary):
                        links.append(LinkSaid(place[0], record.item, record.at_ms))
                    details[type(record.item)].append(detail)
            repeated += len(again)
            unreadable += _reused(place, there[seq], again)
    insert_new(connection, t.record, fresh)
    for kind, table in DETAILS.items():
        insert_new(connection, table, details[kind])
    owed = {place: _advance(connection, epochs[place], by_place[place]) for place in by_place}
    _remember(connection, [(epochs[place], owed[place].stored_to) for place in owed])
    unknown = store_answers(connection, landed, station_ids)
    note_refusals(connection, landed, station_ids)
    note_software(connection, landed, station_ids)
    called = [row for row in details[Emergency] if not row["withdrawn"]]
    alarming = bool(details[Emergency]) or any(row["service"] == CALL_STAFF for row in details[Visit])
    aside = _quarantine(connection, unreadable)
    answers = unwritten_answers(landed)
    return Stored(owed, len(fresh), repeated, visits, aside, unknown, len(called), alarming, links, answers)


def _epochs(
    connection: Connection, places: Mapping[Place, list[Handled]], ids: Mapping[str, int]
) -> dict[Place, _Epoch]:
    if not places:
        return {}
    found = _find_epochs(connection, places, ids)
    missing = [
        {"station_id": ids[code], "epoch": epoch, "stored_to": 0, "first_ms": places[code, epoch][0].received_ms}
        for code, epoch in sorted(places)
        if (code, epoch) not in found
    ]
    if not missing:
        return found
    insert_new(connection, t.epoch, missing)
    return _find_epochs(connection, places, ids)


def _find_epochs(
    connection: Connection, places: Mapping[Place, list[Handled]], ids: Mapping[str, int]
) -> dict[Place, _Epoch]:
    codes = {ids[code]: code for code, _ in places}
    rows = connection.execute(
        select(t.epoch.c.id, t.epoch.c.station_id, t.epoch.c.epoch, t.epoch.c.stored_to).where(
            t.epoch.c.station_id.in_(codes), t.epoch.c.epoch.in_({epoch for _, epoch in places})
        )
    )
    return {(codes[row[1]], row[2]): _Epoch(row[0], row[1], row[3]) for row in rows}


def _once(landed: Sequence[Handled]) -> dict[int, list[tuple[int, RecordIn]]]:
    """Return each seq with everything that claims it, in the order of arrival."""
    by_seq: dict[int, list[tuple[int, RecordIn]]] = {}
    for one in landed:
        for record in one.records:
            by_seq.setdefault(record.seq, []).append((one.received_ms, record))
    return by_seq


def _there(connection: Connection, epoch_id: int, seqs: Sequence[int]) -> dict[int, bytes | None]:
    if not seqs:
        return {}
    rows = connection.execute(
        select(t.record.c.seq, t.record.c.body).where(t.record.c.epoch_id == epoch_id, t.record.c.seq.in_(seqs))
    )
    return {row[0]: row[1] for row in rows}


def _row(epoch: _Epoch, record: RecordIn, received_ms: int) -> dict[str, Any]:
    return {
        "epoch_id": epoch.id,
        "seq": record.seq,
        "kind": record.kind,
        "at_ms": record.at_ms,
        "undated": record.undated,
        "received_ms": received_ms,
        "body": record.body,
    }


def _reused(place: Place, stored: bytes | None, again: Sequence[tuple[int, RecordIn]]) -> list[tuple[int, Unreadable]]:
    """Set aside what claims a stored record's place with another body."""
    topic = up(place[0], "records")
    return [
        (received_ms, Unreadable(digest(topic.encode(), place[1].encode(), body), topic, REUSED_SEQ, body))
        for received_ms, record in again
        if (body := record.body) is not None and not _same(stored, body)
    ]


def _same(stored: bytes | None, body: bytes) -> bool:
    if stored is None or stored == body:
        return stored is not None
    if is_tomb(stored):
        return was(stored, body)  # it was erased since: it is known, and not taken in again
    try:
        return bool(msgspec.json.decode(stored) == msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False  # what stands under unknown keys was skipped so far: it need not even be JSON


def _advance(connection: Connection, epoch: _Epoch, landed: Sequence[Handled]) -> Owed:
    """Return the end of the stored prefix: from where the station or the last receipt left it, while without a gap."""
    stored_to = max(epoch.stored_to, *(one.after for one in landed))
    while True:
        seqs = connection.execute(
            select(t.record.c.seq)
            .where(t.record.c.epoch_id == epoch.id, t.record.c.seq > stored_to)
            .order_by(t.record.c.seq)
            .limit(WALK_STEP)
        ).scalars()
        walked = 0
        for seq in seqs:
            if seq != stored_to + 1:
                break
            stored_to = seq
            walked += 1
        if walked < WALK_STEP:
            break
    urgent = {record.seq for one in landed if one.urgent for record in one.records}
    return Owed(stored_to, tuple(sorted(seq for seq in urgent if seq > stored_to))[:50])


def _remember(connection: Connection, reached: Sequence[tuple[_Epoch, int]]) -> None:
    moved = [{"which": epoch.id, "to": stored_to} for epoch, stored_to in reached if stored_to != epoch.stored_to]
    if moved:
        moved.sort(key=lambda row: row["which"])
        connection.execute(
            update(t.epoch).where(t.epoch.c.id == bindparam("which")).values(stored_to=bindparam("to")), moved
        )


def _quarantine(connection: Connection, things: Sequence[tuple[int, Unreadable]]) -> int | None:
    if not things:
        return None
    count_again(
        connection,
        t.quarantine,
        [
            {
                "hash": thing.hash,
                "topic": thing.topic,
                "reason": thing.reason,
                "payload": thing.payload,
                "first_ms": received_ms,
                "last_ms": received_ms,
                "times": 1,
            }
            for received_ms, thing in things
        ],
    )
    return quarantined(connection)


def quarantined(connection: Connection) -> int:
    """Return how many different things are in quarantine."""
    return int(connection.execute(select(func.count()).select_from(t.quarantine)).scalar_one())
