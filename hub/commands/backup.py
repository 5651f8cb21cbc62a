"""`hub backup` and `hub restore`: a county in one file, made while its hub runs, and put back when it does not."""

from pathlib import Path
from typing import Annotated

import typer

from hub.access.chain import Deed
from hub.clock import now_ms
from hub.desks.archive import DATABASE, back_up, put_back
from hub.desks.auditing import change_by_command
from hub.local_time import written
from hub.options import By, Config, opened
from hub.settings import Settings
from hub.store.backup import file_of
from wire.settings import load_settings


def backup(
    config: Config,
    file: Annotated[Path, typer.Argument(help="where to write; must not be there yet 备份文件")],
    by: By,
    keys: Annotated[
        bool, typer.Option("--with-keys", help="the hub's private keys too: lock the file away 含私钥，务必妥善保管")
    ] = False,
) -> None:
    """Copy the whole county into one file while its hub runs 备份，不影响运行."""
    settings = load_settings(config, Settings)
    file_of(settings.database)
    with opened(config) as (_, database):
        change_by_command(
            settings, database, by, lambda _: None, Deed("backup.make", f"{file.name[:60]}{' keys' if keys else ''}")
        )
    manifest = back_up(settings, config, file, now_ms(), keys=keys)
    typer.echo(
        f"{file}: {manifest.records} 条记录 records, {file.stat().st_size} bytes, 已校验 verified;"
        f" sha256 {manifest.parts[DATABASE]}"
    )
    if keys:
        typer.echo("it holds private keys: whoever has it opens identities 含私钥：持有者可解开身份信息", err=True)
    else:
        typer.echo(
            "without keys: identities in it open only with unseal.key, keep that elsewhere"
            " 不含私钥：没有 unseal.key 就无法解开身份信息，请另行保管",
            err=True,
        )


def restore(
    config: Config,
    file: Annotated[Path, typer.Argument(help="a file of `hub backup` 备份文件")],
    by: By,
) -> None:
    """Put a backup in the database's place; the hub must be stopped, and what was there stays beside it 恢复备份."""
    settings = load_settings(config, Settings)
    done = put_back(settings, file, now_ms())
    made_at = written(done.manifest.made_ms)
    with opened(config) as (_, database):
        change_by_command(
            settings, database, by, lambda _: None, Deed("backup.restore", file.name[:60], f"of {made_at}")
        )
    typer.echo(f"{made_at} 的备份已恢复 restored: {done.manifest.records} 条记录 records")
    if done.beside is not None:
        typer.echo(f"原数据库 the one from before: {done.beside}")
    for path in done.written:
        typer.echo(f"已补上 written: {path}")
    for path in done.differing:
        typer.echo(f"与备份不同，未改动 differs, left as it is: {path}")
    typer.echo(
        "备份之后各站已收到回执的记录不在其中，各站不会重发；原数据库仍留存，不再需要时请删除\n"
        "what stations had receipts for since then is not in it and will not be sent again: it is in the one from"
        " before; delete that one when it is needed no more"
    )
    typer.echo(
        f"所有登录已结束 every session is ended; {done.tokens} 个令牌 tokens, {done.screens} 块大屏 screens 可用"
    )
    if done.carried is None:
        typer.echo(
            "原数据库读不出：备份之后删除的个人信息、撤销的令牌和账号可能又在其中，请重新删除、撤销"
            " the database from before could not be read: who was erased, and what was revoked, since the backup may be"
            " back; erase and revoke it again",
            err=True,
        )
    else:
        visits, words, tickets, holds, ended = done.carried
        typer.echo(
            f"备份之后清除的已再次清除 erased since, and so again: {visits + words + tickets};"
            f" 撤销的 revoked: {ended}; 留存的 held: {holds}"
        )
