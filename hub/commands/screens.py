"""`hub screen …`: pair a screen by the code that stands on it, list them, revoke one."""

from typing import Annotated, Final

import msgspec
import typer

from hub.access.chain import Deed
from hub.access.codes import read_code
from hub.clock import now_ms
from hub.desks.auditing import change_by_command
from hub.listing import moment, print_table
from hub.options import AsJson, By, Config, line, opened
from hub.store.screens import Screen, ScreensReader, end, pair

HEADS: Final = ("名称 name", "配对人 by", "配对 paired", "来自 from", "最近 last seen", "撤销 revoked")

app = typer.Typer(help="screens on walls 大屏", no_args_is_help=True)


def _code(value: str) -> str:
    code = read_code(value)
    if code is None:
        raise typer.BadParameter("8 signs as the screen shows them, e.g. ACDE-3467 应为屏上的 8 位编码")
    return code


@app.command("pair")
def pair_screen(
    config: Config,
    code: Annotated[str, typer.Argument(help="as the screen shows it at /pair 屏上的编码", callback=_code)],
    name: Annotated[str, typer.Option("--name", help="which screen it is 大屏名称", callback=line(40))],
    by: By,
) -> None:
    """Pair the screen that shows this code: it becomes the wall by itself 配对显示该编码的大屏."""
    with opened(config) as (settings, database):
        at_ms, deed = now_ms(), Deed("screen.pair", name)
        screen = change_by_command(
            settings, database, by, lambda connection: pair(connection, code, name, by, at_ms), deed
        )
    typer.echo(f"{screen.name}: 已配对 paired, 来自 from {screen.address or '?'}")


@app.command("list")
def list_screens(config: Config, as_json: AsJson = False) -> None:
    """List the screens that are paired, or ever were 大屏清单."""
    with opened(config) as (_, database):
        found = ScreensReader(database.reader).paired(since_ms=0)
    if as_json:
        typer.echo(msgspec.json.encode([one._asdict() for one in found]))
        return
    print_table(HEADS, [_row(one) for one in found])


@app.command("end")
def end_screen(
    config: Config,
    name: Annotated[str, typer.Argument(help="name of the screen 大屏名称")],
    by: By,
) -> None:
    """Revoke a screen: within seconds it shows nothing more 撤销大屏."""
    with opened(config) as (settings, database):
        screen = ScreensReader(database.reader).named(name)
        at_ms, deed = now_ms(), Deed("screen.end", screen.name)
        change_by_command(settings, database, by, lambda connection: end(connection, screen.key, at_ms), deed)
    typer.echo(f"{screen.name}: 已撤销 revoked")


def _row(screen: Screen) -> tuple[str, ...]:
    ended = "" if screen.ended_ms is None else moment(screen.ended_ms)
    paired, seen = moment(screen.paired_ms), moment(screen.seen_ms)
    return screen.name, screen.paired_by, paired, screen.address or "-", seen, ended
