"""`firmware-config bundle …`: a station's signed bundle."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from firmware_config.commands.county_folder import HERE, All, AsJson, Ca, Codes, CountyFolder, Town, chosen
from firmware_config.commands.progress import progress
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.inventory.inventory import Inventory

app = typer.Typer(help="signed bundles 站点配置包", no_args_is_help=True)

BundleFile = Annotated[Path, typer.Argument(help="a bundle, <id>.ccb 配置包")]


@app.command("build")
def build_(
    codes: Codes = None,
    every: All = False,
    town: Town = None,
    folder: CountyFolder = HERE,
    sequence: Annotated[
        int, typer.Option(min=1, max=2**53 - 1, help="number at least so, after a lost inventory 最小序号")
    ] = 1,
) -> None:
    """Build bundles/<id>.ccb; what has not changed stays as it is, byte for byte 制作配置包."""
    from firmware_config.bundle.building import build, bundle_file

    inventory = Inventory.open(folder)
    entries = chosen(inventory, codes, every=every, town=town)
    with progress("配置包 bundles", 2 * len(entries)) as tell:
        outcome = build(inventory, entries, dt.datetime.now(dt.UTC), at_least=sequence, tell=tell)
    for built in outcome.built:
        word = "新 new" if built.fresh else "未变 unchanged"
        typer.echo(f"{bundle_file(folder, built.code)} #{built.sequence} {word}")
    if outcome.overtaken:
        typer.echo(
            "the inventory is older than bundles that lie here (was a backup put back?); their numbers go on "
            f"清单比已有配置包旧（是否用过备份？），序号已接续: {' '.join(outcome.overtaken)}",
            err=True,
        )
    for refusal in outcome.refused:
        typer.echo(refusal, err=True)
    if outcome.refused:
        raise SystemExit(EXIT_VALIDATION)


@app.command("verify")
def verify(file: BundleFile, folder: CountyFolder = HERE, ca: Ca = None) -> None:
    """Say whether a station would take the bundle now, or why not 核对配置包."""
    from firmware_config.bundle.looking import as_lines, authority_of, verified

    bundle = verified(file, authority_of(folder, ca), dt.datetime.now(dt.UTC))
    typer.echo(as_lines(bundle.head)[0])
    typer.echo(f"{file}: 可用 a station takes it", err=True)


@app.command("inspect")
def inspect(
    file: BundleFile,
    folder: CountyFolder = HERE,
    ca: Ca = None,
    as_json_: AsJson = False,
) -> None:
    """Show what is in a bundle, expired or not 查看配置包."""
    from firmware_config.bundle.looking import as_json, as_lines, authority_of, read_files

    head, _ = read_files(file, authority_of(folder, ca))
    typer.echo(msgspec.json.encode(as_json(head)).decode() if as_json_ else "\n".join(as_lines(head)))


@app.command("diff")
def diff(
    old: Annotated[Path, typer.Argument(help="the one before 旧")],
    new: Annotated[Path, typer.Argument(help="the one after 新")],
    folder: CountyFolder = HERE,
    ca: Ca = None,
) -> None:
    """Show how two bundles differ, secrets left out; exit 1 when they do 比较配置包."""
    from firmware_config.bundle.looking import authority_of, differences, read_files

    authority = authority_of(folder, ca)
    lines = list(differences(read_files(old, authority), read_files(new, authority)))
    for line in lines:
        typer.echo(line)
    if lines:
        raise SystemExit(1)
