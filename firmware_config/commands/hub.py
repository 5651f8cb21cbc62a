"""`firmware-config hub …`: the county centre's own machine."""

import typer

from firmware_config.commands.apply_trust import apply_trust
from firmware_config.commands.hub_init import hub_check, hub_init

app = typer.Typer(help="the county centre 县级中心", no_args_is_help=True)
app.command("init")(hub_init)
app.command("check")(hub_check)
app.command("apply-trust")(apply_trust)
