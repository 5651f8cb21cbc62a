"""`firmware-config release …`: signed releases of the software."""

import typer

app = typer.Typer(help="releases 软件版本", no_args_is_help=True)
