"""`station firstboot`, `station setup-screen`, `station bundle …`: from a written card to a station."""

import os
import sys
from asyncio import get_running_loop
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from station.errors import StationError
from station.layout import Layout

if TYPE_CHECKING:
    from station.firstboot.run import FirstBoot

Root = Annotated[Path, typer.Option("--root", help="folder that stands for / 代替根目录的文件夹", hidden=True)]

app = typer.Typer(help="this station's bundle 本站配置包", no_args_is_help=True)


def firstboot(
    root: Root = Path("/"),
    within: Annotated[
        float | None, typer.Option(min=0, help="give up after so many seconds 最多等待的秒数", show_default=False)
    ] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="forget its certificate and ask for a new label 用新标签重新开通")
    ] = False,
) -> None:
    """Verify, install and enrol this station; safe to be cut and run again 首次启动."""
    from station.firstboot.machine import machine_of
    from station.firstboot.run import FirstBoot

    layout = Layout(root)
    if anew:
        from station.firstboot.by_hand import forget_certificate

        forget_certificate(layout)
    work = FirstBoot(layout, machine_of(layout), _say)
    if not work.run(within):
        raise _not_yet(work)


def setup_screen(root: Root = Path("/")) -> None:
    """Show how far first boot is, and take the label 开通界面."""
    os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"  # read when Textual is imported
    from station.firstboot.screen import SetupApp
    from station.kiosk.ending import Ending

    app = SetupApp(Layout(root))
    app.on_ready = lambda: Ending(app.exit).watch(get_running_loop())
    app.run()


@app.callback()
def _bundle() -> None:
    """Keep `apply` a command of its own, though it is the only one."""


@app.command()
def apply(
    file: Annotated[Path, typer.Argument(help="<station>.ccb, from `firmware-config bundle build` 配置包")],
    root: Root = Path("/"),
    token: Annotated[
        bool,
        typer.Option("--token", help="read its label's code from standard input, for its passwords 从标准输入读标签码"),
    ] = False,
) -> None:
    """Install a newer bundle of this station; an older, foreign, altered or expired one is refused 更新配置包."""
    from station.firstboot.by_hand import apply_bundle

    typed = sys.stdin.readline() if token else None
    for line in apply_bundle(file, Layout(root), typed):
        _say(line)


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _not_yet(work: "FirstBoot") -> StationError:
    waits = next((one for one in work.status.steps if one.state not in {"done", "todo"}), None)
    if work.status.asked:
        what = "the request is on the stick, for the laptop to answer 申请已写入U盘，等待签发"
    elif waits is None or waits.said is None:
        what = f"{'label' if waits is None else waits.name} 正在等待"
    else:
        what = f"{waits.name}: {waits.said.code} {waits.said.what}"
    return StationError("E-FIRST-14", f"not finished yet 尚未完成: {what}")
