"""`firmware-config ca …`: the county's certificate authority."""

import typer

app = typer.Typer(help="the county's authority 县级证书机构", no_args_is_help=True)
