"""What the commands of a technician share: which county's folder, which stations, and a table for people."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.cells import cell_len

from firmware_config.inventory.entry import Entry
from firmware_config.inventory.inventory import Inventory

CountyFolder = Annotated[
    Path, typer.Option("--folder", envvar="CUNCUNTONG_COUNTY", help="the county's folder 县配置目录")
]
HERE = Path()
Codes = Annotated[list[str] | None, typer.Argument(help="station codes 站点编码", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="for programs 供程序读取")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="only show what would be done; exit 10 if anything 只显示")]
Ca = Annotated[Path | None, typer.Option("--ca", help="the county's authority; else ca.crt of the folder 县级证书")]
All = Annotated[bool, typer.Option("--all", help="every station 全部站点")]
Town = Annotated[str | None, typer.Option(help="those of one town 某镇全部站点")]


def chosen(inventory: Inventory, codes: Sequence[str] | None, *, every: bool, town: str | None) -> list[Entry]:
    """Return the stations that a command is to work on, by code.

    Raises typer.BadParameter when none are named or two ways at once, ProvisionError E-INV-07, E-INV-08.
    """
    if sum((bool(codes), every, town is not None)) != 1:
        raise typer.BadParameter("name stations, or --all, or --town 请给出站点编码，或用 --all、--town 之一")
    if codes:
        return sorted((inventory.get(code) for code in dict.fromkeys(codes)), key=lambda entry: entry.code)
    inventory.county()
    entries = [entry for entry in inventory.all() if every or entry.town == town]
    if not entries:
        raise typer.BadParameter("no such station 没有符合条件的站点")
    return entries


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose columns are as wide as a terminal draws them."""
    lines = [head, *rows]
    widths = [max(cell_len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
