"""`./run demo`: a whole county on this machine."""

import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from demo.plan import Plan, PlanError, check_faults, port_or_free, state_folder, villages_for
from demo.processes import ProcessError
from demo.run import Demo
from firmware_config.county import Ports
from firmware_config.inventory.reading import InventoryError

EXIT_FAILURE, EXIT_USAGE, EXIT_SETTINGS = 1, 2, 3

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def demo(
    no_kiosk: Annotated[bool, typer.Option("--no-kiosk", help="no screen in this terminal 不显示终端界面")] = False,
    stations: Annotated[int | None, typer.Option(help="how many; all of the county if not given 站点数")] = None,
    villages: Annotated[Path | None, typer.Option(help="CSV code,name,town; else a made-up 建湖 村居名单")] = None,
    web_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="of wall and interface; else a free one 网页端口")
    ] = None,
    mqtt_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="of the broker; else a free one 消息端口")
    ] = None,
    state: Annotated[Path | None, typer.Option(help="kept folder; else a temporary one 数据目录")] = None,
    reader: Annotated[str | None, typer.Option(help="port of a real ID-card reader 真实读卡器端口")] = None,
    camera: Annotated[str, typer.Option(help="/dev/video0, rtsp://…, a file; else simulated 摄像机")] = "simulated:",
    seconds: Annotated[float | None, typer.Option("--for", min=0, help="stop by itself after SECONDS 运行秒数")] = None,
    faults: Annotated[str, typer.Option(help="scripted faults, see 'station fleet --help' 故障脚本")] = "",
) -> None:
    """Run a county: broker, hub, fleet, and one real station with its kiosk in this terminal. Ctrl-C stops it all.

    在本机运行一个县。墙屏网址、令牌等写入 DIR/demo.json。按 Ctrl-C 全部停止。
    """
    chosen, name = villages_for(villages, stations)
    check_faults(faults, chosen[1:])
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, lambda *_: sys.exit(0))
    with state_folder(state) as folder, ExitStack() as stack:
        terminal = sys.stdin.isatty() and sys.stdout.isatty()
        plan = Plan(
            state=folder,
            villages=chosen,
            county_name=name,
            ports=Ports(port_or_free(mqtt_port, "--mqtt-port"), port_or_free(web_port, "--web-port"), probe=0),
            kiosk=terminal and not no_kiosk,
            reader=reader,
            camera=str(Path(camera).absolute()) if Path(camera).is_file() else camera,
            seconds=seconds,
            faults=faults,
        )
        stack.callback(say, "stopped; nothing is left running 已停止")
        county = Demo(plan, stack, say, show_online)
        county.bring_up()
        if plan.kiosk:
            county.say_how_to_look()
            county.show_kiosk()
        county.write_summary()
        if not plan.kiosk:
            say("all up 全部就绪")
            county.say_how_to_look()
            if reader is None:
                say(f"place a card 放卡: .venv/bin/station reader place --control {plan.reader_control}")
            say("Ctrl-C stops everything 按 Ctrl-C 停止")
        with ExitStack() as end:
            end.callback(say, "stopping 正在停止")
            county.wait()


def say(text: str) -> None:
    """Tell of progress on stderr: stdout is the kiosk's."""
    print(f"▸ {text}", file=sys.stderr, flush=True)


def show_online(online: int, total: int) -> None:
    """Count the stations up on one line of a terminal; a log gets no such line."""
    if sys.stderr.isatty():
        end = "\n" if online >= total else ""
        print(f"\r  online 在线 {online}/{total} ", end=end, file=sys.stderr, flush=True)


def main() -> None:
    """Run the command; known errors become one clear line and an exit code (README, exit codes)."""
    os.umask(os.umask(0o022) | 0o022)  # whatever the shell allows: nobody else writes what we make
    try:
        app(prog_name="./run demo")
    except (ProcessError, PlanError, InventoryError) as error:
        print(f"✗ {error}", file=sys.stderr)
        code = {PlanError: EXIT_USAGE, InventoryError: EXIT_SETTINGS}.get(type(error), EXIT_FAILURE)
        raise SystemExit(code) from None


if __name__ == "__main__":
    main()
