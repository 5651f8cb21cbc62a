"""`station camera …`: look at what the cameras of this station deliver."""

import typer

app = typer.Typer(help="the cameras 摄像机", no_args_is_help=True)
