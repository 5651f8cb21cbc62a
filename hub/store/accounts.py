"""People's accounts in the database: finding, making, changing and ending them, and their sessions and codes."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Engine, Row, and_, delete, func, insert, or_, select, update

from hub.access.caller import Area, Caller
from hub.access.lockout import Tries
from hub.access.naming import sign_in_name
from hub.access.roles import MAY, Role
from hub.errors import HubError
from hub.store.access import NewAccount, add_account, area_of, goes_on, written_towns
from hub.store.access_tables import account, recovery, session, token
from hub.store.engine import reading

MOST_WORD: Final = 64


class Account(NamedTuple):
    """One account."""

    key: int
    name: str
    full_name: str
    unit: str
    role: Role
    area: Area
    password: str
    """Its argon2id hash."""
    must_change: bool
    totp: bytes | None
    """The telephone's secret, sealed to the hub's own key."""
    totp_step: int | None
    tries: Tries
    """Wrong passwords in a row from browsers it was never signed in at."""
    language: str | None
    made_by: str
    made_ms: int
    ended_ms: int | None

    def caller(self) -> Caller:
        """Return it as logs write who did something."""
        return Caller("account", self.key, self.name, self.full_name, self.unit, self.role, MAY[self.role], self.area)


class SessionRow(NamedTuple):
    """One session that goes on."""

    key: int
    opened_ms: int
    seen_ms: int
    address: str
    browser: str


class AccountsReader:
    """Reads on connections of its own, from any thread; every method raises StoreError."""

    def __init__(self, engine: Engine) -> None:
        """Take an engine for reading."""
        self._engine = engine

    def named(self, name: str) -> Account | None:
        """Return the account that is signed in with this name, one that ended too."""
        with reading(self._engine) as connection:
            row = connection.execute(select(account).where(account.c.name == name)).first()
        return None if row is None else _account(row)

    def of(self, key: int) -> Account | None:
        """Return the account of a key."""
        with reading(self._engine) as connection:
            row = connection.execute(select(account).where(account.c.id == key)).first()
        return None if row is None else _account(row)

    def every(self) -> list[Account]:
        """Return all accounts, those that ended too, by name."""
        with reading(self._engine) as connection:
            return [_account(row) for row in connection.execute(select(account).order_by(account.c.name))]

    def sessions(self, key: int, now_ms: int) -> list[SessionRow]:
        """Return an account's sessions that go on, the one used last first."""
        columns = (session.c.id, session.c.opened_ms, session.c.seen_ms, session.c.address, session.c.browser)
        query = select(*columns).where(session.c.account_id == key, goes_on(now_ms))
        with reading(self._engine) as connection:
            return [SessionRow._make(row) for row in connection.execute(query.order_by(session.c.seen_ms.desc()))]

    def codes_left(self, key: int) -> int:
        """Return how many recovery codes of an account were not used yet."""
        query = select(func.count()).where(recovery.c.account_id == key, recovery.c.used_ms.is_(None))
        with reading(self._engine) as connection:
            return int(connection.execute(query).scalar_one())


def note_tries(connection: Connection, key: int, tries: Tries) -> None:
    """Keep how many wrong passwords there were, and until when the next is not looked at."""
    kept = {"failures": tries.failures, "locked_until_ms": tries.until_ms}
    connection.execute(update(account).where(account.c.id == key).values(**kept))


def set_password(connection: Connection, key: int, kept: str, *, must_change: bool) -> None:
    """Keep another password's hash."""
    connection.execute(update(account).where(account.c.id == key).values(password=kept, must_change=must_change))


def set_role(connection: Connection, key: int, role: Role, area: Area) -> None:
    """Give an account a role and the towns it is for."""
    connection.execute(update(account).where(account.c.id == key).values(role=role, towns=written_towns(area.towns)))


def set_language(connection: Connection, key: int, language: str) -> None:
    """Keep in which language somebody wants to read."""
    connection.execute(update(account).where(account.c.id == key).values(language=language))


def set_totp(connection: Connection, key: int, sealed: bytes | None, digests: Sequence[bytes] = ()) -> None:
    """Ask for codes of a telephone from now on, with these recovery codes; or, with None, no more."""
    connection.execute(update(account).where(account.c.id == key).values(totp_secret=sealed, totp_step=None))
    connection.execute(delete(recovery).where(recovery.c.account_id == key))
    if digests:
        connection.execute(insert(recovery), [{"account_id": key, "digest": digest} for digest in digests])


def take_step(connection: Connection, key: int, step: int) -> bool:
    """Take a code of this time step; False when one of it, or of a later one, was taken already."""
    fresh = or_(account.c.totp_step.is_(None), account.c.totp_step < step)
    done = connection.execute(update(account).where(account.c.id == key, fresh).values(totp_step=step))
    return done.rowcount == 1


def take_code(connection: Connection, key: int, digest: bytes, now_ms: int) -> bool:
    """Take a recovery code; False when it is none of this account's, or was taken already."""
    unused = and_(recovery.c.account_id == key, recovery.c.digest == digest, recovery.c.used_ms.is_(None))
    return connection.execute(update(recovery).where(unused).values(used_ms=now_ms)).rowcount == 1


def end_account(connection: Connection, key: int, now_ms: int) -> None:
    """End an account for good, and every session of it; its row stays, for steps and logs name it."""
    connection.execute(update(account).where(account.c.id == key).values(ended_ms=now_ms, totp_secret=None))
    connection.execute(delete(recovery).where(recovery.c.account_id == key))
    end_sessions(connection, key, now_ms)


def end_sessions(connection: Connection, key: int, now_ms: int, *, but: int | None = None) -> int:
    """End every session of an account (but one); return how many."""
    going = and_(session.c.account_id == key, goes_on(now_ms))
    if but is not None:
        going = and_(going, session.c.id != but)
    return connection.execute(update(session).where(going).values(ended_ms=now_ms)).rowcount


def forget_sessions(connection: Connection, before_ms: int) -> None:
    """Delete the rows of sessions last used before this time: where somebody sat is told by the audit log alone."""
    connection.execute(delete(session).where(session.c.seen_ms < before_ms))


def end_session(connection: Connection, key: int, session_key: int, now_ms: int) -> bool:
    """End one session of an account; False when it is none of its, or over already."""
    one = and_(session.c.account_id == key, session.c.id == session_key, session.c.ended_ms.is_(None))
    return connection.execute(update(session).where(one).values(ended_ms=now_ms)).rowcount == 1


def _account(row: Row[Any]) -> Account:
    return Account(
        row.id, row.name, row.full_name, row.unit, row.role, area_of(row.towns), row.password, row.must_change,
        row.totp_secret, row.totp_step, Tries(row.failures, row.locked_until_ms), row.language, row.made_by,
        row.made_ms, row.ended_ms,
    )  # fmt: skip


class AccountError(HubError):
    """What cannot be made or done of an account; says what to do instead."""


def make_account(connection: Connection, new: NewAccount, now_ms: int) -> int:
    """Make an account and return its key.

    Raises AccountError E-USER-01 (name, full name or unit cannot be) or E-USER-02 (somebody has it).
    """
    name = sign_in_name(new.name)
    words = (new.full_name, new.unit)
    if name is None or any(not 1 <= len(word.strip()) <= MOST_WORD or not word.isprintable() for word in words):
        raise AccountError(
            "E-USER-01",
            f"a user name is 2 to 32 letters, digits or . _ - without spaces; name and unit are 1 to {MOST_WORD}"
            f" characters 用户名为 2–32 个字母、数字或 . _ -，姓名与单位为 1–{MOST_WORD} 个字符",
        )
    made = new._replace(name=name, full_name=new.full_name.strip(), unit=new.unit.strip())
    taken = select(account.c.id).where(or_(account.c.name == name, account.c.full_name == made.full_name))
    program = select(token.c.id).where(token.c.name.in_((name, made.full_name)))
    if connection.execute(taken).first() is not None or connection.execute(program).first() is not None:
        raise AccountError(
            "E-USER-02",
            f"{name} / {made.full_name}: an account or a token has, or had, this name; logs go by it, so add something"
            " to tell them apart 用户名或姓名已被使用（含已停用的）；日志以姓名区分，请加以区别",
        )
    return add_account(connection, made, now_ms)


def standing(reader: AccountsReader, name: str) -> Account:
    """Return the account that goes on and is signed in with a name; AccountError E-USER-03 where there is none."""
    found = reader.named(sign_in_name(name) or "")
    if found is None or found.ended_ms is not None:
        raise AccountError(
            "E-USER-03", f"{name}: no such account, or it ended 没有这个账号，或已停用，见 hub user list"
        )
    return found
