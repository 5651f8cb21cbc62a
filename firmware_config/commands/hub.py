"""`firmware-config hub …`: the county centre's own machine."""

from pathlib import Path
from typing import Annotated

import typer

from firmware_config.county import Ports, make_county, read_villages
from firmware_config.exits import EXIT_VALIDATION

app = typer.Typer(help="the county centre 县级中心", no_args_is_help=True)

Port = Annotated[int, typer.Option(min=1, max=65535)]


@app.command("init")
def hub_init(
    folder: Annotated[Path, typer.Argument(help="new folder of the county 县配置目录")],
    villages: Annotated[Path, typer.Option(help="CSV code,name,town 村居名单")],
    county_name: Annotated[str, typer.Option(help="e.g. 建湖县")],
    host: Annotated[list[str], typer.Option(help="name or address stations reach the broker by; repeatable")],
    mqtt_port: Port = 8883,
    web_port: Port = 8080,
) -> None:
    """Make a county: authority, broker and hub configuration, monitor certificate 新建县."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        typer.echo(f"E-PRO-01 {folder}: not empty; nothing was changed 目录非空，未作任何更改", err=True)
        raise SystemExit(EXIT_VALIDATION)
    make_county(
        folder,
        read_villages(villages),
        county_name=county_name,
        ports=Ports(mqtt_port, web_port, host[0], listen=None),
        hosts=list(dict.fromkeys([*host, "localhost", "127.0.0.1"])),
    )
    typer.echo(folder)
