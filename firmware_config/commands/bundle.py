"""`firmware-config bundle …`: a station's signed bundle."""

import typer

app = typer.Typer(help="signed bundles 站点配置包", no_args_is_help=True)
