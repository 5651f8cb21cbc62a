"""`firmware-config release …`: signed releases of the software."""

import datetime as dt
import platform
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from firmware_config.commands.county_folder import HERE, AsJson, Ca, CountyFolder, table
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_VALIDATION
from wire.release import LOCK_FILE

app = typer.Typer(help="releases 软件版本", no_args_is_help=True)

CHECKOUT = Path(__file__).parents[2]
File = Annotated[Path, typer.Argument(help="a release, cuncuntong-<version>.ccr 版本文件")]
Python = Annotated[str, typer.Option(help="of the stations 终端的 Python")]
Arch = Annotated[str, typer.Option(help="of the stations, as uname -m says 终端的架构")]
Checkout = Annotated[Path, typer.Option("--source", help="checkout of the project 源代码目录")]
THIS_PYTHON = f"3.{sys.version_info.minor}"
THIS_ARCH = platform.machine()


@app.command("build")
def build_(
    folder: CountyFolder = HERE,
    version: Annotated[str | None, typer.Option(help="name; else the project's version 版本号")] = None,
    sequence: Annotated[
        int | None, typer.Option(min=1, max=2**53 - 1, help="counts up; else when the commit was made 序号")
    ] = None,
    wheels: Annotated[Path | None, typer.Option(help="folder of packages to put inside 依赖包目录")] = None,
    python: Python = THIS_PYTHON,
    arch: Arch = THIS_ARCH,
    days: Annotated[int, typer.Option(min=1, max=3650, help="stations take it so long 有效天数")] = 365,
    notes: Annotated[Path | None, typer.Option(help="text file of what is new 更新说明")] = None,
    source: Checkout = CHECKOUT,
) -> None:
    """Make releases/cuncuntong-<version>.ccr; from the same it is the same, byte for byte 制作版本文件."""
    try:
        from firmware_config.release.building import PYTHONS, Wish, build
        from firmware_config.release.lock import Target
        from firmware_config.release.source import read_source
    except ModuleNotFoundError as error:
        missing = error.name
        raise ProvisionError("E-BLD-09", f"{missing} is missing: see `./run setup` 缺少构建工具") from None
    if python not in PYTHONS:
        raise typer.BadParameter(f"one of {', '.join(PYTHONS)}", param_hint="--python")
    checkout = read_source(source, version)
    if checkout.dirty:
        typer.echo("changes of no commit are in it: nobody else can build it 源代码有未提交改动", err=True)
    try:
        said = "" if notes is None else notes.read_text("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError):
        raise ProvisionError("E-BLD-07", f"{notes}: cannot be read 说明文件无法读取", EXIT_VALIDATION) from None
    wish = Wish(checkout, Target(python, arch), sequence or checkout.made_s, days, wheels, said)
    made = build(wish, folder, dt.datetime.now(dt.UTC))
    word = "新 new" if made.fresh else "未变 unchanged"
    typer.echo(f"{made.path} #{made.release.sequence} {word}")
    typer.echo(
        f"Python {made.release.python_from} 至 to {made.release.python_below}（不含 exclusive），"
        f"{made.release.arch}, sha256 {made.sha256}",
        err=True,
    )


@app.command("lock")
def lock(python: Python = THIS_PYTHON, arch: Arch = THIS_ARCH, source: Checkout = CHECKOUT) -> None:
    """Print which packages a station needs, pinned, for `pip download` 输出终端所需的依赖清单."""
    from firmware_config.release.lock import Target, station_lock

    text, _ = station_lock((source / LOCK_FILE).read_text("utf-8"), Target(python, arch))
    typer.echo(text.decode(), nl=False)


@app.command("verify")
def verify(file: File, folder: CountyFolder = HERE, ca: Ca = None) -> None:
    """Read it through, as a station would before it takes it 核对版本文件."""
    from firmware_config.bundle.looking import authority_of
    from firmware_config.release.looking import verified

    incoming = verified(file, authority_of(folder, ca))
    typer.echo(f"{incoming.release.version} #{incoming.release.sequence}")
    typer.echo(f"{file}: 可用 a station takes it", err=True)


@app.command("inspect")
def inspect(file: File, folder: CountyFolder = HERE, ca: Ca = None, as_json: AsJson = False) -> None:
    """Say what is in a release 查看版本文件."""
    from firmware_config.bundle.looking import authority_of
    from firmware_config.release.looking import SCHEMA, as_table, head_of

    facts = as_table(file, head_of(file, authority_of(folder, ca)))
    if as_json:
        typer.echo(msgspec.json.encode({"schema": SCHEMA, **facts}).decode())
        return
    files = facts.pop("files")
    for name, value in facts.items():
        typer.echo(f"{name}: {value}")
    typer.echo(table(["file 文件", "bytes 字节"], [(one["path"], str(one["bytes"])) for one in files]))


@app.command("list")
def list_(folder: CountyFolder = HERE, as_json: AsJson = False) -> None:
    """List the releases made for the county, the newest last 版本清单."""
    from firmware_config.bundle.looking import authority_of
    from firmware_config.release.building import SUFFIX, releases
    from firmware_config.release.looking import SCHEMA, as_table, head_of

    authority = authority_of(folder, None)
    found = [as_table(path, head_of(path, authority)) for path in releases(folder).glob(f"*{SUFFIX}")]
    found.sort(key=lambda one: one["sequence"])
    if as_json:
        typer.echo(msgspec.json.encode({"schema": SCHEMA, "releases": found}).decode())
        return
    head = ["release 版本", "sequence 序号", "made 制作", "until 有效至", "bytes 字节"]
    rows = [(one["release"], str(one["sequence"]), one["made"], one["not_after"], str(one["bytes"])) for one in found]
    typer.echo(table(head, rows))
