"""`firmware-config station …`: the inventory of stations."""

from pathlib import Path
from typing import Annotated

import typer

from firmware_config.county import Ports, add_station, read_villages
from firmware_config.exits import EXIT_VALIDATION
from firmware_config.identity.authority import CountyCa

app = typer.Typer(help="the stations 村级站点", no_args_is_help=True)

Port = Annotated[int, typer.Option(min=1, max=65535)]


@app.command("add")
def station_add(
    code: Annotated[str, typer.Argument(help="12-digit code 站点编码")],
    folder: Annotated[Path, typer.Option(help="the county's folder 县配置目录")],
    broker: Annotated[str, typer.Option(help="name or address of the broker 消息服务器地址")],
    mqtt_port: Port = 8883,
) -> None:
    """Issue one station of the county its certificate and settings 新增站点."""
    ca = CountyCa.load(folder)
    inventory = folder / "hub" / "stations.csv"
    village = {village.code: village for village in read_villages(inventory)}.get(code)
    if village is None:
        typer.echo(f"E-PRO-02 {code}: not in {inventory}; add it there first 名单中没有该站点，请先补充", err=True)
        raise SystemExit(EXIT_VALIDATION)
    place = folder / "stations" / code
    if (place / "station.toml").exists():
        typer.echo(f"E-PRO-03 {place}: already set up; nothing was changed 该站点已配置，未作任何更改", err=True)
        raise SystemExit(EXIT_VALIDATION)
    typer.echo(add_station(folder, ca, village, ports=Ports(mqtt_port, 0, broker)))
