"""`firmware-config label …`: one-time tokens and their labels."""

import datetime as dt
from typing import Annotated

import typer

from firmware_config.commands.county_folder import HERE, All, Codes, CountyFolder, Town, chosen
from firmware_config.commands.progress import progress
from firmware_config.inventory.inventory import TOKEN_DAYS, Inventory

app = typer.Typer(help="labels 站点标签", no_args_is_help=True)

FORMS = ("a4", "roll", "png")


@app.command("mint")
def mint_(
    codes: Codes = None,
    every: All = False,
    town: Town = None,
    folder: CountyFolder = HERE,
    days: Annotated[int, typer.Option(min=1, max=3650, help="days until a label expires 有效天数")] = TOKEN_DAYS,
    again: Annotated[bool, typer.Option("--again", help="even where there is one, which is dead then 重制")] = False,
    form: Annotated[list[str] | None, typer.Option(help="a4, roll or png; repeatable; else a4 and png 形式")] = None,
) -> None:
    """Draw one-time tokens and write their labels; they are kept nowhere else 制作标签."""
    from firmware_config.labels.minting import mint

    if unknown := set(form or ()) - set(FORMS):
        raise typer.BadParameter(f"{' '.join(sorted(unknown))}: one of 只能是 {' '.join(FORMS)}")
    inventory = Inventory.open(folder)
    entries = chosen(inventory, codes, every=every, town=town)
    with progress("标签 labels", len(entries)) as tell:
        minted = mint(
            inventory, entries, dt.datetime.now(dt.UTC), days=days, again=again, forms=form or ("a4", "png"), tell=tell
        )
    if minted.kept:
        typer.echo(
            f"{len(minted.kept)} left as they are, with a label or enrolled; --again mints anew "
            f"已有标签或已开通，未重制: {' '.join(minted.kept[:10])}{' …' if len(minted.kept) > 10 else ''}",
            err=True,
        )
    if minted.folder is None:
        return
    older = sorted(one.name for one in minted.folder.parent.iterdir() if one.is_dir() and one.name < minted.folder.name)
    if older:
        typer.echo(
            f"labels of before lie there still, with their tokens: delete them once printed "
            f"以前的标签文件仍在，打印后请删除: {' '.join(older)}",
            err=True,
        )
    typer.echo(minted.folder)
    typer.echo(
        f"{len(minted.codes)} labels 张标签。打印后请删除此文件夹：标签码别处不存，不能补印，只能重制，旧码作废。\n"
        "Print them, then delete the folder: the tokens are kept nowhere else. A label cannot be printed again, but be "
        "minted anew; the old one is dead then.",
        err=True,
    )


@app.command("revoke")
def revoke_(
    codes: Annotated[list[str], typer.Argument(help="station codes 站点编码")], folder: CountyFolder = HERE
) -> None:
    """Make labels worthless that nobody has used yet 作废标签."""
    from firmware_config.labels.minting import revoke

    inventory = Inventory.open(folder)
    revoke(inventory, list(dict.fromkeys(inventory.get(code).code for code in codes)), dt.datetime.now(dt.UTC))
    typer.echo("revoked here; give the hub a new export ('station export') 已作废；请把新的导出文件交给中心", err=True)
