"""`station reader …`: try a reader, or run its simulated twin."""

import typer

app = typer.Typer(help="the ID-card reader 身份证读卡器", no_args_is_help=True)
