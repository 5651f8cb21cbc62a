"""Roll-outs written down: begun, gone on with, paused, ended; each station's part in one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.errors import HubError
from hub.ingest.handle import Handled
from hub.rollout.waves import LATE_AFTER_MS, Decided, Plan, Standing, State
from hub.store import tables as t
from hub.store.engine import RefusedError, Transaction, reading
from hub.store.rollout_tables import release as r
from hub.store.rollout_tables import rollout as o
from hub.store.rollout_tables import rollout_station as s
from hub.store.rollout_tables import rollout_step as p
from wire.records import DeviceEvent
from wire.release import KEPT, NOT_YET, SOFTWARE

RULES: Final = "rules"
"""Who did what nobody did."""


class Release(NamedTuple):
    """A release that the hub hands out."""

    id: int
    name: str
    sequence: int
    sha256: str
    size: int
    notes: str
    added_by: str
    added_ms: int
    withdrawn_ms: int | None = None


class Rollout(NamedTuple):
    """A release on its way."""

    id: int
    release: Release
    plan: Plan
    state: State
    wave: int
    ahead: int
    reason: str
    made_by: str
    made_ms: int
    ended_ms: int | None


class Part(NamedTuple):
    """One station's part in a roll-out."""

    station: str
    name: str
    town: str
    place: int
    ordered_ms: int | None
    tries: int
    order: str | None
    """Outcome of the last order: None while it is under way, or none was given."""
    answered_ms: int | None
    said: str | None
    running_ms: int | None
    outcome: str | None
    code: str
    ended_ms: int | None


class Step(NamedTuple):
    """Something people or the rules did."""

    at_ms: int
    what: str
    who: str
    note: str


def add_release(connection: Transaction, one: Release) -> None:
    """Write a release down.

    Raises HubError E-REL-11 when its name, number or content is there already.
    """
    try:
        connection.execute(insert(r).values(**{k: v for k, v in one._asdict().items() if k != "id"}))
    except (IntegrityError, RefusedError):
        raise HubError(
            "E-REL-11", f"{one.name}: a release of this name, number or content is there 已有同名、同号或相同的版本"
        ) from None


def withdraw_release(connection: Transaction, key: int, at_ms: int) -> None:
    """Hand it out no more."""
    connection.execute(update(r).where(r.c.id == key).values(withdrawn_ms=at_ms))


def begin(connection: Transaction, one: Rollout, stations: Sequence[int]) -> int:
    """Write a roll-out down with its stations in their turns, and return its key.

    Raises HubError E-ROLL-02 when another is on its way.
    """
    if connection.execute(select(o.c.id).where(o.c.the_open_one == 1)).first() is not None:
        raise HubError("E-ROLL-02", "another roll-out is on its way: end it first 另一批升级尚未结束，请先结束它")
    key: int = connection.execute(
            insert(o).values(
                release_id=one.release.id, ends=",".join(map(str, one.plan.ends)), soak_ms=one.plan.soak_ms,
                most_failed=one.plan.most_failed, state=one.state, wave=0, ahead=0, reason=one.reason,
                made_by=one.made_by, made_ms=one.made_ms, the_open_one=1,
            ).returning(o.c.id)
        ).scalar_one()  # fmt: skip
    connection.execute(
        insert(s),
        [
            {"rollout_id": key, "station_id": station, "place": place, "tries": 0, "code": ""}
            for place, station in enumerate(stations)
        ],
    )
    step(connection, key, Step(one.made_ms, "begin", one.made_by, one.reason))
    return key


def step(connection: Connection, key: int, done: Step) -> None:
    """Write down what was done."""
    connection.execute(insert(p).values(rollout_id=key, **done._asdict()))


def set_state(connection: Connection, key: int, state: State, at_ms: int) -> None:
    """Let a roll-out run, rest or end."""
    values: dict[str, Any] = {"state": state}
    if state in {"done", "cancelled"}:
        values |= {"ended_ms": at_ms, "the_open_one": None}
    connection.execute(update(o).where(o.c.id == key).values(values))


def go_ahead(connection: Connection, key: int, wave: int) -> None:
    """Let people go on to a wave that the rules would not begin yet."""
    connection.execute(update(o).where(o.c.id == key).values(ahead=wave))


def raise_limit(connection: Connection, key: int, most_failed: int) -> None:
    """Let a roll-out that was paused by failures go on until it has more of them."""
    connection.execute(update(o).where(o.c.id == key).values(most_failed=most_failed))


def leave_out(connection: Connection, key: int, station: str, at_ms: int) -> bool:
    """Leave a station out of a roll-out; say whether it had no outcome yet."""
    mine = (s.c.rollout_id == key, s.c.station_id == _id_of(station), s.c.outcome.is_(None))
    return connection.execute(update(s).where(*mine).values(outcome="left_out", ended_ms=at_ms)).rowcount == 1


def keep(connection: Transaction, one: Rollout, decided: Decided, commands: Mapping[str, str], at_ms: int) -> None:
    """Write down what was decided; `commands` are the orders by station."""
    for station, command in commands.items():
        connection.execute(
            update(s)
            .where(s.c.rollout_id == one.id, s.c.station_id == _id_of(station))
            .values(command_id=command, tries=s.c.tries + 1, ordered_ms=func.coalesce(s.c.ordered_ms, at_ms))
        )
    for station in decided.running:
        connection.execute(_part(one.id, station).values(running_ms=at_ms))
    for station, outcome, code in decided.outcomes:
        connection.execute(_part(one.id, station).values(outcome=outcome, code=code, ended_ms=at_ms))
    if decided.wave != one.wave:
        connection.execute(update(o).where(o.c.id == one.id).values(wave=decided.wave))
        step(connection, one.id, Step(at_ms, "wave", RULES, str(decided.wave + 1)))
    if decided.state != one.state:
        set_state(connection, one.id, decided.state, at_ms)
        step(connection, one.id, Step(at_ms, decided.state, RULES, str(decided.failed)))


def note_software(connection: Connection, landed: Sequence[Handled], station_ids: Mapping[str, int]) -> None:
    """Keep what stations say of a release that failed, in the roll-out that is on its way."""
    for one in landed:
        for record in one.records if one.station is not None else ():
            item = record.item
            # What comes right by itself (no line, villagers at the kiosk) is no failure of the release.
            if isinstance(item, DeviceEvent) and item.device == SOFTWARE and item.code not in NOT_YET | {KEPT}:
                named = (
                    select(o.c.id).join(r, r.c.id == o.c.release_id).where(o.c.the_open_one == 1, r.c.name == item.note)
                )
                mine = (s.c.station_id == station_ids[one.station or ""], s.c.ordered_ms.is_not(None))
                connection.execute(
                    update(s).where(*mine, s.c.rollout_id.in_(named), s.c.said.is_(None)).values(said=item.code)
                )


class RolloutsReader:
    """Reads releases and roll-outs."""

    def __init__(self, engine: Engine) -> None:
        """Take the database's reader."""
        self._engine = engine

    def releases(self) -> list[Release]:
        """Return all releases, the newest first."""
        with reading(self._engine) as connection:
            return [Release(*row) for row in connection.execute(select(r).order_by(r.c.sequence.desc()))]

    def release(self, name: str) -> Release:
        """Return a release.

        Raises HubError E-REL-12 when there is none of this name.
        """
        found = next((one for one in self.releases() if one.name == name), None)
        if found is None:
            raise HubError("E-REL-12", f"{name}: no such release; see `hub release list` 没有这个版本")
        return found

    def rollouts(self) -> list[Rollout]:
        """Return all roll-outs, the newest first."""
        return self._found()

    def rollout(self, key: int) -> Rollout:
        """Return a roll-out.

        Raises HubError E-ROLL-03 when there is none of this number.
        """
        found = self._found(o.c.id == key)
        if not found:
            raise HubError("E-ROLL-03", f"{key}: no such roll-out; see `hub rollout list` 没有这批升级")
        return found[0]

    def open_one(self) -> Rollout | None:
        """Return the roll-out that is on its way."""
        return next(iter(self._found(o.c.the_open_one == 1)), None)

    def _found(self, *such: ColumnElement[bool]) -> list[Rollout]:
        asked = select(o, *r.c).join(r, r.c.id == o.c.release_id).where(*such).order_by(o.c.id.desc())
        with reading(self._engine) as connection:
            return [_rollout(row) for row in connection.execute(asked)]

    def parts(self, key: int) -> list[Part]:
        """Return each station's part, in their turns."""
        c = t.command.c
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(
                    t.station.c.code, t.station.c.name, t.station.c.town, s.c.place, s.c.ordered_ms, s.c.tries,
                    c.outcome, c.answered_ms, s.c.said, s.c.running_ms,
                    s.c.outcome.label("became"), s.c.code.label("why"), s.c.ended_ms,
                )
                .join(t.station, t.station.c.id == s.c.station_id)
                .outerjoin(t.command, c.id == s.c.command_id)
                .where(s.c.rollout_id == key)
                .order_by(s.c.place)
            ).all()  # fmt: skip
        return [Part(*row) for row in rows]

    def steps(self, key: int) -> list[Step]:
        """Return what was done, in order."""
        with reading(self._engine) as connection:
            rows = connection.execute(
                select(p.c.at_ms, p.c.what, p.c.who, p.c.note).where(p.c.rollout_id == key).order_by(p.c.id)
            ).all()
        return [Step(*row) for row in rows]


def standing_of(part: Part, *, online: bool, running: int | None, at_ms: int) -> Standing:
    """Return a part as the rules judge it, with what is known of the station now."""
    refused = part.order in {"failed", "unknown_command"}
    taken = part.order == "done" and at_ms - (part.answered_ms or at_ms) < LATE_AFTER_MS
    under_way = part.tries > 0 and part.order is None
    return Standing(
        part.station,
        part.place,
        online,
        running,
        part.ordered_ms,
        under_way or taken,
        part.tries,
        part.said or ("order_refused" if refused else None),
        part.running_ms,
        part.outcome,  # type: ignore[arg-type]
    )


def _id_of(station: str) -> Any:
    return select(t.station.c.id).where(t.station.c.code == station).scalar_subquery()


def _part(key: int, station: str) -> Any:
    return update(s).where(s.c.rollout_id == key, s.c.station_id == _id_of(station))


def _rollout(row: Row[Any]) -> Rollout:
    key, _, ends, soak_ms, most_failed, state, wave, ahead, reason, by, made_ms, ended_ms, _, *rest = row
    release = Release(*rest)
    plan = Plan(release.sequence, tuple(int(end) for end in ends.split(",")), soak_ms, most_failed)
    return Rollout(key, release, plan, state, wave, ahead, reason, by, made_ms, ended_ms)
