"""`hub release …`: releases the hub hands out."""

import typer

app = typer.Typer(help="software releases 软件版本", no_args_is_help=True)
