"""What may be done to accounts, decided where it is done: nobody raises themselves, one administrator always stays."""

from typing import Final, NamedTuple

from sqlalchemy import Connection, and_, select, update

from hub.access.caller import Area, Caller
from hub.access.lockout import NONE
from hub.access.roles import ROLES, Role
from hub.errors import HubError
from hub.store.access import NewAccount, area_of
from hub.store.access_tables import account
from hub.store.accounts import (
    MOST_WORD,
    AccountError,
    end_account,
    end_sessions,
    make_account,
    note_tries,
    set_password,
    set_role,
    set_totp,
)

_C: Final = account.c


class Wanted(NamedTuple):
    """What may be changed of an account. Its names stay: logs and steps go by them."""

    unit: str
    role: str
    area: Area


class Stands(NamedTuple):
    """What it is."""

    key: int
    name: str
    full_name: str
    unit: str
    role: Role
    area: Area


def make(connection: Connection, by: Caller, name: str, full_name: str, wanted: Wanted, kept: str, now_ms: int) -> str:
    """Make an account whose password (`kept` is its hash) must be changed at the first sign-in; return its name.

    Raises AccountError E-USER-01 (a name, the unit or the role cannot be), -02 (a name is taken), HubError E-AREA-01
    (an area beyond one's own).
    """
    _check(by, wanted)
    new = NewAccount(name, full_name, wanted.unit, wanted.role, wanted.area, kept, by.who)
    made = make_account(connection, new, now_ms)
    return str(connection.execute(select(_C.name).where(_C.id == made)).scalar_one())


def change(connection: Connection, by: Caller, key: int, wanted: Wanted) -> Stands:
    """Make an account another's in unit, role or area, at once; return what it was.

    Raises as `make`, and AccountError E-USER-03 (no such account), -05 (one's own), -06 (the last administrator).
    """
    was = _standing(connection, by, key)
    _check(by, wanted)
    if (wanted.role, wanted.area) != ("administrator", Area()):
        _check_not_last(connection, was)
    role: Role = next(role for role in ROLES if role == wanted.role)
    connection.execute(update(account).where(_C.id == key).values(unit=wanted.unit))
    set_role(connection, key, role, wanted.area)
    return was


def end(connection: Connection, by: Caller, key: int, now_ms: int) -> Stands:
    """End an account for good; return what it was. Raises AccountError E-USER-03, -05, -06, HubError E-AREA-01."""
    was = _standing(connection, by, key)
    _check_not_last(connection, was)
    end_account(connection, key, now_ms)
    return was


def reset(connection: Connection, by: Caller, key: int, kept: str, now_ms: int) -> Stands:
    """Give an account a password for one time, and end its sessions. Raises as `end`, but -06."""
    was = _standing(connection, by, key)
    set_password(connection, key, kept, must_change=True)
    note_tries(connection, key, NONE)
    end_sessions(connection, key, now_ms)
    return was


def unlock(connection: Connection, by: Caller, key: int) -> Stands:
    """Let an account be tried again at once. Raises as `end`, but -06."""
    was = _standing(connection, by, key)
    note_tries(connection, key, NONE)
    return was


def forget_phone(connection: Connection, by: Caller, key: int) -> Stands:
    """Ask an account for no telephone's code any more: it was lost. Raises as `end`, but -06."""
    was = _standing(connection, by, key)
    set_totp(connection, key, None)
    return was


def sign_out(connection: Connection, by: Caller, key: int, now_ms: int) -> Stands:
    """End every session of an account. Raises as `end`, but -06."""
    was = _standing(connection, by, key)
    end_sessions(connection, key, now_ms)
    return was


def _standing(connection: Connection, by: Caller, key: int) -> Stands:
    columns = (_C.id, _C.name, _C.full_name, _C.unit, _C.role, _C.towns)
    row = connection.execute(select(*columns).where(_C.id == key, _C.ended_ms.is_(None))).first()
    if row is None:
        raise AccountError("E-USER-03", f"{key}: no such account, or ended before 没有这个账号，或已停用")
    if by.kind == "account" and by.key == key:
        what = "nobody changes or ends their own account; another administrator does"
        raise AccountError("E-USER-05", f"{what} 不能修改或停用自己的账号，请由其他管理员办理")
    was = Stands(row.id, row.name, row.full_name, row.unit, row.role, area_of(row.towns))
    _check_area(by, was.area)
    return was


def _check(by: Caller, wanted: Wanted) -> None:
    is_unit = 0 < len(wanted.unit) <= MOST_WORD and wanted.unit.isprintable()
    if wanted.role not in ROLES or not is_unit:
        what = f"a unit and a role are needed 须填写单位与角色: {', '.join(ROLES)}"
        raise AccountError("E-USER-01", what)
    _check_area(by, wanted.area)


def _check_area(by: Caller, area: Area) -> None:
    if not by.area.covers(area):
        what = "towns beyond those you are responsible for yourself 超出本人负责的乡镇，请由全县管理员办理"
        raise HubError("E-AREA-01", what)


def _check_not_last(connection: Connection, was: Stands) -> None:
    """Refuse to take the last administrator of the whole county away; two who try it at once come one after another."""
    others = and_(_C.role == "administrator", _C.towns == "", _C.ended_ms.is_(None))
    keys = connection.execute(select(_C.id).where(others).with_for_update()).scalars().all()
    if list(keys) == [was.key]:
        what = "the last administrator of the whole county stays; make another first"
        raise AccountError("E-USER-06", f"{was.name}: {what} 这是最后一个全县管理员，请先另设一个")
