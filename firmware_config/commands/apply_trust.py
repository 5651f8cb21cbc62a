"""`firmware-config hub apply-trust`: whom the hub revoked, told to the broker."""

import datetime as dt
import functools
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from firmware_config.broker_trust import Change, compare, install
from firmware_config.commands.county_folder import AsJson, DryRun
from firmware_config.errors import ProvisionError
from firmware_config.exits import EXIT_CHANGES_PENDING

SCHEMA: Final = 1
RELOAD_WITHIN_S: Final = 30


def apply_trust(
    folder: Annotated[Path, typer.Argument(help="the county's folder 县配置目录")],
    trust: Annotated[Path | None, typer.Option(help="the hub's; else FOLDER/hub/trust 中心写的目录")] = None,
    broker: Annotated[Path | None, typer.Option(help="the broker's; else FOLDER/broker 消息服务器目录")] = None,
    unit: Annotated[str, typer.Option(help="unit of the broker, told by systemd 服务名")] = "mosquitto.service",
    pid: Annotated[int | None, typer.Option(min=2, help="process of the broker instead 进程号")] = None,
    pid_file: Annotated[Path | None, typer.Option(help="file with it 进程号文件")] = None,
    as_json: AsJson = False,
    dry_run: DryRun = False,
) -> None:
    """Put the hub's lists of revoked stations into the broker's folder and tell the broker 更新消息服务器的吊销名单."""
    place = broker or folder / "broker"
    change = compare(trust or folder / "hub" / "trust", place, dt.datetime.now(dt.UTC))
    _show(change, as_json=as_json)
    if dry_run:
        raise typer.Exit(EXIT_CHANGES_PENDING if change.anything else 0)
    install(change, place, _how_to_tell(unit, pid, pid_file, cut=change.cut))


def _show(change: Change, *, as_json: bool) -> None:
    if as_json:
        told = {
            "schema": SCHEMA,
            "files": sorted(change.files),
            "revoked": change.revoked,
            "denied": change.denied,
            "allowed": change.allowed,
            "pending": change.pending,
            "cut": change.cut,
        }
        typer.echo(msgspec.json.encode(told).decode())
        return
    for word, names in (
        ("revoked certificate 吊销证书", change.revoked),
        ("silenced 禁言", change.denied),
        ("heard again 恢复", change.allowed),
        ("file 文件", sorted(change.files)),
    ):
        for name in names:
            typer.echo(f"{word}  {name}")
    if not change.anything:
        typer.echo("nothing to do: the broker has it all 无变化", err=True)


def _how_to_tell(unit: str, pid: int | None, pid_file: Path | None, *, cut: bool) -> Callable[[], None]:
    if pid is None and pid_file is None:
        return functools.partial(_by_systemd, unit, cut=cut)
    if cut:
        typer.echo(
            "restart the broker too: whoever is connected by an old certificate stays so until then"
            " 请同时重启消息服务器：用旧证书连着的要到那时才断开",
            err=True,
        )
    if pid is not None:
        return functools.partial(hang_up, pid)
    assert pid_file is not None
    try:
        return functools.partial(hang_up, int(pid_file.read_text("ascii").strip()))
    except (OSError, ValueError):
        raise _untold(f"{pid_file}: holds no process number 进程号文件无法读取") from None


def hang_up(pid: int) -> None:
    """Have mosquitto read its files again.

    Raises ProvisionError E-BRK-02 when that process is no mosquitto: the signal would end any other.
    """
    try:
        name = Path("/proc", str(pid), "comm").read_text().strip()
        if name == "mosquitto":
            os.kill(pid, signal.SIGHUP)
    except OSError as error:
        raise _untold(f"process 进程 {pid}: {error.strerror}") from None
    if name != "mosquitto":
        raise _untold(f"process {pid} is '{name}', not mosquitto 不是消息服务器的进程")


def _by_systemd(unit: str, *, cut: bool) -> None:
    """Have systemd tell the broker, or start it anew; one that is not running reads the files when it starts."""
    command = ["systemctl", "try-restart" if cut else "try-reload-or-restart", "--", unit]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=RELOAD_WITHIN_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _untold(f"systemctl: {error}") from None
    if done.returncode != 0:
        raise _untold(f"systemctl: {' '.join(done.stderr.split())[:200]}")


def _untold(why: str) -> ProvisionError:
    return ProvisionError(
        "E-BRK-02",
        f"the files are in place, the broker was not told: {why}; run it again 文件已更新，但未能通知消息服务器",
    )
