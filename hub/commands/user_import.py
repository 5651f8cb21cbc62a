"""`hub user import`: many accounts from one list, all or none."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import msgspec
import typer

from hub.access.caller import Area
from hub.access.chain import Deed
from hub.access.passwords import Passwords
from hub.access.roles import ROLES
from hub.clock import now_ms
from hub.commands.areas import area_named
from hub.commands.users import Chosen, Stdin, chosen_password
from hub.desks.auditing import change_by_command
from hub.listing import print_table
from hub.options import AsJson, By, Config, opened
from hub.settings import Settings
from hub.store import accounts as store
from hub.store.access import NewAccount
from hub.store.accounts import AccountError
from hub.store.engine import Transaction

COLUMNS: Final = ("name", "full_name", "unit", "role", "towns")
File = Annotated[
    Path, typer.Argument(help=f"CSV (UTF-8): {','.join(COLUMNS)}; no towns: the county 名单，乡镇留空即全县")
]


class Listed(NamedTuple):
    """One line of the list."""

    name: str
    full_name: str
    unit: str
    role: str
    area: Area


def import_users(config: Config, file: File, by: By, stdin: Stdin = False, as_json: AsJson = False) -> None:
    """Make every account of a list, or none; prints a password for each one's first sign-in 按名单新建账号."""
    with opened(config) as (settings, database):
        listed = list(_listed(file, settings))
        shared = chosen_password(ask=False, stdin=True, about=(settings.county_name,)) if stdin else None
        chosen = [shared or chosen_password(ask=False, stdin=False, about=()) for _ in listed]
        passwords = Passwords()
        kept = [passwords.kept(one.password) for one in chosen]

        def work(connection: Transaction) -> None:
            for one, secret, own in zip(listed, kept, chosen, strict=True):
                new = NewAccount(
                    one.name, one.full_name, one.unit, one.role, one.area, secret, by, must_change=own.is_made
                )
                store.make_account(connection, new, now_ms())

        deeds = [Deed("account.make", f"{one.name} {one.full_name}: {one.role}") for one in listed]
        change_by_command(settings, database, by, work, *deeds)
    _tell(listed, chosen, as_json=as_json)


def _listed(file: Path, settings: Settings) -> Iterator[Listed]:
    """Give the lines of a list. Raises AccountError E-USER-07, HubError E-AREA-01."""
    try:
        rows = csv.DictReader(file.read_text("utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise AccountError("E-USER-07", f"{file}: no list to read (UTF-8 CSV) 无法读取名单: {error}") from None
    if set(rows.fieldnames or ()) != set(COLUMNS):
        raise AccountError("E-USER-07", f"{file}:1: the first line must be 首行应为 {','.join(COLUMNS)}")
    for row in rows:
        one = {key: (row[key] or "").strip() for key in COLUMNS}
        if one["role"] not in ROLES:
            raise AccountError(
                "E-USER-07", f"{file}:{rows.line_num}: role: one of 角色应为其中之一: {', '.join(ROLES)}"
            )
        yield Listed(one["name"], one["full_name"], one["unit"], one["role"], area_named(settings, one["towns"]))


def _tell(listed: list[Listed], chosen: list[Chosen], *, as_json: bool) -> None:
    shown = [(one, own.password if own.is_made else None) for one, own in zip(listed, chosen, strict=True)]
    if as_json:
        rows = [
            {"name": one.name, "full_name": one.full_name, "role": one.role, "password": word} for one, word in shown
        ]
        typer.echo(msgspec.json.encode(rows))
        return
    heads = ("用户名 name", "姓名 full name", "角色 role", "首次登录密码 first password")
    print_table(heads, [(one.name, one.full_name, one.role, word or "-") for one, word in shown])
