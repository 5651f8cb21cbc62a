"""`station staff-pin …`: the PIN that opens the staff's page."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from station.output import print_out

app = typer.Typer(help="PIN of the staff's page 工作人员口令", no_args_is_help=True)


@app.callback()
def _staff_pin() -> None:
    """Keep `set` a command of its own, though it is the only one."""


@app.command(name="set")
def set_(
    file: Annotated[Path, typer.Option(help="where its hash goes, the setting `staff_pin_file` 口令文件")],
    stdin: Annotated[bool, typer.Option("--stdin", help="read it from standard input 从标准输入读取")] = False,
) -> None:
    """Set the PIN: asked for twice, 4 to 8 digits, kept as a hash only 设置口令."""
    from station.staff_pin import set_pin

    if stdin:
        pin = sys.stdin.readline().strip()
    elif sys.stdin.isatty():
        pin = typer.prompt("PIN 口令", hide_input=True, confirmation_prompt="again 再输一次")
    else:
        raise typer.BadParameter("no terminal to ask at; use --stdin 没有终端，请用 --stdin")
    set_pin(file, pin)
    print_out(f"{file}: set 已设置")
