"""`hub rollout …`: a release in waves, that stops on failures."""

import typer

app = typer.Typer(help="fleet roll-outs 分批升级", no_args_is_help=True)
