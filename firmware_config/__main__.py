"""The `firmware-config` command: everything a technician needs to set up a county and its stations."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from firmware_config.county import InventoryError, Ports, add_station, make_county, read_villages
from firmware_config.identity import CountyCa, IdentityError
from wire.settings import SettingsError

EXIT_FAILURE, EXIT_VALIDATION, EXIT_TRUST = 1, 3, 6

app = typer.Typer(
    help="Set up a county and its stations 配置工具", no_args_is_help=True, pretty_exceptions_enable=False
)
hub_app = typer.Typer(help="the county centre 县级中心", no_args_is_help=True)
station_app = typer.Typer(help="the stations 村级站点", no_args_is_help=True)
app.add_typer(hub_app, name="hub")
app.add_typer(station_app, name="station")


Port = Annotated[int, typer.Option(min=1, max=65535)]


@hub_app.command("init")
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
        print(f"E-PRO-01 {folder}: not empty; nothing was changed 目录非空，未作任何更改", file=sys.stderr)
        raise SystemExit(EXIT_VALIDATION)
    make_county(
        folder,
        read_villages(villages),
        county_name=county_name,
        ports=Ports(mqtt_port, web_port, host[0], listen=None),
        hosts=list(dict.fromkeys([*host, "localhost", "127.0.0.1"])),
    )
    print(folder)


@station_app.command("add")
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
        print(f"E-PRO-02 {code}: not in {inventory}; add it there first 名单中没有该站点，请先补充", file=sys.stderr)
        raise SystemExit(EXIT_VALIDATION)
    place = folder / "stations" / code
    if (place / "station.toml").exists():
        print(f"E-PRO-03 {place}: already set up; nothing was changed 该站点已配置，未作任何更改", file=sys.stderr)
        raise SystemExit(EXIT_VALIDATION)
    print(add_station(folder, ca, village, ports=Ports(mqtt_port, 0, broker)))


def main() -> None:
    """Run the command; known errors become one clear line and an exit code."""
    os.umask(os.umask(0o022) | 0o022)  # whatever the shell allows: nobody else writes what we make
    try:
        app()
    except (InventoryError, SettingsError) as error:
        print(error, file=sys.stderr)
        raise SystemExit(EXIT_VALIDATION) from None
    except IdentityError as error:
        print(error, file=sys.stderr)
        raise SystemExit(EXIT_TRUST) from None
    except OSError as error:
        print(f"E-PRO-04 {error.filename}: {error.strerror}; nothing half-written is left 无法写入", file=sys.stderr)
        raise SystemExit(EXIT_FAILURE) from None


if __name__ == "__main__":
    main()
