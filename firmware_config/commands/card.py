"""`firmware-config card …`: boot files on a card."""

import typer

app = typer.Typer(help="cards 存储卡", no_args_is_help=True)
