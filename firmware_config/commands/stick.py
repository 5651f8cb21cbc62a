"""`firmware-config stick …`: enrolment without a network, by USB stick."""

import typer

app = typer.Typer(help="USB sticks 优盘", no_args_is_help=True)
