"""When stations were put into service and taken out of it; rows stay, the station's own row says how it is now."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Connection, Engine, Select, bindparam, func, insert, select, update

from hub.store.engine import reading
from hub.store.tables import station as s
from hub.store.window_tables import service_change as c

How = Literal["born", "person", "list"]
"""`born`: its first live birth; `person`: somebody said so; `list`: it left the county's list, or came back to it."""
LEFT: Final = "left the county's list 已不在名单"


class Service(NamedTuple):
    """Whether a station is in service now, and what was said of that last."""

    station: str
    key: int
    commissioned_ms: int | None
    """Since when; None while it is not."""
    how: How | None = None
    """Of the last change; None when there never was one."""
    changed_ms: int | None = None
    """As of when that was."""

    @property
    def retired_since_ms(self) -> int | None:
        """Return since when it is out of service because somebody took it out; None where it is not."""
        return self.changed_ms if self.commissioned_ms is None and self.how == "person" else None

    @property
    def waits_for_birth(self) -> bool:
        """Say whether its next birth puts it into service: nobody took it out."""
        return self.commissioned_ms is None and self.how in {None, "list"}


class ServiceRow(NamedTuple):
    """One change, as it is kept."""

    station: str
    at_ms: int
    starts: bool
    how: How
    who: str
    reason: str
    made_ms: int


def change_service(
    connection: Connection,
    changes: Iterable[tuple[int, int]],
    *,
    starts: bool,
    how: How,
    now_ms: int,
    who: str = "",
    reason: str = "",
) -> None:
    """Note of each station (its key, and as of when) that it is in service, or no longer."""
    pairs = list(changes)
    if not pairs:
        return
    told = {"starts": starts, "how": how, "who": who, "reason": reason, "made_ms": now_ms}
    connection.execute(insert(c), [{"station_id": key, "at_ms": at_ms, **told} for key, at_ms in pairs])
    connection.execute(
        update(s).where(s.c.id == bindparam("which")).values(commissioned_ms=bindparam("since")),
        [{"which": key, "since": at_ms if starts else None} for key, at_ms in pairs],
    )


def leave_list(connection: Connection, now_ms: int) -> None:
    """Take those out of service that left the county's list: nobody hears them any more."""
    gone = connection.execute(select(s.c.id).where(s.c.enrolled.is_(False), s.c.commissioned_ms.is_not(None)))
    changes = [(key, now_ms) for (key,) in gone.all()]
    change_service(connection, changes, starts=False, how="list", now_ms=now_ms, reason=LEFT)


def service_rows(connection: Connection) -> dict[int, list[tuple[int, bool]]]:
    """Return of each station's key what was said, in the order of saying: as of when, and whether it starts."""
    rows: dict[int, list[tuple[int, bool]]] = {}
    for key, at_ms, starts in connection.execute(select(c.c.station_id, c.c.at_ms, c.c.starts).order_by(c.c.id)):
        rows.setdefault(key, []).append((at_ms, bool(starts)))
    return rows


class ServiceReader:
    """Reads on connections of its own; every method raises StoreError E-STORE-05 when the database gives nothing."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def newest(self) -> int:
        """Return the key of the last change: while it stays, nothing changed."""
        with reading(self._engine) as connection:
            return connection.execute(select(func.max(c.c.id))).scalar() or 0

    def all(self) -> list[Service]:
        """Return every listed station."""
        last = select(func.max(c.c.id)).group_by(c.c.station_id)
        with reading(self._engine) as connection:
            changes = connection.execute(select(c.c.station_id, c.c.how, c.c.at_ms).where(c.c.id.in_(last))).all()
            rows = connection.execute(select(s.c.id, s.c.code, s.c.commissioned_ms).where(s.c.enrolled.is_(True))).all()
        said: Mapping[int, tuple[How, int]] = {row.station_id: (row.how, row.at_ms) for row in changes}
        return [Service(code, key, since_ms, *said.get(key, ())) for key, code, since_ms in rows]

    def history(self, station: str) -> list[ServiceRow]:
        """Return all that was said of a station, the newest first."""
        with reading(self._engine) as connection:
            rows = connection.execute(_history().where(s.c.code == station).order_by(c.c.id.desc())).all()
        return [ServiceRow._make(row) for row in rows]


def _history() -> Select[Any]:
    kept: Sequence[Any] = (c.c.at_ms, c.c.starts, c.c.how, c.c.who, c.c.reason, c.c.made_ms)
    return select(s.c.code, *kept).join(s, s.c.id == c.c.station_id)
