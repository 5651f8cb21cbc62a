"""`station update …`: staged, tried, kept or taken back."""

import typer

app = typer.Typer(help="the software of this station 软件更新", no_args_is_help=True)
