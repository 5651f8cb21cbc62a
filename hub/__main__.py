"""The `hub` command: everything that runs at the county centre."""

import logging
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from hub.commands.acceptances import app as acceptance
from hub.commands.alerts import app as alerts
from hub.commands.audit import verify_audit
from hub.commands.availability import availability
from hub.commands.backup import backup, restore
from hub.commands.calls import app as calls
from hub.commands.cameras import app as camera
from hub.commands.duty import app as duty
from hub.commands.enrolment import app as enrolment
from hub.commands.exchange import export_records, import_tickets
from hub.commands.incidents import app as incident
from hub.commands.lines import burst, lines, pairs
from hub.commands.maintenance import app as maintenance
from hub.commands.maintenance import commission, decommission
from hub.commands.persons import app as person
from hub.commands.reflect import reflect
from hub.commands.releases import app as release
from hub.commands.reports import app as report
from hub.commands.rollouts import app as rollout
from hub.commands.screens import app as screen
from hub.commands.tokens import app as token
from hub.commands.user_import import import_users
from hub.commands.users import app as user
from hub.commands.visits import app as visits
from hub.errors import CodedError
from hub.library.commands import app as library
from hub.listing import plain
from hub.settings import Settings
from wire.settings import SettingsError, load_settings

EXIT_SETTINGS = 3

app = typer.Typer(help="The county hub 县级中心", no_args_is_help=True, pretty_exceptions_enable=False)

Config = Annotated[Path, typer.Option("--config", help="settings file of this hub 中心设置文件 (TOML)")]


app.add_typer(acceptance, name="acceptance")
app.add_typer(alerts, name="alerts")
app.add_typer(calls, name="calls")
app.add_typer(camera, name="camera")
app.add_typer(duty, name="duty")
app.add_typer(enrolment, name="enrolment")
app.add_typer(incident, name="incident")
app.add_typer(library, name="library")
app.add_typer(maintenance, name="maintenance")
app.add_typer(release, name="release")
app.add_typer(rollout, name="rollout")
app.add_typer(screen, name="screen")
app.add_typer(token, name="token")
user.command("import")(import_users)
app.add_typer(user, name="user")
app.add_typer(report, name="report")
app.add_typer(person, name="person")
app.add_typer(visits, name="visits")
app.command()(availability)
app.command("verify-audit")(verify_audit)
app.command()(backup)
app.command()(restore)
app.command("import")(import_tickets)
app.command("export")(export_records)
app.command()(commission)
app.command()(decommission)

app.command()(lines)
app.command()(pairs)
app.command()(burst)
app.command()(reflect)


@app.command()
def run(config: Config) -> None:
    """Take in what stations send, judge who can be seen, and serve wall and interface 启动县级中心."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    from hub.run import run_hub

    run_hub(load_settings(config, Settings))


def main() -> None:
    """Run the command; known errors become one clear line and an exit code."""
    os.umask(os.umask(0o022) | 0o022)  # whatever the shell allows: nobody else writes what we make
    try:
        app()
    except (SettingsError, CodedError) as error:
        print(plain(str(error)), file=sys.stderr)
        raise SystemExit(EXIT_SETTINGS if isinstance(error, SettingsError) else error.exit_code) from None


if __name__ == "__main__":
    main()
