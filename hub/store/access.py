"""Accounts, sessions, tokens and screens in the database: who a cookie or a token is."""

import hashlib
import hmac
from collections.abc import Collection
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Row, and_, insert, select, update

from hub.access.caller import Area, Caller
from hub.access.roles import MAY, PERMISSIONS
from hub.store.access_tables import account, screen, session, token
from hub.store.engine import reading

IDLE_MS: Final = 30 * 60_000
"""After so long without a request a session is over (ASVS 5 7.3.1)."""
LONGEST_MS: Final = 12 * 3_600_000
"""No session is longer than a shift (ASVS 5 7.3.2)."""
SEEN_EVERY_MS: Final = 60_000
"""How exactly `seen_ms` is kept: not every request writes."""


class Known(NamedTuple):
    """Who a secret is, and whether it is time to write down that it was seen."""

    caller: Caller
    stale: bool
    must_change: bool = False
    """Whether this account's password was chosen by somebody else: it may do nothing but choose one."""


def digest_of(secret: str) -> bytes:
    """Return what the database keeps of a secret; secrets are random and long, so one round is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def form_token_of(secret: str) -> str:
    """Return what every form of a session carries: only whoever has the session's secret can make it."""
    return hmac.new(secret.encode("utf-8", "surrogatepass"), b"form", "sha256").hexdigest()[:32]


def written_towns(towns: frozenset[str]) -> str:
    """Return an area as its column holds it."""
    return "\n".join(sorted(towns))


def area_of(towns: str) -> Area:
    """Return the area of a column."""
    return Area(frozenset(town for town in towns.split("\n") if town))


class Secrets:
    """Reads on connections of its own, from any thread; every method raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def session(self, secret: str, now_ms: int) -> Known | None:
        """Return who a session's cookie is; None when it is nobody's, over, or its account ended."""
        columns = (session.c.id, session.c.seen_ms, *_ACCOUNT, account.c.must_change)
        alive = and_(session.c.digest == digest_of(secret), _lets_in(now_ms))
        row = self._one(select(*columns).join(account, account.c.id == session.c.account_id).where(alive))
        if row is None:
            return None
        caller = caller_of(row)._replace(session=str(row[0]), form_token=form_token_of(secret))
        return Known(caller, now_ms - row.seen_ms >= SEEN_EVERY_MS, row.must_change)

    def token(self, secret: str, now_ms: int) -> Known | None:
        """Return who a bearer token is; None when it is nobody's, expired or ended."""
        alive = and_(token.c.digest == digest_of(secret), token.c.ended_ms.is_(None), token.c.expires_ms > now_ms)
        row = self._one(select(token).where(alive))
        if row is None:
            return None
        permissions = frozenset(one for one in PERMISSIONS if one in row.permissions.split())
        caller = Caller("token", row.id, row.name, row.name, "", None, permissions, area_of(row.towns))
        return Known(caller, now_ms - (row.used_ms or 0) >= SEEN_EVERY_MS)

    def screen(self, secret: str, now_ms: int) -> Known | None:
        """Return which paired screen a cookie is; None when it is none, not paired yet, or no more."""
        alive = and_(screen.c.digest == digest_of(secret), screen.c.paired_ms.is_not(None), screen.c.ended_ms.is_(None))
        row = self._one(select(screen).where(alive))
        if row is None:
            return None
        caller = Caller("screen", row.id, row.name, row.name, "", None, frozenset({"see"}))
        return Known(caller, now_ms - (row.seen_ms or 0) >= SEEN_EVERY_MS)

    def standing(self, now_ms: int) -> frozenset[tuple[str, int]]:
        """Return everybody who is let in now, by kind of caller and key; of an account its session's."""
        sessions = select(session.c.id).join(account, account.c.id == session.c.account_id).where(_lets_in(now_ms))
        screens = select(screen.c.id).where(screen.c.paired_ms.is_not(None), screen.c.ended_ms.is_(None))
        tokens = select(token.c.id).where(token.c.ended_ms.is_(None), token.c.expires_ms > now_ms)
        with reading(self._engine) as connection:
            return frozenset(
                (kind, key)
                for kind, query in (("account", sessions), ("screen", screens), ("token", tokens))
                for key in connection.execute(query).scalars()
            )

    def _one(self, query: Any) -> Row[Any] | None:
        with reading(self._engine) as connection:
            return connection.execute(query).first()


def goes_on(now_ms: int) -> ColumnElement[bool]:
    """Say of a session whether it goes on by itself."""
    return and_(
        session.c.ended_ms.is_(None), session.c.seen_ms > now_ms - IDLE_MS, session.c.opened_ms > now_ms - LONGEST_MS
    )


def _lets_in(now_ms: int) -> ColumnElement[bool]:
    """Say of a session (joined to its account) whether it lets somebody in."""
    return and_(goes_on(now_ms), account.c.ended_ms.is_(None))


_ACCOUNT: Final = (
    account.c.id.label("account_id"), account.c.name, account.c.full_name, account.c.unit, account.c.role,
    account.c.towns,
)  # fmt: skip


def caller_of(row: Row[Any]) -> Caller:
    """Return the account of a row that has `_ACCOUNT`."""
    return Caller(
        "account", row.account_id, row.name, row.full_name, row.unit, row.role, MAY[row.role], area_of(row.towns)
    )


def note_seen(connection: Connection, caller: Caller, now_ms: int) -> None:
    """Write down that a session, token or screen was used."""
    if caller.kind == "account":
        connection.execute(update(session).where(session.c.id == int(caller.session)).values(seen_ms=now_ms))
    elif caller.kind == "token":
        connection.execute(update(token).where(token.c.id == caller.key).values(used_ms=now_ms))
    else:
        connection.execute(update(screen).where(screen.c.id == caller.key).values(seen_ms=now_ms))


def note_screens_seen(connection: Connection, keys: Collection[int], now_ms: int) -> None:
    """Write down that these screens are looked at."""
    if keys:
        connection.execute(update(screen).where(screen.c.id.in_(keys)).values(seen_ms=now_ms))


class NewAccount(NamedTuple):
    """An account as it is made; `password` is its argon2id hash."""

    name: str
    full_name: str
    unit: str
    role: str
    area: Area
    password: str
    made_by: str
    must_change: bool = True


def add_account(connection: Connection, new: NewAccount, now_ms: int) -> int:
    """Make an account and return its key; RefusedError where name or full name is taken."""
    made = connection.execute(
        insert(account).values(
            name=new.name, full_name=new.full_name, unit=new.unit, role=new.role,
            towns=written_towns(new.area.towns), password=new.password, must_change=new.must_change, failures=0,
            made_by=new.made_by, made_ms=now_ms,
        )
    )  # fmt: skip
    return int(made.inserted_primary_key[0])  # type: ignore[index]


def open_session(
    connection: Connection, account_id: int, secret: str, now_ms: int, *, address: str, browser: str
) -> None:
    """Open a session of an account under a fresh secret."""
    connection.execute(
        insert(session).values(
            digest=digest_of(secret), account_id=account_id, opened_ms=now_ms, seen_ms=now_ms,
            address=address[:64], browser=browser[:200],
        )
    )  # fmt: skip
