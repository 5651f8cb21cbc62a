"""`hub enrolment …`: tokens, certificates and revocations of stations."""

import typer

app = typer.Typer(help="certificates of stations 站点证书", no_args_is_help=True)
