"""`firmware-config station wifi`: the secrets of the networks that stations are in."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from firmware_config.commands.county_folder import HERE, CountyFolder, table
from firmware_config.inventory import wifi
from firmware_config.inventory.inventory import Inventory


def wifi_(
    ssid: Annotated[str | None, typer.Argument(help="the network 无线名称")] = None,
    from_: Annotated[Path | None, typer.Option("--from", help="file with the secret; else standard input")] = None,
    folder: CountyFolder = HERE,
) -> None:
    """Keep the secret of a Wi-Fi network, or list the networks wanted 录入无线口令."""
    if ssid is None:
        wanted = sorted({entry.wifi_ssid for entry in Inventory.open(folder).all() if entry.wifi_ssid})
        rows = [(name, "有 kept" if wifi.is_kept(folder, name) else "缺 missing") for name in wanted]
        typer.echo(table(("无线 network", "口令 secret"), rows))
        return
    if from_ is not None:
        secret = from_.read_text("utf-8", errors="replace")
    elif sys.stdin.isatty():
        secret = typer.prompt("口令 secret", hide_input=True, err=True)
    else:
        secret = sys.stdin.read(200)
    is_new = wifi.keep_secret(folder, ssid, secret.rstrip("\r\n"))
    entries = Inventory.open(folder).all()
    sealed = [entry.code for entry in entries if entry.wifi is not None and entry.wifi.ssid == ssid]
    if is_new and sealed:
        typer.echo(
            f"sealed with the old one: mint again 旧口令已封装，请 label mint --again: {' '.join(sealed)}", err=True
        )
    typer.echo(f"{ssid}: kept for its owner alone 已保存，仅本人可读", err=True)
