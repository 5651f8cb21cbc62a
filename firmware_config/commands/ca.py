"""`firmware-config ca …`: the county's certificate authority, and whom it lets sign."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from firmware_config import journal
from firmware_config.commands.county_folder import HERE, All, AsJson, Codes, CountyFolder, DryRun, Town, chosen, table
from firmware_config.exits import EXIT_CHANGES_PENDING, EXIT_VALIDATION
from firmware_config.identity.authority import CountyCa
from firmware_config.identity.revoking import Reason, in_one_line, what_to_revoke
from firmware_config.identity.signer import load_signer
from firmware_config.inventory.inventory import Inventory
from firmware_config.laptop import delegate, goes_to
from firmware_config.trust import authorities, lay_out_trust, revoke
from wire.certificates import fingerprint

app = typer.Typer(help="the county's authority 县级证书机构", no_args_is_help=True)

SCHEMA: Final = 1


@app.command("init")
def init(
    folder: CountyFolder = HERE,
    county: Annotated[str | None, typer.Option(help="six digits; else of the inventory 县代码")] = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """Make the county's authority, its signer and the hub's authority; what is there stays 建立县级证书机构."""
    now = dt.datetime.now(dt.UTC)
    there = (folder / "ca.key").exists()
    if dry_run:
        word = "would be completed 将补全" if there else "would be made 将新建"
        typer.echo(f"{folder}: {word}", err=True)
        raise typer.Exit(EXIT_CHANGES_PENDING)
    if there:
        ca = CountyCa.load(folder)
    else:
        code = county if county is not None else Inventory.open(folder).county()
        if len(code) != 6 or not (code.isascii() and code.isdigit()):
            raise typer.BadParameter("six digits are needed 县代码应为六位数字")
        ca = CountyCa.create(code, now)
        ca.save(folder)
        journal.record(folder, "ca.init", [{"county": code, "fingerprint": fingerprint(ca.issuer.certificate)}], now)
    lay_out_trust(folder, ca, now)
    _show(folder, as_json=as_json)


@app.command("show")
def show(folder: CountyFolder = HERE, as_json: AsJson = False) -> None:
    """Show the county's authority: the fingerprint stands on every label 查看县级证书机构."""
    _show(folder, as_json=as_json)


@app.command("list")
def list_(folder: CountyFolder = HERE, as_json: AsJson = False) -> None:
    """List whom the county lets sign, and until when 列出委派的证书机构."""
    found = authorities(folder, dt.datetime.now(dt.UTC))
    if as_json:
        typer.echo(msgspec.json.encode({"schema": SCHEMA, "authorities": [one._asdict() for one in found]}).decode())
        return
    rows = [[one.name, one.state, one.until, "*" if one.stations is None else str(one.stations)] for one in found]
    typer.echo(table(["name 名称", "state 状态", "until 至", "stations 站点"], rows))


@app.command("delegate")
def delegate_(
    name: Annotated[str, typer.Argument(help="of the laptop, e.g. van1 笔记本名称")],
    to: Annotated[Path, typer.Option(help="new folder for the laptop 给笔记本的新目录")],
    codes: Codes = None,
    folder: CountyFolder = HERE,
    days: Annotated[int, typer.Option(min=1, max=90, help="how long it may sign 有效天数")] = 30,
    every: All = False,
    town: Town = None,
    whole_county: Annotated[
        bool, typer.Option("--whole-county", help="not for these stations alone; a thief could pose as the hub")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Let a laptop sign certificates of stations for some days 委派笔记本离线签发."""
    now = dt.datetime.now(dt.UTC)
    stations = goes_to(chosen(Inventory.open(folder), codes, every=every, town=town), now)
    if dry_run:
        typer.echo("\n".join(one.code for one in stations))
        raise typer.Exit(EXIT_CHANGES_PENDING)
    issuer = delegate(folder, name, to, stations, now, days=days, whole_county=whole_county)
    until = issuer.certificate.not_valid_after_utc
    typer.echo(to)
    typer.echo(
        f"{name}: signs until {until:%Y-%m-%d} for {len(stations)} stations. Until the broker has its list, whom it"
        f" enrolled stays out: put {folder / 'hub' / 'issuers' / name}.crt and .key into the hub's issuers folder; the"
        f" hub writes the list within the hour, or when it starts. 可签发 {len(stations)} 个站点至 {until:%Y-%m-%d}；"
        "请把该机构的两个文件放到中心的 issuers 目录，一小时内（或重启后）生效",
        err=True,
    )


@app.command("revoke")
def revoke_(
    what: Annotated[
        str, typer.Argument(help="name of a laptop, a certificate file, or a serial 名称、证书文件或序列号")
    ],
    reason: Annotated[Reason, typer.Option(help="why 原因")],
    folder: CountyFolder = HERE,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask 不再询问")] = False,
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """Revoke what the county's authority itself issued; of a laptop all it signed is refused 吊销."""
    now = dt.datetime.now(dt.UTC)
    ca = CountyCa.load(folder)
    target = what_to_revoke(ca.issuer, folder, what)
    if dry_run:
        typer.echo(f"would be revoked 将吊销: {target.name} {target.serial:x}", err=True)
        raise typer.Exit(EXIT_CHANGES_PENDING)
    if not yes and not typer.confirm(f"revoke 吊销 {target.name} ({target.serial:x})? {target.means}", err=True):
        raise typer.Exit(EXIT_VALIDATION)
    about = {"name": target.name, "serial": f"{target.serial:x}", "reason": reason}
    journal.record(folder, "ca.revoke", [about], now)
    is_new = revoke(folder, ca, target.serial, reason, now)
    if as_json:
        typer.echo(msgspec.json.encode({"schema": SCHEMA, **about, "new": is_new}).decode())
    else:
        typer.echo(f"{target.name} {target.serial:x}")
    typer.echo(
        f"put {folder / 'ca.crl'} into the hub's issuers folder; the hub tells the broker within the hour, or when it"
        " starts 请把 ca.crl 放到中心的 issuers 目录，一小时内（或重启后）生效",
        err=True,
    )


@app.command("log")
def log(folder: CountyFolder = HERE, as_json: AsJson = False) -> None:
    """Show who did what with this folder's authority, once it is sure that nothing was altered 操作记录."""
    found = journal.entries(folder)
    if as_json:
        typer.echo(msgspec.json.encode({"schema": SCHEMA, "entries": found}).decode())
        return
    for one in found:
        at = dt.datetime.fromtimestamp(one.at_ms / 1000, dt.UTC).astimezone()
        typer.echo(
            f"{at:%Y-%m-%d %H:%M:%S}  {one.who}  {one.what}  " + " ".join(f"{k}={v}" for k, v in one.about.items())
        )


def _show(folder: Path, *, as_json: bool) -> None:
    now = dt.datetime.now(dt.UTC)
    ca = CountyCa.load(folder)
    signer = load_signer(folder).chain.leaf
    signing = sum(one.state == "signs" for one in authorities(folder, now))
    told = {
        "authority": in_one_line(ca.issuer.certificate),
        "signer": in_one_line(signer),
        "fingerprint": fingerprint(ca.issuer.certificate),
    }
    if as_json:
        typer.echo(msgspec.json.encode({"schema": SCHEMA, **told, "authorities": signing}).decode())
        return
    words = {
        "authority": "authority 证书机构", "signer": "signer 签名密钥", "fingerprint": "fingerprint 指纹",
        "authorities": "may sign 可签发的机构",
    }  # fmt: skip
    shown = {**told, "fingerprint": " ".join(told["fingerprint"][at : at + 8] for at in range(0, 64, 8))}
    shown["authorities"] = str(signing)
    typer.echo(table(["", ""], [[words[name], value] for name, value in shown.items()]).lstrip("\n"))
