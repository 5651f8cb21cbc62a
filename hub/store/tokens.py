"""Tokens of programs: made with what they may do and until when, shown once, ended by anybody who makes accounts."""

import re
import secrets
import string
from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, and_, insert, or_, select, update

from hub.access.caller import Area
from hub.access.chain import Deed
from hub.access.roles import PERMISSIONS, Permission
from hub.errors import HubError
from hub.store.access import area_of, digest_of, written_towns
from hub.store.access_tables import account, token
from hub.store.engine import reading
from hub.visits.day import DAY_MS

BEGINS: Final = "cct_"
SECRET: Final = re.compile(r"\bcct_[A-Za-z0-9]{40}\b")
"""What a secret looks like, for programs that look for secrets where none should be; 238 bits."""
NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
DEFAULT_DAYS, MOST_DAYS = 90, 400
WARN_MS: Final = 14 * DAY_MS
MAY_BE_GIVEN: Final[tuple[Permission, ...]] = tuple(
    one for one in PERMISSIONS if one not in {"identity", "person", "still", "screen", "account"}
)
"""What a program may be allowed. Who came, and pictures, are opened by a named person with a reason (PIPL 51; 公共安全
视频条例); and nothing that lets others in."""
_SIGNS: Final = string.ascii_letters + string.digits
_C: Final = token.c


class NewToken(NamedTuple):
    """A token as it is made."""

    name: str
    permissions: frozenset[Permission]
    area: Area
    days: int
    made_by: str

    def deed(self) -> Deed:
        """Return that it is made, as the audit log keeps it."""
        may = ", ".join(sorted(self.permissions))
        return Deed("token.make", f"{self.name}: {may}; {self.area.written('、')}; {self.days} d")


class Token(NamedTuple):
    """One token, without its secret, which nobody has but its program."""

    key: int
    name: str
    permissions: tuple[str, ...]
    area: Area
    made_by: str
    made_ms: int
    expires_ms: int
    ended_ms: int | None
    used_ms: int | None

    def stands(self, now_ms: int) -> bool:
        """Say whether it lets anybody in."""
        return self.ended_ms is None and now_ms < self.expires_ms

    def expires_soon(self, now_ms: int) -> bool:
        """Say whether whoever uses it must soon have another."""
        return self.stands(now_ms) and self.expires_ms - now_ms <= WARN_MS


def add_token(connection: Connection, new: NewToken, now_ms: int) -> str:
    """Make a token and return its secret, which is shown once and kept nowhere.

    Raises HubError E-TOKEN-01 (name), E-TOKEN-02 (a standing token or an account has it) or E-TOKEN-03 (what it is to
    be allowed, or for how long).
    """
    if not NAME.fullmatch(new.name):
        raise HubError(
            "E-TOKEN-01",
            f"{new.name}: 2 to 40 small letters, digits, and . _ - after the first"
            " 名称应为 2–40 个小写字母、数字或 . _ -",
        )
    if not 1 <= new.days <= MOST_DAYS:
        raise HubError("E-TOKEN-03", f"{new.days} days: 1 to {MOST_DAYS} 有效期应为 1–{MOST_DAYS} 天")
    refused = sorted(new.permissions - set(MAY_BE_GIVEN))
    if refused or not new.permissions:
        may = ", ".join(MAY_BE_GIVEN)
        what = f"{', '.join(refused) or 'nothing'}: a token is allowed one or more of 令牌权限只能取自: {may}"
        raise HubError("E-TOKEN-03", what)
    standing = select(_C.id).where(_C.name == new.name, _C.ended_ms.is_(None), _C.expires_ms > now_ms)
    somebody = select(account.c.id).where(or_(account.c.name == new.name, account.c.full_name == new.name))
    if connection.execute(standing).first() or connection.execute(somebody).first():
        what = f"{new.name}: a token or an account has this name; logs could not tell them apart"
        raise HubError("E-TOKEN-02", f"{what} 已有同名的令牌或账号，请换一个名称")
    secret = BEGINS + "".join(secrets.choice(_SIGNS) for _ in range(40))
    connection.execute(
        insert(token).values(
            name=new.name,
            digest=digest_of(secret),
            permissions=" ".join(one for one in PERMISSIONS if one in new.permissions),
            towns=written_towns(new.area.towns),
            made_by=new.made_by,
            made_ms=now_ms,
            expires_ms=now_ms + new.days * DAY_MS,
        )
    )
    return secret


def end_token(connection: Connection, key: int, now_ms: int) -> None:
    """End a token: its next request is a stranger's. Raises HubError E-TOKEN-04 when none of this key stands."""
    standing = and_(_C.id == key, _C.ended_ms.is_(None))
    if connection.execute(update(token).where(standing).values(ended_ms=now_ms)).rowcount == 0:
        raise no_such_token(str(key))


def no_such_token(which: str) -> HubError:
    """Return the refusal of a token that is none, or none any more."""
    return HubError("E-TOKEN-04", f"{which}: no such token, or ended before 没有这个令牌，或已停用")


def permissions_of(names: Collection[str]) -> frozenset[Permission]:
    """Return the permissions of these names. Raises HubError E-TOKEN-03 where one is none."""
    unknown = sorted(set(names) - set(PERMISSIONS))
    if unknown:
        may = ", ".join(MAY_BE_GIVEN)
        raise HubError("E-TOKEN-03", f"{', '.join(unknown)}: no permission; one or more of 没有此权限，可取: {may}")
    return frozenset(one for one in PERMISSIONS if one in names)


class TokensReader:
    """Reads on connections of its own; safe from any thread. Everything raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def every(self, since_ms: int) -> list[Token]:
        """Return tokens that stand or were over only since then: those that stand first, by name."""
        query = select(*_COLUMNS).where(_C.expires_ms > since_ms, or_(_C.ended_ms.is_(None), _C.ended_ms > since_ms))
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(_C.ended_ms.is_not(None), _C.name, _C.id.desc())).all()
        return [Token(row[0], row[1], tuple(row[2].split()), area_of(row[3]), *row[4:]) for row in rows]

    def named(self, name: str, now_ms: int) -> Token:
        """Return the token of this name that stands. Raises HubError E-TOKEN-04."""
        found = next((one for one in self.every(now_ms) if one.name == name and one.stands(now_ms)), None)
        if found is None:
            raise no_such_token(name)
        return found


_COLUMNS: Final = (
    *(_C.id, _C.name, _C.permissions, _C.towns, _C.made_by, _C.made_ms),
    *(_C.expires_ms, _C.ended_ms, _C.used_ms),
)
