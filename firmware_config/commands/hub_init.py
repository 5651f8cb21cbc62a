"""`firmware-config hub init`: a county's centre made, and looked after by the same command from then on."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from firmware_config.commands.county_folder import AsJson
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_CHANGES_PENDING, EXIT_FAILURE, EXIT_VALIDATION
from firmware_config.host.checking import check
from firmware_config.host.laying import Asked, Host, Prepared, carry_out, prepare, remember
from firmware_config.host.machine import Administrator, enabling, is_here, make_administrator, settle, settling
from firmware_config.host.plan import WORDS
from firmware_config.host.rendering import BACKUPS, OWN, RESTARTS
from firmware_config.inventory.storage import locked

Port = Annotated[int | None, typer.Option(min=1, max=65535)]


def hub_init(
    folder: Annotated[
        Path | None, typer.Argument(help=f"the county's folder; left out, {OWN} with this machine's units 县配置目录")
    ] = None,
    villages: Annotated[Path | None, typer.Option(help="CSV code,name,town 村居名单")] = None,
    county_name: Annotated[str | None, typer.Option(help="e.g. 建湖县")] = None,
    host: Annotated[
        list[str] | None, typer.Option(help="name or address stations reach the centre by; repeatable 中心地址")
    ] = None,
    mqtt_port: Port = None,
    web_port: Port = None,
    web_listen: Annotated[
        str | None, typer.Option(help="address the web listens on; 0.0.0.0 is all 网页监听地址 (127.0.0.1)")
    ] = None,
    probe_port: Port = None,
    backup: Annotated[str | None, typer.Option(help=f"folder of nightly backups 备份目录 ({BACKUPS})")] = None,
    prefix: Annotated[Path, typer.Option(help="folder that stands for / 代替根目录的文件夹")] = Path("/"),
    only_check: Annotated[
        bool, typer.Option("--check", "--dry-run", help="only show what would change; exit 10 if anything 只看不改")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="make the changes shown 按所示更改")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="also over files changed by hand, kept as .old 覆盖手工改动，原件留作 .old")
    ] = False,
    admin: Annotated[str | None, typer.Option(help="user name of the first administrator 第一个管理员用户名")] = None,
    admin_name: Annotated[str, typer.Option(help="that person's name 姓名")] = "",
    admin_unit: Annotated[str, typer.Option(help="where that person works 单位")] = "",
    ask: Annotated[bool, typer.Option("--ask", help="that person types a password here 本人在此输入密码")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a county's centre: authority, broker, hub, units; run again, show what would change 建县，或核对与更改.

    A new county is made at once; one that is there is changed only with --yes. Keys are never made anew.
    """
    if admin is not None and not (admin_name and admin_unit):
        raise typer.BadParameter("--admin needs --admin-name and --admin-unit 还需姓名与单位", param_hint="--admin")
    place = Host(folder) if folder is not None else Host(prefix / OWN.relative_to("/"), prefix)
    if folder is None and backup is None and not (place.folder / "hub" / "hub.toml").exists():
        backup = BACKUPS
    now = dt.datetime.now(dt.UTC)
    asked = Asked(villages, county_name, host, mqtt_port, web_port, web_listen, probe_port, backup)
    prepared = prepare(place, asked, now)
    _show(prepared, as_json=as_json)
    if not prepared.pending:
        if not only_check:
            remember(place, prepared)
            _administrator(place, admin, admin_name, admin_unit, ask=ask)
        typer.echo("nothing to change 无需更改", err=True)
        return
    if only_check or not (yes or prepared.first):
        if not only_check:
            typer.echo("nothing was changed; --yes makes these changes 未作更改，加 --yes 即按此更改", err=True)
        raise SystemExit(EXIT_CHANGES_PENDING)
    if prepared.clashes and not (force or prepared.first):
        raise ProvisionError(
            "E-HOST-02",
            f"{', '.join(prepared.clashes)}: changed by hand; nothing was changed. Make the change there by hand, or"
            " --force (yours is kept as .old) 有手工改动，未作任何更改；请手工合并，或加 --force（原件留作 .old）",
            EXIT_VALIDATION,
        )
    with locked(place.folder):  # two at once would mix their keys: the later one finds done what the other did
        carry_out(place, prepare(place, asked, now), now)
    failed = settle(place)
    _administrator(place, admin, admin_name, admin_unit, ask=ask)
    if not as_json:
        typer.echo(place.folder)
    for line in [*failed, *_next(place, prepared, has_admin=admin is not None)]:
        typer.echo(line, err=True)


def hub_check(
    folder: Annotated[Path | None, typer.Argument(help=f"the county's folder; left out, {OWN} 县配置目录")] = None,
    prefix: Annotated[Path, typer.Option(help="folder that stands for / 代替根目录的文件夹")] = Path("/"),
    as_json: AsJson = False,
) -> None:
    """Look whether the centre could run: files, rights, certificates, ports, and the broker itself 核对中心主机."""
    place = Host(folder) if folder is not None else Host(prefix / OWN.relative_to("/"), prefix)
    found = []
    for one in check(place, dt.datetime.now(dt.UTC)):
        found.append(one)
        if not as_json:
            typer.echo(f"{one.code or '好 ok'}  {one.about}: {one.what}")
    if as_json:
        typer.echo(msgspec.json.encode({"schema": 1, "found": [one._asdict() for one in found]}))
    if any(one.code for one in found):
        raise SystemExit(EXIT_FAILURE)


def _administrator(place: Host, name: str | None, full_name: str, unit: str, *, ask: bool) -> None:
    if name is None:
        return
    if not make_administrator(place, Administrator(name, full_name, unit, ask)):
        typer.echo("there are accounts already; none was made 已有账号，未新建", err=True)


def _show(prepared: Prepared, *, as_json: bool) -> None:
    if as_json:
        changes = [{"path": step.wanted.path, "kind": step.kind, "diff": step.lines} for step in prepared.steps]
        changes += [{"path": f"{one.path}.crt", "kind": "certificate", "diff": one.lines} for one in prepared.renewals]
        typer.echo(msgspec.json.encode({"schema": 1, "new": prepared.first, "changes": changes}))
        return
    if prepared.first:
        return
    for renewal in prepared.renewals:
        typer.echo("\n".join(renewal.lines))
    for step in prepared.steps:
        if step.kind == "kept":
            typer.echo(f"{step.wanted.path}: {WORDS[step.kind]}", err=True)
        else:
            typer.echo("\n".join(step.lines))
    if prepared.lacks_trust:
        typer.echo("+ issuers/ signer.key hub/trust/")


def _next(place: Host, prepared: Prepared, *, has_admin: bool) -> list[str]:
    """Return what a person does now, numbered, Chinese first."""
    steps = []
    if place.root is not None:
        if not is_here(place):
            steps += [" ".join(command) for command in settling(place)]
        if prepared.first:
            steps += enabling()
    changed = {step.wanted.path for step in prepared.steps if step.kind != "kept"}
    changed |= {f"{one.path}.crt" for one in prepared.renewals}
    restarts = sorted({RESTARTS[path] for path in changed if path in RESTARTS})
    if restarts and not prepared.first:
        steps.append(f"systemctl restart {' '.join(restarts)}")
    if not prepared.first and "broker/broker.crt" in changed:
        steps.append("地址变了：重做各站配置包 the address changed: make the stations' bundles anew")
    if prepared.first:
        steps += [
            "ca.key signer.key issuers/ 移到技术员处，中心不留 ca.key"
            " take ca.key, signer.key, issuers/ to the technician; ca.key does not stay here",
            "另存 hub/unseal.key：丢了它，备份也打不开 keep hub/unseal.key elsewhere too: without it no backup opens",
        ]
        if not has_admin:
            steps.append("第一个账号 the first account: hub init --admin 用户名 --admin-name 姓名 --admin-unit 单位")
        if prepared.choices.web_listen.startswith("127."):
            steps.append(
                "各站经网页端口登记、换证、验收、升级：须 --web-listen 0.0.0.0"
                " stations enrol, renew and update over the web's port: it must listen for them"
            )
        else:
            steps.append("网页未加密：设 [web] cert_file key_file the web is not encrypted: set cert_file and key_file")
    heading = ["下一步 next:"] if steps else []
    return [*heading, *(f"{number}. {step}" for number, step in enumerate(steps, 1))]
