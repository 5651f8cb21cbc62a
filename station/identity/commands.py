"""`station identity …`: this station's key and certificate."""

import typer

app = typer.Typer(help="this station's certificate 本站证书", no_args_is_help=True)
