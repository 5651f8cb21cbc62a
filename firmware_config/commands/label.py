"""`firmware-config label …`: one-time tokens and their labels."""

import typer

app = typer.Typer(help="labels 站点标签", no_args_is_help=True)
