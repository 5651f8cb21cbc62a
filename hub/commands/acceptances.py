"""`hub acceptance …`: what technicians' acceptance records say."""

import typer

app = typer.Typer(help="acceptance records 验收单", no_args_is_help=True)
