"""`hub user …`: people's accounts: make the first and any other, list, change and end them, help who cannot get in."""

import sys
from typing import Annotated, Final, NamedTuple

import msgspec
import typer

from hub.access.chain import Deed
from hub.access.lockout import NONE, wait_ms
from hub.access.passwords import LONGEST, SHORTEST, Passwords, Weakness, one_time_password, weakness_of
from hub.access.roles import ROLES, Role
from hub.clock import now_ms
from hub.commands.areas import area_named
from hub.desks.auditing import change_by_command
from hub.listing import print_table
from hub.local_time import written
from hub.options import AsJson, By, Config, Reason, one_of, opened
from hub.store import accounts as store
from hub.store.access import NewAccount
from hub.store.accounts import Account, AccountError, AccountsReader
from hub.store.engine import Transaction

HEADS: Final = (
    "用户名 name", "姓名 full name", "单位 unit", "角色 role", "乡镇 towns", "动态码 code", "新建 made", "状态 state",
)  # fmt: skip
ROLE_WORDS: Final[dict[Role, str]] = {
    "viewer": "查看员 viewer",
    "operator": "值班员 operator",
    "supervisor": "督导员 supervisor",
    "technician": "运维员 technician",
    "administrator": "管理员 administrator",
}
WEAK: Final[dict[Weakness, str]] = {
    "short": f"at least {SHORTEST} characters 至少 {SHORTEST} 个字符",
    "long": f"at most {LONGEST} characters 至多 {LONGEST} 个字符",
    "same": "too much of it repeats 重复太多",
    "run": "it runs along the keyboard or the alphabet 是键盘或字母、数字的顺序",
    "known": "one of the passwords everybody uses 是最常见的密码之一",
    "yours": "much like the name, the unit or the county 与姓名、单位或县名太像",
    "date": "a date, or a number of a telephone or a card 是日期、电话或证件号码",
}

app = typer.Typer(help="people's accounts at the centre 账号", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="user name 用户名")]
RoleOption = Annotated[str, typer.Option("--role", help=f"角色: {', '.join(ROLES)}", callback=one_of(ROLES))]
Towns = Annotated[str, typer.Option("--towns", help="comma-separated; else the whole county 乡镇，不写即全县")]
Ask = Annotated[bool, typer.Option("--ask", help="whoever it is for types a password here 本人在此输入密码")]
Stdin = Annotated[bool, typer.Option("--stdin", help="the password is one line of standard input 从标准输入读密码")]


class Chosen(NamedTuple):
    """A password, and whether it was made here: then it is shown once, and good for one sign-in."""

    password: str
    is_made: bool


@app.command()
def add(
    config: Config,
    name: Name,
    full_name: Annotated[str, typer.Option("--full-name", help="as logs write it 姓名，日志用")],
    unit: Annotated[str, typer.Option("--unit", help="where they work 单位")],
    role: RoleOption,
    by: By,
    towns: Towns = "",
    ask: Ask = False,
    stdin: Stdin = False,
    as_json: AsJson = False,
) -> None:
    """Make an account; prints a password for the first sign-in unless one is typed 新建账号，打印一次性密码.

    viewer sees; operator works with incidents and visits; supervisor also assigns, approves, edits the library;
    technician repairs; administrator makes accounts, tokens and screens, and opens nobody's identity.
    """
    with opened(config) as (settings, database):
        area = area_named(settings, towns)
        chosen = chosen_password(ask=ask, stdin=stdin, about=(name, full_name, unit, settings.county_name))
        new = NewAccount(
            name, full_name, unit, role, area, Passwords().kept(chosen.password), by, must_change=chosen.is_made
        )
        deed = Deed("account.make", f"{name} {full_name}: {role}")
        change_by_command(
            settings, database, by, lambda connection: store.make_account(connection, new, now_ms()), deed
        )
        made = store.standing(AccountsReader(database.reader), name)
    _tell(made, chosen, as_json=as_json, text=f"{made.name}: 已新建 made")


@app.command("list")
def list_users(
    config: Config,
    all_: Annotated[bool, typer.Option("--all", help="those that ended too 含已停用")] = False,
    as_json: AsJson = False,
) -> None:
    """List accounts 账号清单."""
    at_ms = now_ms()
    with opened(config) as (_, database):
        found = [one for one in AccountsReader(database.reader).every() if all_ or one.ended_ms is None]
    if as_json:
        typer.echo(msgspec.json.encode([_object(one, at_ms) for one in found]))
        return
    print_table(HEADS, [_row(one, at_ms) for one in found])


@app.command()
def end(config: Config, name: Name, by: By, reason: Reason) -> None:
    """End an account for good, and every session of it 停用账号（不可恢复），并结束其全部登录."""
    with opened(config) as (settings, database):
        found = store.standing(AccountsReader(database.reader), name)
        deed = Deed("account.end", found.name, reason)
        change_by_command(
            settings, database, by, lambda connection: store.end_account(connection, found.key, now_ms()), deed
        )
        left = [one for one in AccountsReader(database.reader).every() if one.ended_ms is None]
    typer.echo(f"{found.name}: 已停用 ended")
    if not any(one.role == "administrator" for one in left):
        typer.echo("no administrator is left: hub user add makes one 已没有管理员，可用 hub user add 新建", err=True)


@app.command("role")
def change_role(
    config: Config,
    name: Name,
    role: Annotated[str, typer.Argument(help=f"角色: {', '.join(ROLES)}", callback=one_of(ROLES))],
    by: By,
    towns: Towns = "",
) -> None:
    """Give an account another role and area; it holds from its next request on 修改角色与负责乡镇，立即生效."""
    with opened(config) as (settings, database):
        found, area = store.standing(AccountsReader(database.reader), name), area_named(settings, towns)
        given = next(one for one in ROLES if one == role)
        where = " ".join(sorted(area.towns)) or "county"
        deed = Deed("account.change", f"{found.name}: {found.role} -> {given}, {where}")
        change_by_command(
            settings, database, by, lambda connection: store.set_role(connection, found.key, given, area), deed
        )
    typer.echo(f"{found.name}: {ROLE_WORDS[given]}, {area.written()}")


@app.command("password")
def change_password(
    config: Config,
    name: Name,
    by: By,
    ask: Ask = False,
    stdin: Stdin = False,
    no_code: Annotated[
        bool, typer.Option("--no-code", help="also ask for no telephone's code any more 同时停用动态验证码")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Give an account another password, unlock it and end its sessions 重置密码，解除锁定，结束其全部登录."""
    with opened(config) as (settings, database):
        found = store.standing(AccountsReader(database.reader), name)
        about = (found.name, found.full_name, found.unit, settings.county_name)
        chosen = chosen_password(ask=ask, stdin=stdin, about=about)
        kept = Passwords().kept(chosen.password)

        def work(connection: Transaction) -> None:
            store.set_password(connection, found.key, kept, must_change=chosen.is_made)
            store.note_tries(connection, found.key, NONE)
            store.end_sessions(connection, found.key, now_ms())
            if no_code:
                store.set_totp(connection, found.key, None)

        change_by_command(
            settings, database, by, work, Deed("account.password", found.name, "no code" if no_code else "")
        )
    _tell(found, chosen, as_json=as_json, text=f"{found.name}: 密码已重置 password changed")


@app.command()
def unlock(config: Config, name: Name, by: By) -> None:
    """Let an account be tried again at once after too many wrong passwords 解除锁定."""
    with opened(config) as (settings, database):
        found = store.standing(AccountsReader(database.reader), name)
        deed = Deed("account.unlock", found.name)
        change_by_command(
            settings, database, by, lambda connection: store.note_tries(connection, found.key, NONE), deed
        )
    typer.echo(f"{found.name}: 已解除锁定 unlocked")


def chosen_password(*, ask: bool, stdin: bool, about: tuple[str, ...]) -> Chosen:
    """Return a password: typed here, read, or made; never from the command line, which others on a machine can see.

    Raises AccountError E-USER-04 for one that is too easily guessed.
    """
    if not ask and not stdin:
        return Chosen(one_time_password(), is_made=True)
    if ask:
        password: str = typer.prompt("密码 password", hide_input=True, confirmation_prompt="再输入一次 again", err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    weakness = weakness_of(password, about)
    if weakness is not None:
        raise AccountError("E-USER-04", f"choose another password 请另选一个密码: {WEAK[weakness]}")
    return Chosen(password, is_made=False)


def _tell(account: Account, chosen: Chosen, *, as_json: bool, text: str) -> None:
    if as_json:
        password = chosen.password if chosen.is_made else None
        typer.echo(msgspec.json.encode(_object(account, now_ms()) | {"password": password}))
        return
    typer.echo(text, err=chosen.is_made)
    if chosen.is_made:
        typer.echo(chosen.password)
        typer.echo("shown this once; at the first sign-in another is chosen 只显示这一次，首次登录时须修改", err=True)


def _state(account: Account, at_ms: int) -> str:
    if account.ended_ms is not None:
        return "ended"
    if wait_ms(account.tries, at_ms):
        return "locked"
    return "new" if account.must_change else "valid"


def _row(account: Account, at_ms: int) -> tuple[str, ...]:
    states = {"ended": "已停用 ended", "locked": "锁定 locked", "new": "待改密码 new", "valid": "有效 valid"}
    code = "已启用 on" if account.totp else ""
    made = f"{written(account.made_ms)} {account.made_by}"
    role, state = ROLE_WORDS[account.role], states[_state(account, at_ms)]
    return account.name, account.full_name, account.unit, role, account.area.written(), code, made, state


def _object(account: Account, at_ms: int) -> dict[str, object]:
    return {
        "name": account.name,
        "full_name": account.full_name,
        "unit": account.unit,
        "role": account.role,
        "towns": sorted(account.area.towns),
        "code": account.totp is not None,
        "state": _state(account, at_ms),
        "locked_ms": wait_ms(account.tries, at_ms),
        "made_by": account.made_by,
        "made_ms": account.made_ms,
        "ended_ms": account.ended_ms,
    }
