"""Screens on walls: one asks with a code that stands on it, somebody confirms the code, somebody revokes it."""

from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, insert, or_, select, update

from hub.access.codes import fresh_code
from hub.errors import HubError
from hub.store.access import digest_of
from hub.store.access_tables import screen
from hub.store.engine import reading

WAITS_MS: Final = 10 * 60_000
"""How long a code is good for."""
FORGOTTEN_MS: Final = 24 * 3_600_000
"""After so long without a new code nobody waits before that screen any more."""
MOST_WAITING: Final = 200
_C: Final = screen.c


class Screen(NamedTuple):
    """One paired screen."""

    key: int
    name: str
    address: str | None
    """Where it asked from."""
    browser: str | None
    paired_by: str
    paired_ms: int
    ended_ms: int | None
    seen_ms: int | None


class Waiting(NamedTuple):
    """A screen that is not paired yet."""

    code: str
    until_ms: int


def ask(connection: Connection, secret: str, now_ms: int, *, address: str, browser: str) -> Waiting | None:
    """Give the browser of this secret a new code; None when too many wait already.

    Its secret must be none that was ever paired (`standing`).
    """
    forgotten = and_(_C.paired_ms.is_(None), _C.asked_ms <= now_ms - FORGOTTEN_MS)
    connection.execute(delete(screen).where(forgotten))
    waiting = connection.execute(select(func.count()).select_from(screen).where(_waits(now_ms))).scalar_one()
    if waiting >= MOST_WAITING:
        return None
    code = fresh_code()
    row = {"code": code, "asked_ms": now_ms, "address": address[:64], "browser": browser[:200]}
    mine = and_(_C.digest == digest_of(secret), _C.paired_ms.is_(None), _C.ended_ms.is_(None))
    if connection.execute(update(screen).where(mine).values(row)).rowcount == 0:
        connection.execute(insert(screen).values(digest=digest_of(secret), name="", **row))
    return Waiting(code, now_ms + WAITS_MS)


def pair(connection: Connection, code: str, name: str, by: str, now_ms: int) -> Screen:
    """Pair the screen that shows this code, under a name, and return it.

    Raises HubError E-SCREEN-01 (no screen shows this code now) or E-SCREEN-02 (a paired one has this name).
    """
    taken = select(_C.id).where(_C.name == name, _C.paired_ms.is_not(None), _C.ended_ms.is_(None))
    if connection.execute(taken).first() is not None:
        what = f"{name}: a paired screen has this name already; choose another 已有同名大屏，请换一个名称"
        raise HubError("E-SCREEN-02", what)
    key = connection.execute(select(_C.id).where(_C.code == code)).scalar()
    paired = {"name": name, "code": None, "paired_by": by, "paired_ms": now_ms, "seen_ms": None}
    confirmed = connection.execute(update(screen).where(_C.code == code, _waits(now_ms)).values(paired))
    if key is None or confirmed.rowcount != 1:
        raise HubError(
            "E-SCREEN-01",
            "no screen shows this code now: a code is good for 10 minutes, look at the screen again"
            " 没有大屏正显示此编码：编码 10 分钟有效，请看屏上现在的编码",
        )
    return _screen_of(connection, key)


def end(connection: Connection, key: int, now_ms: int) -> Screen:
    """Revoke a paired screen and return it; its next request is a stranger's.

    Raises HubError E-SCREEN-03 when there is none of this key, or it was revoked before.
    """
    standing = and_(_C.id == key, _C.paired_ms.is_not(None), _C.ended_ms.is_(None))
    if connection.execute(update(screen).where(standing).values(ended_ms=now_ms)).rowcount == 0:
        raise no_such_screen(str(key))
    return _screen_of(connection, key)


def no_such_screen(which: str) -> HubError:
    """Return the refusal of a screen that is none, or none any more."""
    return HubError("E-SCREEN-03", f"{which}: no paired screen, or revoked before 没有这块大屏，或已撤销")


class ScreensReader:
    """Reads on connections of its own; safe from any thread. Everything raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def paired(self, since_ms: int | None = None) -> list[Screen]:
        """Return the screens that are paired, by name; with `since_ms` also those revoked since then."""
        standing = _C.ended_ms.is_(None) if since_ms is None else or_(_C.ended_ms.is_(None), _C.ended_ms >= since_ms)
        query = select(*_COLUMNS).where(_C.paired_ms.is_not(None), standing)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(_C.ended_ms.is_not(None), _C.name, _C.id)).all()
        return [Screen._make(row) for row in rows]

    def named(self, name: str) -> Screen:
        """Return the paired screen of this name. Raises HubError E-SCREEN-03."""
        found = next((one for one in self.paired() if one.name == name), None)
        if found is None:
            raise no_such_screen(name)
        return found

    def standing(self, secret: str, now_ms: int) -> Waiting | bool | None:
        """Return how the browser of a secret stands.

        `Waiting`: it shows that code. True: it is paired. False: it is known, and needs a new code. None: it needs a
        new secret (nobody knows this one, or it was revoked).
        """
        query = select(_C.code, _C.asked_ms, _C.paired_ms, _C.ended_ms).where(_C.digest == digest_of(secret))
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        if row is None or row.ended_ms is not None:
            return None
        if row.paired_ms is not None:
            return True
        until_ms = row.asked_ms + WAITS_MS
        return Waiting(row.code, until_ms) if row.code is not None and now_ms < until_ms else False


_COLUMNS: Final = (_C.id, _C.name, _C.address, _C.browser, _C.paired_by, _C.paired_ms, _C.ended_ms, _C.seen_ms)


def _waits(now_ms: int) -> ColumnElement[bool]:
    return and_(_C.paired_ms.is_(None), _C.ended_ms.is_(None), _C.asked_ms > now_ms - WAITS_MS)


def _screen_of(connection: Connection, key: int) -> Screen:
    return Screen._make(connection.execute(select(*_COLUMNS).where(_C.id == key)).one())
