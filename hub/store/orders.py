"""Orders of the county to stations: asked for, taken up once, answered once; and who looked at a picture."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Engine, Row, and_, func, insert, or_, select, update

from hub.ingest.handle import Handled
from hub.store import tables as t
from hub.store.engine import reading
from wire.orders import Answer, Command, SealedPicture

ANSWER_LATE_MS: Final = 5_000
"""What was begun in time may be answered a little later."""

UNSENT: Final = "unsent"
"""It never left the hub. What left, or may have left before a hub died, and was not answered is `expired`."""

UNWRITTEN: Final = "line-"
"""Begins the id of an order that stands in no table: true tests of pairs of villages are too many."""


class Order(NamedTuple):
    """One order, and what became of it so far; without the picture."""

    id: str
    station: str
    name: str
    arguments: dict[str, Any]
    reason: str
    asked_by: str
    asked_ms: int
    expires_ms: int
    sent_ms: int | None
    outcome: str | None
    """None while it is under way."""
    note: str
    answered_ms: int | None
    measures: dict[str, float]
    camera: str | None
    """Of the picture that came, None when none did."""
    fault: str | None
    taken_ms: int | None
    width_px: int | None
    height_px: int | None
    deleted_ms: int | None


class Viewing(NamedTuple):
    """Somebody looked at a picture."""

    order: str
    who: str
    reason: str
    at_ms: int


def ask(connection: Connection, command: Command, station_id: int, asked_by: str, now_ms: int) -> None:
    """Write an order down for the running hub to send."""
    connection.execute(
        insert(t.command).values(
            id=command.id,
            station_id=station_id,
            name=command.name,
            arguments=msgspec.json.encode(command.arguments),
            reason=command.reason,
            asked_by=asked_by,
            asked_ms=now_ms,
            expires_ms=command.expires_ms,
        )
    )


class Due(NamedTuple):
    """What waits to be sent, and who it is for."""

    station: str
    command: Command


def anything_open(engine: Engine) -> bool:
    """Say whether any order has no outcome yet."""
    with reading(engine) as connection:
        return (
            connection.execute(select(t.command.c.id).where(t.command.c.outcome.is_(None)).limit(1)).first() is not None
        )


def take_up(connection: Connection, run: int, now_ms: int) -> list[Due]:
    """Claim for this run every order that waits, also one that a run before it took up and perhaps never sent.

    A station carries out one id at most once, so sending such a one again loses nothing and does nothing twice.
    """
    command = t.command.c
    waiting = and_(
        command.outcome.is_(None),
        command.sent_ms.is_(None),
        command.expires_ms > now_ms,
        or_(command.run_id.is_(None), command.run_id != run),
    )
    rows = connection.execute(
        select(command.id, t.station.c.code, command.name, command.arguments, command.reason, command.expires_ms)
        .join(t.station, t.station.c.id == command.station_id)
        .where(waiting)
        .order_by(command.asked_ms)
    ).all()
    due = []
    for key, station, name, arguments, reason, expires_ms in rows:
        claimed = connection.execute(update(t.command).where(command.id == key, waiting).values(run_id=run))
        if claimed.rowcount == 1:
            due.append(Due(station, Command(key, name, expires_ms, msgspec.json.decode(arguments), reason)))
    return due


def note_sent(connection: Connection, sent: Mapping[str, int]) -> None:
    """Note when these went to the broker."""
    for key, at_ms in sent.items():
        connection.execute(update(t.command).where(t.command.c.id == key).values(sent_ms=at_ms))


def give_back(connection: Connection, ids: Sequence[str]) -> None:
    """Let these wait again: the broker is away."""
    connection.execute(
        update(t.command).where(t.command.c.id.in_(ids), t.command.c.sent_ms.is_(None)).values(run_id=None)
    )


def end_expired(connection: Connection, now_ms: int) -> None:
    """Give what will not be answered any more its outcome."""
    command = t.command.c
    over = and_(command.outcome.is_(None), command.expires_ms <= now_ms)
    connection.execute(update(t.command).where(over, command.run_id.is_(None)).values(outcome=UNSENT))
    late = command.expires_ms + ANSWER_LATE_MS <= now_ms
    connection.execute(update(t.command).where(over, late).values(outcome="expired"))


def store_answers(connection: Connection, landed: Sequence[Handled], station_ids: Mapping[str, int]) -> int:
    """Store what stations answered, each once, and return how many were to nothing that was asked of that station."""
    unknown = 0
    for one in landed:
        if one.answer is None or one.station is None or one.answer.id.startswith(UNWRITTEN):
            continue
        answer, command = one.answer, t.command.c
        mine = and_(command.id == answer.id, command.station_id == station_ids[one.station])
        # `repeated` only says that it came twice: the answer proper may still be on its way.
        first = or_(command.answered_ms.is_(None), command.outcome == "repeated")
        stored = connection.execute(
            update(t.command).where(mine, first).values(**_columns(answer), answered_ms=one.received_ms)
        )
        if stored.rowcount == 0:
            unknown += connection.execute(select(command.id).where(mine)).first() is None
    return unknown


def unwritten_answers(landed: Sequence[Handled]) -> list[tuple[str, Answer]]:
    """Return what stations answered to orders that stand in no table, with who did."""
    return [
        (one.station, one.answer)
        for one in landed
        if one.station is not None and one.answer is not None and one.answer.id.startswith(UNWRITTEN)
    ]


def _columns(answer: Answer) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "outcome": answer.outcome,
        "note": answer.note,
        "measures": msgspec.json.encode(answer.measures),
    }
    if (picture := answer.picture) is not None:
        columns |= {
            "picture_key": picture.key,
            "picture_camera": picture.camera,
            "picture_fault": picture.fault,
            "picture_width_px": picture.width_px,
            "picture_height_px": picture.height_px,
            "picture_taken_ms": picture.taken_ms,
            "picture_box": picture.box,
        }
    return columns


def forget_pictures(connection: Connection, before_ms: int, now_ms: int) -> int:
    """Delete the boxes that arrived before `before_ms`, and return how many; what was ordered and seen stays known."""
    command = t.command.c
    gone = connection.execute(
        update(t.command)
        .where(command.picture_box.is_not(None), command.answered_ms < before_ms)
        .values(picture_box=None, picture_deleted_ms=now_ms)
    )
    return gone.rowcount


def note_viewing(connection: Connection, viewing: Viewing) -> None:
    """Log that somebody is about to look at a picture; its box may be opened once this is committed, not before."""
    connection.execute(
        insert(t.viewing).values(command_id=viewing.order, who=viewing.who, reason=viewing.reason, at_ms=viewing.at_ms)
    )


class OrdersReader:
    """Reads on connections of its own; safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def order(self, key: str) -> Order | None:
        """Return one order, or None when there is none of this id.

        Raises StoreError when the database cannot be read, as all of these do.
        """
        with reading(self._engine) as connection:
            row = connection.execute(_orders().where(t.command.c.id == key)).first()
        return None if row is None else _order(row)

    def picture(self, key: str) -> SealedPicture | None:
        """Return the sealed picture that an order brought, or None when it brought none or it was deleted."""
        c = t.command.c
        query = select(
            c.picture_key, c.picture_box, c.picture_camera, c.picture_width_px, c.picture_height_px, c.picture_taken_ms,
            c.picture_fault,
        ).where(c.id == key, c.picture_box.is_not(None))  # fmt: skip
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else SealedPicture(*row)

    def of_station(self, station: str, limit: int) -> list[Order]:
        """Return what was ordered of a station, the newest first."""
        query = _orders().where(t.station.c.code == station).order_by(t.command.c.asked_ms.desc()).limit(limit)
        with reading(self._engine) as connection:
            return [_order(row) for row in connection.execute(query)]

    def pictures(self) -> list[tuple[Order, list[Viewing]]]:
        """Return every order that brought a picture, the newest first, with who looked at it."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                _orders().where(t.command.c.picture_key.is_not(None)).order_by(t.command.c.asked_ms.desc())
            ).all()
            looked: dict[str, list[Viewing]] = {}
            v = t.viewing.c
            for row in connection.execute(select(v.command_id, v.who, v.reason, v.at_ms).order_by(v.id)):
                looked.setdefault(row[0], []).append(Viewing._make(row))
        return [(_order(row), looked.get(row[0], [])) for row in rows]

    def station_ids(self) -> dict[str, int]:
        """Return the key of each enrolled station."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(t.station.c.code, t.station.c.id).where(t.station.c.enrolled.is_(True)))
            return {row[0]: row[1] for row in rows}

    def hub_alive_ms(self) -> int | None:
        """Return when the last run of the hub was last alive; None when it ended in good order or never was."""
        life = t.hub_life.c
        with reading(self._engine) as connection:
            row = connection.execute(select(life.alive_ms, life.orderly).order_by(life.id.desc()).limit(1)).first()
        return None if row is None or row[1] else int(row[0])


def _orders() -> Any:
    c = t.command.c
    return select(
        c.id, t.station.c.code, c.name, c.arguments, c.reason, c.asked_by, c.asked_ms, c.expires_ms, c.sent_ms,
        c.outcome, func.coalesce(c.note, ""), c.answered_ms, c.measures, c.picture_camera, c.picture_fault,
        c.picture_taken_ms, c.picture_width_px, c.picture_height_px, c.picture_deleted_ms,
    ).join(t.station, t.station.c.id == c.station_id)  # fmt: skip


def _order(row: Row[Any]) -> Order:
    order = Order._make(row)
    measures = {} if row[12] is None else msgspec.json.decode(row[12])
    return order._replace(arguments=msgspec.json.decode(row[3]), measures=measures)
