"""`hub token …`: make a token for a program, list them, end one."""

from typing import Annotated, Final

import msgspec
import typer

from hub.access.chain import Deed
from hub.clock import now_ms
from hub.commands.areas import area_named, parts_of
from hub.desks.auditing import change_by_command
from hub.listing import print_table
from hub.local_time import written
from hub.options import AsJson, By, Config, opened
from hub.store.tokens import (
    DEFAULT_DAYS,
    MAY_BE_GIVEN,
    NewToken,
    Token,
    TokensReader,
    add_token,
    end_token,
    permissions_of,
)

HEADS: Final = (
    "名称 name", "权限 may", "乡镇 towns", "新建 made", "到期 expires", "最近使用 last used", "状态 state",
)  # fmt: skip

app = typer.Typer(help="tokens of programs for /api/v1 and /metrics 接口令牌", no_args_is_help=True)


@app.command()
def add(
    config: Config,
    name: Annotated[str, typer.Argument(help="which program 名称: a-z 0-9 . _ -")],
    may: Annotated[str, typer.Option("--may", help=f"comma-separated 权限: {', '.join(MAY_BE_GIVEN)}")],
    by: By,
    days: Annotated[int, typer.Option("--days", help="how long it is good for 有效天数")] = DEFAULT_DAYS,
    towns: Annotated[str, typer.Option("--towns", help="comma-separated; else the whole county 乡镇")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a token; its secret is shown this once and kept nowhere 新建令牌，只显示这一次."""
    with opened(config) as (settings, database):
        new = NewToken(name, permissions_of(parts_of(may)), area_named(settings, towns), days, by)
        at_ms = now_ms()
        secret = change_by_command(
            settings, database, by, lambda connection: add_token(connection, new, at_ms), new.deed()
        )
        made = TokensReader(database.reader).named(name, at_ms)
    if as_json:
        typer.echo(msgspec.json.encode(_object(made, at_ms) | {"token": secret}))
        return
    typer.echo(secret)
    typer.echo(f"{name}: 到期 expires {written(made.expires_ms)}；只显示这一次 shown this once only", err=True)


@app.command("list")
def list_tokens(config: Config, as_json: AsJson = False) -> None:
    """List tokens, also those that are over 令牌清单."""
    at_ms = now_ms()
    with opened(config) as (_, database):
        found = TokensReader(database.reader).every(0)
    if as_json:
        typer.echo(msgspec.json.encode([_object(one, at_ms) for one in found]))
        return
    print_table(HEADS, [_row(one, at_ms) for one in found])
    for one in found:
        if one.expires_soon(at_ms):
            typer.echo(f"{one.name}: 即将到期 expires soon, {written(one.expires_ms)}", err=True)


@app.command()
def end(config: Config, name: Annotated[str, typer.Argument(help="which program 名称")], by: By) -> None:
    """End a token: what uses it is refused from now on 停用令牌."""
    with opened(config) as (settings, database):
        at_ms = now_ms()
        found = TokensReader(database.reader).named(name, at_ms)
        deed = Deed("token.end", name)
        change_by_command(settings, database, by, lambda connection: end_token(connection, found.key, at_ms), deed)
    typer.echo(f"{name}: 已停用 ended")


def _state(token: Token, at_ms: int) -> str:
    if token.ended_ms is not None:
        return "ended"
    return "valid" if token.stands(at_ms) else "expired"


def _row(token: Token, at_ms: int) -> tuple[str, ...]:
    states = {"ended": "已停用 ended", "valid": "有效 valid", "expired": "已到期 expired"}
    state = "即将到期 expires soon" if token.expires_soon(at_ms) else states[_state(token, at_ms)]
    used = "从未 never" if token.used_ms is None else written(token.used_ms)
    may, made = " ".join(token.permissions), f"{written(token.made_ms)} {token.made_by}"
    return token.name, may, token.area.written(), made, written(token.expires_ms), used, state


def _object(token: Token, at_ms: int) -> dict[str, object]:
    return token._asdict() | {"area": sorted(token.area.towns), "state": _state(token, at_ms)}
