"""`hub release …`: releases the hub hands out."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from hub.clock import now_ms
from hub.desks.auditing import change_by_command
from hub.desks.rolling_out import take_in, withdraw
from hub.listing import moment, print_table
from hub.options import AsJson, By, Config, Reason, opened
from hub.store.rollouts import Release, RolloutsReader

HEADS: Final = ("名称 name", "序号 number", "大小 size", "登记 added", "登记人 by", "撤回 withdrawn", "摘要 sha256")

app = typer.Typer(help="software releases 软件版本", no_args_is_help=True)


@app.command()
def add(
    config: Config,
    file: Annotated[Path, typer.Argument(help="a signed release (firmware-config release build) 已签名的版本文件")],
    by: By,
    as_json: AsJson = False,
) -> None:
    """Verify a release and keep it for stations to fetch; nobody is ordered yet 登记版本，尚不下发."""
    with opened(config) as (settings, database):
        release, doing = take_in(settings, file, by, now_ms())
        change_by_command(settings, database, by, *doing)
    if as_json:
        typer.echo(msgspec.json.encode(release._asdict()))
    else:
        typer.echo(f"{release.name}: 已登记 kept, 序号 number {release.sequence}, sha256 {release.sha256}")


@app.command("list")
def list_releases(config: Config, as_json: AsJson = False) -> None:
    """List releases, the newest first 版本清单."""
    with opened(config) as (_, database):
        found = RolloutsReader(database.reader).releases()
    if as_json:
        typer.echo(msgspec.json.encode([one._asdict() for one in found]))
        return
    print_table(HEADS, [_row(one) for one in found])


@app.command("withdraw")
def withdraw_release(
    config: Config,
    name: Annotated[str, typer.Argument(help="name of the release 版本名称")],
    by: By,
    reason: Reason,
) -> None:
    """Hand a release out no more; stations that run it keep it 撤回版本."""
    with opened(config) as (settings, database):
        doing = withdraw(RolloutsReader(database.reader).release(name), reason, now_ms())
        change_by_command(settings, database, by, *doing)
    typer.echo(f"{name}: 已撤回 withdrawn")


def _row(one: Release) -> tuple[str, ...]:
    withdrawn = "" if one.withdrawn_ms is None else moment(one.withdrawn_ms)
    size = f"{one.size / 1_000_000:.1f} MB"
    return one.name, str(one.sequence), size, moment(one.added_ms), one.added_by, withdrawn, one.sha256[:16]
