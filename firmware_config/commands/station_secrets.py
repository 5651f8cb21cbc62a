"""`firmware-config station wifi` and `station camera-secret`: the secrets that labels seal for stations."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from firmware_config.commands.county_folder import HERE, CountyFolder, table
from firmware_config.inventory import wifi
from firmware_config.inventory.camera_secrets import Scope, keep_password, scope_of
from firmware_config.inventory.entry import Entry
from firmware_config.inventory.inventory import Inventory
from station.devices.camera.sources import user_of
from station.firstboot.contents import WIFI_FILE, camera_file
from station.settings import CameraSettings

KEPT_WORDS: Final = {"all": "全县 county", "towns": "全镇 town", "stations": "本机 its own"}

From = Annotated[Path | None, typer.Option("--from", help="file with the secret; else standard input 口令文件")]


def wifi_(
    ssid: Annotated[str | None, typer.Argument(help="the network 无线名称")] = None,
    from_: From = None,
    folder: CountyFolder = HERE,
) -> None:
    """Keep the secret of a Wi-Fi network, or list the networks wanted 录入无线口令."""
    entries = Inventory.open(folder).all()
    if ssid is None:
        wanted = sorted({entry.wifi_ssid for entry in entries if entry.wifi_ssid})
        rows = [(name, "有 kept" if wifi.is_kept(folder, name) else "缺 missing") for name in wanted]
        typer.echo(table(("无线 network", "口令 secret"), rows))
        return
    is_new = wifi.keep_secret(folder, ssid, _given(from_))
    sealed = [entry.code for entry in entries if entry.sealed_for(WIFI_FILE) == ssid]
    _tell(ssid, sealed if is_new else [])


def camera_secret(
    code: Annotated[str | None, typer.Argument(help="station code, for one camera 站点编码")] = None,
    name: Annotated[str | None, typer.Argument(help="its camera; left out where there is one 摄像机名称")] = None,
    user: Annotated[str, typer.Option(help="with --all or --town: the name before @ 用户名")] = "admin",
    town: Annotated[str | None, typer.Option(help="for all cameras of a town with this user 某镇")] = None,
    all_: Annotated[bool, typer.Option("--all", help="for all cameras of the county with this user 全县")] = False,
    from_: From = None,
    folder: CountyFolder = HERE,
) -> None:
    """Keep a password of cameras; the narrowest counts. Without any, list the cameras that want one 录入摄像机口令."""
    entries = Inventory.open(folder).all()
    if [code is not None, town is not None, all_].count(True) > 1:
        raise typer.BadParameter("one of CODE, --town, --all 三者只能选一")
    if code is not None:
        entry = Inventory.open(folder).get(code)
        scope = Scope.of_camera(entry.code, _camera(entry, name).name)
    elif town is not None:
        if town not in {entry.town for entry in entries}:
            raise typer.BadParameter(f"'{town}': no such town in the inventory 清单中没有该镇")
        scope = Scope.of_town(town, user)
    elif all_:
        scope = Scope.of_county(user)
    else:
        rows = [_row(folder, entry, camera) for entry, camera in _locked(entries)]
        typer.echo(
            table(("编码 code", "镇街 town", "摄像机 camera", "地址 address", "口令 secret", "封装 sealed"), rows)
        )
        return
    is_new = keep_password(folder, scope, _given(from_))
    concerned = [(entry, camera) for entry, camera in _locked(entries) if scope_of(folder, entry, camera) == scope]
    sealed = [entry.code for entry, camera in concerned if entry.sealed_for(camera_file(camera.name)) is not None]
    _tell(f"{len(concerned)} 台摄像机 cameras", sealed if is_new else [])


def _locked(entries: Sequence[Entry]) -> Iterator[tuple[Entry, CameraSettings]]:
    """Yield the cameras where one has to sign in."""
    yield from ((entry, one) for entry in entries for one in entry.cameras if user_of(one.source) is not None)


def _camera(entry: Entry, name: str | None) -> CameraSettings:
    known = [camera for _, camera in _locked([entry])]
    found = [camera for camera in known if name in {None, camera.name}]
    if len(found) != 1:
        names = ", ".join(camera.name for camera in known) or "-"
        raise typer.BadParameter(
            f"{entry.code}: cameras whose address has a user name (rtsp://admin@…) 带用户名的摄像机: {names}"
        )
    return found[0]


def _row(folder: Path, entry: Entry, camera: CameraSettings) -> tuple[str, ...]:
    scope = scope_of(folder, entry, camera)
    kept = "缺 missing" if scope is None else KEPT_WORDS[scope.names[1]]
    sealed = "是 yes" if entry.sealed_for(camera_file(camera.name)) == user_of(camera.source) else "否 no"
    return entry.code, entry.town, camera.name, camera.source, kept, sealed


def _given(from_: Path | None) -> str:
    """Return the secret, of a file, typed unseen, or from standard input: never an argument."""
    if from_ is not None:
        secret = from_.read_text("utf-8", errors="replace")
    elif sys.stdin.isatty():
        secret = typer.prompt("口令 secret", hide_input=True, err=True)
    else:
        secret = sys.stdin.read(200)
    return secret.rstrip("\r\n")


def _tell(whose: str, sealed: Sequence[str]) -> None:
    if sealed:
        codes = " ".join(dict.fromkeys(sealed))
        typer.echo(f"sealed with the old one: mint again 旧口令已封装，请 label mint --again: {codes}", err=True)
    typer.echo(f"{whose}: kept for its owner alone 已保存，仅本人可读", err=True)
